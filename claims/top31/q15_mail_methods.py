"""The methods of the class Mail."""

import contextlib

import flask_mail
import psutil
import pytest

from claims import Untried, claim

LINES = ["Dear Grace,", *["it is cold here, and the days are short"] * 40, "Yours, Ada"]
LETTER = {"subject": "Hello", "recipients": ["grace@example.com"], "body": "\n".join(LINES)}
RECEIVED = (["grace@example.com"], "Hello", LINES)


@claim
@pytest.mark.parametrize("name", ["send", "connect", "send_message"])
def mail_has_the_method(mail, name):
    """The class `Mail` of Flask-Mail has a method `{name}()`."""
    assert callable(getattr(type(mail), name, None))


@claim
def send_sends_a_message_object(app, mail, sent):
    """`send()` sends the contents of a `Message` object."""
    with app.app_context():
        message = flask_mail.Message(**LETTER)
    assert [each.gist for each in sent(mail.send, message)] == [RECEIVED]


def contents(message):
    """The type of each part of a message that was received, its file name and its content; of a text, its lines."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    found = [part.get_content() for part in parts]
    found = [content.strip().splitlines() if isinstance(content, str) else content for content in found]
    return [(part.get_content_type(), part.get_filename(), content) for part, content in zip(parts, found)]


@claim
def send_leaves_nothing_out(app, mail, sent):
    """`send()` sends a message's text, its HTML and its attachments."""
    with app.app_context():
        message = flask_mail.Message(html="<p>Dear Grace</p>", **LETTER)
    data = b"\x89PNG\r\n\x1a\n\r\x00\xff\r\n.\r\n"
    message.attach("data.bin", "application/octet-stream", data)
    text, page = ("text/plain", None, LINES), ("text/html", None, ["<p>Dear Grace</p>"])
    received = [text, page, ("application/octet-stream", "data.bin", data)]
    assert [contents(each.message) for each in sent(mail.send, message)] == [received]


def connections(server):
    """How many TCP connections this process has to *server*, by the operating system's word."""
    everyone = psutil.Process().net_connections("tcp")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.raddr.port == server.port for each in everyone)


@claim
def connect_opens_a_connection(mail, smtp):
    """`connect()` is used to open a connection with the mail host."""
    if connections(smtp):
        raise Untried("there is a connection with the mail host before `connect()`")
    with contextlib.ExitStack() as stack:
        assert stack.enter_context(mail.connect())
        opened = connections(smtp)
    assert opened == 1


@claim
def send_message_sends_a_message_object(mail, sent):
    """`Mail.send_message()` sends a `Message` object."""
    with mail.record_messages() as objects:
        assert [each.gist for each in sent(mail.send_message, **LETTER)] == [RECEIVED]
    assert [(type(one), one.subject) for one in objects] == [(flask_mail.Message, "Hello")]
