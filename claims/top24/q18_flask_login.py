"""Flask-Login."""

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
    """`app` with Flask-Login: a view to log in, whose password check is its own, and what stands behind it."""
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
    return (answer.status_code, answer.text) if answer.status_code == 200 else (answer.status_code, "")


def cookies_of(visit, name):
    """The cookies, by name, that a visitor has who logged in and asked to be remembered."""
    answer = visit("POST", "/login", data={**ADA, "remember": "yes"})
    if name not in answer.cookies:
        raise Untried(f"the login set no cookie {name!r}")
    return answer.cookies.get_dict()


@claim
def login_lasts_over_requests(site, visitor):
    """Flask-Login manages a user's session: who has logged in stays so over the requests that follow."""
    visit = visitor(site)
    assert seen(visit(path="/open")) == (200, "logged in: False")
    visit("POST", "/login", data=ADA)
    assert [seen(visit(path=path)) for path in ("/private", "/open")] == [
        (200, "Hello Ada"),
        (200, "logged in: True"),
    ]


@claim
def protected_view_refuses_whoever_is_not_logged_in(site, visitor):
    """A view under `@login_required` is refused to whoever has not logged in."""
    assert seen(visitor(site)(path="/private")) == (401, "")


@claim
def login_view_is_where_strangers_are_sent(site, visitor):
    """Flask-Login sends whoever has to log in to the application's own page for it."""
    site.login_manager.login_view = "login"
    answer = visitor(site)(path="/private", allow_redirects=False)
    where = answer.headers["Location"].partition("?")
    assert answer.status_code in (302, 303)
    assert (where[0].endswith("/login"), where[2]) == (True, "next=%2Fprivate")


@claim
def users_are_kept_apart(site, visitor):
    """Flask-Login handles the information of several users: each visitor's `current_user` is their own."""
    visits = [visitor(site), visitor(site)]
    for visit, who in zip(visits, (ADA, GRACE)):
        visit("POST", "/login", data=who)
    assert [seen(visit(path="/private")) for visit in visits] == [(200, "Hello Ada"), (200, "Hello Grace")]


@claim
def logout_ends_the_login(site, visitor):
    """Flask-Login logs a user out, even one whom it was to remember."""
    visit = visitor(site)
    visit("POST", "/login", data={**ADA, "remember": "yes"})
    assert seen(visit(path="/logout")) == (200, "Bye")
    assert seen(visit(path="/private")) == (401, "")


@claim
def login_is_remembered_on_request(site, visitor):
    """Flask-Login remembers a login, if so wished, when the browser has ended its session."""
    answers = []
    for wish in ({}, {"remember": "yes"}):
        jar = visitor(site)("POST", "/login", data={**ADA, **wish}).cookies.get_dict()
        jar.pop("session")
        answers.append(seen(visitor(site)(path="/private", cookies=jar)))
    assert answers == [(401, ""), (200, "Hello Ada")]


@claim
def password_is_what_the_application_checks(site, visitor):
    """Flask-Login integrates into an application: it logs in whom that application's own check lets in."""
    answers = [seen(visitor(site)("POST", "/login", data={**ADA, "password": each})) for each in ("engine", "guess")]
    assert answers == [(200, "Yes"), (403, "")]
    with site.test_request_context():
        assert flask_login.login_user(User("Ada"))
        assert flask_login.current_user.id == "Ada"


@claim
@pytest.mark.parametrize("name", ["session", "remember_token"])
def forged_cookie_logs_nobody_in(site, visitor, name):
    """Flask-Login is secure: a changed `{name}` cookie logs nobody in."""
    value = cookies_of(visitor(site), name)[name]
    forged = [value[:2] + ("A" if value[2] != "A" else "B") + value[3:], value[:-2], "Grace" + value[3:]]
    tried = [seen(visitor(site)(path="/private", cookies={name: each})) for each in (value, *forged)]
    assert tried == [(200, "Hello Ada"), (401, ""), (401, ""), (401, "")]
