"""SQLite."""

import contextlib
import sqlite3

from claims import claim
from claims.programs import required, seeing_only

GUESTBOOK = """\
import sqlite3
from flask import Flask, request

app = Flask("guestbook", root_path=".")

@app.route("/", methods=["POST"])
def sign():
    with sqlite3.connect("guests.db") as database:
        database.execute("CREATE TABLE IF NOT EXISTS guests (name TEXT)")
        database.execute("INSERT INTO guests VALUES (?)", [request.form["name"]])
    return "Thank you"

for name in ("Ada", "Grace"):
    app.test_client().post("/", data={"name": name})
"""


@claim
def flask_supports_sqlite(tmp_path):
    """A Flask application can keep its data in SQLite with no package but Flask and what it requires."""
    seeing_only(tmp_path, ["flask", *required("flask")], GUESTBOOK)
    with contextlib.closing(sqlite3.connect(str(tmp_path / "guests.db"))) as database:
        assert database.execute("SELECT name FROM guests").fetchall() == [("Ada",), ("Grace",)]
