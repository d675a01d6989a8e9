"""The HTTP methods."""

import json
import re
from urllib.parse import urlencode

import flask
import pytest
from flask import request
from flask.views import MethodView
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim, corrects, needs, real, wire

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIELDS = st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9), max_size=4)


@claim
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def route_takes_the_method(app, serve, method):
    """{method} is a method that a route of Flask can take."""
    app.add_url_rule("/", "index", lambda: ("", {"Received": request.method}), methods=[method])
    fetch = serve(app)
    answer = fetch("/", method=method)
    assert (answer.status, answer.headers["Received"]) == (200, method)
    assert fetch("/", method="PATCH").status == 405


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
    data = urlencode(fields)
    return fetch(f"/?{data}") if method == "GET" else fetch(method=method, body=data, headers=FORM)


@claim
@given(fields=FIELDS)
def get_sends_data_to_the_server(send, fields):
    """GET is used to send data to the server."""
    assert send("GET", fields) == fields


def overheard(wire, method):
    """What a listener on *wire* reads of the data that a request of *method* brings to the server."""
    answer = sent(wire.fetch, method, {"name": "Ada"})
    if json.loads(answer.text) != {"name": "Ada"}:
        raise Untried(f"the data did not arrive: {answer.text}")
    return re.findall(r"name=\w+", wire.heard.decode("latin-1"))


@claim
@needs("trustme")
def get_sends_data_unencrypted(mirror, wiretap):
    """GET sends the data in unencrypted form."""
    assert overheard(wiretap(mirror), "GET") == ["name=Ada"]
    assert overheard(wiretap(mirror, tls=True), "GET") == ["name=Ada"]


@corrects(get_sends_data_unencrypted)
@needs("trustme")
def connection_decides_whether_data_is_encrypted(mirror, wiretap):
    """GET and POST send the data unencrypted over a plain connection, and encrypted over TLS."""
    assert [overheard(wiretap(mirror), method) for method in ("GET", "POST")] == [["name=Ada"], ["name=Ada"]]
    assert [overheard(wiretap(mirror, tls=True), method) for method in ("GET", "POST")] == [[], []]


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
def pages(app, serve):
    """Serve two pages that can be asked for: /page, whose view takes PUT and DELETE too, and /fixed."""
    kept = {"/page": b"Before", "/fixed": b"Before"}

    class Page(MethodView):
        def get(self):
            return kept[request.path] if request.path in kept else flask.abort(404)

        def put(self):
            kept[request.path] = request.get_data()
            return "Replaced"

        def delete(self):
            del kept[request.path]
            return "Removed"

    app.add_url_rule("/page", view_func=Page.as_view("page"))
    app.add_url_rule("/fixed", view_func=Page.as_view("fixed"), methods=["GET"])
    return serve(app)


@claim
@given(upload=st.binary(max_size=999))
def put_replaces_what_is_there(pages, upload):
    """PUT is used to replace what stands at a URL by the content that is uploaded."""
    assert (pages("/page", method="PUT", body=upload).text, pages("/page").body) == ("Replaced", upload)
    assert (pages("/fixed", method="PUT", body=upload).status, pages("/fixed").body) == (405, b"Before")


@claim
def delete_removes_what_is_there(pages):
    """DELETE is used to remove what stands at a URL."""
    assert (pages("/page", method="DELETE").text, pages("/page").status) == ("Removed", 404)
    assert (pages("/fixed", method="DELETE").status, pages("/fixed").body) == (405, b"Before")
