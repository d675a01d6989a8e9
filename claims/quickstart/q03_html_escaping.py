"""HTML escaping."""

import html
from urllib.parse import quote

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from claims import claim, needs, real
from claims.pages import Tags, tags, texts

ALERT = """<script>alert("bad")</script>"""
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
ATTACK = """<script>document.body.innerHTML = "<em>It ran</em>"</script>"""


@pytest.fixture
def shown(app, tmp_path):
    """Open the page `/hello` of `app` in a real browser, with a name that a user submits; returns its document."""

    def document(name):
        with real.served(app) as url:
            return real.browse(f"{url}/hello?name={quote(name)}", tmp_path / "profile")

    return document


@claim
@needs("chromium")
def value_that_is_not_escaped_injects_a_script(app, shown):
    """A user's value that is not escaped in HTML can be an attack: the browser runs the script in it."""
    app.add_url_rule("/hello", "hello", lambda: f"Hello, {request.args['name']}!")
    assert texts(shown(ATTACK), "em") == ["It ran"]


@claim
@given(text=TEXT, tag=st.sampled_from(["<b>", "</p>", ALERT]))
def escape_makes_a_value_safe(text, tag):
    """`markupsafe.escape()` escapes any value by hand: HTML shows it as text, and finds no tag in it."""
    escaped = str(escape(text + tag))
    assert escape(ValueError(text + tag)) == escaped  # of what is no text, what it is shown as
    assert html.unescape(escaped) == text + tag
    assert Tags(f"<p>{escaped}</p>").found == [("p", {}, html.unescape(escaped)), ("/p", {}, "")]


@claim
@needs("articles/quickstart.rst")
def program_as_printed_greets(app, run_printed, serve):
    """The program that escapes a name, as printed, greets the user of that name."""
    run_printed("s03_escape", app=app)
    assert serve(app)("/hello?name=Ada").text == "Hello, Ada!"


@claim
@needs("chromium")
@needs("articles/quickstart.rst")
def escaped_script_is_rendered_as_text(app, run_printed, shown):
    """A script that a user submits to the program as printed is rendered as text, and does not run."""
    run_printed("s03_escape", app=app)
    documents = [shown(script) for script in (ALERT, ATTACK)]
    assert [texts(each, "body") for each in documents] == [[f"Hello, {ALERT}!"], [f"Hello, {ATTACK}!"]]
    assert [tags(each, "script", "em") for each in documents] == [[], []]
