"""What ORM is."""

import contextlib
import re
import sqlite3
from importlib.metadata import distribution

import pytest

from claims import claim


def expansions():
    """What has the initials ORM in SQLAlchemy's own description."""
    return sorted(set(re.findall(r"\bO[a-z]+[ -]R[a-z]+ M[a-z]+", distribution("SQLAlchemy").read_text("METADATA"))))


@claim(data=True)
def orm_stands_for_object_relational_mapping():
    """ORM stands for Object Relational Mapping: SQLAlchemy describes itself as such a Mapper."""
    assert expansions() == ["Object Relational Mapper"]


@pytest.fixture
def person(app, db):
    """A class that Flask-SQLAlchemy maps, in a context of its application."""

    class Person(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        born = db.Column(db.Integer)

    with app.app_context():
        db.create_all()
        yield Person


def execute(path, statement):
    """The rows that *statement* gives on the SQLite database at *path*, over a connection without an ORM."""
    with contextlib.closing(sqlite3.connect(str(path))) as database, database:
        return database.execute(statement).fetchall()


@claim
def orm_maps_the_parameters_of_objects(db, person, tmp_path):
    """ORM maps the parameters of an object, that is, its attributes, to the columns of a table."""
    ada = person(name="Ada", born=1852)
    db.session.add(ada)
    db.session.commit()
    assert execute(tmp_path / "app.db", "SELECT name, born FROM person") == [("Ada", 1852)]
    ada.born = 1815
    db.session.commit()
    assert execute(tmp_path / "app.db", "SELECT name, born FROM person") == [("Ada", 1815)]
    execute(tmp_path / "app.db", "UPDATE person SET name = 'Ada Lovelace'")
    assert (ada.name, ada.born) == ("Ada Lovelace", 1815)
