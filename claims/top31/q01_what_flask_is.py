"""What Flask is."""

from importlib import machinery
from pathlib import Path

import flask
import pytest

from claims import Untried, claim
from claims.programs import required, seeing_only


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
def is_written_in_python():
    """Flask is written in Python: the modules of its package are Python files, and nothing else."""
    assert code_in(flask) == [".py"]


@claim
def does_not_import_without_werkzeug_or_jinja2(importing_flask):
    """Flask is based on Werkzeug and Jinja2: where one of the two is missing, it does not import."""
    complaints = [importing_flask(name) for name in ("werkzeug", "jinja2")]
    assert complaints == [f"ModuleNotFoundError: No module named '{name}'" for name in ("werkzeug", "jinja2")]


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
