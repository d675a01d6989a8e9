"""Sessions."""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim, needs, pages, real


@pytest.fixture
def remembering(tmp_path):
    """Make an application that remembers the user who is posted to it, and greets them."""

    def made(key):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.secret_key = key
        app.add_url_rule("/", "enter", lambda: flask.session.update(flask.request.form.items()) or "", methods=["POST"])
        app.add_url_rule("/", "greet", lambda: flask.session.get("user", "nobody"))
        return app

    return made


@pytest.fixture
def generated(printed):
    """Run the command for a secret key as printed; returns what it prints."""

    def run():
        command = printed("quickstart", "s19_key").lstrip("$ ")
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        done = subprocess.run(
            command, shell=True, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=real.PATIENCE
        )
        if done.returncode:
            raise Untried(f"the command failed: {done.stderr}")
        return done.stdout.strip()

    return run


@pytest.fixture
def example(app, run_printed):
    """`app` with the example as printed."""
    run_printed("s19_sessions", app=app, request=flask.request, redirect=flask.redirect, url_for=flask.url_for)
    return app


def signed_by_hand(key, contents, time):
    """A session's cookie as whoever knows the key can make it, without Flask."""
    payload = urlsafe_b64encode(json.dumps(contents).encode()).rstrip(b"=").decode()
    derived = hmac.new(key.encode(), b"cookie-session", hashlib.sha1).digest()
    signature = hmac.new(derived, f"{payload}.{time}".encode(), hashlib.sha1).digest()
    return f"{payload}.{time}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def greeted(app, cookie):
    """Whom *app* greets by a session's cookie."""
    client = app.test_client(use_cookies=False)
    return client.get("/", headers={"Cookie": f"session={cookie}"}).get_data(as_text=True)


@claim
@given(key=st.text(min_size=1), name=st.text(min_size=1))
def whoever_knows_the_key_can_modify_the_session(remembering, key, name):
    """Whoever knows the secret key can modify the contents of the cookie."""
    app = remembering(key)
    entered = app.test_client(use_cookies=False).post("/", data={"user": "Ada"})
    time = entered.headers["Set-Cookie"].partition(";")[0].split(".")[-2]
    if greeted(app, signed_by_hand(f"not {key}", {"user": name}, time)) != "nobody":
        raise Untried("the cookie is not checked")
    assert greeted(app, signed_by_hand(key, {"user": name}, time)) == name


@claim
@needs("articles/quickstart.rst")
def printed_login_is_remembered(example, visitor):
    """With the example as printed, a visitor who has logged in is greeted by name; other visitors are not."""
    ada, stranger = visitor(example), visitor(example)
    answers = [ada("POST", "/login", data={"username": "Ada"}), ada(), stranger()]
    assert [(answer.status, "Ada" in answer.text) for answer in answers] == [(200, True), (200, True), (200, False)]


@claim
@needs("articles/quickstart.rst")
def printed_logout_ends_the_login(example, visitor):
    """With the example as printed, whoever logs out is greeted as a stranger is."""
    ada, stranger = visitor(example), visitor(example)
    if "Ada" not in ada("POST", "/login", data={"username": "Ada"}).text:
        raise Untried("nobody was logged in")
    assert [ada(path="/logout").text, ada().text] == [stranger().text] * 2


@claim
@needs("articles/quickstart.rst")
def printed_form_posts_what_the_login_reads(example, visitor):
    """The form as printed, sent as a browser sends it, logs its user in."""
    ada = visitor(example)
    page = ada(path="/login").text
    (form,), fields = pages.tags(page, "form"), pages.tags(page, "input")
    data = {field["name"]: "Ada" for field in fields if field.get("type") == "text"}
    assert "Ada" in ada(form["method"].upper(), form.get("action", "/login"), data=data).text


@claim
@needs("articles/quickstart.rst")
@pytest.mark.parametrize(
    ("name", "setting"), [("Flask.secret_key", False), ("SECRET_KEY", True)], ids=["attribute", "setting"]
)
def command_generates_a_key(remembering, generated, visitor, name, setting):
    """The printed command generates a value for `{name}`, a different one each time."""
    key, other = generated(), generated()
    app = remembering(None if setting else key)
    app.config.update({"SECRET_KEY": key} if setting else {})
    ada = visitor(app)
    ada("POST", data={"user": "Ada"})
    assert ada().text == "Ada"
    assert [bool(re.fullmatch("[0-9a-f]{64}", each)) for each in (key, other)] == [True, True]
    assert len({key, other}) == 2
