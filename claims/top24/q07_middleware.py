"""Middleware."""

import flask
import pytest

from claims import claim


@pytest.fixture
def calls(app):
    """What `app` has called, with one view that notes each of its calls."""
    seen = []
    app.add_url_rule("/letters", "letters", lambda: seen.append("view") or "Three letters")
    return seen


def gist(request):
    """What a request object says of a request."""
    return request.method, request.scheme, request.full_path, request.headers["X-Name"]


@claim
def wsgi_middleware_has_the_request(app, serve):
    """WSGI middleware has access to the request: `Request(environ)` has its method, URL and headers."""
    seen = []
    inner = app.wsgi_app
    app.add_url_rule("/letters", "letters", lambda: seen.append(gist(flask.request)) or "Three letters")
    app.wsgi_app = lambda environ, start: seen.append(gist(flask.Request(environ))) or inner(environ, start)
    serve(app)("/letters?page=2", headers={"X-Name": "Ada"})
    assert seen == [("GET", "http", "/letters?page=2", "Ada")] * 2


@claim
def wsgi_middleware_has_the_response(app, calls, serve):
    """WSGI middleware has access to the response: `Response.from_app()` gives it status, headers and body."""
    inner = app.wsgi_app

    def middleware(environ, start_response):
        response = flask.Response.from_app(inner, environ)
        calls.append((response.status_code, response.mimetype, response.get_data(as_text=True)))
        return response(environ, start_response)

    app.wsgi_app = middleware
    assert serve(app)("/letters").text == "Three letters"
    assert calls == ["view", (200, "text/html", "Three letters")]


@claim
def before_request_has_the_request(app, serve):
    """A `before_request` function has access to the request object that the view then sees."""
    seen = []
    app.before_request(lambda: seen.append(flask.request._get_current_object()))
    app.add_url_rule("/letters", "letters", lambda: str(flask.request._get_current_object() is seen[0]))
    assert serve(app)("/letters").text == "True"
    assert [(request.method, request.path) for request in seen] == [("GET", "/letters")]


@claim
def after_request_has_the_response(app, calls, serve):
    """An `after_request` function has access to the response object, and to the request as well."""

    @app.after_request
    def note(response):
        calls.append((flask.request.path, type(response).__name__, response.status_code))
        return response

    serve(app)("/letters")
    assert calls == ["view", ("/letters", "Response", 200)]


@claim
def functions_run_before_and_after_the_view(app, calls, serve):
    """`before_request` functions run before the view, and `after_request` functions after it."""
    app.after_request(lambda response: calls.append(response.get_data(as_text=True)) or response)
    app.before_request(lambda: calls.append("before"))
    serve(app)("/letters")
    assert calls == ["before", "view", "Three letters"]


@claim
def before_request_authenticates(app, calls, serve):
    """A `before_request` function authenticates: where it refuses a request, no view is called."""

    @app.before_request
    def authenticate():
        entry = flask.request.authorization
        return None if entry and (entry.username, entry.password) == ("ada", "key") else ("Who are you?", 401)

    fetch = serve(app)
    refused = fetch("/letters")
    assert (refused.status, refused.text, calls) == (401, "Who are you?", [])
    accepted = fetch("/letters", headers={"Authorization": "Basic YWRhOmtleQ=="})
    assert (accepted.status, accepted.text, calls) == (200, "Three letters", ["view"])


@claim
def after_request_logs(app, calls, serve):
    """An `after_request` function logs a request with the status of its response."""
    log = []
    app.after_request(lambda response: log.append((flask.request.path, response.status_code)) or response)
    fetch = serve(app)
    fetch("/letters"), fetch("/nowhere")
    assert log == [("/letters", 200), ("/nowhere", 404)]


@claim
def before_request_modifies_the_request(app, serve):
    """A `before_request` function modifies the request object that the view then sees."""
    app.before_request(lambda: flask.request.environ.update(HTTP_X_NAME="Grace"))
    app.add_url_rule("/letters", "letters", lambda: f"For {flask.request.headers['X-Name']}")
    assert serve(app)("/letters", headers={"X-Name": "Ada"}).text == "For Grace"


@claim
def middleware_modifies_the_request(app, calls, serve):
    """WSGI middleware modifies a request before the application sees it."""
    inner = app.wsgi_app
    app.add_url_rule("/letters", "burn", lambda: "Burnt", methods=["DELETE"])
    app.wsgi_app = lambda environ, start: inner(dict(environ, REQUEST_METHOD=environ["HTTP_X_METHOD"]), start)
    fetch = serve(app)
    answers = [fetch("/letters", headers={"X-Method": method}) for method in ("GET", "DELETE")]
    assert [answer.text for answer in answers] == ["Three letters", "Burnt"]


@claim
def middleware_modifies_the_response(app, calls, serve):
    """WSGI middleware modifies a response after the application has made it."""
    inner = app.wsgi_app

    def middleware(environ, start_response):
        def stamped(status, headers, *error):
            return start_response(status, [*headers, ("X-Stamp", "passed")], *error)

        return inner(environ, stamped)

    app.wsgi_app = middleware
    answer = serve(app)("/letters")
    assert (answer.text, answer.headers["X-Stamp"]) == ("Three letters", "passed")


@claim
def after_request_modifies_the_response(app, calls, serve):
    """An `after_request` function modifies the response object that it has access to."""

    @app.after_request
    def stamp(response):
        response.headers["X-Stamp"] = "passed"
        response.set_data("Four letters")
        return response

    answer = serve(app)("/letters")
    assert (answer.text, answer.headers["X-Stamp"]) == ("Four letters", "passed")
