"""About responses: what a view may return."""

import threading

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs, real

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3), max_leaves=5
)
CODES = st.integers(200, 599)


@pytest.fixture
def answer(tmp_path):
    """Answer one request by a view; *kind* is the class of the responses."""

    def answered(view, kind=flask.Response, **settings):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.response_class = kind
        app.config.update(settings)
        app.add_url_rule("/", "view", view)
        return app.test_client().get("/")

    return answered


@pytest.fixture
def error_page(tmp_path):
    """The template that the printed views render."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "error.html").write_text("Nothing at {{ request.path }}", encoding="utf-8")


def gist(response):
    """What a client gets: status, headers, body."""
    return response.status, sorted(response.headers), response.get_data()


def note(environ, start_response):
    """A WSGI application that is not Flask's."""
    start_response("201 Created", [("X-Note", "passed"), ("Content-Type", "text/plain")])
    return [b"Made at ", environ["PATH_INFO"].encode()]


@claim
def return_value_becomes_a_response_object(app, client):
    """The text that a view returns is a response object when `after_request` functions get it."""
    seen = []
    app.add_url_rule("/", "view", lambda: "Hello")
    app.after_request(lambda response: seen.append(response) or response)
    client.get("/")
    assert [type(response) for response in seen] == [flask.Response]


@claim
@given(text=st.text())
def text_becomes_the_body_of_a_page(answer, text):
    """Text that a view returns is the body of a response of status `200 OK` and type `text/html`."""
    response = answer(lambda: text)
    assert (response.status, response.mimetype) == ("200 OK", "text/html")
    assert response.get_data() == text.encode("utf-8")


@claim
@given(value=st.dictionaries(st.text(), JSON, max_size=4))
def dict_is_answered_as_by_jsonify(answer, value):
    """A dict that a view returns is answered as `jsonify()` answers it."""
    assert gist(answer(lambda: value)) == gist(answer(lambda: flask.jsonify(value)))


@claim
@given(value=st.lists(JSON, max_size=4))
def list_is_answered_as_by_jsonify(answer, value):
    """A list that a view returns is answered as `jsonify()` answers it."""
    assert gist(answer(lambda: value)) == gist(answer(lambda: flask.jsonify(value)))


@claim
def response_object_is_returned_itself(app, client):
    """A response object of the application's class that a view returns is the response itself."""
    made, seen = app.response_class("Hello", status=202), []
    app.add_url_rule("/", "view", lambda: made)
    app.after_request(lambda response: seen.append(response) or response)
    client.get("/")
    assert len(seen) == 1
    assert seen[0] is made


class Note(flask.Response):
    """Responses with defaults of their own."""

    default_status = 203
    default_mimetype = "text/plain"


@claim
@given(text=st.text())
def text_gets_the_defaults_of_the_response_class(answer, text):
    """Text that a view returns becomes a response with the defaults of the application's class."""
    response = answer(lambda: text, kind=Note)
    assert (response.status_code, response.mimetype) == (203, "text/plain")
    assert response.get_data() == text.encode("utf-8")


@claim
@pytest.mark.parametrize("of", ["strings", "bytes"])
@pytest.mark.parametrize("kind", ["generator", "iterator"])
def parts_are_streamed(app, visitor, kind, of):
    """What a view's {kind} of {of} gives is streamed: the first part arrives before the next is made."""
    arrived = threading.Event()

    def parts():
        yield "first"
        yield "second" if arrived.wait(real.PATIENCE / 4) else "late"

    convert = {"strings": str, "bytes": str.encode}[of]
    made = {"generator": lambda: (convert(part) for part in parts()), "iterator": lambda: map(convert, parts())}[kind]
    app.add_url_rule("/", "view", made)
    sent = visitor(app)(stream=True).raw
    first = sent.read(len("first"))
    arrived.set()
    assert (first, sent.read()) == (b"first", b"second")


@claim
@pytest.mark.parametrize(
    ("form", "value", "status", "header"),
    [
        ("(response, status)", ("Made", 201), 201, None),
        ("(response, headers)", ("Made", {"X-Note": "passed"}), 200, "passed"),
        ("(response, status, headers)", ("Made", 201, {"X-Note": "passed"}), 201, "passed"),
    ],
    ids=["status", "headers", "both"],
)
def tuple_gives_more(answer, form, value, status, header):
    """A view may return a tuple `{form}`."""
    response = answer(lambda: value)
    assert (response.get_data(), response.status_code, response.headers.get("X-Note")) == (b"Made", status, header)


@claim
@pytest.mark.parametrize(
    ("size", "value"), [("one item", ("Made",)), ("four items", ("Made", 201, {}, "more"))], ids=["one", "four"]
)
def tuple_of_another_form_is_refused(answer, size, value):
    """A tuple of {size} that a view returns is refused."""
    assert pytest.raises((TypeError, ValueError), answer, lambda: value, TESTING=True)


@claim
@given(own=CODES, code=CODES)
def status_in_a_tuple_overrides_the_code(answer, own, code):
    """The status in a tuple overrides the status code that the response in it has."""
    assert answer(lambda: (flask.Response("Made", status=own), code)).status_code == code


@claim
@pytest.mark.parametrize(
    ("kind", "headers"),
    [("list", [("X-Note", "passed"), ("X-Page", "2")]), ("dictionary", {"X-Note": "passed", "X-Page": "2"})],
    ids=["list", "dictionary"],
)
def headers_in_a_tuple_are_added(answer, kind, headers):
    """New headers that a tuple gives as a {kind} are added to the response's own."""
    for more in [headers], [200, headers]:
        response = answer(lambda more=more: (flask.Response("Made", headers={"X-Own": "here"}), *more))
        found = [response.headers.get(name) for name in ("X-Own", "X-Note", "X-Page", "Content-Length")]
        assert found == ["here", "passed", "2", "4"]


@claim
def wsgi_application_becomes_the_response(app, client):
    """A WSGI application that a view returns is called, and its answer becomes a response object."""
    seen = []
    app.add_url_rule("/note", "view", lambda: note)
    app.after_request(lambda response: seen.append(response) or response)
    response = client.get("/note")
    assert [type(response) for response in seen] == [flask.Response]
    assert (response.status, response.headers.get("X-Note")) == ("201 Created", "passed")
    assert response.get_data() == b"Made at /note"


@claim
@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", "Made"), ("a tuple", ("Made", 201, {"X-Note": "passed"})), ("a WSGI application", note)],
    ids=["text", "tuple", "application"],
)
def make_response_gives_the_resulting_object(answer, kind, value):
    """`make_response()` gives a view the response object that {kind} would result in."""
    seen = []

    def view():
        seen.append(flask.make_response(value))
        return seen[0]

    assert gist(answer(view)) == gist(answer(lambda: value))
    assert [type(response) for response in seen] == [flask.Response]


@claim
@needs("articles/quickstart.rst")
def printed_handler_renders_the_error_page(app, client, error_page, run_printed):
    """The error handler as printed answers an unknown URL with its template and a 404."""
    run_printed("s17_not_found", app=app)
    response = client.get("/nowhere")
    assert (response.status_code, response.get_data()) == (404, b"Nothing at /nowhere")


@claim
@needs("articles/quickstart.rst")
def printed_handler_adds_a_header_to_the_response(app, client, error_page, run_printed):
    """The error handler with `make_response()`, as printed, sends the same page with one header more."""
    run_printed("s17_not_found_wrapped", app=app, render_template=flask.render_template)
    response = client.get("/nowhere")
    assert (response.status_code, response.get_data()) == (404, b"Nothing at /nowhere")
    assert response.headers.get("X-Something") == "A value"
