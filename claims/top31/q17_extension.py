"""The extension."""

import pytest

from claims import Untried, claim, programs

GREETER = """\
from flask import Flask

app = Flask("greeter", root_path=".")


@app.cli.command("greet")
def greet():
    print("Hello")
"""


@pytest.fixture
def greeted(tmp_path):
    """Have the `flask` command load an application from a file of the given name; returns how it greets then."""

    def told(name):
        (tmp_path / name).write_text(GREETER, encoding="utf-8")
        return programs.ended(tmp_path, "-m", "flask", "greet", FLASK_APP=name).told

    return told


@claim
def application_is_a_file_with_the_extension_py(greeted):
    """The file of a Flask application has the extension `.py`."""
    if greeted("application.txt") == "Hello":
        raise Untried("the `flask` command loads an application whatever the extension of its file")
    assert greeted("application.py") == "Hello"
