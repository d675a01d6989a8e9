"""Reading the query string."""

from flask import request

from claims import claim, corrects, needs

PLAIN = str.maketrans("‘’\N{NO-BREAK SPACE}", "'' ")


def views(source, app):
    """The names of the views that *source* adds to *app*, or what Python says against its syntax."""
    try:
        exec(compile(source, "view.py", "exec"), {"app": app, "request": request})
    except SyntaxError as error:
        return error.msg
    return sorted({*app.view_functions} - {"static"})


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


@claim(editorial=True)
@needs("articles/top31.txt")
def printed_view_compiles(printed, app):
    """The view compiles as it is printed, and is added to the application."""
    added = views(printed("top31", "view"), app)
    assert added == ["data"]


@corrects(printed_view_compiles)
@needs("articles/top31.txt")
def mended_view_compiles(printed, app):
    """The view compiles with straight quotes, ordinary spaces, and `def` in line with its decorator."""
    decorator, definition, body = printed("top31", "view").translate(PLAIN).splitlines()
    added = views("\n".join([decorator, definition.lstrip(), body]), app)
    assert added == ["data"]
