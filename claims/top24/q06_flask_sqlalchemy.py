"""Flask-SQLAlchemy."""

import contextlib
import sqlite3

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import claim

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)


@pytest.fixture
def path(tmp_path):
    """Where the SQLite database is."""
    return tmp_path / "app.db"


@pytest.fixture
def db(app, db):
    """Flask-SQLAlchemy, with two classes that it maps to tables."""

    class Person(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        letters = db.relationship("Letter", order_by="Letter.id")

    class Letter(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        text = db.Column(db.String)
        person_id = db.Column(db.ForeignKey("person.id"))

    db.Person, db.Letter = Person, Letter
    with app.app_context():
        db.create_all()
    return db


def rows(path, statement):
    """The rows that *statement* gives on the SQLite database at *path*, over a connection without an ORM."""
    with contextlib.closing(sqlite3.connect(str(path))) as database:
        return database.execute(statement).fetchall()


def package(thing):
    """The top-level package that something's class is defined in."""
    return type(thing).__module__.partition(".")[0]


@claim
def integrates_sqlalchemy(app, db, path):
    """Flask-SQLAlchemy integrates SQLAlchemy: it gives an application an engine of SQLAlchemy."""
    with app.app_context(), db.engine.begin() as connection:
        assert package(db.engine) == "sqlalchemy"
        connection.execute(db.Person.__table__.insert(), {"name": "Ada"})
    assert rows(path, "SELECT name FROM person") == [("Ada",)]


@claim
def keeps_a_session_for_each_request(app, db, path, serve):
    """Flask-SQLAlchemy simplifies the integration: each request has its own session, which ends with it."""
    sessions = []

    @app.route("/")
    def add():
        db.session.add(db.Person(name="Ada"))
        sessions.append(db.session())
        return f"{len(db.session.new)} new"

    fetch = serve(app)
    assert [fetch("/").text, fetch("/").text] == ["1 new", "1 new"]
    assert sessions[0] is not sessions[1]
    assert [len(session.new) for session in sessions] == [0, 0]
    assert rows(path, "SELECT * FROM person") == []


@claim
def sqlalchemy_is_an_sql_toolkit(db, path):
    """SQLAlchemy is an SQL toolkit: it builds a statement from a table, columns and operators."""
    person = db.Person.__table__
    statement = person.select().where(person.c.name == "Ada")
    words = str(statement.compile(dialect=sqlalchemy.create_engine("sqlite://").dialect)).split()
    assert " ".join(words) == "SELECT person.id, person.name FROM person WHERE person.name = ?"


@claim
def provides_an_orm_layer(app, db, path):
    """Flask-SQLAlchemy provides an ORM layer: by its `Model`, SQLAlchemy maps a class to a table."""
    assert package(db.Model) == "flask_sqlalchemy"
    assert package(sqlalchemy.inspect(db.Person)) == "sqlalchemy"
    assert rows(path, "SELECT name FROM pragma_table_info('person') ORDER BY cid") == [("id",), ("name",)]


@claim
@settings(max_examples=25)  # each is written to the disk
@given(texts=st.lists(TEXT, min_size=1, max_size=8))
def objects_bring_any_text_back(app, db, path, texts):
    """Objects store text in the database and read it back unchanged."""
    with app.app_context():
        db.session.query(db.Person).delete()
        db.session.add_all([db.Person(id=number, name=text) for number, text in enumerate(texts, 1)])
        db.session.commit()
    with app.app_context():
        assert [person.name for person in db.session.query(db.Person).order_by("id")] == texts
    assert [name for (name,) in rows(path, "SELECT name FROM person ORDER BY id")] == texts


@claim
def objects_stand_for_rows(app, db, path):
    """Developers work with objects: adding, changing or deleting one does the same to its row."""
    with app.app_context():
        ada, grace = db.Person(name="Ada"), db.Person(name="Grace")
        db.session.add_all([ada, grace])
        db.session.commit()
        ada.name = "Ada Lovelace"
        db.session.delete(grace)
        db.session.commit()
    assert rows(path, "SELECT name FROM person") == [("Ada Lovelace",)]


@claim
def objects_refer_to_objects(app, db, path):
    """Objects refer to objects: the letters of a person are read as an attribute of the person."""
    with app.app_context():
        db.session.add(db.Person(name="Ada", letters=[db.Letter(text="First"), db.Letter(text="Second")]))
        db.session.commit()
    with app.app_context():
        assert [letter.text for letter in db.session.query(db.Person).one().letters] == ["First", "Second"]
    assert rows(path, "SELECT person_id, text FROM letter ORDER BY id") == [(1, "First"), (1, "Second")]
