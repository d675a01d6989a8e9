"""Securing an application."""

import ssl
from importlib import import_module

import flask
import pytest
import sqlalchemy
import wtforms
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim, corrects, needs, real, wire

FORGED = "'or'1'='1'or'@example.com"
SETTINGS = {
    "SECRET_KEY": "a key",
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # or some releases ask the DNS at a login
    "SECURITY_PASSWORD_HASH": "pbkdf2_sha512",
    "SECURITY_PASSWORD_SALT": "salt",
    "WTF_CSRF_ENABLED": False,
}
FORMATTED, BOUND = "SELECT name FROM users WHERE address = '{}'", "SELECT name FROM users WHERE address = :text"
NAMED = {"ada@example.com": ["Ada"], "' OR 1=1 --": [], FORGED: []}  # whom each input names


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
    """Those inputs that the form's validator of e-mail addresses lets pass, an honest one among them."""
    found = [text for text in NAMED if validates(wtforms.validators.Email(), text)]
    if "ada@example.com" not in found:
        raise Untried("the validator refuses an honest address")
    return found


@claim
@needs("email-validator")
def validation_prevents_sql_injection(users, valid):
    """Validating the user's input prevents SQL injection: valid input selects no more than it names."""
    assert {text: users(FORMATTED.format(text)) for text in valid} == {text: NAMED[text] for text in valid}


@corrects(validation_prevents_sql_injection)
@needs("email-validator")
def binding_prevents_sql_injection(users, valid):
    """Binding the user's input prevents SQL injection: valid input selects no more than it names."""
    assert {text: users(BOUND, text=text) for text in valid} == {text: NAMED[text] for text in valid}


@corrects(validation_prevents_sql_injection)
@given(text=st.text(max_size=30) | st.sampled_from([FORGED, "' OR 1=1 --", "'; DROP TABLE users --"]))
def binding_needs_no_validation(users, text):
    """Binding the user's input prevents SQL injection, whatever the input is."""
    assert users(BOUND, text=text) == []
    assert users(BOUND, text="ada@example.com") == ["Ada"]


@claim
def validation_keeps_other_input_out(app, visitor):
    """Validating the user's input keeps out what does not have the form that is asked for."""
    from flask_wtf import FlaskForm

    class Form(FlaskForm):
        class Meta:
            csrf = False

        age = wtforms.IntegerField(validators=[wtforms.validators.NumberRange(0, 150)])

    @app.route("/", methods=["POST"])
    def page():
        form = Form()
        return f"aged {form.age.data}" if form.validate_on_submit() else flask.abort(400)

    app.secret_key = "a key"
    send = visitor(app)
    statuses = [send("POST", data={"age": age}).status_code for age in ("36", "-1", "0 OR 1=1")]
    assert statuses == [200, 400, 400]


@claim
@needs("trustme")
def https_secures_what_is_sent(app, wiretap):
    """HTTPS secures an application: a listener on the way does not learn what is sent."""
    app.add_url_rule("/", "login", lambda: flask.request.scheme, methods=["POST"])
    plain, encrypted = wiretap(app), wiretap(app, tls=True)
    schemes = [one.fetch(method="POST", body=b"password=swordfish").text for one in (plain, encrypted)]
    learnt = [b"swordfish" in one.heard for one in (plain, encrypted)]
    assert schemes == ["http", "https"]
    assert learnt == [True, False]


@claim
@needs("trustme")
def https_tells_the_server_from_another(app):
    """HTTPS secures an application: a client refuses a server whose certificate it does not trust."""
    (identity, trust), (_, suspicion) = wire.certificates(), wire.certificates()
    with real.served(app, identity) as url:
        assert real.fetch(url, trust=trust).status == 404
        assert pytest.raises(ssl.SSLCertVerificationError, real.fetch, url, trust=suspicion)


@pytest.fixture
def secured(app, db):
    """Set Flask-Security up on `app`, with a page for members and one for admins: Ada is both, Grace is a member."""

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
        return app

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


def log_in(send, user, password="swordfish"):
    """Fill in the login form of Flask-Security."""
    send("POST", "/login", data={"email": f"{user}@example.com", "password": password}, allow_redirects=False)


@claim
def flask_security_authenticates(secured, visitor):
    """Flask-Security provides authentication: a page is for those who have given their password."""
    assert import_module("flask_security").__name__ == "flask_security"
    site = secured()
    ada, guesser, stranger = visitor(site), visitor(site), visitor(site)
    log_in(ada, "ada")
    log_in(guesser, "ada", "tuna")
    answers = [send(path="/members", allow_redirects=False).text for send in (ada, guesser, stranger)]
    assert [answer == "For members" for answer in answers] == [True, False, False]


@claim
def flask_security_authorizes(secured, visitor):
    """Flask-Security provides authorization: a page is for those who have the role that it asks for."""
    assert import_module("flask_security").__name__ == "flask_security"
    site = secured()
    ada, grace = visitor(site), visitor(site)
    log_in(ada, "ada")
    log_in(grace, "grace")
    assert [send(path="/members").text for send in (ada, grace)] == ["For members", "For members"]
    answers = [send(path="/admins", allow_redirects=False).text for send in (ada, grace)]
    assert [answer == "For admins" for answer in answers] == [True, False]
