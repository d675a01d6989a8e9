"""Rendering templates."""

import doctest
import html
import itertools
from urllib.parse import quote

import flask
import jinja2
import pytest
from flask import render_template
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from claims import Untried, claim, needs
from claims.pages import texts
from claims.quickstart.sites import laid_out, write

APPLICATION = """\
from flask import Flask, render_template

app = Flask(__name__)
app.route("/")(lambda: render_template("hello.html"))
"""
BOLD = "<b>Ada</b>"
ESCAPED = "&lt;b&gt;Ada&lt;/b&gt;"
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12)


@pytest.fixture
def template(tmp_path):
    """Write a template's source into the `templates` folder of `app`."""
    return lambda name, source: write(tmp_path / "templates", name, source)


@pytest.fixture
def rendered(app):
    """Render a template of `app`, by its name, with variables."""

    def text(name, **variables):
        with app.test_request_context():
            return render_template(name, **variables)

    return text


@claim
def html_made_in_python_is_not_escaped(app, serve):
    """HTML that a view puts together in Python is sent as it is: what it contains is not escaped."""
    app.route("/")(lambda: f"<p>{flask.request.args['name']}</p>")
    assert serve(app)(f"/?name={quote(BOLD)}").text == f"<p>{BOLD}</p>"


@claim
def jinja_is_configured_by_itself(template, rendered):
    """An application with no settings has Jinja configured: it finds a template, and escapes in it."""
    template("hello.html", "Hello {{ person }}")
    assert rendered("hello.html", person=BOLD) == f"Hello {ESCAPED}"


KINDS = {
    "markdown": ("Markdown", "page.md", "# {{ who }}\n\n* *{{ who }}*", "# Ada & Co\n\n* *Ada & Co*"),
    "email": ("plain text for an email", "mail.txt", "Dear {{ who }},\n\nHello", "Dear Ada & Co,\n\nHello"),
    "csv": ("a table as CSV", "table.csv", 'Name,Age\n"{{ who }}",36', 'Name,Age\n"Ada & Co",36'),
}


@claim
@pytest.mark.parametrize(("kind", "name", "source", "text"), KINDS.values(), ids=KINDS)
def template_generates(template, rendered, kind, name, source, text):
    """A template generates {kind}."""
    template(name, source)
    assert rendered(name, who="Ada & Co") == text


@claim
@given(text=TEXT)
def text_template_generates_any_text(template, rendered, text):
    """A template whose name ends in `.txt` generates any text, with markup in it as it is."""
    template("any.txt", "{{ text }}")
    assert rendered("any.txt", text=text + BOLD) == text + BOLD


