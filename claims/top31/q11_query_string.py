"""Reading the query string."""

from flask import request

from claims import claim, corrects

VIEW = """\
@app.route('/data')
def data():
    user = request.args.get('user')
    return user
"""
INDENTED_AS_PRINTED = VIEW.replace("def", "    def")
QUOTED_AS_PRINTED = VIEW.replace("('", "(‘").replace("')", "’)")


def added(source, app):
    """The names of the views that *source* adds to *app*."""
    before = set(app.view_functions)
    exec(compile(source, "data.py", "exec"), {"app": app, "request": request})
    return sorted(set(app.view_functions) - before)


@claim
def arg_reads_the_query_string(app):
    """`request.arg.get()` reads a value from the query string."""
    with app.test_request_context("/data?user=Ada"):
        assert request.arg.get("user") == "Ada"


@corrects(arg_reads_the_query_string)
def args_reads_the_query_string(app):
    """`request.args.get()` reads a value from the query string."""
    with app.test_request_context("/data?user=Ada"):
        assert request.args.get("user") == "Ada"


@claim
def view_stands_indented_below_its_decorator(app, serve):
    """A view's `def` stands indented below its decorator, and its body no deeper than the `def`."""
    assert added(INDENTED_AS_PRINTED, app) == ["data"]
    assert serve(app)("/data?user=Ada").text == "Ada"


@corrects(view_stands_indented_below_its_decorator)
def view_stands_at_the_depth_of_its_decorator(app, serve):
    """A view's `def` stands straight below its decorator, and its body deeper than the `def`."""
    assert added(VIEW, app) == ["data"]
    assert serve(app)("/data?user=Ada").text == "Ada"


@claim(editorial=True)
def typographic_marks_quote_strings(app):
    """Typographic quotation marks enclose the strings of a program."""
    assert added(QUOTED_AS_PRINTED, app) == ["data"]


@corrects(typographic_marks_quote_strings)
def straight_marks_quote_strings(app):
    """Straight quotation marks enclose the strings of a program."""
    assert added(VIEW, app) == ["data"]
