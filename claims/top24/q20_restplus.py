"""Flask-RESTPlus for REST APIs."""

import json
import re
from importlib import import_module

import flask
import pytest

from claims import Untried, claim, corrects, needs, real
from claims.programs import distribution

JSON = {"Content-Type": "application/json"}
DOCUMENTED = [("/tasks", [], ["get"]), ("/tasks/{number}", ["number"], ["delete", "get", "put"])]
ROBOT = """\
<iframe src="/"></iframe>
<img src="/robot/hold">
<script>
function press(selector, next) {
  const button = document.querySelector("iframe").contentDocument.querySelector(selector);
  if (button) { button.click(); next(); } else { setTimeout(press, 50, selector, next); }
}
press(".try-out__btn", () => press(".execute", () => {}));
fetch("/robot/runs");
</script>
"""


def tasks(library, app):
    """Make of *app* an API for tasks with *library*, Flask-RESTPlus or what came after it."""
    rest = import_module(library)
    app.config["SWAGGER_UI_DOC_EXPANSION"] = "full"  # or it takes one more click to try something
    api = rest.Api(app)
    parser = api.parser()
    parser.add_argument("hours", type=int, required=True)
    shape = api.model("Task", {"number": rest.fields.Integer, "title": rest.fields.String(default="Untitled")})

    @api.route("/tasks")
    class Tasks(rest.Resource):
        def get(self):
            return []

    @api.route("/tasks/<int:number>")
    class Task(rest.Resource):
        @api.marshal_with(shape)
        def get(self, number):
            return {"number": str(number), "owner": "Ada"}

        @api.expect(parser)
        def put(self, number):
            return parser.parse_args()

        def delete(self, number):
            return "", 204

    return app


def greeted(library, app, serve):
    """What *app* answers once *library* has made an API with one resource of it."""
    rest = import_module(library)

    class Greeting(rest.Resource):
        def get(self):
            return {"hello": "Ada"}

    rest.Api(app).add_resource(Greeting, "/greeting")
    answer = serve(app)("/greeting")
    return answer.status, answer.headers["Content-Type"], answer.text.strip()


def statuses(fetch):
    """What an API answers to each of four methods."""
    return [fetch("/tasks/7", method=method).status for method in ("GET", "DELETE", "POST", "PATCH")]


def parsed(fetch):
    """What an API makes of one value sent as JSON, as a form, and of a value that does not fit."""
    sent = [{"body": '{"hours": 3}', "headers": JSON}, {"data": {"hours": 3}}, {"data": {"hours": "many"}}]
    answers = [fetch("/tasks/7", method="PUT", **each) for each in sent]
    return [(answer.status, json.loads(answer.text).get("hours")) for answer in answers]


def shown(fetch):
    """The task that an API shows."""
    return json.loads(fetch("/tasks/7").text)


def documented(fetch):
    """What `swagger.json` says of an API: each path with its parameters and its methods."""
    for path, about in json.loads(fetch("/swagger.json").text)["paths"].items():
        yield path, [each["name"] for each in about.pop("parameters", ())], sorted(about)


@pytest.fixture
def tried_out(app, tmp_path):
    """Open the documentation of `app` in a browser and try its first operation; returns the paths called."""
    called = []
    app.before_request(lambda: called.append(flask.request.path))
    app.add_url_rule("/robot", "robot", lambda: ROBOT)
    app.add_url_rule("/robot/runs", "runs", lambda: "")
    app.add_url_rule("/robot/hold", "hold", real.hold(lambda: any(path.startswith("/tasks") for path in called)))

    def calls(documented):
        with real.served(documented) as url:
            real.browse(f"{url}/robot", tmp_path)
        if "/robot/runs" not in called:
            raise Untried("the browser ran no script")
        return [path for path in called if path.startswith("/tasks")]

    return calls


@claim
@needs("Flask-RESTPlus")
def restplus_is_an_extension(app, serve):
    """Flask-RESTPlus is a Flask extension for building REST APIs."""
    assert greeted("flask_restplus", app, serve) == (200, "application/json", '{"hello": "Ada"}')


@corrects(restplus_is_an_extension)
@needs("flask-restx")
def restx_is_an_extension(app, serve):
    """Flask-RESTX, the fork of Flask-RESTPlus, is a Flask extension for building REST APIs."""
    original = re.search(r"fork of `([\w-]+)", distribution("flask-restx").read_text("METADATA"))[1]
    assert original == "Flask-RESTPlus"
    assert greeted("flask_restx", app, serve) == (200, "application/json", '{"hello": "Ada"}')


@claim
@needs("Flask-RESTPlus")
def restplus_defines_resources(app, serve):
    """Flask-RESTPlus provides tools for defining the resources of an API."""
    assert statuses(serve(tasks("flask_restplus", app))) == [200, 204, 405, 405]


@corrects(restplus_defines_resources)
@needs("flask-restx")
def restx_defines_resources(app, serve):
    """Flask-RESTX provides tools for defining the resources of an API."""
    assert statuses(serve(tasks("flask_restx", app))) == [200, 204, 405, 405]


@claim
@needs("Flask-RESTPlus")
def restplus_parses_requests(app, serve):
    """Flask-RESTPlus parses requests, JSON and forms, and refuses what does not fit."""
    assert parsed(serve(tasks("flask_restplus", app))) == [(200, 3), (200, 3), (400, None)]


@corrects(restplus_parses_requests)
@needs("flask-restx")
def restx_parses_requests(app, serve):
    """Flask-RESTX handles request parsing."""
    assert parsed(serve(tasks("flask_restx", app))) == [(200, 3), (200, 3), (400, None)]


@claim
@needs("Flask-RESTPlus")
def restplus_formats_responses(app, serve):
    """Flask-RESTPlus gives a response the format that is declared for it."""
    assert shown(serve(tasks("flask_restplus", app))) == {"number": 7, "title": "Untitled"}


@corrects(restplus_formats_responses)
@needs("flask-restx")
def restx_formats_responses(app, serve):
    """Flask-RESTX gives a response the format that is declared for it."""
    assert shown(serve(tasks("flask_restx", app))) == {"number": 7, "title": "Untitled"}


@claim
@needs("Flask-RESTPlus")
def restplus_generates_documentation(app, serve):
    """Flask-RESTPlus generates documentation of an API: its paths, their parameters and methods."""
    assert list(documented(serve(tasks("flask_restplus", app)))) == DOCUMENTED


@corrects(restplus_generates_documentation)
@needs("flask-restx")
def restx_generates_documentation(app, serve):
    """Flask-RESTX generates documentation of an API."""
    assert list(documented(serve(tasks("flask_restx", app)))) == DOCUMENTED


@claim
@needs("Flask-RESTPlus")
@needs("chromium")
def restplus_documentation_is_interactive(app, tried_out):
    """The documentation that Flask-RESTPlus generates is interactive: one can try an operation out in it."""
    assert tried_out(tasks("flask_restplus", app)) == ["/tasks"]


@corrects(restplus_documentation_is_interactive)
@needs("flask-restx")
@needs("chromium")
def restx_documentation_is_interactive(app, tried_out):
    """The documentation that Flask-RESTX generates is interactive."""
    assert tried_out(tasks("flask_restx", app)) == ["/tasks"]
