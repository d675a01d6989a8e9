"""A minimal application."""

import contextlib
import importlib
import ipaddress
import socket
import subprocess
import sys
from pathlib import Path

import flask
import psutil
import pytest

from claims import Untried, claim, corrects, needs, real
from claims.pages import texts
from claims.programs import ended

GREETING = """\
from flask import Flask

app = Flask(__name__)


@app.route("/")
def greet():
    return "Hello, Ada"


@app.cli.command("greet")
def command():
    print("Hello, Ada")
"""
HOME = ("127.0.0.1", 5000)  # where the development server listens


@pytest.fixture
def hello(tmp_path, printed):
    """Save the program, as it is printed, as `hello.py`; returns the text that its function returns."""
    (tmp_path / "hello.py").write_text(printed("quickstart", "s01_hello"), encoding="utf-8")
    return printed("quickstart", "s01_hello").rpartition("return ")[2].strip().strip('"')


@pytest.fixture
def imported(monkeypatch):
    """Save a source as a file, import its module from the file's folder or package, and forget it at the end."""
    names = []

    def importing(folder, file, source=""):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))
        names.append(Path(file).parts[0].replace(".py", ""))
        return importlib.import_module(names[-1])

    yield importing
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def places(tmp_path, imported):
    """Make two modules or packages, each with a template and a static file; returns the `__name__` of each."""

    def made(file):
        modules = [imported(tmp_path / f"by_{name}", file.format(name)) for name in ("library", "museum")]
        for name, module in zip(("library", "museum"), modules):
            home = Path(module.__file__).parent
            for folder, resource in (("templates", "page.html"), ("static", "page.txt")):
                (home / folder).mkdir()
                (home / folder / resource).write_text(f"The {name}", encoding="utf-8")
        return [module.__name__ for module in modules]

    return made


@claim
@needs("articles/quickstart.rst")
def program_as_printed_answers(run_printed, serve):
    """The minimal application, as printed, answers at `/` with what its function returns."""
    names = run_printed("s01_hello", __name__="hello")
    answer = serve(names["app"])("/")
    assert (answer.status, answer.text) == (200, names["hello_world"]())


KINDS = pytest.mark.parametrize(
    ("kind", "file"), [("module", "{}.py"), ("package", "{}/__init__.py")], ids=["module", "package"]
)


@claim
@KINDS
def templates_are_found_by_the_name(places, serve, kind, file):
    """By the name of the {kind}, `Flask` knows where to look for templates."""
    applications = [flask.Flask(name) for name in places(file)]
    for application in applications:
        application.add_url_rule("/", "page", lambda: flask.render_template("page.html"))
    assert [serve(each)("/").text for each in applications] == ["The library", "The museum"]


@claim
@KINDS
def static_files_are_found_by_the_name(places, serve, kind, file):
    """By the name of the {kind}, `Flask` knows where to look for static files."""
    applications = [flask.Flask(name) for name in places(file)]
    assert [serve(each)("/static/page.txt").text for each in applications] == ["The library", "The museum"]


@pytest.fixture
def opened(app, tmp_path):
    """Open the page of an application's view in a real browser; returns its document once it is shown."""

    def document(view):
        app.add_url_rule("/", "page", view)
        with real.served(app) as url:
            return real.browse(url, tmp_path / "profile")

    return document


@claim
@needs("chromium")
def browser_displays_what_the_function_returns(opened):
    """What the function returns is displayed in the user's browser."""
    assert texts(opened(lambda: "Hello, Ada"), "body") == ["Hello, Ada"]


@claim
def default_content_type_is_html(app, serve):
    """The default content type of what a function returns is HTML."""
    app.add_url_rule("/", "page", lambda: "Hello")
    answer = serve(app)("/")
    assert (answer.text, answer.headers.get_content_type()) == ("Hello", "text/html")


