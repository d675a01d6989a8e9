"""HTTP methods of a route."""

import flask
import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim, needs

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SOME = st.lists(st.sampled_from(METHODS), min_size=1, unique=True)
OTHER = st.sampled_from([*METHODS, "TRACE"]) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=8)


def client_of(methods):
    """A client of an application with one route, which takes *methods* and answers with the name of the method."""
    app = flask.Flask("app", root_path=".")
    app.route("/", methods=methods)(lambda: request.method)
    return app.test_client()


@pytest.fixture
def unnamed(app, serve):
    """Request the URL of a route that names no methods."""
    app.route("/")(lambda: "Hello")
    return serve(app)


@claim
@given(method=OTHER.filter(lambda method: method not in ("GET", "HEAD", "OPTIONS")))
def route_refuses_other_methods_by_default(unnamed, method):
    """A route that names no methods refuses every method but GET and those that come with it."""
    assert unnamed("/", method=method).status == 405


@claim
@given(methods=SOME)
def methods_are_those_that_a_route_takes(methods):
    """The methods that a route handles are those that its argument `methods` names."""
    client = client_of(methods)
    answered = {method: client.open("/", method=method).status_code for method in METHODS}
    assert answered == {method: 200 if method in methods else 405 for method in METHODS}


@pytest.fixture
def login_pages(app, serve, run_printed):
    """Run a printed piece of code; returns what `/login` shows on GET and on POST."""

    def shown(piece):
        run_printed(piece, app=app, show_the_login_form=lambda: "Form", do_the_login=lambda: "Welcome")
        fetch = serve(app)
        return [fetch("/login", method=method).text for method in ("GET", "POST")]

    return shown


@claim
@needs("articles/quickstart.rst")
def one_function_as_printed_handles_both_methods(login_pages):
    """One function, as printed, has all methods of its route: GET shows the form, and POST logs in."""
    assert login_pages("s08_one_function") == ["Form", "Welcome"]


@claim
@given(methods=SOME)
def methods_of_a_url_have_functions_of_their_own(methods):
    """Different functions answer different methods of one URL."""
    app = flask.Flask("app", root_path=".")
    for method in methods:
        app.route("/", methods=[method], endpoint=method)(lambda method=method: f"The function for {method}")
    answers = [app.test_client().open("/", method=method).get_data(as_text=True) for method in methods]
    assert answers == [f"The function for {method}" for method in methods]


@pytest.fixture
def methods_of(app, serve):
    """Decorate a view by a method of `app`; returns the HTTP methods that its URL then takes."""

    def taken(decorator):
        getattr(app, decorator)("/")(lambda: request.method)
        fetch = serve(app)
        return [method for method in METHODS if fetch("/", method=method).status == 200]

    return taken


@claim
@pytest.mark.parametrize("shortcut", ["get", "post", "put", "patch", "delete"])
def decorator_is_a_shortcut(methods_of, shortcut):
    """The decorator `@app.{shortcut}()` is a shortcut for a route of that method alone."""
    assert methods_of(shortcut) == [shortcut.upper()]


@claim
@needs("articles/quickstart.rst")
def two_functions_as_printed_handle_a_method_each(login_pages):
    """Two functions, as printed, have a method each: one shows the form on GET, one logs in on POST."""
    assert login_pages("s08_two_functions") == ["Form", "Welcome"]


@claim
@given(methods=SOME)
def get_brings_head(methods):
    """A route that takes GET takes HEAD too, without naming it."""
    without = client_of(["POST"]).head("/").status_code
    if without != 405:
        raise Untried(f"a route that does not take GET answers HEAD by {without}")
    answer = client_of(["GET", *methods]).head("/")
    assert answer.status_code == 200


@claim
@given(methods=SOME)
def options_is_answered_by_flask_itself(methods):
    """OPTIONS is answered without the view: `Allow` lists the methods that the route takes."""
    answer = client_of(methods).options("/")
    allowed = {*answer.headers.get("Allow", "").split(", ")}
    assert (answer.status_code, answer.data) == (200, b"")
    assert allowed == {"OPTIONS", *methods, *(["HEAD"] if "GET" in methods else [])}
