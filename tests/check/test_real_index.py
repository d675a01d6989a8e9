"""The committed index and settings: a few names whose history is known."""

import pytest

from report import settings
from report.check.checking import check
from report.check.code import Conventions
from report.check.statements import Statements
from report.names import index
from tests.project import ROOT

CONFIG = settings.read(ROOT)
CONVENTIONS = Conventions(CONFIG.subject, CONFIG.receivers, CONFIG.types, CONFIG.programs, CONFIG.namespaces)
BEGIN = "```python\nfrom flask import Flask, g, request, session, current_app\napp = Flask(__name__)\n"
FOUND = {
    "app.before_first_request(f)": [("gone", "app.before_first_request", "2.2.5")],
    "app.json_encoder = X": [("gone", "app.json_encoder", "2.2.5")],
    "from flask import escape": [("gone", "escape", "2.3.3")],
    "current_app.json_encoder": [("gone", "current_app.json_encoder", "2.2.5")],
    "request.arg.get('x')": [("never", "request.arg", None)],
    "from flask_wtf import Form": [],  # the deprecated class is gone; another one has the name
    "app.config['ERROR_404_HELP']": [],  # Flask-RESTX deprecates what Flask-RESTPlus has
    "from flask.ext.login import LoginManager\nLoginManager().init_app(app)": [("gone", "flask.ext.login", "1.0")],
    "app.json_encoder = X  # does not exist in Flask 3": [],
    "```\n\n```sh\nexport LANG=C.UTF-8": [],  # click read it once
    "from flask_app import app": [],  # the author's own, not `flask.app`
    "escape('x'), list('y')": [],  # MarkupSafe has it
    "app.run(prot=1)": [],  # it takes any other parameter, too
    "g.user, g.get('x'), session.permanent, session['x']": [],
    "app.config['MY_KEY'], app.config.get('x'), app.config.from_object(X)": [],
    "app.test_client().get('/', json={})": [],
    "from wtforms import RadioField\nRadioField(invalid_choice_message='x')": [],
    "from flask_sqlalchemy import abort\nabort(code=404)": [("gone", "abort", "2.5.1")] * 2,  # that of another package
    "from itsdangerous import URLSafeSerializer\nURLSafeSerializer('k', serializer_kwargs={})": [],
    "from flask_migrate import MigrateCommand": [("never", "MigrateCommand", None)],  # older than the index
    "request.form['x'], request.json, request.files['f'].save('x')": [],
}


@pytest.fixture(scope="module")
def names():
    """The committed index."""
    return index.read(CONFIG.index)


@pytest.mark.parametrize(("code", "found"), FOUND.items(), ids=FOUND)
def test_the_history_of_a_name(names, code, found):
    """What is gone, until when; what never was; silence about what may be."""
    newest = names.versions(CONFIG.subject)[-1]
    report = check(f"{BEGIN}{code}\n```\n", "a.md", names, Statements([], CONFIG.subject), newest, CONVENTIONS)
    assert [(one.verdict, one.text, one.until) for one in report.findings] == found


def test_what_is_older_than_the_index_is_not_said_never_to_have_been(names):
    """The message names the releases that were looked at."""
    text = "`from flask_migrate import MigrateCommand`\n"
    (found,) = check(text, "a.md", names, Statements([], CONFIG.subject), "3.1.3", CONVENTIONS).findings
    first, *_, last = names.versions("flask-migrate")
    assert found.message.endswith(f" is not in flask-migrate {first} to {last}, the releases in the index.")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("app.abort(404)", "There is `flask.abort`."),
        ("from flask.ext.script import Manager", "Perhaps it is `flask_script` now."),
    ],
)
def test_what_may_be_meant_is_no_fix(names, code, said):
    """A function of the module, not a name alike; a package that today's Flask cannot import."""
    text = f"{BEGIN}{code}\n```\n"
    (found,) = check(text, "a.md", names, Statements([], CONFIG.subject), "3.1.3", CONVENTIONS).findings
    assert (found.fix, found.message.endswith(said)) == (None, True)


SQL = """
db = SQLAlchemy(app)
class User(UserMixin, db.Model):
    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)
    posts = db.relationship("Post", backref="author", lazy="dynamic")
User.query.filter_by().order_by("id").first()
db.session.add(User())
db.session.execute(db.select(User)).scalars().all()
"""
HANDED_ON = """
@app.cli.command()
@click.option("--x", prompt=True, hide_input=True, required=True)
def f(): ...
client.post("/", data={}, follow_redirects=True)
url_for("static", filename="x", _external=True)
"""
USUAL = """
csrf.exempt(f)
parser.add_argument("x", location="json", required=True)
runner.invoke(f, args=[])
serializer.loads("x", max_age=3)
"""
IMPORTS = """from flask import Flask, url_for
from flask_sqlalchemy import SQLAlchemy
from flask_login import UserMixin
import click
app = Flask(__name__)
client = app.test_client()
"""


@pytest.mark.parametrize("code", [SQL, HANDED_ON, USUAL], ids=["of SQLAlchemy", "handed on", "of a usual name"])
def test_a_name_that_the_index_lacks_is_known(names, code):
    """The settings have it."""
    report = check(
        f"```python\n{IMPORTS}{code}```\n", "a.md", names, Statements([], CONFIG.subject), "3.1.3", CONVENTIONS
    )
    assert (report.findings, report.names.silent) == ((), 0)
