"""Contexts and their types."""

import inspect
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import flask
import flask.ctx
import pytest

from claims import Untried, claim, corrects, real

WATCHED = """\
from flask import Flask, appcontext_popped, appcontext_pushed

appcontext_pushed.connect(lambda sender: print("\\ncontext pushed"), weak=False)
appcontext_popped.connect(lambda sender: print("\\ncontext popped"), weak=False)
app = Flask("watched", root_path=".")
app.route("/")(lambda: "Hello")
"""


def application_contexts(server, requests):
    """What became of application contexts in *server* since its start, once it has answered *requests*."""
    where = server.address
    answered = [server.fetch().text for _ in range(requests)]
    if answered != ["Hello"] * requests:
        raise Untried(f"the server at {where} answered {answered}")
    end = time.monotonic() + 3  # seconds: a server may close its context after it has answered
    while (found := states(server.output)).count("popped") < requests and time.monotonic() < end:
        time.sleep(0.05)
    return found


def states(output):
    """What a server's *output* says of application contexts."""
    return [line[len("context ") :] for line in output.splitlines() if line.startswith("context ")]


@claim
def application_context_is_created_at_the_start(flask_run):
    """The application context is created at the start of the application."""
    assert application_contexts(flask_run(code=WATCHED), requests=0) == ["pushed"]


@corrects(application_context_is_created_at_the_start)
def application_context_is_created_for_each_request(flask_run):
    """An application context is created for each request, and removed once it is answered."""
    assert application_contexts(flask_run(code=WATCHED), requests=2) == ["pushed", "popped"] * 2


class Watched(flask.Flask):
    """An application that keeps the request contexts it creates."""

    def request_context(self, environ):
        """Keep the context, and return it as Flask does."""
        self.created = [*getattr(self, "created", ()), super().request_context(environ)]
        return self.created[-1]


@claim
def request_context_is_created_for_each_request(serve, tmp_path):
    """Each incoming request gets a request context of its own."""
    app = Watched("watched", root_path=str(tmp_path))
    fetch = serve(app)
    paths = ["/first", "/second", "/first"]
    answered = [fetch(path).status for path in paths]
    if answered != [404, 404, 404]:
        raise Untried(f"the requests were answered by {answered}")
    assert [context.request.path for context in app.created] == paths
    different = len({id(context) for context in app.created})
    assert different == 3


def at_once(app, serve, *names):
    """What requests with these names are told, all of them being answered at the same time."""
    meeting = threading.Barrier(len(names))

    @app.route("/")
    def meet():
        meeting.wait(real.PATIENCE / 2)
        return flask.request.args.get("name", "nobody")

    fetch = serve(app)
    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(lambda name: fetch(f"/?name={name}"), names))
    if any(answer.status != 200 for answer in answers):
        raise Untried(f"the requests did not meet: {answers}")
    return [answer.text for answer in answers]


@claim
def requests_at_once_have_contexts_of_their_own(app, serve):
    """Requests that are answered at the same time have a request context each."""
    assert at_once(app, serve, "Ada", "Grace", "Hedy") == ["Ada", "Grace", "Hedy"]


@claim
def there_are_two_types():
    """Flask has two types of context: the application context and the request context."""
    types = [each for each in vars(flask.ctx).values() if inspect.isclass(each) and hasattr(each, "push")]
    assert sorted(each.__name__ for each in types) == ["AppContext", "RequestContext"]


@claim
def types_differ_in_the_request(app):
    """A request context knows of a request, and an application context does not."""
    with app.app_context():
        assert (flask.has_app_context(), flask.has_request_context()) == (True, False)
    with app.test_request_context("/here"):
        assert (flask.has_app_context(), flask.has_request_context()) == (True, True)
        assert flask.request.path == "/here"


def running():
    """What a function learns without arguments: which application runs, and whom it stored."""
    return f"{flask.current_app.name} for {flask.g.get('user')}"


@claim
def context_is_the_environment_of_the_application(serve, tmp_path):
    """The context is the environment that an application runs in: `current_app` is that application."""

    def applications():
        for name in ("first", "second"):
            app = flask.Flask(name, root_path=str(tmp_path))
            app.route("/")(running)
            yield app

    assert [serve(app)().text for app in applications()] == ["first for None", "second for None"]


@claim
def g_and_current_app_are_global(app, serve):
    """`g` and `current_app` are global objects: a function uses them without being passed them."""
    app.before_request(lambda: setattr(flask.g, "user", flask.request.args["user"]))
    app.route("/")(running)
    assert serve(app)("/?user=Ada").text == "app for Ada"


@claim
def current_app_needs_a_context(app):
    """A context is essential for working with `current_app`."""
    with app.app_context():
        found = flask.current_app.name
    if found != "app":
        raise Untried(f"in a context, `current_app` is {found}")
    assert pytest.raises(RuntimeError, getattr, flask.current_app, "name")


@claim
def g_needs_a_context(app):
    """A context is essential for working with `g`."""
    with app.app_context():
        flask.g.user = "Ada"
        found = flask.g.user
    if found != "Ada":
        raise Untried(f"in a context, `g` keeps {found}")
    assert pytest.raises(RuntimeError, getattr, flask.g, "user")
