"""Testing, and Flask-Testing."""

import unittest

import flask
import flask_testing
import pytest

from claims import claim, corrects, programs

WORKING = """\
import flask

app = flask.Flask("app", root_path=".")
app.add_url_rule("/", "index", lambda: "Hello")
"""
BROKEN = WORKING.replace("Hello", "Goodbye")
TESTS = """\
import unittest

from app import app


class IndexTest(unittest.TestCase):
    def test_index(self):
        self.assertEqual(app.test_client().get("/").data, b"Hello")
"""
LIVE_TESTS = """\
import unittest
import urllib.request

import flask_testing

from app import app


class IndexTest(flask_testing.LiveServerTestCase):
    def create_app(self):
        app.config["LIVESERVER_PORT"] = 0
        return app

    def test_index(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.get_server_url()) as answer:
            self.assertEqual(answer.read(), b"Hello")
"""


@pytest.fixture
def tested(tmp_path):
    """Run Python with *arguments* beside *tests* of *application*; returns its exit code."""

    def code(application, tests, *arguments):
        (tmp_path / "app.py").write_text(application, encoding="utf-8")
        (tmp_path / "test_index.py").write_text(tests, encoding="utf-8")
        return programs.ended(tmp_path, *arguments, FLASK_APP="app.py").code

    return code


@claim
def client_asks_an_application(app):
    """Flask comes with what a test needs to ask an application: a client, which needs no server."""
    app.add_url_rule("/<name>", "greet", lambda name: f"Hello {name}")
    answers = [app.test_client().get(path) for path in ("/Ada", "/Ada/Lovelace")]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(200, "text/html"), (404, "text/html")]
    assert answers[0].data == b"Hello Ada"


@claim
def context_is_had_without_a_request(app):
    """Flask comes with what a test needs to call code that wants a request."""
    with app.test_request_context("/?name=Ada", method="POST"):
        assert (flask.request.method, flask.request.args.get("name")) == ("POST", "Ada")


@claim
def flask_executes_tests(tested):
    """Flask's built-in testing framework executes an application's tests."""
    code = tested(WORKING, TESTS, "-m", "flask", "test")
    assert code == 0


@corrects(flask_executes_tests)
def unittest_executes_tests(tested):
    """A testing framework beside Flask, such as Python's `unittest`, executes an application's tests."""
    code = tested(WORKING, TESTS, "-m", "unittest")
    assert code == 0
    code = tested(BROKEN, TESTS, "-m", "unittest")
    assert code == 1


SECRET = "a key"


def website(folder):
    """An application with a page from a template, a redirect, a flashed message, and some JSON."""
    app = flask.Flask("website", root_path=str(folder), template_folder=".")
    app.secret_key = SECRET
    app.add_url_rule("/", "page", lambda: flask.render_template("page.txt", name="Ada"))
    app.add_url_rule("/bare", "bare", lambda: flask.render_template_string("Hello"))
    app.add_url_rule("/old", "old", lambda: flask.redirect("/"))
    app.add_url_rule("/flash", "flash", lambda: str(flask.flash("Saved")))
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
    (tmp_path / "page.txt").write_text("Hello {{ name }}", encoding="utf-8")
    return lambda good, bad, check: [outcome(tmp_path, path, check) for path in (good, bad)]


@claim
@pytest.mark.parametrize(
    ("tool", "good", "bad", "check"),
    [
        pytest.param("assert200", "/", "/old", lambda case, answer: case.assert200(answer), id="assert200"),
        pytest.param("assert404", "/none", "/", lambda case, answer: case.assert404(answer), id="assert404"),
        pytest.param(
            "assertTemplateUsed", "/", "/bare", lambda case, _: case.assertTemplateUsed("page.txt"), id="template"
        ),
        pytest.param("assertContext", "/", "/bare", lambda case, _: case.assertContext("name", "Ada"), id="context"),
        pytest.param(
            "assertMessageFlashed", "/flash", "/", lambda case, _: case.assertMessageFlashed("Saved"), id="message"
        ),
        pytest.param(
            "assertRedirects", "/old", "/", lambda case, answer: case.assertRedirects(answer, "/"), id="redirect"
        ),
    ],
)
def flask_testing_provides_assertions(outcomes, tool, good, bad, check):
    """Flask-Testing provides `{tool}()`, which passes where it applies and fails elsewhere."""
    right, wrong = outcomes(good, bad, check)
    assert (right, wrong) == ("passed", "failed")


def redirected(case, answer):
    """Check a redirect by its status and by what its location ends with."""
    case.assertStatus(answer, flask.redirect("/").status_code)
    assert answer.headers["Location"].endswith("/")


@corrects(flask_testing_provides_assertions, "redirect")
def redirect_is_asserted_by_status_and_location(outcomes):
    """Flask-Testing's `assertStatus()`, with a look at `Location`, tells a redirect from another answer."""
    right, wrong = outcomes("/old", "/", redirected)
    assert (right, wrong) == ("passed", "failed")


@claim
def live_server_is_tested_over_http(tested):
    """Flask-Testing serves an application for the time of a test, which asks it over HTTP."""
    code = tested(WORKING, LIVE_TESTS, "-m", "unittest")
    assert code == 0


@claim
def flask_testing_is_a_unittest_test_case(app):
    """Flask-Testing extends the test case of `unittest` by an application and its client."""
    seen = []

    class Case(flask_testing.TestCase):
        def create_app(self):
            return app

        def runTest(self):
            seen.append((flask.current_app.name, self.client.get("/").status_code))

    assert issubclass(Case, unittest.TestCase)
    Case()(unittest.TestResult())
    assert seen == [("app", 404)]
