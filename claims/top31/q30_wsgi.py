"""What WSGI is."""

import contextlib
import io
import re
import wsgiref
from importlib.util import find_spec
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs


def title_of_pep(number):
    """The title of a Python Enhancement Proposal, as Twisted cites it with a link to it."""
    told = Path(find_spec("twisted.web.wsgi").origin).read_text(encoding="utf-8")
    return re.search(rf"\{{Python ([A-Z][A-Za-z ]+) v[\d.]+<[^>]*/pep-{number}/>", told)[1]


@claim(data=True)
@needs("Twisted")
def letters_stand_for_web_server_gateway_interface():
    """WSGI stands for Web Server Gateway Interface."""
    number = re.search(r"WSGI \(PEP (\d+)\)", wsgiref.__doc__)[1]
    assert title_of_pep(number) == "Web Server Gateway Interface"


def greet(environ, start_response):
    """A WSGI application in plain Python."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello, ", environ["PATH_INFO"][1:].encode("latin-1")]


@claim
def wsgi_makes_a_function_a_web_application(serve):
    """WSGI is used for the development of web applications in Python."""
    answer = serve(greet)("/Ada")
    assert (answer.status, answer.text) == (200, "Hello, Ada")


@pytest.fixture
def echo(app):
    """`app` with a view that answers, at any path and by three methods, with what it is sent."""
    app.add_url_rule("/<path>", "echo", lambda path: request.get_data(), methods=["GET", "POST", "PUT"])
    return app


def called(application, method, path, body):
    """Call a WSGI application as a server does; returns the status that it starts to answer with, and its body."""
    environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": ""}
    environ.update({"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)})
    setup_testing_defaults(environ)
    started = []

    def start_response(status, headers, error=None):
        started.append(status)
        return started.append

    with contextlib.closing(application(environ, start_response)) as answer:
        return *started, b"".join(answer)


@claim
@given(method=st.sampled_from(["GET", "POST", "PUT"]), path=st.text("az.-", min_size=1), body=st.binary())
def flask_application_is_a_wsgi_application(echo, method, path, body):
    """A web application developed with Flask is a WSGI application: it conforms to the protocol."""
    assert called(validator(echo), method, f"/{path}", body) == ("200 OK", body)
