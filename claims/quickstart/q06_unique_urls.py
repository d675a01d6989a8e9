"""Unique URLs, and redirection."""

from urllib.parse import urljoin, urlsplit

import flask
import pytest
from flask import url_for
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs
from claims.pages import texts


@pytest.fixture
def pages(app, run_printed):
    """`app` with the two rules as they are printed."""
    run_printed("s06_routes", app=app)
    return app


@claim
@needs("articles/quickstart.rst")
def rules_as_printed_answer(app, run_printed, serve):
    """The two rules as printed answer, one with a slash at its end and one without."""
    names = run_printed("s06_routes", app=app)
    fetch = serve(app)
    assert [fetch(path).text for path in ("/projects/", "/about")] == [names["projects"](), names["about"]()]


@claim
@needs("articles/quickstart.rst")
@pytest.mark.parametrize(
    ("endpoint", "url"), [("projects", "/projects/"), ("about", "/about")], ids=["projects", "about"]
)
def canonical_url_is_as_the_rule(pages, endpoint, url):
    """The canonical URL of the endpoint `{endpoint}` is `{url}`."""
    with pages.test_request_context():
        assert url_for(endpoint) == url


@claim
@needs("articles/quickstart.rst")
def missing_slash_is_redirected(pages, serve):
    """Without its trailing slash, `/projects` redirects to the canonical URL `/projects/`."""
    answer = serve(pages)("/projects")
    target = urlsplit(urljoin("http://localhost/projects", answer.headers["Location"]))
    assert (answer.status // 100, target.path) == (3, "/projects/")


@claim
@needs("articles/quickstart.rst")
def added_slash_is_not_found(pages, serve):
    """With a trailing slash that its rule lacks, `/about/` is a 404 "Not Found" error."""
    answer = serve(pages)("/about/")
    assert (answer.status, texts(answer.text, "h1")) == (404, ["Not Found"])


@claim
@given(word=st.text("abc", min_size=1, max_size=6), slash=st.sampled_from(["", "/"]))
def page_is_at_one_url(word, slash):
    """A page is at one URL only: with or without a trailing slash, as its rule is."""
    app = flask.Flask("app", root_path=".")
    app.add_url_rule(f"/{word}{slash}", "page", lambda: "The page")
    client = app.test_client()
    found = [url for url in (f"/{word}", f"/{word}/") if client.get(url).status_code == 200]
    assert found == [f"/{word}{slash}"]
