"""Flask-RESTful for REST APIs."""

import json

import flask_restful
import pytest
from flask_restful import fields, marshal_with, reqparse

from claims import claim, corrects

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def api(app):
    """Flask-RESTful on `app`, without resources yet."""
    return flask_restful.Api(app)


@pytest.fixture
def tasks(api, app, serve):
    """Request a path of an API for tasks, with one resource for all of them and one for each."""

    class Tasks(flask_restful.Resource):
        def get(self):
            return [{"number": 7}]

        def post(self):
            return {"number": 8}, 201, {"Location": "/tasks/8"}

    class Task(flask_restful.Resource):
        def get(self, number):
            return {"number": number} if number == 7 else flask_restful.abort(404, message="No such task")

        def delete(self, number):
            return "", 204

    api.add_resource(Tasks, "/tasks")
    api.add_resource(Task, "/tasks/<int:number>")
    return serve(app)


@pytest.fixture
def parsed(api, app, serve):
    """Send a task to an API that parses its hours, a number; returns the status and what was made of it."""

    def answered(method="POST", query="", body=None, headers=None, **argument):
        class Task(flask_restful.Resource):
            def post(self):
                parser = reqparse.RequestParser()
                parser.add_argument("hours", type=int, required=True, help="A number of hours", **argument)
                return parser.parse_args()

            get = post

        api.add_resource(Task, "/")
        answer = serve(app)(f"/{query}", method=method, body=body, headers=headers)
        return answer.status, json.loads(answer.text)

    return answered


@claim
def restful_is_an_extension_for_apis(tasks):
    """Flask-RESTful is an extension of Flask for REST APIs: what a method returns is sent as JSON."""
    answer = tasks("/tasks")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.text) == [{"number": 7}]


@claim
def restful_defines_resources(tasks):
    """Flask-RESTful defines resources: a class for each, at its URL, with what the URL says."""
    assert [json.loads(tasks(path).text) for path in ("/tasks", "/tasks/7")] == [
        [{"number": 7}],
        {"number": 7},
    ]
    assert tasks("/letters").status == 404


@claim
def restful_manages_methods(tasks):
    """Flask-RESTful manages HTTP methods: each calls the method of its name, and others are refused."""
    methods = ("GET", "POST", "DELETE", "PUT")
    assert [tasks("/tasks", method=method).status for method in methods] == [200, 201, 405, 405]
    assert [tasks("/tasks/7", method=method).status for method in methods] == [200, 405, 204, 405]


@claim
def restful_abstracts_the_response(tasks):
    """Flask-RESTful turns a body, a status and headers into a response, and an error into JSON."""
    made = tasks("/tasks", method="POST")
    assert (made.status, made.headers["Location"].endswith("/tasks/8")) == (201, True)
    missing = tasks("/tasks/9")
    assert (missing.status, json.loads(missing.text)) == (404, {"message": "No such task"})


@claim
def restful_parses_json(parsed):
    """Flask-RESTful handles request parsing: it reads a value that is sent as JSON."""
    assert parsed(body='{"hours": 3}', headers=JSON) == (200, {"hours": 3})


@claim
def restful_parses_forms(parsed):
    """Flask-RESTful handles request parsing: unless told where a value is, it reads one from a form."""
    assert parsed(body="hours=3", headers=FORM) == (200, {"hours": 3})


@corrects(restful_parses_forms)
def restful_parses_forms_when_told(parsed):
    """Flask-RESTful handles request parsing: told by `location='form'`, it reads a value from a form."""
    assert parsed(body="hours=3", headers=FORM, location="form") == (200, {"hours": 3})


@claim
def restful_parses_the_query_string(parsed):
    """Flask-RESTful handles request parsing: unless told where a value is, it reads one from the URL."""
    assert parsed(method="GET", query="?hours=3") == (200, {"hours": 3})


@corrects(restful_parses_the_query_string)
def restful_parses_the_query_string_when_told(parsed):
    """Flask-RESTful handles request parsing: told by `location='args'`, it reads a value from the URL."""
    assert parsed(method="GET", query="?hours=3", location="args") == (200, {"hours": 3})


@claim
def restful_refuses_what_does_not_fit(parsed):
    """Flask-RESTful handles request parsing: a value that does not fit is refused with a message."""
    refused = (400, {"message": {"hours": "A number of hours"}})
    assert parsed(body='{"hours": "many"}', headers=JSON) == refused


@claim
def restful_gives_a_task_its_shape(api, app, serve):
    """Flask-RESTful abstracts a common task away: it gives a response the fields that are declared."""

    class Task(flask_restful.Resource):
        @marshal_with({"number": fields.Integer, "title": fields.String(default="Untitled")})
        def get(self):
            return {"number": "7", "owner": "Ada"}

    api.add_resource(Task, "/")
    assert json.loads(serve(app)("/").text) == {"number": 7, "title": "Untitled"}
