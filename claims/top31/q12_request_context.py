"""Creating a request context."""

from urllib.parse import quote

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, corrects

TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=12)
CALL = "app.test_request_context('/route?param=value')"
UNCLOSED_AS_PRINTED = CALL.replace("')", ")")


def seen():
    """What code that runs in a request context learns of its request."""
    return request.method, request.path, dict(request.args)


@pytest.fixture
def noting(app):
    """`app`, whose only view answers with the request that the context it runs in is about."""
    app.add_url_rule("/route", "route", lambda: repr(seen()))
    return app


@claim
def context_is_created_when_a_request_is_received(noting, serve):
    """The application creates a request context by itself when it receives a request."""
    answers = [serve(noting)(f"/route?param={value}").text for value in ("one", "two")]
    assert answers == [repr(("GET", "/route", {"param": value})) for value in ("one", "two")]
    assert pytest.raises(RuntimeError, seen)


@claim
def context_is_created_by_test_request_context(app):
    """`app.test_request_context('/route?param=value')` creates a request context by hand."""
    with app.test_request_context("/route?param=value"):
        assert seen() == ("GET", "/route", {"param": "value"})
    assert pytest.raises(RuntimeError, seen)


@claim
@given(param=TEXT, value=TEXT)
def both_ways_create_the_same(noting, client, param, value):
    """For any query string, both ways create a context of the same request."""
    url = f"/route?{quote(param)}={quote(value)}"
    with noting.test_request_context(url):
        by_hand = repr(seen())
    assert client.get(url).get_data(as_text=True) == by_hand


def expression(source, app):
    """What the expression *source* makes of *app*."""
    return eval(compile(source, "context.py", "eval"), {"app": app})


@claim(editorial=True)
def argument_needs_no_closing_mark(app):
    """The argument of the call has an opening quotation mark and needs no closing one."""
    assert expression(UNCLOSED_AS_PRINTED, app).request.path == "/route"


@corrects(argument_needs_no_closing_mark)
def argument_has_both_marks(app):
    """The argument of the call stands between two quotation marks."""
    assert expression(CALL, app).request.path == "/route"
