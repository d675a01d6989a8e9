"""What a micro framework is."""

import re

import flask
import pytest
from django.template import Context, Engine

from claims import claim
from claims.programs import modules, required

# How the code of a component for a task gives itself away: by what it imports, or by the classes that it has.
DRIVER = "sqlite3|MySQLdb|pymysql|psycopg2?|asyncpg|oracledb|cx_Oracle|pymongo|sqlalchemy|peewee|pony"
SIGNS = {
    "database": rf"\s*(import|from) ({DRIVER})\b",
    "forms": r"class \w*(Form|Validator)\b",
    "mail": r"\s*(import|from) smtplib\b",
    "accounts": r"class \w*User(Mixin)?\b",
    "admin": r"class \w*AdminSite\b",
    "pages": r"class \w*(Paginator|Pagination)\b",
}


def bearing(task, *names):
    """Which of the distributions *names* have code for a task."""
    sign = re.compile(rf"^{SIGNS[task]}".encode(), re.MULTILINE)
    return [name for name in names if any(sign.search(path.read_bytes()) for path in modules(name))]


@claim(data=True)
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
def requires_no_library_for(task, purpose, library):
    """Flask requires no library for {purpose}, such as {library}: none is installed with it."""
    assert bearing(task, library, *required("flask")) == [library]


@claim(data=True)
@pytest.mark.parametrize(
    ("task", "purpose"),
    [
        ("database", "databases"),
        ("forms", "form validation"),
        ("mail", "mail"),
        ("accounts", "user accounts"),
        ("admin", "an admin site"),
        ("pages", "pagination"),
    ],
    ids=SIGNS,
)
def has_no_component_for(task, purpose):
    """Flask has no component for {purpose}, nor has any library that it requires; Django has one."""
    assert bearing(task, "flask", *required("flask"), "django") == ["django"]


@claim
def developers_choose_the_template_engine(app, serve):
    """Developers choose their tools: a view can render its answer by another engine than Jinja2."""
    page, made = Engine().from_string("Hello {{ name|default:'nobody' }}"), []
    app.create_jinja_environment = lambda: made.append("an environment of Jinja2")
    app.add_url_rule("/<name>", "greet", lambda name: page.render(Context({"name": name})))
    assert (serve(app)("/Ada").text, made) == ("Hello Ada", [])


@claim
def developers_choose_the_session_store(app, visitor):
    """Developers choose their tools: sessions can be kept elsewhere than in Flask's cookie."""
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
