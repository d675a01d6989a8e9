"""The role of WSGI."""

import pytest

from claims import claim, needs

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
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


@claim
@pytest.mark.parametrize(
    ("server", "name", "arguments"),
    [
        pytest.param("Python's own server, which watches over WSGI", "WSGIServer", ["-c", WSGIREF], id="wsgiref"),
        pytest.param("Waitress", "waitress", ["-c", WAITRESS], id="waitress", marks=needs("waitress")),
        pytest.param("Gunicorn", "gunicorn", GUNICORN, id="gunicorn", marks=needs("gunicorn")),
    ],
)
def application_runs_on_the_server(wsgi_server, server, name, arguments):
    """By WSGI, one and the same Flask application runs on different servers, such as {server}."""
    running = wsgi_server(*arguments, code=CODE)
    answer = running.fetch("/greet", method="POST", body="name=Ada", headers=FORM)
    assert (answer.headers["Server"].partition("/")[0], answer.text) == (name, "Hello Ada")
    assert running.fetch("/nowhere").status == 404
