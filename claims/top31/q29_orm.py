"""What ORM is."""

import contextlib
import re
import sqlite3
from importlib.metadata import distribution

import flask_sqlalchemy
import pytest

from claims import claim, corrects


def expansions():
    """The word that SQLAlchemy's own description has between object and mapper, wherever it names itself."""
    return sorted(set(re.findall(r"Object[ -](\w+) Mapp", distribution("SQLAlchemy").read_text("METADATA"))))


@claim(editorial=True, data=True)
def r_stands_for_relation():
    """The letters of ORM stand for Object Relation Mapping."""
    assert expansions() == ["Relation"]


@corrects(r_stands_for_relation)
def r_stands_for_relational():
    """The letters of ORM stand for Object Relational Mapping, or Mapper."""
    assert expansions() == ["Relational"]


@pytest.fixture
def orm(app, tmp_path):
    """Flask-SQLAlchemy on a new SQLite database, with a class `Person` that it maps."""
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'people.db'}"
    app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False
    orm = flask_sqlalchemy.SQLAlchemy(app)

    class Person(orm.Model):
        id = orm.Column(orm.Integer, primary_key=True)
        name = orm.Column(orm.String)
        born = orm.Column(orm.Integer)

    orm.Person = Person
    with app.app_context():
        orm.create_all()
        yield orm
        orm.session.remove()
        orm.engine.dispose()


def execute(path, statement):
    """The rows that *statement* gives on the SQLite database at *path*, over a connection without an ORM."""
    with contextlib.closing(sqlite3.connect(str(path))) as database, database:
        return database.execute(statement).fetchall()


@claim
def orm_maps_the_parameters_of_objects(orm, tmp_path):
    """ORM is a technique that maps the parameters of an object."""
    ada = orm.Person(name="Ada", born=1852)
    orm.session.add(ada)
    orm.session.commit()
    assert execute(tmp_path / "people.db", "SELECT name, born FROM person") == [("Ada", 1852)]
    ada.born = 1815
    orm.session.commit()
    assert execute(tmp_path / "people.db", "SELECT name, born FROM person") == [("Ada", 1815)]
    execute(tmp_path / "people.db", "UPDATE person SET name = 'Ada Lovelace'")
    assert (ada.name, ada.born) == ("Ada Lovelace", 1815)
