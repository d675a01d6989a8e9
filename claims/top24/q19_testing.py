"""Testing, and Flask-Testing."""

import multiprocessing
import tempfile
import unittest
from pathlib import Path

import flask
import flask_testing
import pytest
from flask.cli import FlaskGroup

from claims import Untried, claim, corrects, programs

WORKING = """\
import flask

app = flask.Flask("app", root_path=".")


@app.route("/")
def greet():
    return "Hello " + flask.request.args["name"]
"""
BROKEN = WORKING.replace("Hello", "Goodbye")
TESTS = """\
import unittest

from app import app, greet


class GreetTest(unittest.TestCase):
    def setUp(self):
        open("executed", "w").close()

    def test_client(self):
        self.assertEqual(app.test_client().get("/?name=Ada").data, b"Hello Ada")

    def test_context(self):
        with app.test_request_context("/?name=Ada"):
            self.assertEqual(greet(), "Hello Ada")
"""
LIVE_TESTS = """\
import multiprocessing
import urllib.request

import flask_testing

from app import app

multiprocessing.set_start_method("fork")


class GreetTest(flask_testing.LiveServerTestCase):
    def create_app(self):
        app.config["LIVESERVER_PORT"] = 0
        return app

    def test_greeting(self):
        open("executed", "w").close()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.get_server_url() + "/?name=Ada") as answer:
            self.assertEqual(answer.read(), b"Hello Ada")
"""


@pytest.fixture
def tested(tmp_path):
    """What becomes of *tests* of *application* if Python's module *name* is run on their file."""

    def outcome(application, tests, name, *arguments):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        (folder / "app.py").write_text(application, encoding="utf-8")
        (folder / "test_greeting.py").write_text(tests, encoding="utf-8")
        settings = {"FLASK_APP": "app.py", "PYTEST_ADDOPTS": ""}
        code = programs.ended(folder, "-m", name, *arguments, "test_greeting.py", **settings).code
        return ("passed" if code == 0 else "failed") if (folder / "executed").exists() else "not executed"

    return outcome


@claim
def client_asks_an_application(app):
    """Flask comes with a client for tests, which asks an application without a server."""
    app.add_url_rule("/<name>", "greet", lambda name: f"Hello {name}")
    answers = [app.test_client().get(path) for path in ("/Ada", "/Ada/Lovelace")]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(200, "text/html"), (404, "text/html")]
    assert answers[0].data == b"Hello Ada"


@claim
def context_is_had_without_a_request(app):
    """Flask comes with a context for tests, in which code finds a request that nobody has sent."""
    with app.test_request_context("/?name=Ada", method="POST"):
        assert (flask.request.method, flask.request.args.get("name")) == ("POST", "Ada")


def runnable():
    """What Flask brings that can be run: its module for tests, and each command of `flask`."""
    return [["flask.testing"], *(["flask", command] for command in sorted(FlaskGroup().commands))]


@claim
def flask_executes_tests(tested):
    """Flask has a testing framework built in, with which tests are written and executed."""
    outcomes = [tested(WORKING, TESTS, *each) for each in runnable()]
    assert "passed" in outcomes


@corrects(flask_executes_tests)
def frameworks_execute_tests(tested):
    """Flask provides a client and contexts for tests, which pytest or `unittest` executes."""
    outcomes = [
        [tested(application, TESTS, framework, "-k", test) for application in (WORKING, BROKEN)]
        for framework in ("unittest", "pytest")
        for test in ("client", "context")
    ]
    assert outcomes == [["passed", "failed"]] * 4


SECRET = "a key"


def website(folder):
    """An application with two pages from templates, a redirect, two messages to flash, and some JSON."""
    app = flask.Flask("website", root_path=str(folder), template_folder=".")
    app.secret_key = SECRET
    app.add_url_rule("/", "page", lambda: flask.render_template("page.txt", name="Ada"))
    app.add_url_rule("/other", "other", lambda: flask.render_template("other.txt", name="Grace"))
    app.add_url_rule("/old", "old", lambda: flask.redirect("/"))
    app.add_url_rule("/flash/<message>", "flash", lambda message: str(flask.flash(message)))
    app.add_url_rule("/json", "json", lambda: flask.jsonify(name="Ada"))
    return app


def outcome(folder, path, check):
    """What becomes of a Flask-Testing test that gets *path* and checks the answer."""

    class Case(flask_testing.TestCase):
        def create_app(self):
            return website(folder)

        def runTest(self):
            check(self, self.client.get(path))

    result = unittest.TestResult()
    Case()(result)
    return "passed" if result.wasSuccessful() else "failed"


@pytest.fixture
def outcomes(tmp_path):
    """What becomes of a Flask-Testing test on the answers from two paths."""
    for name in ("page.txt", "other.txt"):
        (tmp_path / name).write_text("Hello {{ name }}", encoding="utf-8")
    return lambda good, bad, check: [outcome(tmp_path, path, check) for path in (good, bad)]


@claim
@pytest.mark.parametrize(
    ("tool", "good", "bad", "check"),
    [
        pytest.param("assert200", "/", "/old", lambda case, answer: case.assert200(answer), id="assert200"),
        pytest.param("assert404", "/none", "/", lambda case, answer: case.assert404(answer), id="assert404"),
        pytest.param(
            "assertTemplateUsed", "/", "/other", lambda case, _: case.assertTemplateUsed("page.txt"), id="template"
        ),
        pytest.param("assertContext", "/", "/other", lambda case, _: case.assertContext("name", "Ada"), id="context"),
        pytest.param(
            "assertMessageFlashed",
            "/flash/Saved",
            "/flash/Sent",
            lambda case, _: case.assertMessageFlashed("Saved"),
            id="message",
        ),
    ],
)
def flask_testing_provides_assertions(outcomes, tool, good, bad, check):
    """Flask-Testing provides `{tool}()`, which passes where it applies and fails elsewhere."""
    right, wrong = outcomes(good, bad, check)
    assert (right, wrong) == ("passed", "failed")


@claim
def live_server_is_tested_over_http(tested):
    """Where processes can fork, Flask-Testing serves an application while a test asks it over HTTP."""
    if "fork" not in multiprocessing.get_all_start_methods():
        raise Untried("processes do not fork here")
    outcomes = [tested(application, LIVE_TESTS, "unittest") for application in (WORKING, BROKEN)]
    assert outcomes == ["passed", "failed"]


@claim
def flask_testing_is_a_unittest_test_case(app):
    """Flask-Testing has a `unittest` test case that gives each test a client of one's application."""
    seen = []

    class Case(flask_testing.TestCase):
        def create_app(self):
            return app

        def test_page(self):
            seen.append((self.client, self.client.get("/").data))

        test_page_again = test_page

    app.add_url_rule("/", "index", lambda: "Hello")
    assert issubclass(Case, unittest.TestCase)
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(unittest.TestResult())
    assert [page for _, page in seen] == [b"Hello", b"Hello"]
    assert seen[0][0] is not seen[1][0]
