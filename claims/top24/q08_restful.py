"""Flask-RESTful for REST APIs."""

import json

import flask_restful
import pytest
from flask_restful import fields, marshal_with, reqparse

from claims import claim

JSON = {"Content-Type": "application/json"}


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

        def put(self, number):
            return {"number": number}, 202

        def delete(self, number):
            return "", 204

    api.add_resource(Tasks, "/tasks")
    api.add_resource(Task, "/tasks/<int:number>")
    return serve(app)


@pytest.fixture
def parsed(api, serve, app):
    """Send a task to an API that parses its hours, a number; returns the status and what was made of it."""

    def answered(argument, path="/", **sent):
        class Task(flask_restful.Resource):
            def post(self):
                parser = reqparse.RequestParser()
                parser.add_argument("hours", type=int, required=True, help="A number of hours", **argument)
                return parser.parse_args()

        api.add_resource(Task, "/")
        answer = serve(app)(path, method="POST", **sent)
        return answer.status, json.loads(answer.text)

    return answered


@claim
def restful_is_an_extension_for_apis(tasks):
    """Flask-RESTful is an extension for REST APIs: what a resource's method returns is sent as JSON."""
    answer = tasks("/tasks")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.text) == [{"number": 7}]


@claim
def restful_defines_resources(tasks):
    """Flask-RESTful defines resources: a class for each, whose methods get the variables of its URL."""
    assert [json.loads(tasks(path).text) for path in ("/tasks", "/tasks/7")] == [
        [{"number": 7}],
        {"number": 7},
    ]


@claim
def restful_manages_methods(tasks):
    """Flask-RESTful answers GET, POST, PUT or DELETE by a class's method of that name, else with a 405."""
    methods = ("GET", "POST", "PUT", "DELETE")
    assert [tasks("/tasks", method=method).status for method in methods] == [200, 201, 405, 405]
    assert [tasks("/tasks/7", method=method).status for method in methods] == [200, 405, 202, 204]


@claim
def restful_abstracts_the_response(tasks):
    """Flask-RESTful turns a body, a status and headers into a response, and an error into JSON."""
    made = tasks("/tasks", method="POST")
    assert (made.status, json.loads(made.text)) == (201, {"number": 8})
    assert made.headers["Location"].endswith("/tasks/8")
    missing = tasks("/tasks/9")
    assert (missing.status, missing.headers["Content-Type"]) == (404, "application/json")
    assert json.loads(missing.text) == {"message": "No such task"}


@claim
def restful_parses_json(parsed):
    """Flask-RESTful handles request parsing: it reads a value that is sent as JSON."""
    assert parsed({}, body='{"hours": 3}', headers=JSON) == (200, {"hours": 3})


@claim
@pytest.mark.parametrize(
    ("location", "hours"),
    [
        pytest.param("form", 1, id="form"),
        pytest.param("args", 2, id="query"),
        pytest.param("headers", 3, id="header"),
        pytest.param("cookies", 4, id="cookie"),
    ],
)
def restful_parses_what_is_at_a_location(parsed, location, hours):
    """Flask-RESTful handles request parsing: by `location='{location}'` it reads a value from there."""
    sent = {"data": {"hours": "1"}, "headers": {"hours": "3", "Cookie": "hours=4"}}
    assert parsed({"location": location}, "/?hours=2", **sent) == (200, {"hours": hours})


@claim
def restful_refuses_what_does_not_fit(parsed):
    """Flask-RESTful handles request parsing: it refuses a value of an unexpected type with a message."""
    refused = (400, {"message": {"hours": "A number of hours"}})
    assert parsed({}, body='{"hours": "many"}', headers=JSON) == refused


@claim
def restful_gives_a_task_its_shape(api, app, serve):
    """Flask-RESTful takes over a common task: it gives a response the fields declared for it."""

    class Task(flask_restful.Resource):
        @marshal_with({"number": fields.Integer, "title": fields.String(default="Untitled")})
        def get(self):
            return {"number": "7", "owner": "Ada"}

    api.add_resource(Task, "/")
    assert json.loads(serve(app)("/").text) == {"number": 7, "title": "Untitled"}
