"""Middleware."""

import contextlib

import flask
import pytest

from claims import claim, corrects


class Middleware:
    """WSGI middleware around *app* that notes what it has access to, before the application and after."""

    def __init__(self, app):
        self.inner, app.wsgi_app = app.wsgi_app, self
        self.requests, self.contexts, self.responses, self.kinds = [], [], [], []

    def __call__(self, environ, start_response):
        """Note, pass the call on, note again."""
        statuses = []
        self.requests.append((type(environ).__name__, flask.Request(environ).path))
        self.contexts.append(flask.has_request_context())
        answer = self.inner(environ, lambda *head: statuses.append(head[0]) or start_response(*head))
        self.contexts.append(flask.has_request_context())
        self.kinds.append(isinstance(answer, flask.Response))
        with contextlib.closing(answer):
            body = b"".join(answer)
        self.responses.append((*statuses, body))
        return [body]


class Method:
    """WSGI middleware that lets a header stand for the method."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, environ, start_response):
        """Pass the call on with that method."""
        return self.inner(dict(environ, REQUEST_METHOD=environ["HTTP_X_METHOD"]), start_response)


class Stamp:
    """WSGI middleware that adds a header to the response."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, environ, start_response):
        """Pass the call on, with a `start_response` of its own."""

        def stamped(status, headers, *error):
            return start_response(status, [*headers, ("X-Stamp", "passed")], *error)

        return self.inner(environ, stamped)


@pytest.fixture
def calls(app):
    """What `app` has called, with one view that notes each of its calls."""
    seen = []
    app.add_url_rule("/letters", "letters", lambda: seen.append("view") or "Three letters")
    return seen


@claim
def middleware_has_the_request_object(app, calls, serve):
    """Middleware around the application has access to its request object, before and after the view."""
    middleware = Middleware(app)
    serve(app)("/letters")
    assert calls == ["view"]
    assert middleware.contexts == [True, True]


@corrects(middleware_has_the_request_object)
def middleware_has_the_environment(app, calls, serve):
    """Middleware around the application has access to the WSGI environment, which a request wraps."""
    middleware = Middleware(app)
    serve(app)("/letters")
    assert calls == ["view"]
    assert middleware.requests == [("dict", "/letters")]


@claim
def middleware_has_the_response_object(app, calls, serve):
    """Middleware around the application has access to its response object."""
    middleware = Middleware(app)
    serve(app)("/letters")
    assert calls == ["view"]
    assert middleware.kinds == [True]


@corrects(middleware_has_the_response_object)
def middleware_has_status_and_body(app, calls, serve):
    """Middleware around the application has access to the status and the bytes of its response."""
    middleware = Middleware(app)
    serve(app)("/letters")
    assert calls == ["view"]
    assert middleware.responses == [("200 OK", b"Three letters")]


def note(seen, kind):
    """A function for a hook, which notes what it is passed and which request it sees."""

    def hook(*arguments):
        seen.append((kind, flask.request.path, [type(each).__name__ for each in arguments]))
        return arguments[0] if arguments else None

    return hook


@claim
def before_request_has_the_request(app, calls, serve):
    """A `before_request` function has access to the request object."""
    app.before_request(note(calls, "before"))
    serve(app)("/letters")
    assert [(kind, path) for kind, path, _ in calls[:1]] == [("before", "/letters")]


@claim
def before_request_has_the_response(app, calls, serve):
    """A `before_request` function, the example of a middleware, has access to the response object."""
    app.before_request(note(calls, "before"))
    serve(app)("/letters")
    assert calls[0] == ("before", "/letters", ["Response"])


@corrects(before_request_has_the_response)
def after_request_has_the_response(app, calls, serve):
    """An `after_request` function has access to the response object, and to the request as well."""
    app.after_request(note(calls, "after"))
    serve(app)("/letters")
    assert calls[1:] == [("after", "/letters", ["Response"])]


@claim
def functions_run_before_and_after_the_view(app, calls, serve):
    """Functions perform operations before a request is handled by the view, and after it."""
    app.after_request(lambda response: calls.append(response.get_data(as_text=True)) or response)
    app.before_request(lambda: calls.append("before"))
    serve(app)("/letters")
    assert calls == ["before", "view", "Three letters"]


@claim
def before_request_authenticates(app, calls, serve):
    """A function authenticates: one that refuses a request answers it, and the view is not called."""

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
    """A function logs every request with the status of its response."""
    log = []
    app.after_request(lambda response: log.append((flask.request.path, response.status_code)) or response)
    fetch = serve(app)
    fetch("/letters"), fetch("/nowhere")
    assert log == [("/letters", 200), ("/nowhere", 404)]


@claim
def middleware_modifies_the_request(app, calls, serve):
    """Middleware modifies a request before the application sees it."""
    app.add_url_rule("/letters", "burn", lambda: "Burnt", methods=["DELETE"])
    app.wsgi_app = Method(app.wsgi_app)
    fetch = serve(app)
    answers = [fetch("/letters", headers={"X-Method": method}) for method in ("GET", "DELETE")]
    assert [answer.text for answer in answers] == ["Three letters", "Burnt"]


@claim
def middleware_modifies_the_response(app, calls, serve):
    """Middleware modifies a response after the application has made it."""
    app.wsgi_app = Stamp(app.wsgi_app)
    answer = serve(app)("/letters")
    assert (answer.text, answer.headers["X-Stamp"]) == ("Three letters", "passed")


@claim
def after_request_modifies_the_response(app, calls, serve):
    """A function modifies the response object that it has access to."""

    @app.after_request
    def stamp(response):
        response.headers["X-Stamp"] = "passed"
        response.set_data("Four letters")
        return response

    answer = serve(app)("/letters")
    assert (answer.text, answer.headers["X-Stamp"]) == ("Four letters", "passed")
