"""The use of redirect()."""

from urllib.parse import urlsplit

import flask
import pytest
from flask import request

from claims import claim


@pytest.fixture
def log_in(app, visitor):
    """Serve a site with a login page; returns a function that logs in there as a browser does."""

    @app.route("/login", methods=["GET", "POST"])
    def login():
        if request.method == "GET":
            return "Please log in"
        return flask.redirect("/welcome" if request.form["password"] == "secret" else "/login")

    app.add_url_rule("/welcome", "welcome", lambda: "Welcome")
    visit = visitor(app)
    return lambda password: visit("POST", "/login", data={"password": password})


@claim
def redirect_shows_the_login_page_again(log_in):
    """`redirect()` is used to display the login page again when a login attempt fails."""
    failed = log_in("guess")
    assert [urlsplit(step.headers["Location"]).path for step in failed.history] == ["/login"]
    assert (failed.request.method, failed.text) == ("GET", "Please log in")
