"""What Flask is."""

import re
from importlib import machinery
from pathlib import Path

import flask
import pytest

from claims import Untried, claim, needs
from claims.programs import modules, required, seeing_only

MARKS = {  # of code that brings such a part: a database's driver, a class of forms, a class of users
    "database layer": rb"^\s*(import|from) sqlite3\b",
    "form validation": rb"^class \w*Form\b",
    "user accounts": rb"^class \w*User(Mixin)?\b",
}


def parts(*names):
    """Which of the parts in `MARKS` the distributions *names* bring."""
    code = b"\n".join(path.read_bytes() for name in names for path in modules(name))
    return [part for part, mark in MARKS.items() if re.search(mark, code, re.MULTILINE)]


def code_in(package):
    """The kinds of files in a package's folder from which Python imports code, but for what it has cached."""
    files = Path(package.__file__).parent.rglob("*")
    kinds = tuple(set(machinery.all_suffixes()) - set(machinery.BYTECODE_SUFFIXES))
    return sorted({file.suffix for file in files if file.name.endswith(kinds)})


def packages(kind):
    """The packages that a class comes from, by way of its bases; those of Python itself left out."""
    return sorted({one.__module__.partition(".")[0] for one in kind.__mro__} - {"builtins"})


@pytest.fixture
def importing_flask(tmp_path):
    """What Python complains of when it imports Flask beside all that Flask requires, but for those distributions."""
    everything = {"flask", *required("flask")}

    def complaint(*missing):
        return seeing_only(tmp_path, sorted(everything - {*missing}), "import flask").complaint

    if told := complaint():
        raise Untried(f"Flask does not import, though nothing is missing: {told}")
    return complaint


@claim
def is_a_web_framework(app, serve):
    """Flask is a web framework: a function that one writes answers the requests for a URL."""

    @app.route("/greet/<name>")
    def greet(name):
        return f"Hello {name}"

    fetch = serve(app)
    assert fetch("/greet/Ada").text == "Hello Ada"
    assert fetch("/part/Ada").status == 404


@claim(data=True)
@needs("Django")
def is_micro():
    """Flask is micro: it brings no database layer, form validation or user accounts."""
    if parts("django") != [*MARKS]:
        raise Untried("the marks do not find in Django what it brings")
    assert parts("flask", *required("flask")) == []


@claim(data=True)
def is_written_in_python():
    """Flask is written in Python: the modules of its package are Python files, and nothing else."""
    assert code_in(flask) == [".py"]


@claim
@pytest.mark.parametrize("name", ["werkzeug", "jinja2"])
def does_not_import_without(importing_flask, name):
    """Flask is based on {name}: with all its requirements but that one, it does not import."""
    assert importing_flask(name) == f"ModuleNotFoundError: No module named '{name}'"


@claim
def werkzeug_reads_requests_and_maps_urls(app):
    """Flask is based on Werkzeug: its requests, responses and URL map are Werkzeug's."""
    parts = [app.request_class, app.response_class, type(app.url_map)]
    assert [packages(part) for part in parts] == [["flask", "werkzeug"], ["flask", "werkzeug"], ["werkzeug"]]
    app.add_url_rule("/greet/<name>", "greet")
    urls = app.url_map.bind("localhost")
    assert urls.match("/greet/Ada") == ("greet", {"name": "Ada"})


@claim
def jinja_renders_templates(app, render):
    """Flask is based on Jinja: its templates are rendered by an environment of that engine."""
    assert packages(type(app.jinja_env)) == ["flask", "jinja2"]
    assert render("{{ 6 * number }}", number=7) == "42"
