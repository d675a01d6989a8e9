"""Message flashing."""

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

LAYOUT = """\
{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}
{% block page %}{% endblock %}
"""


@pytest.fixture
def flashing(tmp_path):
    """Make an application that flashes *messages* at `/flash`, and shows at `/` what *show* makes of them."""

    def made(messages, show=lambda: ",".join(flask.get_flashed_messages())):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.secret_key = "a key"
        app.add_url_rule("/flash", "record", lambda: "".join(flask.flash(message) or "" for message in messages))
        app.add_url_rule("/", "show", show)
        return app

    return made


@claim
def message_is_there_on_the_next_request(flashing, visitor):
    """A message that is flashed in one request is there on the same visitor's next request."""
    app = flashing(["Saved", "Sent"])
    ada, stranger = visitor(app), visitor(app)
    ada(path="/flash")
    assert [stranger().text, ada().text] == ["", "Saved,Sent"]


@claim
def message_is_there_on_no_request_after(flashing, visitor):
    """A flashed message that the next request has shown is not there on the request after."""
    ada = visitor(flashing(["Saved"]))
    ada(path="/flash")
    assert [ada().text, ada().text, ada().text] == ["Saved", "", ""]


@claim
@given(messages=st.lists(st.text(), max_size=5))
def flashed_messages_are_got_hold_of(flashing, messages):
    """What is flashed by `flash()` is got by `get_flashed_messages()`, in its order."""
    found = []
    client = flashing(messages, lambda: found.extend(flask.get_flashed_messages()) or "").test_client()
    client.get("/flash")
    client.get("/")
    assert found == messages


@claim
def templates_have_the_messages(flashing, visitor):
    """In templates `get_flashed_messages()` is available without being passed to them."""
    template = "{{ get_flashed_messages()|join(' and ') }}"
    ada = visitor(flashing(["Saved", "Sent"], lambda: flask.render_template_string(template)))
    ada(path="/flash")
    assert ada().text == "Saved and Sent"


@claim
def layout_shows_the_messages(flashing, tmp_path, visitor):
    """A layout template shows the flashed messages on the pages that extend it."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "layout.html").write_text(LAYOUT, encoding="utf-8")
    (folder / "page.html").write_text(
        "{% extends 'layout.html' %}{% block page %}A page{% endblock %}", encoding="utf-8"
    )
    ada = visitor(flashing(["Saved"], lambda: flask.render_template("page.html")))
    ada(path="/flash")
    assert ada().text.split() == ["<p>Saved</p>", "A", "page"]
