"""The use of redirect()."""

from urllib.parse import urljoin

import flask
import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, corrects

LOGIN = "Please log in"
TARGETS = st.from_regex(r"(https?://[a-z]{1,9}\.example)?(/[a-z0-9]{1,9}){1,3}(\?[a-z]=[0-9])?", fullmatch=True)


@pytest.fixture
def visit(app, visitor):
    """Serve a site that uses `redirect()` after a login, and to send on; returns a client of it."""

    @app.route("/login", methods=["GET", "POST"])
    def login():
        if request.method == "GET":
            return LOGIN
        return flask.redirect("/welcome" if request.form["password"] == "secret" else "/login")

    app.add_url_rule("/welcome", "welcome", lambda: "Welcome")
    app.add_url_rule("/elsewhere", "elsewhere", lambda: flask.redirect(request.args["to"]))
    return visitor(app)


@claim
def redirect_shows_the_login_page_again(visit):
    """`redirect()` is used to display the login page again when a login attempt fails."""
    guess, secret = {"password": "guess"}, {"password": "secret"}
    assert visit("POST", "/login", data=guess, allow_redirects=False).status_code in (302, 303)
    assert visit("POST", "/login", data=guess).text == LOGIN
    assert visit("POST", "/login", data=secret).text == "Welcome"


@pytest.fixture
def redirected(visit):
    """Ask a view that calls `redirect()` with a target; returns the URL to which it leads, without the site's own."""

    def location(target):
        answer = visit(path="/elsewhere", params={"to": target}, allow_redirects=False)
        return urljoin(answer.url, answer.headers["Location"]).replace(urljoin(answer.url, "/"), "/")

    return location


@claim
@given(target=TARGETS)
def use_of_redirect_is_the_login_page(redirected, target):
    """The use of `redirect()` is to bring a client to the login page."""
    assert redirected(target) == "/login"


@corrects(use_of_redirect_is_the_login_page)
@given(target=TARGETS)
def use_of_redirect_is_any_url(redirected, target):
    """The use of `redirect()` is to bring a client to the URL that it is given, on this site or another."""
    assert redirected(target) == target


@claim(editorial=True)
def function_is_spelt_with_a_capital():
    """The name of the function is spelt `Redirect`, with a capital letter."""
    assert flask.Redirect.__name__ == "Redirect"


@corrects(function_is_spelt_with_a_capital)
def function_is_spelt_in_small_letters():
    """The name of the function is spelt `redirect`, in small letters."""
    assert flask.redirect("/login").headers["Location"] == "/login"
