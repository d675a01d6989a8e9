"""How Flask handles security."""

import hashlib
import html

import flask
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.security import check_password_hash, generate_password_hash

from claims import Untried, claim
from claims.programs import required


@pytest.fixture
def cookie(tmp_path, serve):
    """The attributes of the session cookie that an application sends with those settings, as it sends them."""

    def sent(**settings):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.config.update(settings, SECRET_KEY="a key")
        app.add_url_rule("/", "log_in", lambda: flask.session.update(user="Ada") or "Hello")
        return serve(app)().headers["Set-Cookie"].split("; ")[1:]

    return sent


@claim
def session_cookie_is_out_of_scripts_reach(cookie):
    """Flask handles cookies securely: by default it keeps the session cookie from a page's scripts."""
    assert "HttpOnly" in cookie()


@claim
@pytest.mark.parametrize(
    ("setting", "value", "flag"),
    [("SESSION_COOKIE_SECURE", True, "Secure"), ("SESSION_COOKIE_SAMESITE", "Lax", "SameSite=Lax")],
    ids=["Secure", "SameSite"],
)
def session_cookie_takes_the_flag(cookie, setting, value, flag):
    """Flask handles cookies securely: `{setting}`, once it is set, adds `{flag}`."""
    assert [each for each in cookie(**{setting: value}) if each not in cookie()] == [flag]


def derived(password, method, salt):
    """What scrypt or PBKDF2, by the parameters in *method*, makes of a password, and its cost or rounds."""
    name, *numbers = method.split(":")
    if name == "scrypt":
        n, r, p = map(int, numbers)
        memory = 132 * n * r * p
        return hashlib.scrypt(password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=memory).hex(), n
    if name == "pbkdf2":
        digest, rounds = numbers[0], int(numbers[1])
        return hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), rounds).hex(), rounds
    return None, 0


@claim
def passwords_are_hashed_securely():
    """Flask comes with Werkzeug, which hashes passwords securely: by scrypt or PBKDF2, with a salt."""
    assert "werkzeug" in required("Flask")
    first, second = (generate_password_hash("swordfish") for _ in range(2))
    method, salt, stored = first.split("$")
    key, rounds = derived("swordfish", method, salt)
    own_salt, as_named = salt not in second, key == stored
    assert (own_salt, as_named) == (True, True)
    assert rounds >= 10_000
    assert [check_password_hash(first, word) for word in ("swordfish", "Swordfish")] == [True, False]


@pytest.fixture
def shown(app):
    """Show a text by a template of `app` that knows nothing of escaping."""
    app.jinja_loader = jinja2.DictLoader({"page.html": "{{ text }}"})

    def rendered(text):
        with app.test_request_context():
            return flask.render_template("page.html", text=text)

    return rendered


@claim
@given(text=st.text(max_size=20), tag=st.sampled_from(["<script>alert(1)</script>", "<img src=x>", "<b>"]))
def markup_from_users_is_escaped(shown, text, tag):
    """Flask protects against cross-site scripting: its HTML templates show as text what users write."""
    page = shown(text + tag)
    assert page.count("<") == 0
    assert html.unescape(page) == text + tag


@claim
def path_out_of_the_folder_is_refused(app, serve, tmp_path):
    """Flask protects against path traversal: `send_from_directory()` refuses a path out of the folder."""
    (tmp_path / "public" / "more").mkdir(parents=True)
    (tmp_path / "public" / "page.txt").write_text("for all", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("for nobody", encoding="utf-8")
    folder = str(tmp_path / "public")
    app.add_url_rule("/<path:name>", "file", lambda name: flask.send_from_directory(folder, name))
    fetch = serve(app)
    if fetch("/page.txt").text != "for all":
        raise Untried("the folder's own files are not served")
    assert [fetch(path).status for path in ("/more/../../secret.txt", "/%2e%2e/secret.txt")] == [404, 404]
