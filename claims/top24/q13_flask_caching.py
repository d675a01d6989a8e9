"""Flask-Caching."""

import sqlite3
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

INPUTS = st.integers(0, 5) | st.text(max_size=3)
RESULTS = st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=3)


@pytest.fixture
def cache(app):
    """Flask-Caching on `app`, which stores what it caches in memory."""
    import flask_caching

    return flask_caching.Cache(app, config={"CACHE_TYPE": "SimpleCache"})


@pytest.fixture
def memoized(app, cache):
    """Memoize a function by Flask-Caching, with nothing stored yet; it is called within `app`."""

    def memoize(function):
        cache.clear()
        stored = cache.memoize()(function)

        def call(*arguments, **named):
            with app.app_context():
                return stored(*arguments, **named)

        return call

    return memoize


@claim
@given(results=st.dictionaries(INPUTS, RESULTS, min_size=1, max_size=6))
def function_runs_once_for_the_same_input(memoized, results):
    """A memoized function runs once for an input; a later call returns its stored result."""
    runs = []

    def expensive(value):
        runs.append(value)
        return results[value]

    call = memoized(expensive)
    inputs = [*results, *reversed(results)]
    assert [call(value) for value in inputs] == [results[value] for value in inputs]
    assert runs == [*results]


@claim
def same_inputs_are_the_same_arguments(memoized):
    """Inputs of a memoized function are the same whether they are given by position or by name."""
    runs = []

    def volume(width, height, **more):
        runs.append((width, height, more))
        return width * height * more.get("depth", 1)

    call = memoized(volume)
    assert [call(2, 3), call(2, height=3), call(height=3, width=2), call(3, 2)] == [6, 6, 6, 6]
    assert [call(2, 3, depth=2), call(height=3, depth=2, width=2), call(2, 3, depth=4)] == [12, 12, 24]
    assert runs == [(2, 3, {}), (3, 2, {}), (2, 3, {"depth": 2}), (2, 3, {"depth": 4})]


def slow(value):
    """Take some time."""
    time.sleep(0.2)
    return value


def seconds(call, *arguments):
    """How long a call takes."""
    begin = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - begin


@claim
def repeated_call_takes_a_fraction_of_the_time(memoized):
    """A repeated call of a slow memoized function takes a fraction of the time of the first."""
    call = memoized(slow)
    first, *repeated = [seconds(call, "page") for _ in range(4)]
    percent = int(100 * min(repeated) / first)  # one of them may have had to wait for the machine
    assert percent < 20


@claim
def view_is_cached(app, cache, serve):
    """Flask-Caching adds caching to a Flask application: a cached view runs once for a page."""
    visits = Counter()

    @app.route("/<page>")
    @cache.cached()
    def view(page):
        visits[page] += 1
        return f"{page}, visit {visits[page]}"

    fetch = serve(app)
    pages = ["/home", "/about", "/home"]
    assert [fetch(page).text for page in pages] == ["home, visit 1", "about, visit 1", "home, visit 1"]


@claim
def database_is_not_asked_again(memoized):
    """Flask-Caching avoids repeated database queries: a memoized function makes one for each input."""
    database, statements = sqlite3.connect(":memory:"), []
    database.set_trace_callback(statements.append)

    def square(number):
        return database.execute("SELECT ? * ?", (number, number)).fetchone()[0]

    call = memoized(square)
    results = [call(number) for number in (3, 4, 3, 3)]
    database.close()
    assert results == [9, 16, 9, 9]
    assert len(statements) == 2
