"""The methods of the class Mail."""

import flask_mail
import psutil
import pytest

from claims import claim, corrects

LETTER = {"subject": "Hello", "recipients": ["grace@example.com"], "body": "Dear Grace"}
RECEIVED = (["grace@example.com"], "Hello", ["Dear Grace"])


@claim
@pytest.mark.parametrize("name", ["send", "connect", "send_message"])
def mail_has_the_method(mail, name):
    """The class `Mail` has a method `{name}()`."""
    assert callable(getattr(mail, name))


@claim
def send_sends_a_message_object(app, mail, sent):
    """`send()` sends the contents of a `Message` object."""
    with app.app_context():
        message = flask_mail.Message(**LETTER)
    assert [each.gist for each in sent(mail.send, message)] == [RECEIVED]


def contents(message):
    """The content of each part of a message that was received."""
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return [part.strip() if isinstance(part, str) else part for part in parts]


@claim
def send_leaves_nothing_out(app, mail, sent):
    """`send()` sends all of a message's contents: text, HTML and attachments."""
    with app.app_context():
        message = flask_mail.Message(html="<p>Dear Grace</p>", **LETTER)
    message.attach("data.bin", "application/octet-stream", b"\x00\xff\r\n.\r\n")
    received = ["Dear Grace", "<p>Dear Grace</p>", b"\x00\xff\r\n.\r\n"]
    assert [contents(each.message) for each in sent(mail.send, message)] == [received]


def connections(server):
    """How many TCP connections this process has to *server*, by the operating system's word."""
    everyone = psutil.Process().net_connections("tcp")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.raddr.port == server.port for each in everyone)


def before_within_and_after(connect, server):
    """How many connections there are to *server* before, within and after `with connect()`."""
    counted = [connections(server)]
    with connect():
        counted.append(connections(server))
    return [*counted, connections(server)]


@claim
def connect_opens_a_connection(mail, smtp):
    """`connect()` is used to open a connection with the mail host."""
    assert before_within_and_after(mail.connect, smtp) == [0, 1, 0]


@claim
def send_message_sends_a_message_object(app, mail, sent):
    """`send_message()` sends a `Message` object."""
    with app.app_context():
        message = flask_mail.Message(**LETTER)
    assert [each.gist for each in sent(mail.send_message, message)] == [RECEIVED]


@corrects(send_message_sends_a_message_object)
def send_message_takes_the_contents_of_a_message(mail, sent):
    """`send_message()` takes what `Message` takes, makes a message of it, and sends that."""
    assert [each.gist for each in sent(mail.send_message, **LETTER)] == [RECEIVED]
