"""Database connections and the three request hooks."""

import contextlib
import sqlite3

import flask
import pytest

from claims import claim, corrects

HOOKS = ("before_request", "after_request", "teardown_request")


@pytest.fixture
def path(tmp_path):
    """The path of a SQLite database, with one entry."""
    path = tmp_path / "entries.db"
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE entries (text TEXT)")
        database.execute("INSERT INTO entries VALUES ('First')")
    return path


@pytest.fixture
def keeper(app):
    """`app`, with a view that adds an entry over the request's own connection, and one that does so and fails."""

    @app.route("/entries")
    def entries():
        if "database" not in flask.g:
            return "No connection is established", 500
        flask.g.database.execute("INSERT INTO entries VALUES ('Second')")
        return " ".join(text for (text,) in flask.g.database.execute("SELECT text FROM entries"))

    app.add_url_rule("/entries/fail", "fail", lambda: entries() + str(1 / 0))
    app.teardown_appcontext(lambda error: flask.g.database.close() if "database" in flask.g else None)
    return app


def connect_in(hook, app, path):
    """Have *app* connect to the database at *path* in a function that *hook* registers."""

    @getattr(app, hook)
    def connect(*arguments):
        flask.g.database = sqlite3.connect(str(path))
        return arguments[0] if arguments else None


def entries_in(path):
    """What a connection of its own reads in the database at *path*."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [text for (text,) in database.execute("SELECT text FROM entries")]


@claim
@pytest.mark.parametrize("hook", HOOKS)
def hook_establishes_the_connection(keeper, path, serve, hook):
    """A function registered by `{hook}()` establishes the database connection of a request."""
    connect_in(hook, keeper, path)
    answer = serve(keeper)("/entries")
    assert (answer.status, answer.text) == (200, "First Second")


@corrects(hook_establishes_the_connection, "after_request")
def after_request_uses_the_connection(keeper, path, serve):
    """A function registered by `after_request()` commits over the connection that is established."""
    connect_in("before_request", keeper, path)

    @keeper.after_request
    def commit(response):
        flask.g.database.commit()
        return response

    assert serve(keeper)("/entries").text == "First Second"
    assert entries_in(path) == ["First", "Second"]


@corrects(hook_establishes_the_connection, "teardown_request")
def teardown_request_closes_the_connection(keeper, path, serve):
    """A function registered by `teardown_request()` closes the connection, also after an exception."""
    connect_in("before_request", keeper, path)
    closed = []

    @keeper.teardown_request
    def close(error):
        flask.g.pop("database").close()
        closed.append(flask.request.path)

    fetch = serve(keeper)
    assert [fetch(path).status for path in ("/entries", "/entries/fail")] == [200, 500]
    assert closed == ["/entries", "/entries/fail"]
    assert entries_in(path) == ["First"]


@pytest.fixture
def calls(app):
    """What `app` has called as it answered: the functions of the three hooks, and its two views."""
    seen = []
    app.before_request(lambda: seen.append("before_request"))
    app.after_request(lambda response: seen.append("after_request") or response)
    app.teardown_request(lambda error: seen.append("teardown_request"))
    app.add_url_rule("/", "index", lambda: seen.append("view") or "Hello")
    app.add_url_rule("/fail", "fail", lambda: seen.append("view") or str(1 / 0))
    return seen


@pytest.fixture
def called(app, calls, serve):
    """Tell the order in which `app` calls a view, and functions of the named hooks, as it answers a request."""
    fetch = serve(app)

    def during(path, *hooks):
        calls.clear()
        fetch(path)
        return [each for each in calls if each in ("view", *hooks)]

    return during


@claim
def before_request_is_called_before_a_request(called):
    """A `before_request()` function is called before each request is answered, even one for no view."""
    assert called("/", "before_request") == ["before_request", "view"]
    assert called("/fail", "before_request") == ["before_request", "view"]
    assert called("/nowhere", "before_request") == ["before_request"]


@claim
def before_request_requires_no_arguments(app, serve):
    """A `before_request()` function is called with no arguments."""
    given = []
    app.before_request(lambda *arguments, **settings: given.append((arguments, settings)))
    serve(app)("/")
    assert given == [((), {})]


@claim
@pytest.mark.parametrize(
    ("request_path", "order", "outcome"),
    [
        pytest.param("/", ["view", "after_request"], "a view answers", id="answered"),
        pytest.param("/nowhere", ["after_request"], "leads to no view", id="unrouted"),
        pytest.param("/fail", ["view", "after_request"], "fails with an exception", id="failed"),
    ],
)
def after_request_is_called_after_a_request(called, request_path, order, outcome):
    """An `after_request()` function is called after a request that {outcome}."""
    assert called(request_path, "after_request") == order


@claim
def after_request_is_passed_the_response(app, calls, serve):
    """An `after_request()` function is passed the response that the client then gets."""
    passed = []

    @app.after_request
    def mark(response):
        passed.append((response.status_code, response.get_data(as_text=True)))
        response.headers["X-Passed"] = "yes"
        return response

    answers = [serve(app)(path) for path in ("/", "/nowhere")]
    assert [(each.status, each.text) for each in answers] == passed
    assert [each.headers["X-Passed"] for each in answers] == ["yes", "yes"]


@claim
def after_request_passes_the_response_on(app, calls, serve):
    """What an `after_request()` function returns, be it another response, is sent to the client."""
    app.after_request(lambda response: flask.Response("Instead", status=203))
    answer = serve(app)("/")
    assert (answer.status, answer.text) == (203, "Instead")


@claim
def teardown_request_is_called_when_an_exception_is_raised(called):
    """A `teardown_request()` function is called when an exception is raised."""
    assert called("/fail", "teardown_request") == ["view", "teardown_request"]


@claim
def teardown_request_does_not_need_a_response(app, calls, client):
    """Where an exception leaves no response, a `teardown_request()` function is called nonetheless."""
    app.config["PROPAGATE_EXCEPTIONS"] = True
    assert pytest.raises(ZeroDivisionError, client.get, "/fail")
    assert calls[-2:] == ["view", "teardown_request"]


@claim
def teardown_request_is_for_exceptions(called):
    """A `teardown_request()` function is called when an exception is raised, and otherwise is not."""
    assert called("/fail", "teardown_request") == ["view", "teardown_request"]
    assert called("/", "teardown_request") == ["view"]


@corrects(teardown_request_is_for_exceptions)
def teardown_request_is_for_every_request(app, called):
    """A `teardown_request()` function is called after every request, with its exception or None."""
    raised = []
    app.teardown_request(lambda error: raised.append(type(error).__name__))
    assert called("/fail", "teardown_request") == ["view", "teardown_request"]
    assert called("/", "teardown_request") == ["view", "teardown_request"]
    assert raised == ["ZeroDivisionError", "NoneType"]


@claim
def teardown_request_is_called_after_the_response(called):
    """A `teardown_request()` function is called after the response is made and has passed the other hooks."""
    assert called("/", *HOOKS) == ["before_request", "view", "after_request", "teardown_request"]


@claim
def teardown_request_changes_nothing(app, calls, serve):
    """What a `teardown_request()` function does to the request, or returns, changes no response."""

    @app.teardown_request
    def meddle(error):
        calls.append("meddled")
        flask.request.environ.update(REQUEST_METHOD="POST", PATH_INFO="/elsewhere")
        return flask.Response("Instead", status=203)

    answer = serve(app)("/")
    assert (answer.status, answer.text) == (200, "Hello")
    assert calls[-2:] == ["meddled", "teardown_request"]
