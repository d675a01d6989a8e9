"""The error codes."""

import urllib.error
import urllib.request

import flask
import pytest

from claims import Untried, claim, real

PHRASES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
}


@pytest.fixture
def aborted(app, serve):
    """Serve a view that calls `abort()` with a code; returns its answer."""

    def answer(code):
        app.add_url_rule("/", "index", lambda: flask.abort(code))
        return serve(app)("/")

    return answer


@claim
@pytest.mark.parametrize("code", sorted({*PHRASES, 401}))
def view_aborts_with_code(aborted, code):
    """A view that calls `abort({code})` answers with the error code {code}."""
    assert aborted(code).status == code


@claim
@pytest.mark.parametrize(("code", "phrase"), PHRASES.items(), ids=list(map(str, PHRASES)))
def code_stands_for(aborted, code, phrase):
    """The error code {code} stands for {phrase}."""
    assert aborted(code).reason.title() == phrase


@pytest.fixture
def visit_as_ada(app):
    """Refuse all but Ada with a code; returns what a client gets that has her password, and sends it when asked."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    client = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(passwords)
    )

    @app.route("/<int:code>")
    def page(code):
        if flask.request.authorization is None:
            flask.abort(flask.Response(status=code, headers={"WWW-Authenticate": 'Basic realm="page"'}))
        return f"Hello {flask.request.authorization.username}"

    def visited(code):
        try:
            with client.open(f"{url}/{code}", timeout=real.PATIENCE) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code

    with real.served(app) as url:
        passwords.add_password(None, url, "Ada", "secret")
        yield visited


@claim
def code_401_stands_for_unauthenticated(visit_as_ada):
    """The error code 401 stands for a request that is not authenticated."""
    if visit_as_ada(403) != 403:
        raise Untried("the client sends its password whatever the code")
    assert visit_as_ada(401) == "Hello Ada"
