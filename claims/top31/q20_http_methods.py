"""The HTTP methods."""

import json
import re
from urllib.parse import urlencode

import pytest
from flask import request
from flask.views import MethodView
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim, real, wire

FIELDS = st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9), max_size=4)


@claim
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def route_takes_the_method(app, serve, method):
    """A route of Flask can take the HTTP method {method}."""
    app.add_url_rule("/", "index", lambda: ("", {"Received": request.method}), methods=[method])
    fetch = serve(app)
    if fetch("/", method="PATCH").status != 405:
        raise Untried("the route took a method that it does not name")
    answer = fetch("/", method=method)
    assert (answer.status, answer.headers["Received"]) == (200, method)


@pytest.fixture
def mirror(app):
    """An application that answers with the data it was sent: by GET in the URL, by POST in the body."""

    @app.route("/", methods=["GET", "POST"])
    def index():
        return json.dumps((request.args if request.method == "GET" else request.form).to_dict())

    return app


@pytest.fixture
def send(mirror, serve):
    """Send data to `mirror` by a method; returns what it received."""
    fetch = serve(mirror)
    return lambda method, fields: json.loads(sent(fetch, method, fields).text)


def sent(fetch, method, fields):
    """Send *fields* by *method*, as a browser sends a form by GET or POST."""
    return fetch(f"/?{urlencode(fields)}") if method == "GET" else fetch(data=fields)


@claim
@given(fields=FIELDS)
def get_sends_data_to_the_server(send, fields):
    """GET is used to send data to the server."""
    assert send("GET", fields) == fields


@claim
def get_sends_data_unencrypted(mirror, wiretap):
    """Over plain HTTP, GET sends data in unencrypted form, which can be read on the way."""
    wire = wiretap(mirror)
    received = sent(wire.fetch, "GET", {"name": "Ada"}).text
    heard = re.findall(r"name=\w+", wire.heard.decode("latin-1"))
    assert (heard, received) == (["name=Ada"], '{"name": "Ada"}')


@pytest.fixture
def ask(app):
    """Ask for a body and a status by a method; returns the lines of the answer's head and its body, as they came."""

    @app.route("/")
    def index():
        return bytes.fromhex(request.args["body"]), int(request.args["status"])

    def answer(method, body, status):
        head, content = wire.ask(f"{url}/?body={body.hex()}&status={status}", method)
        return [line for line in head if not line.startswith(("Date:", "Server:"))], content

    with real.served(app) as url:
        yield answer


@claim
@given(body=st.binary(max_size=999), status=st.sampled_from([200, 201, 400, 404, 500]))
def head_is_get_without_the_body(ask, body, status):
    """HEAD is answered as GET is, without the response's body."""
    (get, content), (head, nothing) = ask("GET", body, status), ask("HEAD", body, status)
    assert head == get
    assert (nothing, content) == (b"", body)


@claim
@given(fields=FIELDS)
def post_sends_form_data_to_the_server(send, fields):
    """POST is used to send the data of an HTML form to the server."""
    assert send("POST", fields) == fields


@pytest.fixture
def page(app, serve):
    """Serve a page that its view replaces on PUT and removes on DELETE."""
    kept = {"/": b"Before"}

    class Page(MethodView):
        def get(self):
            return kept.get("/", ("", 404))

        def put(self):
            kept["/"] = request.get_data()
            return ""

        def delete(self):
            return kept.pop("/")

    app.add_url_rule("/", view_func=Page.as_view("page"))
    return serve(app)


@claim
@given(upload=st.binary(max_size=999))
def put_replaces_what_is_there(page, upload):
    """Flask passes what PUT uploads to the view, which can replace the current content with it."""
    assert page("/", method="PUT", body=upload).status == 200
    assert page("/").body == upload


@claim
def delete_removes_what_is_there(page):
    """Flask passes DELETE to the view, which can remove the current content."""
    if page("/").status != 200:
        raise Untried("there was nothing to remove")
    assert page("/", method="DELETE").status == 200
    assert page("/").status == 404
