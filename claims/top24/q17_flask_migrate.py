"""Flask-Migrate."""

import contextlib
import multiprocessing
import os
import shutil
import sqlite3

import flask_migrate
import pytest
from alembic.script import ScriptDirectory

from claims import Untried, claim, programs

MODELS = """\
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask("app", root_path=".")
app.config.from_mapping(SQLALCHEMY_DATABASE_URI="sqlite:///FILE", SQLALCHEMY_TRACK_MODIFICATIONS=False)
db = SQLAlchemy(app)
Migrate(app, db, render_as_batch=True)  # or SQLite alters little


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40))
"""
MORE = MODELS + "    email = db.Column(db.String(80))\n"
REQUIRED = MODELS + "    email = db.Column(db.String(80), nullable=False, server_default='')\n"
POST = "\n\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
ADA = {"id": 1, "name": "Ada"}
MIGRATED = ("migrate", "upgrade")


def taken(folder, source, steps):
    """Take *steps* with Flask-Migrate in *folder*, for the application of that *source*."""
    os.chdir(str(folder))
    names = {"__name__": "app"}
    exec(compile(source, "app.py", "exec"), names)
    with names["app"].app_context():
        for step in steps:
            getattr(flask_migrate, step)()


class Project:
    """A Flask application in a folder, with a SQLite database."""

    def __init__(self, folder, file="app.db"):
        self.folder, self.file = folder, folder / file

    def write(self, models):
        """Let the application have *models*; returns its source."""
        source = models.replace("FILE", str(self.file))
        (self.folder / "app.py").write_text(source, encoding="utf-8")
        return source

    def steps(self, models, *steps):
        """Take *steps* with Flask-Migrate in a process of its own, as the application has *models*; its exit code."""
        # Alembic turns the loggers off, and a fork has the libraries loaded.
        process = multiprocessing.get_context("fork").Process(
            target=taken, args=(self.folder, self.write(models), steps)
        )
        process.start()
        process.join(programs.PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise Untried(f"the steps {steps!r} did not end")
        return process.exitcode

    def prepared(self, models, *steps):
        """Take *steps* that lead up to a claim."""
        if self.steps(models, *steps) != 0:
            raise Untried(f"could not take the steps {steps!r}")

    def copied(self, folder):
        """A copy of the project in *folder*."""
        shutil.copytree(str(self.folder), str(folder))
        return Project(folder)

    def query(self, sql):
        """What a connection of its own reads, or writes, in the database."""
        with contextlib.closing(sqlite3.connect(str(self.file))) as database, database:
            return database.execute(sql).fetchall()

    def columns(self):
        """The columns of the users' table."""
        return [row[1] for row in self.query("PRAGMA table_info(user)")]

    def required(self):
        """The columns of the users' table that refuse NULL, besides its key."""
        return [name for _, name, _, refuses, _, key in self.query("PRAGMA table_info(user)") if refuses and not key]

    def users(self):
        """The rows of the users' table, as dictionaries."""
        return [dict(zip(self.columns(), row)) for row in self.query("SELECT * FROM user")]

    def tables(self):
        """The application's own tables, in order."""
        named = self.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [name for (name,) in named if name != "alembic_version"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A project whose first migration is applied, with one user in its database."""
    project = Project(tmp_path_factory.mktemp("begun"))
    project.prepared(MODELS, "init", *MIGRATED)
    project.query("INSERT INTO user (id, name) VALUES (1, 'Ada')")
    return project


@pytest.fixture
def project(begun, tmp_path):
    """A copy of the project that one claim may change."""
    return begun.copied(tmp_path / "copy")


@claim
def alembic_is_integrated(project):
    """Flask-Migrate integrates Alembic: changed models become an Alembic revision, which is applied."""
    assert (project.steps(MORE, *MIGRATED), project.columns()) == (0, ["id", "name", "email"])
    heads = ScriptDirectory(str(project.folder / "migrations")).get_heads()
    assert [head in heads for (head,) in project.query("SELECT version_num FROM alembic_version")] == [True]


@claim
@pytest.mark.parametrize(
    ("change", "models", "tables", "required", "user"),
    [
        pytest.param("a new column", MORE, ["user"], [], {**ADA, "email": None}, id="column"),
        pytest.param(
            "a required column with a default", REQUIRED, ["user"], ["email"], {**ADA, "email": ""}, id="required"
        ),
        pytest.param("a new table", MODELS + POST, ["post", "user"], [], ADA, id="table"),
    ],
)
def change_is_applied(project, change, models, tables, required, user):
    """A change of the models, {change}, reaches the database by Flask-Migrate, which keeps the rows."""
    assert project.steps(models, *MIGRATED) == 0
    assert (project.tables(), project.required(), project.users()) == (tables, required, [user])


@claim
def schema_is_under_version_control(project):
    """Flask-Migrate puts the schema under version control: a downgrade takes it back, an upgrade forward."""
    project.prepared(MORE, *MIGRATED)
    if project.columns() != ["id", "name", "email"]:
        raise Untried("the second migration was not applied")
    assert (project.steps(MORE, "downgrade"), project.columns()) == (0, ["id", "name"])
    assert (project.steps(MORE, "upgrade"), project.columns()) == (0, ["id", "name", "email"])


@claim
def environments_get_the_same_schema(project):
    """Flask-Migrate keeps environments consistent: `flask db upgrade` gives another database the schema."""
    other = Project(project.folder, "other.db")
    other.write(MODELS)
    ended = programs.ended(project.folder, "-m", "flask", "db", "upgrade", FLASK_APP="app.py")
    assert (ended.code, other.columns()) == (0, ["id", "name"])
    assert other.query("PRAGMA table_info(user)") == project.query("PRAGMA table_info(user)")
