"""Logging."""

import ast
import logging
import re

import pytest

from claims import Untried, claim, needs

CODE = """\
from flask import Flask

app = Flask("app", root_path=".")


@app.route("/")
def index():
CALLS
    return "Logged"
"""


@pytest.fixture
def logged(flask_run):
    """Make *calls* in a view of an application that configures no logging; returns what the server puts out."""

    def output(calls, **settings):
        body = "\n".join(f"    {line}" for line in calls.splitlines())
        server = flask_run("--no-reload", code=CODE.replace("CALLS", body), **settings)
        if server.fetch().text != "Logged":
            raise Untried(f"the view did not run to its end: {server.output}")
        return server.output

    return output


@claim
def logger_is_preconfigured(logged):
    """With no logging configured, the server puts out an error of `app.logger` in Flask's own format."""
    lines = re.findall(r"\] (ERROR in \w+: Fishy)", logged("app.logger.error('Fishy')"))
    assert lines == ["ERROR in app: Fishy"]


@claim
@needs("articles/quickstart.rst")
def printed_calls_are_put_out_in_debug_mode(logged, printed):
    """In debug mode, all messages of the example calls as printed are in the server's output."""
    calls = printed("quickstart", "s21_calls")
    messages = [call.value.args[0].value.replace("%d", "42") for call in ast.parse(calls).body]
    output = logged(calls, FLASK_DEBUG="1")
    assert [message in output for message in messages] == [True] * 3


@claim
def logger_is_one_of_the_logging_module(app):
    """`app.logger` is a `logging.Logger`, the one that `logging.getLogger()` has for its name."""
    assert isinstance(app.logger, logging.Logger)
    assert logging.getLogger(app.logger.name) is app.logger
