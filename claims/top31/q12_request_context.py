"""Creating a request context."""

import pytest
from flask import request

from claims import claim, corrects, needs

STRAIGHT = str.maketrans("‘’", "''")


def seen():
    """What code that runs in a request context learns of its request."""
    return request.method, request.path, dict(request.args)


@claim
def context_is_created_when_a_request_is_received(app, serve):
    """The application creates a request context by itself when it receives a request."""
    app.add_url_rule("/route", "route", lambda: repr(seen()))
    answers = [serve(app)(f"/route?param={value}").text for value in ("one", "two")]
    assert answers == [repr(("GET", "/route", {"param": value})) for value in ("one", "two")]
    assert pytest.raises(RuntimeError, seen)


@claim
def context_is_created_by_test_request_context(app):
    """`app.test_request_context('/route?param=value')` creates a request context by hand."""
    with app.test_request_context("/route?param=value"):
        assert seen() == ("GET", "/route", {"param": "value"})
    assert pytest.raises(RuntimeError, seen)


@pytest.fixture
def call(printed):
    """The call as it is printed, at the end of an item of a list."""
    item = printed("top31", "call")
    return item[item.index("app.") :]


def path_by(call, app):
    """The path of the request in the context that *call* creates, or what Python says against its syntax."""
    try:
        return eval(call, {"app": app}).request.path
    except SyntaxError as error:
        return error.msg


@claim(editorial=True)
@needs("articles/top31.txt")
def printed_call_compiles(call, app):
    """The call compiles, as it is printed or with straight quotation marks."""
    paths = [path_by(call, app), path_by(call.translate(STRAIGHT), app)]
    assert "/route" in paths


@corrects(printed_call_compiles)
@needs("articles/top31.txt")
def call_compiles_between_two_marks(call, app):
    """A request context is created by hand by calling `app.test_request_context('/route?param=value')`."""
    path = path_by(call.translate(STRAIGHT).replace(")", "')"), app)
    assert path == "/route"
