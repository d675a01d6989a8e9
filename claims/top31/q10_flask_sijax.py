"""Flask-Sijax."""

import json
import re
from importlib import import_module
from pathlib import Path

import flask
import pytest

from claims import Untried, claim, corrects, needs, real
from claims.programs import direct

PAGE = """\
<!doctype html>
<meta charset="utf-8">
<p id="answer">Nobody has answered</p>
<img src="/hold">
<script>fetch("/ran")</script>
{% if "plain" not in request.args %}<script src="/jquery.js"></script>{% endif %}
<script src="/sijax.js"></script>
<script>
{{ prepare | safe }}
function answer(data) { Sijax.request("hear", [data]); }
Sijax.request("greet", ["Ada", {{ data | safe }}]);
</script>
"""
BOTH = '<iframe src="/page"></iframe><iframe src="/page?plain"></iframe>'
DATA = {"towns": ["London", "Zürich", []], "age": 36, "height": 1.5, "alive": False, "title": None}


def flask_sijax(app):
    """Set up Flask-Sijax for *app*; returns what gives its object for the current request."""
    import_module("flask_sijax").Sijax(app)
    return lambda: flask.g.sijax


def sijax(app):
    """Set up nothing for *app*; returns what makes an object of Sijax itself for the current request."""
    library = import_module("sijax")
    return lambda: library.Sijax().set_data(flask.request.form).set_request_uri(flask.request.full_path)


class Talk:
    """What a page in a browser and two functions in Python tell each other by Ajax."""

    def __init__(self, app, profile):
        self.app, self.profile = app, profile
        self.requests, self.heard, self.sent = [], [], []
        self.shown = None
        app.before_request(lambda: self.requests.append(f"{flask.request.method} {flask.request.full_path}"))

    def held(self, library, path="/page"):
        """Open *path* in a browser, with *library* at work; returns the requests for the page, sorted."""
        ajax = library(self.app)
        self.app.add_url_rule("/page", "page", lambda: self.page(ajax()), methods=["GET", "POST"])
        with real.served(self.app) as url:
            shown = real.browse(url + path, self.profile)
        requests = sorted(each.rstrip("?") for each in self.requests if "/page" in each)
        if not 0 < sum(each.startswith("GET") for each in requests) == self.requests.count("GET /ran?"):
            raise Untried(f"the browser did not run the scripts of each page: {sorted(self.requests)}")
        self.shown = re.findall('<p id="answer">(.*?)</p>', shown)
        return requests

    def page(self, ajax):
        """The page, or what *ajax* answers to a call that the page's script makes."""
        ajax.register_callback("greet", self.greet)
        ajax.register_callback("hear", self.hear)
        if not ajax.is_sijax_request:
            return flask.render_template_string(PAGE, prepare=ajax.get_js(), data=json.dumps(DATA))
        answer = flask.make_response(ajax.process_request())
        self.sent += [flask.request.form["sijax_args"], answer.get_data(as_text=True)]
        return answer

    def greet(self, response, name, data):
        """Change the page, and call a function in it."""
        self.heard.append(data)
        response.html("#answer", f"Hello, {name}").call("answer", [data])

    def hear(self, response, data):
        """Keep what the function in the page sends back."""
        self.heard.append(data)


@pytest.fixture
def talk(app, tmp_path):
    """A talk between a page and functions of `app`, yet to be held, with jQuery as Django brings it."""
    django, library = (Path(import_module(name).__file__).parent for name in ("django", "sijax"))
    jquery = django / "contrib/admin/static/admin/js/vendor/jquery/jquery.js"
    app.add_url_rule("/jquery.js", "jquery", lambda: jquery.read_text(encoding="utf-8"))
    app.add_url_rule("/sijax.js", "sijax", lambda: (library / "js/sijax.js").read_text(encoding="utf-8"))
    app.add_url_rule("/both", "both", lambda: BOTH)
    app.add_url_rule("/ran", "ran", lambda: "")
    talk = Talk(app, tmp_path)
    app.add_url_rule("/hold", "hold", real.hold(lambda: len(talk.sent) == 4))  # both calls are answered
    return talk


@claim
@needs("chromium")
@needs("Django")
@needs("Flask-Sijax")
def flask_sijax_is_a_library_for_jquery(talk):
    """Flask-Sijax is a library for Ajax with jQuery: the Sijax that it requires calls through jQuery."""
    assert "sijax" in direct("Flask-Sijax")
    calls = ["POST /page", "POST /page"]  # and none from the page without jQuery
    assert talk.held(sijax, "/both") == ["GET /page", "GET /page?plain", *calls]


@claim
@needs("chromium")
@needs("Django")
@needs("Flask-Sijax")
def flask_sijax_enables_ajax(talk):
    """Flask-Sijax enables Ajax: a page calls Python and shows its answer without being loaded again."""
    assert talk.held(flask_sijax) == ["GET /page", "POST /page", "POST /page"]
    assert talk.shown == ["Hello, Ada"]


@corrects(flask_sijax_enables_ajax)
@needs("chromium")
@needs("Django")
@needs("Sijax")
def sijax_enables_ajax(talk):
    """Sijax, used in a view without Flask-Sijax, enables Ajax in a Flask application."""
    assert talk.held(sijax) == ["GET /page", "POST /page", "POST /page"]
    assert talk.shown == ["Hello, Ada"]


@claim
@needs("chromium")
@needs("Django")
@needs("Flask-Sijax")
def flask_sijax_passes_data_as_json(talk):
    """Flask-Sijax passes data between the server and the browser as JSON."""
    assert talk.held(flask_sijax) == ["GET /page", "POST /page", "POST /page"]
    assert talk.heard == [DATA, DATA]
    assert [json.loads(each) for each in talk.sent][::2] == [["Ada", DATA], [DATA]]
    assert json.loads(talk.sent[1])[1] == {"type": "call", "call": "answer", "params": [DATA]}


@corrects(flask_sijax_passes_data_as_json)
@needs("chromium")
@needs("Django")
@needs("Sijax")
def sijax_passes_data_as_json(talk):
    """Sijax itself passes data between the server and the browser as JSON."""
    assert talk.held(sijax) == ["GET /page", "POST /page", "POST /page"]
    assert talk.heard == [DATA, DATA]
    assert [json.loads(each) for each in talk.sent][::2] == [["Ada", DATA], [DATA]]
    assert json.loads(talk.sent[1])[1] == {"type": "call", "call": "answer", "params": [DATA]}
