"""Cookies."""

import flask
import pytest
from flask import request

from claims import Untried, claim, needs


@pytest.fixture
def told(app, visitor):
    """Visit two pages of `app`, the first of which sets a cookie; returns the cookies that the second one is sent."""

    def cookies(path="/"):
        app.add_url_rule("/cookies", "cookies", lambda: flask.jsonify(dict(request.cookies)))
        visit = visitor(app)
        if visit(path="/cookies").json():
            raise Untried("the visitor had a cookie before")
        visit(path=path)
        return visit(path="/cookies").json()

    return cookies


def values(cookies, name):
    """Every value that there is for a name: one, unless the dictionary has lists of them."""
    return cookies.getlist(name) if hasattr(cookies, "getlist") else [cookies[name]]


@claim
def cookies_of_one_name_are_all_there(app):
    """`request.cookies` holds all cookies that the client transmits, even two of the same name."""
    with app.test_request_context(headers={"Cookie": "letter=a; reader=Ada; letter=b"}):
        assert [values(request.cookies, name) for name in ("letter", "reader")] == [["a", "b"], ["Ada"]]


@claim
def set_cookie_sets_a_cookie(app, told):
    """`set_cookie()` of a response object sets a cookie, which the client sends from then on."""

    @app.route("/account/name")
    def name():
        response = flask.Response("Hello")
        response.set_cookie("name", "Ada")
        return response

    # What the next page is told, which is in no folder of this one: the cookie is for the whole site.
    assert told("/account/name") == {"name": "Ada"}


@claim
@needs("articles/quickstart.rst")
def printed_view_reads_the_cookie(app, printed, serve):
    """The view as printed reads the cookie `username` that the client sends."""
    code = f"{printed('quickstart', 's15_reading')}\n    return str(username)\n"  # it has no end as printed
    exec(compile(code, "s15_reading.py", "exec"), {"app": app})
    assert serve(app)("/", headers={"Cookie": "username=Ada"}).text == "Ada"


def looked_up(name):
    """What `request.cookies[name]` is, or the KeyError that it raises."""
    try:
        return request.cookies[name]
    except KeyError:
        return KeyError


@claim
def missing_cookie_is_a_key_error_but_for_get(app):
    """For a missing cookie, `request.cookies[…]` raises a KeyError, and `request.cookies.get()` does not."""
    with app.test_request_context(headers={"Cookie": "name=Ada"}):
        found = [(looked_up(name), request.cookies.get(name)) for name in ("name", "username")]
    assert found == [("Ada", "Ada"), (KeyError, None)]


@claim
@needs("articles/quickstart.rst")
def printed_view_stores_the_cookie(app, run_printed, told):
    """The view as printed stores a cookie `username`, which the client then sends."""
    run_printed("s15_storing", app=app, render_template=lambda *template: "Hello")
    assert told() == {"username": "the username"}


@claim
def string_becomes_a_response_object(app, serve):
    """Flask converts the string that a view returns into a response object."""
    converted = []
    app.add_url_rule("/", "index", lambda: "Hello")
    app.after_request(lambda response: converted.append(response) or response)
    serve(app)("/")
    assert [(isinstance(one, flask.Response), one.get_data()) for one in converted] == [(True, b"Hello")]


@claim
def make_response_converts_explicitly(app):
    """`make_response()` converts a string into a response object explicitly."""
    with app.test_request_context():
        response = flask.make_response("Hello")
    assert isinstance(response, flask.Response)
    assert (response.status, response.mimetype, response.get_data()) == ("200 OK", "text/html", b"Hello")


@claim
def made_response_can_be_modified(app, serve):
    """What `make_response()` makes can be modified before the view returns it."""

    @app.route("/")
    def index():
        response = flask.make_response("Hello")
        response.headers["X-Reader"] = "Ada"
        response.status_code = 203
        return response

    answer = serve(app)("/")
    assert (answer.status, answer.headers["X-Reader"], answer.text) == (203, "Ada", "Hello")


@claim
def deferred_callback_sets_a_cookie(app, told):
    """A deferred callback sets a cookie that was decided on before there was a response object."""

    @app.before_request
    def decide():
        if request.path == "/":
            flask.after_this_request(lambda response: response.set_cookie("language", "en") or response)

    app.add_url_rule("/", "index", lambda: "Hello")
    assert told() == {"language": "en"}
