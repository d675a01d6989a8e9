"""The steps to an MVC web application."""

import pytest

from claims import claim, corrects, needs, programs


@pytest.fixture
def imported(tmp_path):
    """Run a program that begins with the given line and makes an application; returns its name, or the complaint."""
    return lambda line: programs.ended(tmp_path, "-c", f"{line}\nprint(Flask('shop', root_path='.').name)").told


@claim
@needs("articles/top31.txt")
def program_imports_flask_as_printed(imported, printed):
    """A program imports Flask by the line `Flask import Flask`."""
    told = imported(printed("top31", "import"))
    assert told == "shop"


@corrects(program_imports_flask_as_printed)
def program_imports_flask_from_flask(imported):
    """A program imports Flask by the line `from flask import Flask`."""
    told = imported("from flask import Flask")
    assert told == "shop"
