"""The structure of a large application."""

from pathlib import Path

import pytest
import werkzeug.routing

from claims import claim, real

APP = 'from flask import Flask\n\napp = Flask("large", root_path=".")\n'
VIEW = "def index():\n    return __name__\n"
CATEGORIES = ("auth", "profile", "backend")

ATTACHED = """\
import auth, profile, backend

for module in (auth, profile, backend):
    app.add_url_rule(f"/{module.__name__}/", module.__name__, module.index)
"""
BLUEPRINT = """\
from flask import Blueprint, request

views = Blueprint(__name__, __name__, url_prefix="/" + __name__)


@views.route("/")
def index():
    return f"{request.blueprint}: {request.endpoint}"
"""
REGISTERED = """\
import auth, profile, backend

for module in (auth, profile, backend):
    app.register_blueprint(module.views)
"""


@pytest.fixture
def pages(tmp_path):
    """Run an application of several files by `flask run`; returns what it answers at each category's URL."""
    with real.stopping(real.flask_run, tmp_path, "--port", "0") as start:

        def answered(structure, **files):
            for name, source in files.items():
                Path(tmp_path, f"{name}.py").write_text(source, encoding="utf-8")
            server = start(code=APP + structure)
            return [server.fetch(f"/{category}/").text for category in CATEGORIES]

        yield answered


@claim
def functions_move_to_different_files(pages):
    """Functions that are moved to different files can be attached to the application."""
    assert pages(ATTACHED, auth=VIEW, profile=VIEW, backend=VIEW) == ["auth", "profile", "backend"]


@claim
def blueprints_assign_views_to_categories(pages):
    """Blueprints assign the views to categories, such as auth, profile and backend."""
    views = ["auth: auth.index", "profile: profile.index", "backend: backend.index"]
    assert pages(REGISTERED, auth=BLUEPRINT, profile=BLUEPRINT, backend=BLUEPRINT) == views


@claim
def functions_are_registered_on_the_url_map(app, serve):
    """The URLs of the functions are registered in one central place, on Werkzeug's URL map."""
    functions = {"auth": lambda: "Auth", "profile": lambda: "Profile", "backend": lambda: "Backend"}
    for name, function in functions.items():
        app.add_url_rule(f"/{name}/", name, function)
    fetch, urls = serve(app), app.url_map.bind("localhost")
    assert type(app.url_map) is werkzeug.routing.Map
    assert [urls.match(f"/{name}/") for name in functions] == [("auth", {}), ("profile", {}), ("backend", {})]
    assert [fetch(f"/{name}/").text for name in functions] == ["Auth", "Profile", "Backend"]
