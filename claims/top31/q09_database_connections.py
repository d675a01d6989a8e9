"""Database connections and the three request hooks."""

import contextlib
import sqlite3

import flask
import pytest

from claims import Untried, claim, corrects

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


@claim
@pytest.mark.parametrize("hook", HOOKS)
def hook_establishes_the_connection(keeper, path, serve, hook):
    """A function registered by `{hook}()` establishes the database connection for a request."""
    connect_in(hook, keeper, path)
    answer = serve(keeper)("/entries")
    assert (answer.status, answer.text) == (200, "First Second")


@corrects(hook_establishes_the_connection, "after_request")
@corrects(hook_establishes_the_connection, "teardown_request")
def hooks_open_use_and_close_the_connection(keeper, path, client):
    """`before_request()` can open a connection, `after_request()` use it, `teardown_request()` close it."""
    connect_in("before_request", keeper, path)
    connections = []

    @keeper.after_request
    def count(response):
        response.headers["X-Entries"] = str(len(list(flask.g.database.execute("SELECT text FROM entries"))))
        return response

    @keeper.teardown_request
    def close(error):
        connections.append(flask.g.pop("database"))
        connections[-1].close()

    answer, failure = [client.get(path) for path in ("/entries", "/entries/fail")]
    assert (answer.data, answer.headers["X-Entries"], failure.status_code) == (b"First Second", "2", 500)
    refusals = [pytest.raises(sqlite3.ProgrammingError, each.execute, "SELECT 1") for each in connections]
    assert [str(each.value) for each in refusals] == ["Cannot operate on a closed database."] * 2


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
    """A `before_request()` function is called before a request is handled."""
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
def after_request_is_called_after_a_request(called):
    """An `after_request()` function is called after a request is handled."""
    assert called("/", "after_request") == ["view", "after_request"]
    assert called("/nowhere", "after_request") == ["after_request"]


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
    """A `teardown_request()` function is called even where an exception leaves no response."""
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(ZeroDivisionError):
        client.get("/fail")
    assert calls[-2:] == ["view", "teardown_request"]


@claim
def teardown_request_is_called_after_the_response(called):
    """A `teardown_request()` function is called after the response is made."""
    assert called("/", *HOOKS) == ["before_request", "view", "after_request", "teardown_request"]


@claim
def return_value_of_teardown_request_is_ignored(app, calls, serve):
    """What a `teardown_request()` function returns is ignored."""
    app.teardown_request(lambda error: calls.append("returned") or flask.Response("Instead", status=203))
    answer, failure = [serve(app)(path) for path in ("/", "/fail")]
    if calls.count("returned") != 2:
        raise Untried(f"the function was not called at each request: {calls}")
    assert (answer.status, answer.text, failure.status) == (200, "Hello", 500)
    assert calls.count("teardown_request") == 2