@claim
@needs("chromium")
def html_in_the_string_is_rendered(opened):
    """HTML in the string that a function returns is rendered by the browser."""
    document = opened(lambda: "<p>Hello, <em>Ada</em></p>")
    assert (texts(document, "p"), texts(document, "em")) == (["Hello,"], ["Ada"])


def greeting(folder, by, application):
    """What `flask`, or `python -m flask`, prints as it runs the command `greet` of an application, or complains of."""
    start = ["-m", "flask"] if by == "python -m flask" else [Path(sys.executable).with_name("flask")]
    return ended(folder, *start, "greet", FLASK_APP=application).told


COMMANDS = ["flask", "python -m flask"]


@claim
def file_called_flask_conflicts(tmp_path):
    """An application called `flask.py` conflicts with Flask itself, whose command does not run it."""
    (tmp_path / "hello.py").write_text(GREETING, encoding="utf-8")
    if [greeting(tmp_path, by, "hello.py") for by in COMMANDS] != ["Hello, Ada"] * 2:
        raise Untried("the application does not run as hello.py, either")
    (tmp_path / "hello.py").rename(tmp_path / "flask.py")
    assert "Hello, Ada" not in [greeting(tmp_path, by, "flask.py") for by in COMMANDS]


@claim
@needs("articles/quickstart.rst")
@pytest.mark.parametrize("by", COMMANDS)
def command_runs_the_application(hello, flask_command, by):
    """The command `{by}` runs the application."""
    assert flask_command("run", by=by, FLASK_APP="hello.py").fetch("/").text == hello


@claim
@needs("articles/quickstart.rst")
def option_names_the_application(hello, arguments_printed, flask_command, told):
    """The option `--app` tells `flask` where the application is: the command, as printed, serves it."""
    assert told(flask_command(*arguments_printed("s01_run"))) == hello


@claim
@needs("articles/quickstart.rst")
@pytest.mark.parametrize("file", ["app.py", "wsgi.py"])
def file_is_found_by_its_name(hello, tmp_path, flask_command, told, file):
    """An application in `{file}` is found without `--app`."""
    (tmp_path / "hello.py").rename(tmp_path / file)
    assert told(flask_command("run")) == hello


@pytest.fixture
def complaint(tmp_path, flask_command):
    """What `flask run` complains of where another program is already using port 5000, line by line."""
    (tmp_path / "hello.py").write_text(GREETING, encoding="utf-8")
    with contextlib.closing(socket.create_server(HOME)):
        command = flask_command("run", FLASK_APP="hello.py")
        try:
            command.process.wait(real.PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise Untried(f"the server did not end: {command.output.strip()}") from error
    lines = command.output.splitlines()
    return [line for line in lines if line and not line.startswith((" ", "Traceback", "WARNING"))]


@claim
def taken_port_is_an_oserror(complaint):
    """If another program is using port 5000, `flask run` shows `OSError: [Errno 98]`."""
    assert any("OSError: [Errno 98]" in line for line in complaint)


@corrects(taken_port_is_an_oserror)
def taken_port_is_told(complaint):
    """If another program is using port 5000, `flask run` shows an error such as `Address already in use`."""
    assert any("Address already in use" in line for line in complaint)


@claim
@needs("articles/quickstart.rst")
def server_is_for_this_computer_only(hello, flask_command):
    """By default the server is only accessible from one's own computer: it listens on loopback alone."""
    server = flask_command("run", FLASK_APP="hello.py")
    server.address  # waits until it listens
    listening = {one.laddr.ip for one in server.connections() if one.status == psutil.CONN_LISTEN}
    assert [ipaddress.ip_address(address).is_loopback for address in listening] == [True]


@claim
@needs("articles/quickstart.rst")
def host_option_listens_on_all_addresses(hello, arguments_printed, flask_command):
    """With `--host=0.0.0.0` the operating system listens on all IPv4 addresses."""
    server = flask_command(*arguments_printed("s01_host"), FLASK_APP="hello.py")
    assert server.address == ("0.0.0.0", 5000)
