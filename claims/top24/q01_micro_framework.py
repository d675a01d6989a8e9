"""What a micro framework is."""

import contextlib
import re
import sqlite3
from urllib.parse import urlencode

import flask
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from claims import claim
from claims.programs import modules, required, seeing_only

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
SERVED = """\
from wsgiref.util import setup_testing_defaults

from flask import Flask

app = Flask("hello", root_path=".")
app.add_url_rule("/", "index", lambda: "Hello")
environ = {}
setup_testing_defaults(environ)
print(b"".join(app(environ, lambda status, headers: print(status))).decode())
"""


def importing(module, *names):
    """The files of the distributions *names* that import *module* anywhere, by their last three parts."""
    statement = re.compile(rf"^\s*(import|from) {module}\b".encode(), re.MULTILINE)
    files = [path for name in names for path in modules(name) if statement.search(path.read_bytes())]
    return ["/".join(path.parts[-3:]) for path in files]


@claim
def needs_no_particular_tool(tmp_path):
    """Flask does not require a particular tool: a plain Python with what Flask requires answers requests."""
    assert seeing_only(tmp_path, ["flask", *required("flask")], SERVED).told.splitlines() == [
        "200 OK",
        "Hello",
    ]


@claim(data=True)
def has_no_database_layer():
    """Flask has no database layer: unlike Django, it and what it requires never import `sqlite3`."""
    assert importing("sqlite3", "flask", *required("flask")) == []
    assert "backends/sqlite3/base.py" in importing("sqlite3", "django")


@claim(data=True)
def has_no_mail_component():
    """Flask has no component for mail: unlike Django, it and what it requires never import `smtplib`."""
    assert importing("smtplib", "flask", *required("flask")) == []
    assert "mail/backends/smtp.py" in importing("smtplib", "django")


@pytest.fixture
def signed(app, client):
    """Send a form with the given entries to a view; returns what the view got."""
    got = []
    app.add_url_rule("/", "sign", lambda: got.append(flask.request.form.to_dict()) or "", methods=["POST"])

    def sending(entries):
        got.clear()
        client.post("/", data=urlencode(entries), headers=FORM)
        return got[0] if got else None

    return sending


@claim
@given(entries=st.dictionaries(st.sampled_from(["name", "age", "email"]), TEXT, min_size=1))
def has_no_form_validation(signed, entries):
    """Flask has no form validation: a view gets any entries as they are sent."""
    assert signed(entries) == entries


def by_sqlite3(path):
    """What the database at *path* has, by Python's own driver."""
    with contextlib.closing(sqlite3.connect(str(path))) as database:
        return database.execute("SELECT text FROM notes").fetchone()[0]


def by_sqlalchemy(path):
    """What the database at *path* has, by SQLAlchemy."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        text = connection.execute(sqlalchemy.text("SELECT text FROM notes")).scalar()
    engine.dispose()
    return text


@pytest.fixture
def notes(tmp_path):
    """The path of a SQLite database with one note."""
    path = tmp_path / "notes.db"
    with contextlib.closing(sqlite3.connect(str(path))) as database, database:
        database.execute("CREATE TABLE notes (text TEXT)")
        database.execute("INSERT INTO notes VALUES ('Hello')")
    return path


@claim
@pytest.mark.parametrize(
    ("tool", "read"), [("sqlite3", by_sqlite3), ("SQLAlchemy", by_sqlalchemy)], ids=["sqlite3", "SQLAlchemy"]
)
def developers_choose_the_database_tool(app, serve, notes, tool, read):
    """Developers choose the tool for a task: a view reads a database by {tool}."""
    app.add_url_rule("/", "note", lambda: read(notes))
    assert serve(app)("/").text == "Hello"


@claim
def developers_choose_the_session_store(app, visitor):
    """Developers choose the tool for a task: sessions are kept by something else than Flask's cookie."""
    kept = {}

    class Session(dict, flask.sessions.SessionMixin):
        pass

    class Store(flask.sessions.SessionInterface):
        def open_session(self, app, request):
            return Session(kept)

        def save_session(self, app, session, response):
            kept.update(session)

    app.session_interface = Store()
    app.add_url_rule("/<name>", "enter", lambda name: flask.session.update(name=name) or "Entered")
    app.add_url_rule("/", "who", lambda: flask.session["name"])
    request = visitor(app)
    entered = request(path="/Ada")
    assert (request().text, kept) == ("Ada", {"name": "Ada"})
    assert entered.cookies.get_dict() == {}
