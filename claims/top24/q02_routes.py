"""Defining routes."""

import flask
from hypothesis import given
from hypothesis import strategies as st

from claims import claim


@claim
def route_binds_a_function_to_a_url(app, serve):
    """`@app.route()` binds a function to a URL."""

    @app.route("/hello")
    def hello():
        return "Hello, Ada"

    def unbound():
        return "Nobody asks for this"

    fetch = serve(app)
    assert [fetch("/hello").text, fetch("/unbound").status] == ["Hello, Ada", 404]


@claim
def slash_is_the_homepage(app, serve):
    """`@app.route('/')` makes the route of the homepage."""

    @app.route("/")
    def home():
        return "Home"

    fetch = serve(app)
    assert [fetch("/").text, fetch("/home").status] == ["Home", 404]


@claim
def route_answers_specific_requests(app, serve):
    """A route has the application respond to specific requests: to those of its URL and method."""

    @app.route("/letters", methods=["POST"])
    def letters():
        return "Posted"

    fetch = serve(app)
    asked = [("POST", "/letters"), ("GET", "/letters"), ("POST", "/parcels")]
    assert [fetch(path, method=method).status for method, path in asked] == [200, 405, 404]
    assert fetch("/letters", method="POST").text == "Posted"


@claim
def route_maps_a_url_to_an_endpoint(app, serve):
    """A route maps a URL to an endpoint, and the endpoint to the decorated function."""

    @app.route("/about/us")
    def about():
        return flask.request.endpoint

    endpoint = serve(app)("/about/us").text
    assert app.view_functions.get(endpoint) is about


def site(words):
    """An application with a route for each of *words*, each bound to a function of its own."""
    app = flask.Flask("site", root_path=".")
    for word in words:
        app.route(f"/{word}", endpoint=word)(lambda word=word: f"The page {word}")
    return app


@claim
@given(words=st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=6, unique=True))
def routes_keep_endpoints_apart(words):
    """Routes keep endpoints apart: each URL reaches its own function."""
    client = site(words).test_client()
    pages = [client.get(f"/{word}").get_data(as_text=True) for word in words]
    assert pages == [f"The page {word}" for word in words]
