"""The steps to an MVC web application."""

import re

import flask
import pytest

from claims import claim, corrects

IMPORT_AS_PRINTED = "Flask import Flask"
IMPORT = "from flask import Flask"
PARTS = {
    "configuration": """\
app = Flask("notes", root_path=folder)
app.config["DATABASE"] = f"{folder}/notes.db"
""",
    "view": """\
from flask import render_template_string, request

PAGE = "<ul>{% for note in notes %}<li>{{ note }}</li>{% endfor %}</ul>"


@app.route("/", methods=["GET", "POST"])
def index():
    notes = Notes(app.config["DATABASE"])
    if request.method == "POST":
        notes.add(request.form["text"])
    return render_template_string(PAGE, notes=notes.all())
""",
    "model": """\
import contextlib
import sqlite3


class Notes:
    def __init__(self, path):
        self.path = path

    def execute(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.path)) as database, database:
            return database.execute(statement, values).fetchall()

    def add(self, text):
        self.execute("INSERT INTO notes VALUES (?)", text)

    def all(self):
        self.execute("CREATE TABLE IF NOT EXISTS notes (text TEXT)")
        return [text for (text,) in self.execute("SELECT text FROM notes")]
""",
}
PRINTED = {"configuration": "", "view": "", "model": ""}  # the answer names these parts and breaks off
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def executed(source, **names):
    """The names that are known when *source* has been executed, *names* being known before."""
    exec(compile(source, "app.py", "exec"), names)
    return names


@claim
def program_imports_flask_as_printed():
    """The first line of the program is `Flask import Flask`."""
    assert executed(IMPORT_AS_PRINTED)["Flask"] is flask.Flask


@corrects(program_imports_flask_as_printed)
def program_imports_flask_from_flask():
    """The first line of the program is `from flask import Flask`."""
    assert executed(IMPORT)["Flask"]("shop", root_path=".").name == "shop"


@pytest.fixture
def pages(serve, tmp_path):
    """Serve an application of all PARTS, some as printed; tells its notes before and after one is added."""

    def shown(*as_printed):
        parts = {**PARTS, **{part: PRINTED[part] for part in as_printed}}
        source = "\n".join([IMPORT, *parts.values()])
        fetch = serve(executed(source, folder=str(tmp_path))["app"])
        answers = [fetch("/"), fetch("/", method="POST", body="text=Hello", headers=FORM)]
        return [(answer.status, re.findall("<li>(.*?)</li>", answer.text)) for answer in answers]

    return shown


@claim
@pytest.mark.parametrize("part", PRINTED)
def answer_gives_the_part(pages, part):
    """The answer gives the code of an application's {part} part."""
    assert pages(part) == [(200, []), (200, ["Hello"])]


@corrects(answer_gives_the_part, "configuration")
@corrects(answer_gives_the_part, "view")
@corrects(answer_gives_the_part, "model")
def parts_make_an_application(pages):
    """An application has its configuration, a model that keeps the data, and a view that shows it."""
    assert pages() == [(200, []), (200, ["Hello"])]
