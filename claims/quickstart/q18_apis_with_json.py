"""APIs with JSON."""

import json
from types import SimpleNamespace

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3), max_leaves=5
)
HELD = {"dict": lambda value: {"it": value}, "list": lambda value: [value]}


@pytest.fixture
def answer(tmp_path):
    """Answer one request by a view; what it raises reaches us if *testing*."""

    def answered(view, testing=False):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.testing = testing
        app.add_url_rule("/", "view", view)
        return app.test_client().get("/")

    return answered


@pytest.fixture
def api(app, run_printed):
    """`app` with the views as printed, two users, and a view for their images."""

    def user(name):
        row = {"username": name, "theme": "dark", "image": f"{name}.png"}
        return SimpleNamespace(to_json=lambda: row, **row)

    users = [user("ada"), user("grace")]
    app.add_url_rule("/images/<filename>", "user_image", lambda filename: filename)
    names = {"get_current_user": lambda: users[0], "get_all_users": lambda: users}
    run_printed("s18_api", app=app, url_for=flask.url_for, **names)
    return app


def gist(response):
    """The type and the content of an answer in JSON, parsed by Python's own module."""
    return response.headers.get("Content-Type"), json.loads(response.text)


@claim
@pytest.mark.parametrize("kind", ["dict", "list"])
@given(value=JSON)
def value_is_sent_as_json(answer, kind, value):
    """A `{kind}` that a view returns is sent as JSON."""
    sent = HELD[kind](value)
    response = answer(lambda: sent)
    assert response.mimetype == "application/json"
    assert json.loads(response.get_data(as_text=True)) == sent


@claim
@needs("articles/quickstart.rst")
def printed_view_sends_a_user(api, serve):
    """The view as printed that returns a dict sends the current user as a JSON object."""
    sent = {"username": "ada", "theme": "dark", "image": "/images/ada.png"}
    assert gist(serve(api)("/me")) == ("application/json", sent)


@claim
@needs("articles/quickstart.rst")
def printed_view_sends_all_users(api, serve):
    """The view as printed that returns a list sends all users as a JSON array."""
    sent = [{"username": name, "theme": "dark", "image": f"{name}.png"} for name in ("ada", "grace")]
    assert gist(serve(api)("/users")) == ("application/json", sent)


@claim
@given(value=JSON)
def jsonify_serializes_every_type_of_json(answer, value):
    """`jsonify()` serializes each type of JSON: objects, arrays, strings, numbers, booleans, null."""
    assert json.loads(answer(lambda: flask.jsonify(value)).get_data(as_text=True)) == value


@claim
@pytest.mark.parametrize("kind", ["dict", "list"])
def value_is_refused_unless_all_is_json(answer, kind):
    """A `{kind}` that a view returns is sent if all in it is JSON serializable, and refused if not."""
    good, bad = (HELD[kind]({"deep": [1, something]}) for something in ("text", object()))
    assert answer(lambda: good).status_code == 200
    assert "not JSON serializable" in str(pytest.raises(TypeError, answer, lambda: bad, testing=True).value)


@claim
def database_model_is_not_json_serializable(answer, db):
    """A database model, here of Flask-SQLAlchemy, is not serializable by `jsonify()` as it is."""

    class Person(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    person = Person(id=1)
    assert "not JSON serializable" in str(
        pytest.raises(TypeError, answer, lambda: flask.jsonify(person), testing=True).value
    )
