"""The error codes."""

import flask
import pytest

from claims import claim, corrects

PHRASES = {
    400: "Bad Request",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
}


@claim
@pytest.mark.parametrize("code", PHRASES)
def view_aborts_with_code(app, serve, code):
    """A view that calls `abort({code})` answers with the error code {code}."""
    app.add_url_rule("/", "index", lambda: flask.abort(code))
    answer = serve(app)("/")
    assert answer.status == code


@claim
@pytest.mark.parametrize(("code", "phrase"), PHRASES.items(), ids=list(map(str, PHRASES)))
def code_stands_for(app, serve, code, phrase):
    """The error code {code} stands for {phrase}."""
    app.add_url_rule("/", "index", lambda: flask.abort(code))
    answer = serve(app)("/")
    assert answer.reason.title() == phrase


@corrects(code_stands_for, "401")
def code_401_stands_for_unauthorized(app, serve):
    """The error code 401 stands for Unauthorized."""
    app.add_url_rule("/", "index", lambda: flask.abort(401))
    answer = serve(app)("/")
    assert answer.reason.title() == "Unauthorized"
