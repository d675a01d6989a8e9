"""Sending emails with Flask-Mail."""

import re

import flask
import flask_mail
import itsdangerous
import pytest
from flask_mail import Message
from hypothesis import example, given
from hypothesis import strategies as st

from claims import Untried, claim

GRACE, HEDY = "grace@example.com", "hedy@example.com"
LETTER = ["  Dear Grace,", "", *["it is cold here, and the days are short"] * 40, "", "Yours, Ada  "]
WRITTEN = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=80)


@claim
def extension_takes_its_settings_from_the_application(app):
    """Flask-Mail is an extension for Flask: it takes its settings from those of the application."""
    app.config.update(MAIL_SERVER="mail.example.com", MAIL_PORT=2525, MAIL_DEFAULT_SENDER="ada@example.com")
    flask_mail.Mail(app)
    settings = app.extensions["mail"]
    seen = (settings.server, settings.port, settings.default_sender)
    assert seen == ("mail.example.com", 2525, "ada@example.com")


@claim
def view_creates_and_sends_an_email(app, mail, serve, smtp):
    """With Flask-Mail, a view of a Flask application creates an email message and sends it."""

    @app.route("/contact", methods=["POST"])
    def contact():
        mail.send(Message("Hello", recipients=[GRACE], body="Dear Grace"))
        return "Sent"

    assert serve(app)("/contact", method="POST").text == "Sent"
    assert [each.gist for each in smtp.messages] == [([GRACE], "Hello", ["Dear Grace"])]
    assert [each.sender for each in smtp.messages] == ["ada@example.com"]


@claim
@given(lines=st.lists(WRITTEN, min_size=1, max_size=5))
@example(lines=LETTER)
def what_is_written_arrives(app, mail, sent, lines):
    """The text of a message sent with Flask-Mail, in lines of ordinary length, arrives as it was written."""
    with app.app_context():
        message = Message("Hello", recipients=[GRACE], body="\n".join(lines))
    assert [each.gist for each in sent(mail.send, message)] == [([GRACE], "Hello", lines)]


@pytest.fixture
def accounts(app, mail):
    """`app`, where whoever registers gets an email with a signed link, which activates the account."""
    signer = itsdangerous.URLSafeTimedSerializer("a key", salt="activation")
    active = set()

    @app.route("/register/<address>", methods=["POST"])
    def register(address):
        link = flask.url_for("activate", token=signer.dumps(address), _external=True)
        mail.send(Message("Your account", recipients=[address], body=f"Activate it at {link}"))
        return "Look into your mail"

    @app.route("/activate/<token>")
    def activate(token):
        active.add(signer.loads(token, max_age=3600))
        return "Welcome"

    app.add_url_rule("/active/<address>", "active", lambda address: str(address in active))
    return app


def path_in(message):
    """The path of the link in a message that was received."""
    return re.search(r"http://127\.0\.0\.1:\d+(/\S+)", message.get_content()).group(1)


@claim
def activation_email_activates_an_account(accounts, serve, smtp):
    """Flask-Mail sends an account activation email, whose link activates the account."""
    fetch = serve(accounts)
    fetch(f"/register/{GRACE}", method="POST")
    assert [each.gist[:2] for each in smtp.messages] == [([GRACE], "Your account")]
    if fetch(f"/active/{GRACE}").text != "False":
        raise Untried("the account is active without the link")
    fetch(path_in(smtp.messages[0].message))
    assert fetch(f"/active/{GRACE}").text == "True"


@claim
def notifications_reach_their_users(app, mail, serve, smtp):
    """A Flask application sends notifications to its users with Flask-Mail."""

    @app.route("/publish", methods=["POST"])
    def publish():
        for user in (GRACE, HEDY):
            mail.send(Message("News", recipients=[user], body="There is news"))
        return "Published"

    assert serve(app)("/publish", method="POST").text == "Published"
    assert [each.gist for each in smtp.messages] == [([user], "News", ["There is news"]) for user in (GRACE, HEDY)]
