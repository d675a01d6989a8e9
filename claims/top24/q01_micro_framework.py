"""What a micro framework is."""

import re

import flask
import pytest
from django.template import Context, Engine

from claims import Untried, claim
from claims.programs import modules, required, seeing_only

# How the code of a component for a task gives itself away: by what it imports, or by the classes that it has.
DRIVER = "sqlite3|MySQLdb|pymysql|psycopg2?|asyncpg|oracledb|cx_Oracle|pymongo|sqlalchemy|peewee|pony"
SIGNS = {
    "database": rf"\s*(import|from) ({DRIVER})\b",
    "forms": r"class \w*(Form|Validator)\b",
    "mail": r"\s*(import|from) smtplib\b",
    "accounts": r"class \w*User(Mixin)?\b",
    "pages": r"class \w*(Paginator|Pagination)\b",
}
LIBRARIES = {
    "database": "SQLAlchemy",
    "forms": "WTForms",
    "mail": "Flask-Mail",
    "accounts": "Flask-Login",
    "pages": "Flask-SQLAlchemy",
}
ALONE = """\
from flask import Flask

app = Flask("app", root_path=".")
app.add_url_rule("/", "index", lambda: "Hello")
print(app.test_client().get("/").get_data(as_text=True))
"""


def bearing(task, *names):
    """Which of the distributions *names* have code for a task."""
    sign = re.compile(rf"^{SIGNS[task]}".encode(), re.MULTILINE)
    return [name for name in names if any(sign.search(path.read_bytes()) for path in modules(name))]


@claim
@pytest.mark.parametrize(
    ("task", "purpose", "library"),
    [
        ("database", "databases", "SQLAlchemy"),
        ("forms", "form validation", "WTForms"),
        ("mail", "mail", "Flask-Mail"),
        ("accounts", "user accounts", "Flask-Login"),
    ],
    ids=["database", "forms", "mail", "accounts"],
)
def requires_no_library_for(tmp_path, task, purpose, library):
    """Flask requires no library for {purpose}, such as {library}: it works where none is installed."""
    if not bearing(task, library):
        raise Untried(f"{library} has no sign of code for {purpose}")
    installed = required("flask")
    assert bearing(task, *installed) == []
    assert seeing_only(tmp_path, ["flask", *installed], ALONE).told == "Hello"


@claim(data=True)
def has_no_component_for_common_tasks():
    """Flask is micro: it has no component for databases, form validation, mail, accounts or pagination."""
    found = {task: bearing(task, "flask", *required("flask"), library) for task, library in LIBRARIES.items()}
    assert found == {task: [library] for task, library in LIBRARIES.items()}


@claim
def developers_choose_the_template_engine(app, serve):
    """Developers choose their tools: a view can render its answer by another engine than Jinja2."""
    page, made = Engine().from_string("Hello {{ name|default:'nobody' }}"), []
    app.create_jinja_environment = lambda: made.append("an environment of Jinja2")
    app.add_url_rule("/<name>", "greet", lambda name: page.render(Context({"name": name})))
    assert (serve(app)("/Ada").text, made) == ("Hello Ada", [])


class Kept(dict, flask.sessions.SessionMixin):
    """A session that is kept on the server, under a number of its visitor's."""

    number = None


@claim
def developers_choose_the_session_store(app, visitor):
    """Developers choose their tools: sessions can be kept elsewhere than in Flask's cookie."""
    kept = {}

    class Store(flask.sessions.SessionInterface):
        def open_session(self, app, request):
            number = request.cookies.get("number", str(len(kept)))
            session = Kept(kept.get(number, {}))
            session.number = number
            return session

        def save_session(self, app, session, response):
            kept[session.number] = dict(session)
            response.set_cookie("number", session.number)

    app.session_interface = Store()
    app.add_url_rule("/<name>", "enter", lambda name: flask.session.update(name=name) or "Entered")
    app.add_url_rule("/", "who", lambda: flask.session.get("name", "Nobody"))
    ada, other = visitor(app), visitor(app)
    cookies = ada(path="/Ada").cookies.get_dict()
    assert [ada().text, other().text] == ["Ada", "Nobody"]
    assert (cookies, kept) == ({"number": "0"}, {"0": {"name": "Ada"}, "1": {}})
