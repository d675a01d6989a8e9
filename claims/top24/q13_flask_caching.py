"""Flask-Caching."""

import sqlite3
import time
from collections import Counter

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, real

INPUTS = st.lists(st.integers(0, 5) | st.text(max_size=3), min_size=1, max_size=12)


@pytest.fixture
def cached(tmp_path):
    """Make an application with Flask-Caching on it, and those settings."""
    import flask_caching

    def made(**settings):
        app = flask.Flask("app", root_path=str(tmp_path))
        return app, flask_caching.Cache(app, config=settings)

    return made


@pytest.fixture
def memoized(cached):
    """Call a function, memoized by Flask-Caching, with those inputs in turn; what it gave, and how often it ran."""

    def called(inputs, **settings):
        app, cache = cached(**settings)
        runs = Counter()

        @cache.memoize()
        def expensive(value):
            runs[repr(value)] += 1
            return f"result of {value!r}"

        with app.app_context():
            return [expensive(value) for value in inputs], dict(runs)

    return called


@claim
@given(inputs=INPUTS)
def function_runs_once_for_the_same_input(memoized, inputs):
    """A function runs once for an input; its stored result is returned when the input occurs again."""
    results, runs = memoized(inputs, CACHE_TYPE="SimpleCache")
    assert results == [f"result of {value!r}" for value in inputs]
    assert runs == {repr(value): 1 for value in inputs}


@claim
def caching_is_what_spares_the_runs(memoized):
    """It is the cache that spares the function: where none is chosen, nothing is stored."""
    with pytest.warns(UserWarning, match="caching is effectively disabled"):
        _, without = memoized([1, 2, 1, 1])
    _, within = memoized([1, 2, 1, 1], CACHE_TYPE="SimpleCache")
    assert (without, within) == ({"1": 3, "2": 1}, {"1": 1, "2": 1})


@claim
def view_is_cached(cached, serve):
    """Flask-Caching adds caching to a Flask application: a cached view runs once for a page."""
    app, cache = cached(CACHE_TYPE="SimpleCache")
    visits = Counter()

    @app.route("/<page>")
    @cache.cached()
    def view(page):
        visits[page] += 1
        return f"{page}, visit {visits[page]}"

    fetch = serve(app)
    pages = ["/home", "/about", "/home"]
    assert [fetch(page).text for page in pages] == ["home, visit 1", "about, visit 1", "home, visit 1"]


@pytest.fixture
def doubled(cached):
    """Double those numbers in turn by a function under a decorator of Flask-Caching, which *decorate* chooses."""

    def called(decorate, numbers):
        app, cache = cached(CACHE_TYPE="SimpleCache")

        @app.route("/double")
        @decorate(cache)
        def double(number=None):
            return str(2 * int(number or flask.request.args["number"]))

        client = app.test_client()
        with app.test_request_context("/double"):
            by_argument = [double(number) for number in numbers]
        cache.clear()
        by_query = [client.get(f"/double?number={number}").get_data(as_text=True) for number in numbers]
        return by_argument, by_query

    return called


@claim
def same_inputs_are_the_arguments(doubled):
    """The cached result is returned for the same inputs: the arguments, where a function is memoized."""
    by_argument, _ = doubled(lambda cache: cache.memoize(), (2, 3, 2))
    regardless, _ = doubled(lambda cache: cache.cached(), (2, 3, 2))
    assert by_argument == ["4", "6", "4"]
    assert regardless == ["4", "4", "4"]


@claim
def same_inputs_are_the_query_string(doubled):
    """The cached result is returned for the same inputs: the query string, where a view asks for that."""
    _, by_query = doubled(lambda cache: cache.cached(query_string=True), (2, 3, 2))
    _, regardless = doubled(lambda cache: cache.cached(), (2, 3, 2))
    assert by_query == ["4", "6", "4"]
    assert regardless == ["4", "4", "4"]


def next_result(call, result):
    """What *call* returns once it is no longer *result*."""
    end = time.monotonic() + real.PATIENCE
    while time.monotonic() < end:
        following = call()
        if following != result:
            return following
    return result


@claim
def result_is_stored_for_a_time(cached):
    """A stored result is returned for as long as it is kept, and then the function runs again."""
    app, cache = cached(CACHE_TYPE="SimpleCache")
    runs = []

    @cache.memoize(timeout=1)
    def expensive():
        runs.append("run")
        return f"result {len(runs)}"

    with app.app_context():
        assert [expensive(), expensive()] == ["result 1", "result 1"]
        assert next_result(expensive, "result 1") == "result 2"


@claim
def database_is_not_asked_again(cached):
    """Flask-Caching avoids database queries that have been made before."""
    app, cache = cached(CACHE_TYPE="SimpleCache")
    database, statements = sqlite3.connect(":memory:"), []
    database.set_trace_callback(statements.append)

    @cache.memoize()
    def square(number):
        return database.execute("SELECT ? * ?", (number, number)).fetchone()[0]

    with app.app_context():
        results = [square(number) for number in (3, 4, 3, 3)]
    database.close()
    assert results == [9, 16, 9, 9]
    assert len(statements) == 2
