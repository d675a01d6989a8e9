"""What a claim may name: Flask as it comes, and real peers that speak to it.

- Flask without a server: `app`, `client`, `render`
- a server in a thread: `serve`, `visitor`, `wiretap`
- a server in a process of its own: `flask_run`, `app_run`, `wsgi_server`
- mail: `smtp`, `mail`, `sent`
- other extensions: `db`, `validates`
- an article's code, Flask's dates: `printed`, `releases`
"""

import contextlib
import sys
from pathlib import Path

import flask
import pytest
import requests

from claims import Untried, copies, real, wire

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


ON_DEFAULT_PORT = {"flask_run", "app_run", "flask_command"}


def pytest_fixture_setup(fixturedef):
    """Give the fixtures that start a server on Flask's default port this port to themselves, on the whole machine."""
    if fixturedef.argname in ON_DEFAULT_PORT:
        fixturedef.addfinalizer(real.guard_default_port().close)


@pytest.fixture
def app(tmp_path):
    """A Flask application as it comes, with no settings of ours."""
    return flask.Flask("app", root_path=str(tmp_path))


@pytest.fixture
def client(app):
    """Flask's own test client of `app`."""
    return app.test_client()


@pytest.fixture
def render(app):
    """Render a template's source with the given variables, as `app` does it."""

    def rendered(source, **variables):
        with app.test_request_context():
            return flask.render_template_string(source, **variables)

    return rendered


@pytest.fixture
def flask_run(tmp_path):
    """Start the real `flask run` in a process of its own (see `real.flask_run`), with port 5000 to itself."""
    with real.default_port(), real.stopping(real.flask_run, tmp_path) as start:
        yield start


@pytest.fixture
def app_run(tmp_path):
    """Start a program that calls `app.run()` (see `real.app_run`), with port 5000 to itself."""
    with real.default_port(), real.stopping(real.app_run, tmp_path) as start:
        yield start


@pytest.fixture
def serve():
    """Serve a WSGI application on loopback; returns a function that requests a path of it over HTTP."""
    with contextlib.ExitStack() as stack:

        def serving(application):
            url = stack.enter_context(real.served(application))
            return lambda path="/", **request: real.fetch(url + path, **request)

        yield serving


@pytest.fixture
def wiretap():
    """Serve a WSGI application, over TLS if so wished, with a listener on the way (see `wire.Wire`)."""
    with contextlib.ExitStack() as stack:
        yield lambda application, **how: stack.enter_context(wire.tapped(application, **how))


@pytest.fixture
def wsgi_server(tmp_path):
    """Start a server in a process of its own, beside an `app.py` with the source *code* (see `real.python`)."""
    # Gunicorn keeps a socket of its own there, or else in the user's home.
    with real.stopping(real.python, tmp_path, XDG_RUNTIME_DIR=str(tmp_path)) as start:
        yield start


@pytest.fixture
def visitor():
    """Serve a WSGI application on loopback; returns a client that keeps its cookies, as a browser does."""
    with contextlib.ExitStack() as stack:

        def visiting(application):
            url = stack.enter_context(real.served(application))
            session = stack.enter_context(requests.Session())
            session.trust_env = False  # no proxy

            def visit(method="GET", path="/", **sent):
                answer = session.request(method, url + path, timeout=real.PATIENCE, **sent)
                answer.status = answer.status_code  # as the other clients call it
                return answer

            return visit

        yield visiting


@pytest.fixture
def printed():
    """Read a piece of code from the copy of an article, verbatim (see `copies.printed`)."""
    return copies.printed


@pytest.fixture
def smtp():
    """A real SMTP server on loopback that keeps what it receives."""
    sink = real.Sink()
    try:
        sink.start()
    except Exception as error:
        raise Untried(f"the mail sink did not start: {error!r}") from error
    yield sink
    sink.stop()


@pytest.fixture
def mail(app, smtp):
    """Flask-Mail on `app`, set up to send to `smtp`."""
    import flask_mail

    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=smtp.port, MAIL_DEFAULT_SENDER="ada@example.com")
    return flask_mail.Mail(app)


@pytest.fixture
def sent(app, smtp):
    """Call a method that sends mail, within `app`; returns what `smtp` received from it."""

    def receipts(send, *arguments, **settings):
        before = len(smtp.messages)
        with app.app_context():
            send(*arguments, **settings)
        return smtp.messages[before:]

    return receipts


@pytest.fixture
def db(app, tmp_path):
    """Flask-SQLAlchemy on `app`, with a new SQLite database, `app.db` in its folder, and no classes yet."""
    import flask_sqlalchemy

    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'app.db'}"
    app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False
    db = flask_sqlalchemy.SQLAlchemy(app)
    yield db
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def validates(app):
    """Tell whether a Flask-WTF form with one field accepts what is posted to it."""
    import wtforms
    from flask_wtf import FlaskForm

    def accepted(validator, text, field=wtforms.StringField):
        class Form(FlaskForm):
            class Meta:
                csrf = False

            entry = field(validators=[validator])

        with app.test_request_context(method="POST", data={"entry": text}):
            return Form().validate_on_submit()

    return accepted


@pytest.fixture
def releases():
    """When each final release of Flask came out, by its version."""
    text = Path(__file__).with_name("releases.toml").read_text(encoding="utf-8")
    return {release["version"]: release["released"] for release in tomllib.loads(text)["releases"]}


@pytest.fixture(autouse=True)
def _no_context_left():
    """Fail what leaves one of Flask's contexts pushed: the next claim would run in it."""
    yield
    assert not flask.has_app_context(), "an application context is still pushed"
    assert not flask.has_request_context(), "a request context is still pushed"
