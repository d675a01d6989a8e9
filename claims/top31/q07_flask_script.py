"""Naming the application to the flask script."""

import sys
from pathlib import Path

import pytest

from claims import Untried, claim
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


@pytest.fixture
def project(tmp_path):
    """A folder with an application in a module, and the same within a package."""
    (tmp_path / "shop").mkdir()
    for name, source in [("app", DECOY), ("store", SHOP), ("shop/__init__", ""), ("shop/site", SHOP)]:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    return tmp_path


def by_flask(project, application, **settings):
    """What the `flask` script prints, or complains of, as it runs the command `hello` of *application*."""
    script = Path(sys.executable).with_name("flask")
    if not script.exists():
        raise Untried(f"there is no {script}")
    return ended(project, script, "hello", FLASK_APP=str(application), **settings).told


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
    """The `flask` script takes the absolute path of a Python file in another folder."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert by_flask(elsewhere, project / "store.py") == "Hello"
