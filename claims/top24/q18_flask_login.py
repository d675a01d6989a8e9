"""Flask-Login."""

from urllib.parse import urlsplit

import flask
import flask_login
import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from claims import Untried, claim

KEY = "a key that is kept"
ADA = {"name": "Ada", "password": "engine"}
GRACE = {"name": "Grace", "password": "compiler"}


class User(flask_login.UserMixin):
    """A user as Flask-Login wants one: an id, and no password."""

    def __init__(self, name):
        self.id = name


@pytest.fixture
def site(app):
    """`app` with Flask-Login: views to log in, with a password check of their own, and to log out."""
    app.secret_key = KEY
    hashes = {each["name"]: generate_password_hash(each["password"], "pbkdf2:sha256:1000") for each in (ADA, GRACE)}
    manager = flask_login.LoginManager(app)
    manager.user_loader(lambda name: User(name) if name in hashes else None)

    @app.route("/login", methods=["POST"])
    def login():
        form = flask.request.form
        if not check_password_hash(hashes[form["name"]], form["password"]):
            return "No", 403
        flask_login.login_user(User(form["name"]), remember="remember" in form)
        return "Yes"

    @app.route("/logout")
    @flask_login.login_required
    def logout():
        flask_login.logout_user()
        return "Bye"

    @app.route("/open")
    def public():
        return f"logged in: {flask_login.current_user.is_authenticated}"

    @app.route("/private")
    @flask_login.login_required
    def private():
        return f"Hello {flask_login.current_user.id}"

    return app


def seen(answer):
    """The status and, where there is a page, the text of an answer."""
    return (answer.status, answer.text if answer.status == 200 else "")


def cookie_of(visit, name, who=ADA):
    """The value of the cookie *name* that a visitor has who logged in and asked to be remembered."""
    answer = visit("POST", "/login", data={**who, "remember": "yes"})
    if name not in answer.cookies:
        raise Untried(f"the login set no cookie {name!r}")
    return answer.cookies[name]


@claim
def login_lasts_over_requests(site, visitor):
    """Flask-Login manages a user's session: whoever logs in stays logged in over the next requests."""
    visit = visitor(site)
    if seen(visit(path="/open")) != (200, "logged in: False"):
        raise Untried("the visitor is logged in before the login")
    visit("POST", "/login", data=ADA)
    assert [seen(visit(path=path)) for path in ("/private", "/open")] == [
        (200, "Hello Ada"),
        (200, "logged in: True"),
    ]


@claim
def protected_view_refuses_whoever_is_not_logged_in(site, visitor):
    """A view under `@login_required` is shown to whoever has logged in, and refused to others."""
    # What this view shows does not depend on who is logged in: that it is refused is the decorator's doing alone.
    site.add_url_rule("/members", "members", flask_login.login_required(lambda: "For members"))
    visit, stranger = visitor(site), visitor(site)
    visit("POST", "/login", data=ADA)
    assert [seen(each(path="/members")) for each in (visit, stranger)] == [(200, "For members"), (401, "")]


@claim
def login_view_is_where_strangers_are_sent(site, visitor):
    """Flask-Login redirects visitors who are not logged in to the login page that the application names."""
    site.login_manager.login_view = "login"
    answer = visitor(site)(path="/private", allow_redirects=False)
    assert answer.status in (302, 303)
    assert urlsplit(answer.headers["Location"]).path == "/login"


@claim
def users_are_kept_apart(site, visitor):
    """Flask-Login handles the information of several users: each visitor's `current_user` is their own."""
    visits = [visitor(site), visitor(site)]
    for visit, who in zip(visits, (ADA, GRACE)):
        visit("POST", "/login", data=who)
    assert [seen(visit(path="/private")) for visit in visits] == [(200, "Hello Ada"), (200, "Hello Grace")]


@claim
def logout_ends_the_login(site, visitor):
    """Flask-Login logs a user out in the browser that asks for it, even one who was to be remembered."""
    visit = visitor(site)
    visit("POST", "/login", data={**ADA, "remember": "yes"})
    assert seen(visit(path="/logout")) == (200, "Bye")
    assert seen(visit(path="/private")) == (401, "")


@claim
def login_is_remembered_on_request(site, visitor):
    """Flask-Login remembers a login, on request, beyond the end of the browser's session."""
    answers = []
    for wish in ({}, {"remember": "yes"}):
        jar = visitor(site)("POST", "/login", data={**ADA, **wish}).cookies
        jar.clear_session_cookies()  # as a browser does at its end
        answers.append(seen(visitor(site)(path="/private", cookies=jar)))
    assert answers == [(401, ""), (200, "Hello Ada")]


@claim
def application_decides_who_is_logged_in(site, visitor):
    """With Flask-Login, an application's own login check decides who is logged in."""
    visits = [visitor(site), visitor(site)]
    for visit, password in zip(visits, (ADA["password"], "guess")):
        visit("POST", "/login", data={**ADA, "password": password})
    assert [seen(visit(path="/private")) for visit in visits] == [(200, "Hello Ada"), (401, "")]


@claim
@pytest.mark.parametrize(
    ("cookie", "name", "mark"),
    [
        pytest.param("Flask's `session` cookie", "session", ".", id="session"),
        pytest.param("Flask-Login's `remember_token` cookie", "remember_token", "|", id="remember_token"),
    ],
)
def forged_cookie_logs_nobody_in(site, visitor, cookie, name, mark):
    """{cookie} logs nobody in when it is changed, or signed with a guessed key."""
    own, other = (cookie_of(visitor(site), name, who) for who in (ADA, GRACE))
    changed = other.rpartition(mark)[0] + mark + own.rpartition(mark)[2]  # the other's contents, one's own signature
    site.secret_key = "a guess"
    guessed = cookie_of(visitor(site), name)
    site.secret_key = KEY
    answers = [seen(visitor(site)(path="/private", cookies={name: each})) for each in (own, other, changed, guessed)]
    assert answers == [(200, "Hello Ada"), (200, "Hello Grace"), (401, ""), (401, "")]
