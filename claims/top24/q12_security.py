"""Securing an application."""

import ssl
from importlib import import_module

import flask
import pytest
import sqlalchemy
import wtforms
from hypothesis import example, given
from hypothesis import strategies as st

from claims import Untried, claim, corrects, needs, real, wire

SETTINGS = {
    "SECRET_KEY": "a key",
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # or some releases ask the DNS at a login
    "SECURITY_PASSWORD_HASH": "pbkdf2_sha512",
    "SECURITY_PASSWORD_SALT": "salt",
    "WTF_CSRF_ENABLED": False,
}
FORMATTED, BOUND = "SELECT name FROM users WHERE address = '{}'", "SELECT name FROM users WHERE address = :text"
INJECTION, FORGED, MALFORMED = "x' OR '1'='1", "'or'1'='1'or'@example.com", "' OR 1=1 --"
NAMED = {"ada@example.com": ["Ada"], FORGED: [], MALFORMED: []}  # whom each input names


@pytest.fixture
def users(app, db):
    """Select names from the table of a database with two users in it, by SQLAlchemy."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:

        def execute(query, **values):
            return connection.execute(sqlalchemy.text(query), values)

        execute("CREATE TABLE users (name TEXT, address TEXT)")
        execute("INSERT INTO users VALUES ('Ada', 'ada@example.com'), ('Grace', 'grace@example.com')")
        yield lambda query, **values: sorted(name for (name,) in execute(query, **values))


@pytest.fixture
def valid(validates):
    """Those inputs that the validator of e-mail addresses accepts."""
    found = [text for text in NAMED if validates(wtforms.validators.Email(), text)]
    if "ada@example.com" not in found:
        raise Untried("the validator refuses an honest address")
    return found


@claim
@needs("email-validator")
def validation_prevents_sql_injection(users, valid):
    """Validating user input prevents SQL injection."""
    assert {text: users(FORMATTED.format(text)) for text in valid} == {text: NAMED[text] for text in valid}


@corrects(validation_prevents_sql_injection)
@needs("email-validator")
@given(text=st.sampled_from([*NAMED, INJECTION, "'; DROP TABLE users --"]) | st.text(max_size=30))
@example(text=FORGED)
def binding_prevents_sql_injection(users, valid, text):
    """Validation keeps malformed input out, and binding input as a parameter prevents SQL injection."""
    assert MALFORMED not in valid
    assert users(BOUND, text=text) == NAMED.get(text, [])


@claim
def sql_injection_selects_other_users(users):
    """SQL injection is a danger: input that becomes part of a query's text can select every user."""
    selected = [users(FORMATTED.format(text)) for text in ("ada@example.com", INJECTION)]
    assert selected == [["Ada"], ["Ada", "Grace"]]


@claim
def validation_keeps_other_input_out(validates):
    """Validating user input keeps out what is not of the kind asked for, such as SQL instead of a number."""
    ages = ("36", "-1", "0 OR 1=1")
    accepted = [validates(wtforms.validators.NumberRange(0, 150), age, wtforms.IntegerField) for age in ages]
    assert accepted == [True, False, False]


@claim
@needs("trustme")
def https_secures_what_is_sent(app, wiretap):
    """HTTPS keeps what is sent secret: a listener on the way cannot read it."""
    app.add_url_rule("/", "login", lambda: flask.request.scheme, methods=["POST"])
    plain, encrypted = wiretap(app), wiretap(app, tls=True)
    schemes = [one.fetch(method="POST", body=b"password=swordfish").text for one in (plain, encrypted)]
    learnt = [b"swordfish" in one.heard for one in (plain, encrypted)]
    assert schemes == ["http", "https"]
    assert learnt == [True, False]


@claim
@needs("trustme")
def https_tells_the_server_from_another(app):
    """HTTPS identifies the server: a client that checks certificates refuses one that it does not trust."""
    (identity, trust), (_, suspicion) = wire.certificates(), wire.certificates()
    with real.served(app, identity) as url:
        assert real.fetch(url, trust=trust).status == 404
        assert pytest.raises(ssl.SSLCertVerificationError, real.fetch, url, trust=suspicion)


@pytest.fixture
def secured(app, db, visitor):
    """Set Flask-Security up on `app`, with pages for members and for admins; returns what reads one as a user."""

    def page(path, user=None, password="swordfish"):
        send = visitor(app)
        if user:
            send("POST", "/login", data={"email": f"{user}@example.com", "password": password}, allow_redirects=False)
        return send(path=path, allow_redirects=False).text

    def site():
        import flask_security

        app.config.update(SETTINGS)
        users = flask_security.SQLAlchemyUserDatastore(db, *models(db, flask_security))
        flask_security.Security(app, users)
        app.route("/members")(flask_security.login_required(lambda: "For members"))
        app.add_url_rule("/admins", "admins", flask_security.roles_required("admin")(lambda: "For admins"))
        with app.app_context():
            db.create_all()
            hidden = flask_security.utils.hash_password("swordfish")
            users.create_user(email="ada@example.com", password=hidden, roles=[users.create_role(name="admin")])
            users.create_user(email="grace@example.com", password=hidden)
            users.commit()
        return page

    return site


def models(db, flask_security):
    """What Flask-Security asks a user and a role to be."""
    given_roles = db.Table(
        "given_roles",
        db.Column("user", db.Integer, db.ForeignKey("user.id")),
        db.Column("role", db.Integer, db.ForeignKey("role.id")),
    )

    class Role(db.Model, flask_security.RoleMixin):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)

    class User(db.Model, flask_security.UserMixin):
        id = db.Column(db.Integer, primary_key=True)
        email = db.Column(db.String, unique=True)
        password = db.Column(db.String)
        active = db.Column(db.Boolean)
        fs_uniquifier = db.Column(db.String, unique=True)
        roles = db.relationship("Role", secondary=given_roles)

    return User, Role


@claim
def flask_security_authenticates(secured):
    """Flask-Security provides authentication: a page is for those who have given their password."""
    assert import_module("flask_security").__name__ == "flask_security"
    page = secured()
    answers = [page("/members", "ada"), page("/members", "ada", "tuna"), page("/members")]
    assert [answer == "For members" for answer in answers] == [True, False, False]


@claim
def flask_security_authorizes(secured):
    """Flask-Security provides authorization: a page is for those who have the role that it asks for."""
    assert import_module("flask_security").__name__ == "flask_security"
    page = secured()
    assert [page("/members", user) for user in ("ada", "grace")] == ["For members", "For members"]
    assert [page("/admins", user) == "For admins" for user in ("ada", "grace")] == [True, False]
