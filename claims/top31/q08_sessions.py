"""Sessions."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http.cookies import SimpleCookie

import flask
import pytest
from flask import request, session
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
CONTENTS = st.dictionaries(WORD, st.text(max_size=40) | st.integers(-9, 9) | st.lists(WORD, max_size=3), min_size=1)


@pytest.fixture
def remembering(tmp_path):
    """Make an application that puts what is posted to it into the session, and shows what the session holds."""

    def made(key):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.secret_key = key
        app.add_url_rule("/", "put", lambda: session.update(request.get_json()) or "", methods=["POST"])
        app.add_url_rule("/", "show", lambda: json.dumps(dict(session)))
        return app

    return made


def cookie_for(app, contents):
    """The value of the cookie that *app* sends whoever posts *contents*; empty if it sends none."""
    client = app.test_client(use_cookies=False)
    answer = client.post("/", data=json.dumps(contents), content_type="application/json")
    cookies = SimpleCookie(answer.headers.get("Set-Cookie", ""))
    return cookies["session"].value if "session" in cookies else ""


def contents_for(app, cookie):
    """The contents of the session that *app* finds in a cookie; no cookie jar stands between."""
    client = app.test_client(use_cookies=False)
    return json.loads(client.get("/", headers={"Cookie": f"session={cookie}"}).get_data())


def handed_on(contents, maker, reader=None, forged=None):
    """What the application *reader* finds in the cookie that *maker* made for contents, or once it is forged."""
    cookie = cookie_for(maker, contents)
    if forged is not None:
        payload = urlsafe_b64encode(json.dumps(forged, separators=(",", ":")).encode()).rstrip(b"=").decode()
        cookie = ".".join([payload, *cookie.rsplit(".", 2)[1:]])  # with the time and signature that it had
    return contents_for(reader or maker, cookie)


def read_by_hand(contents, maker):
    """What stands in the cookie that *maker* made for contents, by Base64 and zlib alone: no Flask, no key."""
    cookie = cookie_for(maker, contents)
    packed, payload = cookie.startswith("."), cookie.lstrip(".").partition(".")[0]
    data = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return json.loads(zlib.decompress(data) if packed else data)


@claim
def session_remembers_between_requests(remembering, visitor):
    """A session remembers information from one request of a visitor to the next."""
    app = remembering("a key")
    ada, stranger = visitor(app), visitor(app)
    ada("POST", json={"user": "Ada"})
    before, _, after = [ada(path=path) for path in ("/", "/nowhere", "/")]  # the second has no use for the session
    assert [before.json(), after.json()] == [{"user": "Ada"}, {"user": "Ada"}]
    assert stranger().json() == {}


@claim
def session_is_kept_in_a_cookie(remembering):
    """A session uses a cookie, which carries its contents from one request to the next."""
    one, another = remembering("a key"), remembering("a key")
    assert handed_on({"user": "Ada"}, one, reader=another) == {"user": "Ada"}
    assert contents_for(one, "") == {}


@claim
@given(contents=CONTENTS, others=CONTENTS)
def cookie_with_other_contents_is_refused(remembering, contents, others):
    """The cookie is signed: with any other contents under the same signature, the session is empty."""
    app = remembering("a key")
    assert handed_on(contents, app) == contents
    assert handed_on(contents, app, forged={**others, "is admin": 1}) == {}


@claim
@given(keys=st.lists(WORD, min_size=2, max_size=2, unique=True))
def cookie_is_signed_by_the_secret_key(remembering, keys):
    """The secret key signs the cookie: with any other key, the session is empty."""
    app, same, other = map(remembering, (keys[0], *keys))
    assert handed_on({"user": "Ada"}, app, reader=same) == {"user": "Ada"}
    assert handed_on({"user": "Ada"}, app, reader=other) == {}


@claim
@given(contents=CONTENTS)
def user_can_read_the_session(remembering, contents):
    """The user can read the contents of the session in the cookie."""
    assert read_by_hand(contents, remembering("a key")) == contents


@claim
def secret_key_makes_the_session_usable(remembering):
    """With `Flask.secret_key` set, a view can use the session; without it, the session is empty."""
    with_key, without = remembering("a key"), remembering(None)
    without.testing = True  # so that what its view raises reaches us
    assert handed_on({"user": "Ada"}, with_key) == {"user": "Ada"}
    assert handed_on({"user": "Ada"}, with_key, reader=without) == {}
    assert pytest.raises(RuntimeError, cookie_for, without, {"user": "Ada"})
