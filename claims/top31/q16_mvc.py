"""The steps to an MVC web application."""

import re

import pytest

from claims import Untried, claim, copies, corrects, needs, programs, real

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
    """Run a program that begins with the given line; returns the name of what it imported, or its complaint."""
    return lambda line: programs.ended(tmp_path, "-c", f"{line}\nprint(Flask.__name__)").told


@claim
@needs("articles/top31.txt")
def program_imports_flask_as_printed(imported, printed):
    """A program imports Flask by the line `Flask import Flask`."""
    told = imported(printed("top31", "import"))
    assert told == "Flask"


@corrects(program_imports_flask_as_printed)
def program_imports_flask_from_flask(imported):
    """A program imports Flask by the line `from flask import Flask`."""
    told = imported("from flask import Flask")
    assert told == "Flask"


def lines_below_each_announcement(copy):
    """How many lines a copy of the article has below each part that answer 16 announces, up to the next."""
    answer = copy.partition("\n16) ")[2].partition("\n17) ")[0]
    found = [below.rpartition("\n")[0].split("\n") for below in re.split("part will be", answer)[1:]]
    if len(found) != 3:
        raise Untried(f"the copy of the article announces {len(found)} parts, and not three")
    return [sum(map(bool, map(str.strip, below))) for below in found]


@claim(editorial=True)
@needs("articles/top31.txt")
def answer_gives_the_code_of_its_parts():
    """The code of the configuration, view and model parts stands in the copy that we have."""
    lines = lines_below_each_announcement(copies.text("top31"))
    assert 0 not in lines


@pytest.fixture
def run(tmp_path):
    """Start a program by `python app.py`, with port 5000 to itself."""
    with real.default_port(), real.stopping(real.python, tmp_path, "app.py") as start:
        yield start


@corrects(answer_gives_the_code_of_its_parts)
def parts_make_an_application(run):
    """The parts can be settings in `app.config`, a view, a model of the data, and `app.run()`."""
    fetch = run(code=APPLICATION).fetch
    assert fetch("/").text == "Notes: Milk"
    assert fetch("/", data={"note": "Bread"}).text == "Notes: Milk, Bread"
