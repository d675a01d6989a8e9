"""Naming the application to the flask script."""

import sys
from pathlib import Path

import pytest

from claims import Untried, claim, corrects, needs
from claims.programs import ended

SHOP = """\
import click
from flask import Flask

app = Flask("shop", root_path=".")


@app.cli.command("hello")
def hello():
    click.echo("Hello")
"""
DECOY = SHOP.replace("Hello", "Decoy")  # what newer releases take if no application is named
MANAGER = """\
import sys
from flask_script import Manager

manager = Manager(sys.argv.pop(1))


@manager.command
def hello():
    print("Hello")


manager.run()
"""


@pytest.fixture
def project(tmp_path):
    """A folder with an application in a module, and the same within a package."""
    (tmp_path / "shop").mkdir()
    for name, source in [("app", DECOY), ("store", SHOP), ("shop/__init__", ""), ("shop/site", SHOP)]:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    return tmp_path


def by_flask(project, application, **settings):
    """What the `flask` script prints, or complains of, that runs the command of the application it is told of."""
    script = Path(sys.executable).with_name("flask")
    if not script.exists():
        raise Untried(f"there is no {script}")
    return ended(project, script, "hello", FLASK_APP=str(application), **settings).told


def by_flask_script(project, application):
    """What Flask-Script prints, or complains of, that runs a command for the application it is told of."""
    (project / "manage.py").write_text(MANAGER, encoding="utf-8")
    return ended(project, "manage.py", application, "hello", PYTHONPATH=str(project)).told


@claim
@pytest.mark.parametrize("spelling", ["store", "store:app", "shop.site", "shop.site:app"])
def script_takes_an_import_path(project, spelling):
    """The `flask` script takes the import path of the application, such as {spelling}."""
    assert by_flask(project, spelling, PYTHONPATH=str(project)) == "Hello"


@claim
@pytest.mark.parametrize("spelling", ["store.py", "./store.py", "shop/site.py"])
def script_takes_the_path_of_a_file(project, spelling):
    """The `flask` script takes the path of a Python file, such as {spelling}."""
    assert by_flask(project, spelling) == "Hello"


@claim
def script_takes_an_absolute_path(project, tmp_path_factory):
    """The `flask` script takes the absolute path of a Python file, wherever it is run."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert by_flask(elsewhere, project / "store.py") == "Hello"


@claim(editorial=True)
@needs("Flask-Script")
@pytest.mark.parametrize("spelling", ["store:app", "store.py"])
def script_is_flask_script(project, spelling):
    """The script that takes {spelling} for an application goes by the name of Flask-Script."""
    assert by_flask_script(project, spelling) == "Hello"


@corrects(script_is_flask_script, "store:app")
@corrects(script_is_flask_script, "store.py")
@pytest.mark.parametrize("spelling", ["store:app", "store.py"])
def script_is_the_flask_command(project, spelling):
    """The script that takes {spelling} for an application is the `flask` command."""
    assert by_flask(project, spelling, PYTHONPATH=str(project)) == "Hello"
