"""Error handling."""

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import default_exceptions

from claims import claim

CODES = sorted(default_exceptions)  # those that Werkzeug has an exception for


class OverdraftError(Exception):
    """An application's own exception."""


ERRORS = {each.__name__: each for each in (OverdraftError, ValueError, KeyError)}


@pytest.fixture
def failing(app):
    """`app`, with views that fail with the HTTP error code, or the exception, that the URL names."""

    @app.route("/code/<int:code>")
    def fail_with(code):
        flask.abort(code)

    @app.route("/raise/<name>")
    def fail(name):
        raise ERRORS[name]()

    return app


@claim
def handler_is_called_when_a_404_occurs(failing, serve):
    """A function decorated with `@app.errorhandler(404)` is called when a 404 error occurs."""

    @failing.errorhandler(404)
    def missing(error):
        return f"Nothing at {flask.request.path}", 404

    fetch = serve(failing)
    texts = [fetch(path).text for path in ("/nowhere", "/code/404", "/code/410")]
    assert texts[:2] == ["Nothing at /nowhere", "Nothing at /code/404"]
    assert "Nothing at" not in texts[2]


def handled(registered, app):
    """The codes with which a handler for *registered* is called, when views fail with each of CODES."""
    called = []

    @app.errorhandler(registered)
    def handler(error):
        called.append(error.code)
        return "Handled", error.code

    app.route("/<int:code>")(lambda code: flask.abort(code))
    for code in CODES:
        app.test_client().get(f"/{code}")
    return called


@claim
@given(code=st.sampled_from(CODES))
def handler_is_for_a_specific_code(code):
    """`@app.errorhandler()` has a function handle one specific HTTP error code."""
    assert handled(code, flask.Flask("app", root_path=".")) == [code]


@claim
def handler_is_for_an_exception_type(failing, serve):
    """`@app.errorhandler()` has a function handle one specific type of exception."""

    @failing.errorhandler(OverdraftError)
    def overdrawn(error):
        return "Your account is overdrawn", 402

    fetch = serve(failing)
    replies = [fetch("/raise/OverdraftError"), fetch("/raise/ValueError")]
    assert [reply.status for reply in replies] == [402, 500]
    assert replies[0].text == "Your account is overdrawn"


@claim
def each_type_has_its_own_handler(failing, serve):
    """With handlers for KeyError and ValueError, each exception gets the one for its type."""
    failing.errorhandler(KeyError)(lambda error: "The handler for KeyError")
    failing.errorhandler(ValueError)(lambda error: "The handler for ValueError")
    fetch = serve(failing)
    assert fetch("/raise/KeyError").text == "The handler for KeyError"
    assert fetch("/raise/ValueError").text == "The handler for ValueError"


@claim
def handler_for_500_sees_unhandled_exceptions(failing, serve):
    """A function decorated with `@app.errorhandler(500)` is called for an exception that nothing handles."""

    @failing.errorhandler(500)
    def broken(error):
        return "We are sorry", 500

    response = serve(failing)("/raise/ValueError")
    assert (response.status, response.text) == (500, "We are sorry")


@claim
def handler_makes_the_answer(failing, serve):
    """The decorated function handles the error: what it returns is the answer to the request."""

    @failing.errorhandler(404)
    def missing(error):
        return "Nothing here", 410, {"X-Error": "handled"}

    answer = serve(failing)("/nowhere")
    assert (answer.status, answer.text, answer.headers["X-Error"]) == (410, "Nothing here", "handled")


@pytest.fixture
def shop(failing):
    """A blueprint whose view `/shop` fails with 404, not yet registered on `failing`."""
    blueprint = flask.Blueprint("shop", "shop", root_path=failing.root_path)
    blueprint.route("/shop")(lambda: flask.abort(404))
    return blueprint


@claim
def blueprint_decorator_handles_its_own_errors(failing, shop, serve):
    """The decorator `@blueprint.errorhandler()` handles the errors of the blueprint's own views."""
    shop.errorhandler(404)(lambda error: ("Sold out", 404))
    failing.register_blueprint(shop)
    fetch = serve(failing)
    assert [fetch(path).text == "Sold out" for path in ("/shop", "/code/404")] == [True, False]


@claim
def app_decorator_of_a_blueprint_handles_all_errors(failing, shop, serve):
    """The decorator `@blueprint.app_errorhandler()` handles the errors of the whole application."""
    shop.app_errorhandler(404)(lambda error: ("Sold out", 404))
    failing.register_blueprint(shop)
    fetch = serve(failing)
    assert [fetch(path).text == "Sold out" for path in ("/shop", "/code/404")] == [True, True]
