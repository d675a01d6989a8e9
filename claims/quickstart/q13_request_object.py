"""The request object."""

import functools

import flask
import pytest
from flask import request

from claims import Untried, claim, needs
from claims.pages import texts


@claim
@needs("articles/quickstart.rst")
def request_is_imported_from_flask(app, run_printed):
    """The request object is imported from the module `flask`, by the line as printed."""
    with app.test_request_context("/letters"):
        assert run_printed("s13_import")["request"].path == "/letters"


@claim
@pytest.mark.parametrize("method", ["POST", "PUT"])
def form_has_the_data_that_is_transmitted(app, serve, method):
    """`request.form` gives access to the form data that a {method} request transmits."""
    app.add_url_rule("/", "greet", lambda: f"Hello {request.form['name']}", methods=[method])
    assert serve(app)("/?name=Grace", method=method, data={"name": "Ada"}).text == "Hello Ada"


@pytest.fixture
def login(app, run_printed, serve, tmp_path):
    """Serve the login as printed, for Ada, whose password is "secret"; returns what requests it."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "login.html").write_text("Log in, please. {{ error or '' }}", encoding="utf-8")
    run_printed(
        "s13_login",
        app=app,
        request=request,
        render_template=flask.render_template,
        valid_login=lambda name, password: (name, password) == ("Ada", "secret"),
        log_the_user_in=lambda name: f"Welcome, {name}",
    )
    return functools.partial(serve(app), "/login")


@claim
@needs("articles/quickstart.rst")
def printed_login_takes_valid_credentials(login):
    """The view as printed logs in whoever posts a valid name and password."""
    assert login(data={"username": "Ada", "password": "secret"}).text == "Welcome, Ada"


@claim
@needs("articles/quickstart.rst")
@pytest.mark.parametrize(
    ("case", "sent"),
    [
        pytest.param("a GET request", {"method": "GET"}, id="GET"),
        pytest.param("invalid credentials", {"data": {"username": "Ada", "password": "guess"}}, id="invalid"),
    ],
)
def printed_login_shows_the_form(login, case, sent):
    """The view as printed shows the login page after {case}."""
    assert login(**sent).text.startswith("Log in, please.")


@claim
def missing_field_raises_a_special_key_error(app):
    """Reading a field that `request.form` does not have raises a special kind of `KeyError`."""
    with app.test_request_context(method="POST", data={"name": "Ada"}):
        assert pytest.raises(KeyError, lambda: request.form["email"]).type is not KeyError


def reading(source):
    """A view that reads a name from an attribute of the request by its key, and nothing else."""
    return lambda: f"Hello {getattr(request, source)['name']}"


def catching(source):
    """A view that reads a name from an attribute of the request by its key, and catches a `KeyError`."""

    def greet():
        try:
            return reading(source)()
        except KeyError:
            return "Hello stranger"

    return greet


def getting(source):
    """A view that reads a name from an attribute of the request by `get`."""
    return lambda: f"Hello {getattr(request, source).get('name', 'stranger')}"


@claim
def missing_field_is_caught_as_a_key_error(app, serve):
    """A view catches the error of a missing form field by `except KeyError`."""
    app.add_url_rule("/", "greet", catching("form"), methods=["POST"])
    fetch = serve(app)
    greetings = [fetch(data=data).text for data in ({"name": "Ada"}, {"email": "ada@example.com"})]
    assert greetings == ["Hello Ada", "Hello stranger"]


@claim
def missing_field_shows_a_400_page(app, serve):
    """Where a view does not catch the error of a missing form field, a 400 Bad Request page is shown."""
    app.add_url_rule("/", "greet", reading("form"), methods=["POST"])
    answer = serve(app)(data={"email": "ada@example.com"})
    assert (answer.status, texts(answer.text, "h1")) == (400, ["Bad Request"])


@claim
@needs("articles/quickstart.rst")
def printed_line_reads_the_parameter(app, run_printed):
    """The line as printed reads the value of the parameter `key` from the URL."""
    with app.test_request_context("/?key=letters"):
        assert run_printed("s13_parameter", request=request)["searchword"] == "letters"


@claim
@needs("articles/quickstart.rst")
def printed_line_does_without_the_parameter(app, run_printed):
    """The line as printed reads an empty text where the URL has no parameter `key`."""
    with app.test_request_context("/?word=letters"):
        assert run_printed("s13_parameter", request=request)["searchword"] == ""


@claim
def changed_url_shows_a_400_page(app, serve):
    """`request.args[…]` presents a 400 page to users who take that parameter from the URL."""
    app.add_url_rule("/", "greet", reading("args"))
    fetch = serve(app)
    if fetch("/?name=Ada").text != "Hello Ada":
        raise Untried("the view does not work with the parameter either")
    answer = fetch("/")
    assert (answer.status, texts(answer.text, "h1")) == (400, ["Bad Request"])


@claim
@pytest.mark.parametrize(
    ("way", "view"),
    [pytest.param("`get`", getting, id="get"), pytest.param("catching the `KeyError`", catching, id="except")],
)
def changed_url_is_answered(app, serve, way, view):
    """Reading a URL's parameter by {way} spares users the 400 page where it is missing."""
    app.add_url_rule("/", "greet", view("args"))
    fetch = serve(app)
    answers = [fetch(url) for url in ("/?name=Ada", "/")]
    assert [(answer.status, answer.text) for answer in answers] == [(200, "Hello Ada"), (200, "Hello stranger")]