@claim
@given(names=st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
def render_template_renders_the_one_that_is_named(template, rendered, names):
    """`render_template()` renders the template that it is given the name of."""
    for name in names:
        template(f"{name}.html", f"The template {name}")
    assert [rendered(f"{name}.html") for name in names] == [f"The template {name}" for name in names]


NUMBERS = itertools.count()


@claim
@given(variables=st.dictionaries(st.text("abc", min_size=1, max_size=3), TEXT, min_size=1, max_size=4))
def keyword_arguments_are_variables(template, rendered, variables):
    """The keyword arguments of `render_template()` are variables in the template, by their names."""
    name = f"{next(NUMBERS)}.txt"  # a new one, as templates are cached
    template(name, "".join(f"{key}: {{{{ {key} }}}}; " for key in variables))
    assert rendered(name, **variables) == "".join(f"{key}: {value}; " for key, value in variables.items())


@claim
@needs("articles/quickstart.rst")
def view_and_template_as_printed_greet(app, template, serve, printed, run_printed):
    """The view and the template as printed greet the person in the URL, or else the world."""
    template("hello.html", printed("quickstart", "s10_template"))
    run_printed("s10_view", app=app)
    fetch = serve(app)
    greetings = [texts(fetch(path).text, "h1") for path in ("/hello/Ada", "/hello/")]
    assert greetings == [["Hello Ada!"], ["Hello, World!"]]


@claim
def templates_are_looked_for_in_their_folder(template, rendered, tmp_path):
    """Flask looks for a template in the folder `templates`, and not in the folder that holds it."""
    write(tmp_path, "outside.html", "Outside of the folder")
    template("inside.html", "In the folder")
    assert rendered("inside.html") == "In the folder"
    assert pytest.raises(jinja2.TemplateNotFound, rendered, "outside.html")


@claim
def templates_stand_next_to_a_module(flask_run, tmp_path):
    """The folder `templates` of an application that is a module is next to that module."""
    write(laid_out(tmp_path, "module", APPLICATION) / "templates", "hello.html", "Next to the module")
    inside = tmp_path / "application"  # where a package of this name would have it
    inside.mkdir()
    write(inside / "templates", "hello.html", "Inside a folder")
    assert flask_run(FLASK_APP="application").fetch("/").text == "Next to the module"


@claim
def templates_stand_inside_a_package(flask_run, tmp_path):
    """The folder `templates` of an application that is a package is inside that package."""
    write(tmp_path / "templates", "hello.html", "Next to the package")
    write(laid_out(tmp_path, "package", APPLICATION) / "templates", "hello.html", "Inside the package")
    assert flask_run(FLASK_APP="application").fetch("/").text == "Inside the package"


POWERS = {
    "trim": ("control of white space", "1 {%- if true %} 2 {%- endif %} 3", "1 2 3"),
    "call": (
        "a call block",
        "{% macro twice() %}{{ caller() * 2 }}{% endmacro %}{% call twice() %}1{% endcall %}",
        "11",
    ),
    "loop": ("a recursive loop", "{% for n in tree recursive %}({{ loop(n) }}){% endfor %}", "(()())"),
    "do": ("an extension of Jinja's", "{% set list = [] %}{% do list.append(1) %}{{ list }}", "[1]"),
}


@claim
@pytest.mark.parametrize(("power", "source", "text"), POWERS.values(), ids=POWERS)
def template_has_the_power_of_jinja(app, render, power, source, text):
    """A template has what Jinja offers, such as {power}."""
    app.jinja_env.add_extension("jinja2.ext.do")
    assert render(source, tree=[[[], []]]) == text


ACCESS = {
    "config": "{{ config['PLACE'] }}",
    "request": "{{ request.args.place }}",
    "session": "{{ session.place }}",
    "g": "{{ g.place }}",
    "url_for": "{{ url_for('page', place='built')[-5:] }}",
    "get_flashed_messages": "{{ get_flashed_messages()[0] }}",
}
FOUND = dict(zip(ACCESS, ["configured", "requested", "remembered", "global", "built", "flashed"]))


@claim
@pytest.mark.parametrize("name", ACCESS)
def template_has_access_to(app, template, serve, name):
    """Inside a template, `{name}` is at hand without being passed to it."""
    app.secret_key = "a key"
    app.config["PLACE"] = "configured"
    template("page.html", ACCESS[name])

    @app.route("/")
    def page():
        flask.session["place"] = "remembered"
        flask.g.place = "global"
        flask.flash("flashed")
        return render_template("page.html")

    assert serve(app)("/?place=requested").text == FOUND[name]


BASE = """\
<header>Ada's pages</header><nav>First, second</nav><main>{% block main %}{% endblock %}</main><footer>1843</footer>
"""


@claim
def inheritance_keeps_elements_on_each_page(app, template, serve):
    """By template inheritance each page has the same header, navigation and footer around its own text."""
    template("base.html", BASE)
    for name in ("first", "second"):
        template(f"{name}.html", f"{{% extends 'base.html' %}}{{% block main %}}The {name} page{{% endblock %}}")
    app.add_url_rule("/<name>", "page", lambda name: render_template(f"{name}.html"))
    fetch = serve(app)
    pages = [texts(fetch(f"/{name}").text, "header", "nav", "main", "footer") for name in ("first", "second")]
    assert pages == [["Ada's pages", "First, second", f"The {name} page", "1843"] for name in ("first", "second")]


@claim
@needs("articles/quickstart.rst")
@given(person=TEXT)
def person_is_escaped(template, rendered, printed, person):
    """In the template as printed, HTML in `person` is escaped: a browser shows it as text."""
    template("hello.html", printed("quickstart", "s10_template"))
    page = rendered("hello.html", person=person + BOLD)
    shown = page[page.index("<h1>Hello ") + 10 : page.rindex("!</h1>")]
    assert shown.count("<") == 0
    assert html.unescape(shown) == person + BOLD


SAFE = {"markup": ("`Markup`", "{{ bold }}", Markup(BOLD)), "filter": ("the filter `safe`", "{{ bold|safe }}", BOLD)}


@claim
@pytest.mark.parametrize(("mark", "source", "bold"), SAFE.values(), ids=SAFE)
def value_is_marked_as_safe(template, rendered, mark, source, bold):
    """A value that is marked as safe by {mark} is not escaped."""
    template("plain.html", "{{ bold }}")
    template("page.html", source)
    if rendered("plain.html", bold=BOLD) != ESCAPED:
        raise Untried("without a mark, it is not escaped either")
    assert rendered("page.html", bold=bold) == BOLD


@pytest.fixture
def gives_what_is_shown(printed):
    """Run an example of the session; returns whether it gives what is printed below it."""
    examples = doctest.DocTestParser().get_examples(printed("quickstart", "s10_session"))
    names = {}
    exec(examples[0].source, names)

    def as_shown(number):
        return f"{eval(examples[number].source, names)!r}\n" == examples[number].want

    return as_shown


@claim
@needs("articles/quickstart.rst")
@pytest.mark.parametrize(
    ("number", "what"),
    [(1, "the operator `%`"), (2, "`escape()`"), (3, "`striptags()`")],
    ids=["interpolation", "escape", "striptags"],
)
def markup_works_as_printed(gives_what_is_shown, number, what):
    """In the session as printed, {what} of `Markup` gives what is shown."""
    assert gives_what_is_shown(number)


@claim
@pytest.mark.parametrize("ending", ["html", "htm", "xml", "xhtml"])
def name_triggers_autoescaping(template, rendered, ending):
    """A template whose name ends in `.{ending}` is autoescaped."""
    template(f"page.{ending}", "{{ bold }}")
    assert rendered(f"page.{ending}", bold=BOLD) == ESCAPED


@claim
def g_stores_information(app, serve):
    """`g` stores an application's own information: what one function puts there, another one finds."""
    app.before_request(lambda: setattr(flask.g, "user", flask.request.args["user"]))
    app.route("/")(lambda: f"Hello {flask.g.user}")
    fetch = serve(app)
    assert [fetch(f"/?user={name}").text for name in ("Ada", "Grace")] == ["Hello Ada", "Hello Grace"]
