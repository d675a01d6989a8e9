"""The extension."""

import flask_mail
import pytest

from claims import claim, corrects, programs

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
    assert greeted("application.py") == "Hello"
    assert greeted("application.txt") != "Hello"


@claim(editorial=True)
def extension_has_a_capital(greeted):
    """The extension is written with a capital: `.Py`."""
    assert greeted("application.Py") == "Hello"


@corrects(extension_has_a_capital)
def extension_is_in_small_letters(greeted):
    """The extension is written in small letters: `.py`."""
    assert greeted("application.py") == "Hello"


@corrects(extension_has_a_capital)
def extension_is_also_a_package(app):
    """Flask calls a package like Flask-Mail an extension; it registers itself in `app.extensions`."""
    assert sorted(app.extensions) == []
    flask_mail.Mail(app)
    assert sorted(app.extensions) == ["mail"]
