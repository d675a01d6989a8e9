"""The role of WSGI."""

from wsgiref.validate import validator

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from claims import Untried, claim, needs

CODE = """\
from flask import Flask, request

app = Flask("app", root_path=".")
app.add_url_rule("/greet", "greet", lambda: f"Hello {request.form['name']}", methods=["POST"])
"""
WSGIREF = """\
from wsgiref.simple_server import make_server
from wsgiref.validate import validator
from app import app

make_server("127.0.0.1", 0, validator(app)).serve_forever()
"""
WAITRESS = """\
from waitress import serve
from app import app

serve(app, host="127.0.0.1", port=0)
"""
GUNICORN = ["-m", "gunicorn", "-b", "127.0.0.1:0", "app:app"]


def answering(status="200 OK", headers=(("Content-Type", "text/plain"),), body=b"Hello"):
    """A WSGI application in plain Python that gives that answer."""

    def application(environ, start_response):
        start_response(status, [*headers])
        return [body]

    return application


def checked(application):
    """What an application answers, or that Python's own validator of WSGI refuses it."""
    try:
        parts, status, _ = run_wsgi_app(validator(application), create_environ(), buffered=True)
    except AssertionError:
        return "refused"
    return status, b"".join(parts)


@claim
def wsgi_is_a_specification(app):
    """WSGI is a specification: Python's validator passes a Flask application and refuses a faulty one."""
    app.add_url_rule("/", "greet", lambda: "Hello")
    if checked(answering()) != ("200 OK", b"Hello"):
        raise Untried("the validator refuses an application without a fault")
    assert checked(app) == ("200 OK", b"Hello")
    assert [checked(answering(status="OK")), checked(answering(body="Hello"))] == ["refused", "refused"]


@claim
@pytest.mark.parametrize(
    ("server", "name", "arguments"),
    [
        pytest.param("wsgiref's, with its validator in between", "WSGIServer", ["-c", WSGIREF], id="wsgiref"),
        pytest.param("Waitress", "waitress", ["-c", WAITRESS], id="waitress", marks=needs("waitress")),
        pytest.param("Gunicorn", "gunicorn", GUNICORN, id="gunicorn", marks=needs("gunicorn")),
    ],
)
def application_runs_on_the_server(wsgi_server, server, name, arguments):
    """One Flask application runs, by WSGI, on different web servers: {server}."""
    running = wsgi_server(*arguments, code=CODE)
    answer = running.fetch("/greet", data={"name": "Ada"})
    assert (answer.headers["Server"].partition("/")[0], answer.text) == (name, "Hello Ada")
    assert running.fetch("/nowhere").status == 404
