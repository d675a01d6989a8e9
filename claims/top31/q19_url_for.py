"""Building URLs by url_for()."""

import flask
import pytest
from flask import url_for
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

WORD = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="/"), min_size=1, max_size=8)


@pytest.fixture
def users(app):
    """`app`, with a function for the page of a user, and one for the page of a group."""

    @app.route("/users/<name>")
    def user(name):
        return f"The user {name}"

    @app.route("/groups/<name>")
    def group(name):
        return f"The group {name}"

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
    """`url_for()` takes the URL from the route of the function."""
    app = flask.Flask("app", root_path=".")
    for number, word in enumerate(words):
        app.add_url_rule(f"/{word}", f"function_{number}", lambda: "")
    with app.test_request_context():
        assert [url_for(f"function_{number}") for number in range(len(words))] == [f"/{word}" for word in words]


@claim
def url_is_dynamic(users):
    """`url_for()` builds a dynamic URL: it fills in the value that it is given."""
    with users.test_request_context():
        assert url_for("user", name="Ada") == "/users/Ada"
        assert url_for("user", name="Ada Lovelace") == "/users/Ada%20Lovelace"


@pytest.fixture
def open_page(users, serve):
    """Open the page whose URL `url_for()` builds for a function of `users` and a name; returns what it shows."""
    fetch = serve(users)

    def shown(function, name):
        with users.test_request_context():
            url = url_for(function, name=name)
        return fetch(url).text

    return shown


@claim
@given(name=WORD)
def url_leads_back(open_page, name):
    """The URL that `url_for()` builds for a specific function and a word leads to that function and word."""
    assert open_page("user", name) == f"The user {name}"
    assert open_page("group", name) == f"The group {name}"
