"""Sending emails with Flask-Mail."""

import re

import flask
import flask_mail
import pytest
from flask_mail import Message
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

GRACE, HEDY, JOAN = "grace@example.com", "hedy@example.com", "joan@example.com"
ADDRESSES = {"recipients": GRACE, "cc": HEDY, "bcc": JOAN}
WRITTEN = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=80)
SMUGGLED = "Grace\r\nBcc: mallory@example.com"


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
    """A view of a Flask application creates an email message and sends it."""

    @app.route("/contact", methods=["POST"])
    def contact():
        mail.send(Message("Hello", recipients=[GRACE], body="Dear Grace"))
        return "Sent"

    assert serve(app)("/contact", method="POST").text == "Sent"
    assert [each.gist for each in smtp.messages] == [([GRACE], "Hello", ["Dear Grace"])]
    assert [each.sender for each in smtp.messages] == ["ada@example.com"]


def attached(message):
    """What is attached to a message that was received."""
    return [part.get_content() for part in message.iter_attachments()]


@claim
@given(lines=st.lists(WRITTEN, min_size=1, max_size=5), data=st.binary(max_size=200))
def what_is_written_arrives(app, mail, sent, lines, data):
    """Whatever text and attachment a message is created with, its recipient gets just those."""
    with app.app_context():
        message = Message("Hello", recipients=[GRACE], body="\n".join(lines))
    message.attach("data.bin", "application/octet-stream", data)
    received = [([GRACE], "Hello", lines), [data]]
    assert [[each.gist, attached(each.message)] for each in sent(mail.send, message)] == [received]


def named(message):
    """Which of the three addresses a message that was received shows."""
    return [address for address in ADDRESSES.values() if address in message.as_string()]


@claim
@given(fields=st.sets(st.sampled_from([*ADDRESSES]), min_size=1))
def blind_copies_stay_blind(app, mail, sent, fields):
    """A message goes to whichever recipients, copies and blind copies it has, and names no blind copy."""
    with app.app_context():
        message = Message("Hello", body="Dear all", **{field: [ADDRESSES[field]] for field in fields})
    shown = [address for field, address in ADDRESSES.items() if field in fields - {"bcc"}]
    received = [sorted(ADDRESSES[field] for field in fields), shown]
    assert [[sorted(each.recipients), named(each.message)] for each in sent(mail.send, message)] == [received]


@claim
@pytest.mark.parametrize("field", ["subject", "sender", "reply_to", "recipients"])
def smuggled_header_is_refused(app, mail, smtp, field):
    """A message is not sent if its {field} smuggles in a header by a line break."""
    written = {"subject": "Hello", "recipients": [GRACE], "body": "Dear Grace"}
    written[field] = [SMUGGLED] if field == "recipients" else SMUGGLED
    with app.app_context():
        assert pytest.raises(flask_mail.BadHeaderError, mail.send, Message(**written))
    assert [each.gist for each in smtp.messages] == []


@pytest.fixture
def accounts(app, mail):
    """`app`, where whoever registers gets an email with a link that activates the account."""

    @app.route("/register/<address>", methods=["POST"])
    def register(address):
        link = flask.url_for("activate", address=address, _external=True)
        mail.send(Message("Your account", recipients=[address], body=f"Activate it at {link}"))
        return "Look into your mail"

    @app.route("/activate/<address>")
    def activate(address):
        return f"The account of {address} is active"

    return app


def path_in(message):
    """The path of the link in a message that was received."""
    return re.search(r"http://127\.0\.0\.1:\d+(/\S+)", message.get_content()).group(1)


@claim
def activation_email_activates_an_account(accounts, serve, smtp):
    """Flask-Mail sends account activation emails."""
    fetch = serve(accounts)
    fetch(f"/register/{GRACE}", method="POST")
    assert [each.gist[:2] for each in smtp.messages] == [([GRACE], "Your account")]
    assert fetch(path_in(smtp.messages[0].message)).text == f"The account of {GRACE} is active"


def notify(mail, addresses):
    """Send a notification to each of *addresses*, over one connection."""
    with mail.connect() as connection:
        for address in addresses:
            connection.send(Message("News", recipients=[address], body="There is news"))


@claim
def notifications_go_out_over_one_connection(mail, smtp, sent):
    """Flask-Mail sends notifications, to many users over one connection."""
    assert [each.recipients for each in sent(notify, mail, [GRACE, HEDY])] == [[GRACE], [HEDY]]
    assert smtp.commands == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]
