"""SQLite."""

import contextlib
import sqlite3
import subprocess
import sys

from flask import request

from claims import Untried, claim, corrects

IMPORT_ALL_OF_FLASK = """\
import importlib, pkgutil, flask
for module in pkgutil.walk_packages(flask.__path__, "flask."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def sqlite_after(program, *options):
    """What a fresh Python has loaded of SQLite once *program* has run."""
    code = f"{program}\nimport sys\nprint(*sys.modules)"
    ended = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True)
    if ended.returncode:
        raise Untried(f"the program did not run: {ended.stderr.strip()}")
    return sorted({"sqlite3"} & set(ended.stdout.split()))


@claim
def sqlite_is_built_into_flask():
    """Flask has support for SQLite databases built in."""
    assert sqlite_after(IMPORT_ALL_OF_FLASK) == ["sqlite3"]


@corrects(sqlite_is_built_into_flask)
def sqlite_is_built_into_python(app, serve, tmp_path):
    """Python has support for SQLite databases built in, and a view of Flask can use it."""
    assert sqlite_after("import sqlite3", "-I", "-S") == ["sqlite3"]

    @app.route("/")
    def visit():
        with contextlib.closing(sqlite3.connect(tmp_path / "visits.db")) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS visits (name TEXT)")
            database.execute("INSERT INTO visits VALUES (?)", [request.args["name"]])
            return " ".join(name for (name,) in database.execute("SELECT name FROM visits"))

    fetch = serve(app)
    fetch("/?name=Ada")
    assert fetch("/?name=Grace").text == "Ada Grace"
