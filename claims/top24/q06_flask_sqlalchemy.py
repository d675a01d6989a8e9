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
    """Flask-SQLAlchemy integrates SQLAlchemy into an application: one setting gives its engine."""
    with app.app_context(), db.engine.begin() as connection:
        assert package(db.engine) == "sqlalchemy"
        connection.execute(db.Person.__table__.insert(), {"name": "Ada"})
    assert rows(path, "SELECT name FROM person") == [("Ada",)]


@claim
def keeps_a_session_for_each_request(app, db, path, serve):
    """Flask-SQLAlchemy simplifies the integration: each request has a session, which ends with it."""
    app.add_url_rule("/add", "add", lambda: db.session.add(db.Person(name="Ada")) or f"{len(db.session.new)} new")
    app.add_url_rule("/", "pending", lambda: f"{len(db.session.new)} new")
    fetch = serve(app)
    assert [fetch("/add").text, fetch("/").text] == ["1 new", "0 new"]
    assert rows(path, "SELECT * FROM person") == []


@claim
def sqlalchemy_is_an_sql_toolkit(db, path):
    """SQLAlchemy is an SQL toolkit: it builds a statement from a table, its columns and operators."""
    person = db.Person.__table__
    statement = person.select().where(person.c.name == "Ada")
    words = str(statement.compile(dialect=sqlalchemy.create_engine("sqlite://").dialect)).split()
    assert " ".join(words) == "SELECT person.id, person.name FROM person WHERE person.name = ?"


@claim
def provides_an_orm_layer(app, db, path):
    """Flask-SQLAlchemy provides an ORM layer: its `Model` maps a class to a table, by SQLAlchemy's mapper."""
    assert package(db.Model) == "flask_sqlalchemy"
    assert package(sqlalchemy.inspect(db.Person)) == "sqlalchemy"
    assert rows(path, "SELECT name FROM pragma_table_info('person') ORDER BY cid") == [("id",), ("name",)]


@claim
@settings(max_examples=25)  # each is written to the disk
@given(texts=st.lists(TEXT, min_size=1, max_size=8))
def objects_bring_any_text_back(app, db, path, texts):
    """Through its objects, any text comes back from the database as it went in."""
    with app.app_context():
        db.session.query(db.Person).delete()
        db.session.add_all([db.Person(id=number, name=text) for number, text in enumerate(texts, 1)])
        db.session.commit()
    with app.app_context():
        assert [person.name for person in db.session.query(db.Person).order_by("id")] == texts
    assert [name for (name,) in rows(path, "SELECT name FROM person ORDER BY id")] == texts


@claim
def objects_stand_for_rows(app, db, path):
    """Developers work with the database by objects: adding, changing and deleting one does so to a row."""
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
    """Developers work with objects also where tables refer to each other: no query is written."""
    with app.app_context():
        db.session.add(db.Person(name="Ada", letters=[db.Letter(text="First"), db.Letter(text="Second")]))
        db.session.commit()
    with app.app_context():
        assert [letter.text for letter in db.session.query(db.Person).one().letters] == ["First", "Second"]
    assert rows(path, "SELECT person_id, text FROM letter ORDER BY id") == [(1, "First"), (1, "Second")]
