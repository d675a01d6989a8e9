"""The steps to an MVC web application."""

import pytest

from claims import claim, corrects, needs, programs, real

APPLICATION = """\
from flask import Flask, render_template_string, request

# Configuration
app = Flask(__name__)
app.config["TITLE"] = "Notes"


# View
@app.route("/", methods=["GET", "POST"])
def index():
    notes.extend(request.form.values())
    return render_template_string("{{ config.TITLE }}: {{ notes | join(', ') }}", notes=notes)


# Model
notes = ["Milk"]

# Main
if __name__ == "__main__":
    app.run()
"""


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


@pytest.fixture
def run(tmp_path):
    """Start a program by `python app.py`, with port 5000 to itself."""
    with real.default_port(), real.stopping(real.python, tmp_path, "app.py") as start:
        yield start


@claim
def parts_make_an_application(run):
    """Configuration, view, model and main parts make a web application in Flask."""
    fetch = run(code=APPLICATION).fetch
    assert fetch("/").text == "Notes: Milk"
    assert fetch("/", data={"note": "Bread"}).text == "Notes: Milk, Bread"
