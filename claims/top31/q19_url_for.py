"""Building URLs by url_for()."""

import flask
import pytest
from flask import request, url_for
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

WORD = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="/"), min_size=1, max_size=8)
VALUES = {
    "default": WORD,
    "string": WORD,
    "path": st.lists(WORD, min_size=1, max_size=4).map("/".join),
    "int": st.integers(0),
    # Python writes any other float with an exponent or a sign, which the URL of a float has not.
    "float": st.floats(1e-4, 1e15),
    "uuid": st.uuids(),
    "any(news, about)": st.sampled_from(["news", "about"]),
}
ROUTES = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


@pytest.fixture
def users(app):
    """`app`, with a function for the page of a user, and one for the page of a group."""
    app.add_url_rule("/users/<name>", "user", lambda name: f"The user {name}")
    app.add_url_rule("/groups/<name>", "group", lambda name: f"The group {name}")
    return app


@claim
def url_is_that_of_a_specific_function(users, serve):
    """`url_for()` builds the URL of the specific function that it is given the name of."""
    fetch = serve(users)
    with users.test_request_context():
        urls = [url_for(function, name="Ada") for function in ("user", "group")]
    assert urls == ["/users/Ada", "/groups/Ada"]
    assert [fetch(url).text for url in urls] == ["The user Ada", "The group Ada"]


@claim
@given(words=st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=6, unique=True))
def url_follows_the_route(words):
    """`url_for()` takes the URL from the function's route, whatever that is."""
    app = flask.Flask("app", root_path=".")
    for number, word in enumerate(words):
        app.add_url_rule(f"/{word}", f"function_{number}", lambda: "")
    with app.test_request_context():
        assert [url_for(f"function_{number}") for number in range(len(words))] == [f"/{word}" for word in words]


@claim
def url_is_dynamic(users):
    """`url_for()` builds a dynamic URL: it varies with the values, and with where the application is."""
    with users.test_request_context():
        assert url_for("user", name="Ada") == "/users/Ada"
        assert url_for("user", name="Ada Lovelace") == "/users/Ada%20Lovelace"
    with users.test_request_context(base_url="http://localhost/shop"):
        assert url_for("user", name="Ada") == "/shop/users/Ada"


@pytest.fixture
def route(app, serve):
    """Request the URL that `url_for()` builds for a function of `app`, one for each converter; tells what is called."""
    called = []
    for name in VALUES:
        app.add_url_rule(f"/{name.partition('(')[0]}/<{name}:value>", name, lambda **values: str(called.append(values)))
    app.before_request(lambda: called.append(request.endpoint))
    fetch = serve(app)

    def told(function, **values):
        called.clear()
        with app.test_request_context():
            url = url_for(function, **values)
        return fetch(url).status, *called

    return told


@claim
@given(route_and_value=ROUTES)
def url_leads_back(route, route_and_value):
    """For any converter and value, the URL that is built leads back to that function and value."""
    function, value = route_and_value
    assert route(function, value=value) == (200, function, {"value": value})
