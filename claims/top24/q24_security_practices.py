"""How Flask handles security."""

import ast
import html

import flask
import jinja2
import pytest
from flask_wtf.csrf import CSRFProtect, generate_csrf
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.security import check_password_hash, generate_password_hash

from claims import claim, corrects
from claims.programs import modules

FORGER = {"Origin": "https://evil.example", "Referer": "https://evil.example/prize"}


@pytest.fixture
def cookie(tmp_path, serve):
    """The attributes of the session cookie that an application sends with those settings, as it sends them."""

    def sent(**settings):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.config.update(settings, SECRET_KEY="a key")
        app.add_url_rule("/", "log_in", lambda: flask.session.update(user="Ada") or "Hello")
        attributes = serve(app)().headers["Set-Cookie"].split("; ")[1:]
        return sorted(attribute.partition("=")[0] for attribute in attributes)

    return sent


@claim
def session_cookie_is_out_of_scripts_reach(cookie):
    """Flask handles cookies securely: by itself it keeps the session cookie from a page's scripts."""
    assert "HttpOnly" in cookie()


@claim
@pytest.mark.parametrize(
    ("setting", "value", "flag"),
    [("SESSION_COOKIE_SECURE", True, "Secure"), ("SESSION_COOKIE_SAMESITE", "Lax", "SameSite")],
    ids=["Secure", "SameSite"],
)
def session_cookie_takes_the_flag(cookie, setting, value, flag):
    """Flask handles cookies securely: `{setting}` adds the flag `{flag}`."""
    assert [each for each in cookie(**{setting: value}) if each not in cookie()] == [flag]


def taking_a_password(name):
    """The public functions in the code of the distribution *name* that take a password."""
    sources = [path.read_text(encoding="utf-8") for path in modules(name)]
    trees = [ast.parse(source) for source in sources if "password" in source]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    public = [one for one in functions if not one.name.startswith("_")]
    return sorted(one.name for one in public if "password" in [argument.arg for argument in one.args.args])


@claim
def flask_hashes_passwords():
    """Flask implements the hashing of passwords, and their check."""
    assert len(taking_a_password("Flask")) > 0


@corrects(flask_hashes_passwords)
def werkzeug_hashes_passwords():
    """Werkzeug, which comes with Flask, implements the hashing of passwords, and their check."""
    both = ["check_password_hash", "generate_password_hash"]
    assert [name for name in taking_a_password("Werkzeug") if name in both] == both


@claim
def passwords_are_hashed_securely():
    """The hashing of passwords is secure: a hash is salted and accepts its own password only."""
    hashes = [generate_password_hash("swordfish") for _ in range(2)]
    assert ["swordfish" in one for one in hashes] == [False, False]
    different = len(set(hashes))
    assert different == 2
    assert [check_password_hash(hashes[0], word) for word in ("swordfish", "Swordfish")] == [True, False]


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
    """Flask protects against cross-site scripting: its templates show what users write, as text."""
    page = shown(text + tag)
    assert page.count("<") == 0
    assert html.unescape(page) == text + tag


@claim
def path_out_of_the_folder_is_refused(app, serve, tmp_path):
    """Flask protects against path traversal: it sends nothing from outside the folder that is served."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "page.txt").write_text("for all", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("for nobody", encoding="utf-8")
    folder = str(tmp_path / "public")
    app.add_url_rule("/<path:name>", "file", lambda name: flask.send_from_directory(folder, name))
    fetch = serve(app)
    paths = ["/page.txt", "/x/../../secret.txt", "/%2e%2e/secret.txt"]
    assert [fetch(path).status for path in paths] == [200, 404, 404]


def own_and_forged(app, visitor):
    """Whether *app* does as a visitor's own post asks, and as one that another site has the browser send."""
    app.secret_key = "a key"
    app.add_url_rule("/", "log_in", lambda: flask.session.update(user="Ada") or generate_csrf())
    app.add_url_rule("/pay", "pay", lambda: f"{flask.session['user']} has paid", methods=["POST"])
    request = visitor(app)
    own = {"X-CSRFToken": request().text}
    return ["paid" in request("POST", "/pay", headers=headers).text for headers in (own, FORGER)]


@claim
def forged_post_is_refused(app, visitor):
    """Flask protects against cross-site request forgery: it refuses a post forged by another site."""
    assert own_and_forged(app, visitor) == [True, False]


@corrects(forged_post_is_refused)
def forged_post_is_refused_by_flask_wtf(app, visitor):
    """Flask-WTF protects against cross-site request forgery: it refuses what another site forges."""
    CSRFProtect(app)
    assert own_and_forged(app, visitor) == [True, False]
