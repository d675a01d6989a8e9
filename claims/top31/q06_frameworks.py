"""Django, Pyramid and Flask."""

import contextlib
import sqlite3
import sys
from pathlib import Path

import pytest

from claims import claim, needs
from claims.programs import ended, required, seeing_only

WHOLE = """\
from flask import Flask
app = Flask(__name__)
@app.route("/")
def index():
    return "Hello"
"""
SMALL = {
    "Django": """\
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])


def index(request):
    return HttpResponse("Hello")


urlpatterns = [path("", index)]
application = get_wsgi_application()
""",
    "Pyramid": """\
from pyramid.config import Configurator
from pyramid.response import Response


def index(request):
    return Response("Hello")


with Configurator() as config:
    config.add_route("index", "/")
    config.add_view(index, route_name="index")
    application = config.make_wsgi_app()
""",
}
LARGE = {
    "Django": """\
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])


def part(name):
    return [path(str(page), lambda request: HttpResponse(request.path)) for page in range(10)]


urlpatterns = [path(f"{name}/", include(part(name))) for name in range(50)]
application = get_wsgi_application()
""",
    "Pyramid": """\
from pyramid.config import Configurator
from pyramid.response import Response


def part(name):
    def included(config):
        for page in range(10):
            config.add_route(f"{name} {page}", f"/{page}")
            config.add_view(lambda request: Response(request.path), route_name=f"{name} {page}")

    included.__name__ = f"part_{name}"  # Pyramid includes a function of one name once
    return included


with Configurator() as config:
    for name in range(50):
        config.include(part(name), route_prefix=str(name))
    application = config.make_wsgi_app()
""",
}
FLEXIBLE = {
    "pattern": """\
from pyramid.config import Configurator
from pyramid.response import Response

with Configurator() as config:
    config.add_route("goods", "/shop/{goods}")
    config.add_view(lambda context, request: Response(request.matchdict["goods"]), route_name="goods")
    application = config.make_wsgi_app()
""",
    "traversal": """\
from pyramid.config import Configurator
from pyramid.response import Response

with Configurator(root_factory=lambda request: {"shop": {"shoes": {"name": "shoes"}}}) as config:
    config.add_view(lambda context, request: Response(context["name"]), context=dict)
    application = config.make_wsgi_app()
""",
}
SERVE = """\
from wsgiref.simple_server import make_server
from app import application
make_server("127.0.0.1", 0, application).serve_forever()
"""
ASK = """\
from wsgiref.util import setup_testing_defaults
from app import application


def ask(path):
    environ = {"PATH_INFO": path}
    setup_testing_defaults(environ)
    return b"".join(application(environ, lambda status, headers, *rest: None)).decode()


"""
ANSWERED = "print(sum(ask(f'/{part}/{page}') == f'/{part}/{page}' for part in range(50) for page in range(10)))"
ORM = """\
import django
from django.conf import settings

database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}
settings.configure(DATABASES={"default": database}, DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()

from django.db import connection, models


class Book(models.Model):
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "shop"


with connection.schema_editor() as editor:
    editor.create_model(Book)
book = Book(title="Notes")
book.save()
Book(title="Sketches").save()
book.title = "Notes on the Engine"
book.save()
print([one.title for one in Book.objects.filter(title__startswith="Notes")])
"""
INI = "[app:main]\nuse = call:app:main\n"


def asked(folder, application, questions):
    """What the program *questions* prints of a WSGI application, of which it asks in a process of its own."""
    Path(folder, "app.py").write_text(application, encoding="utf-8")
    return ended(folder, "-c", ASK + questions).told


@pytest.fixture
def views_answering(tmp_path):
    """How many views of a framework's large application answer."""
    return lambda framework: int(asked(tmp_path, LARGE[framework], ANSWERED))


@claim
@needs("Django")
@needs("Pyramid")
@pytest.mark.parametrize("framework", ["Django", "Pyramid"])
def is_a_python_framework(wsgi_server, framework):
    """{framework} is a Python framework: a function written in Python answers web requests."""
    server = wsgi_server("-c", SERVE, code=SMALL[framework])
    assert server.fetch().text == "Hello"


@claim
@needs("Django")
@needs("Pyramid")
@pytest.mark.parametrize("framework", ["Django", "Pyramid"])
def builds_large_applications(views_answering, framework):
    """{framework} builds large applications: one with 500 views in 50 parts answers at every URL."""
    assert views_answering(framework) == 500


@claim
def flask_creates_small_applications(flask_run):
    """Flask creates small applications: one file of five lines is a whole application."""
    fetch = flask_run(code=WHOLE).fetch
    assert len(WHOLE.splitlines()) == 5
    assert (fetch("/").status, fetch("/").text) == (200, "Hello")
    assert fetch("/other").status == 404


@claim
@needs("Django")
def django_includes_an_orm(tmp_path):
    """Django includes an ORM: with no further package it saves objects to a database and finds them again."""
    done = seeing_only(tmp_path, ["django", *required("django")], ORM)
    assert done.told == "['Notes on the Engine']"
    with contextlib.closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        rows = list(database.execute("SELECT title FROM shop_book ORDER BY id"))
    assert rows == [("Notes on the Engine",), ("Sketches",)]


@claim
@needs("Pyramid")
def pyramid_provides_flexibility(tmp_path):
    """Pyramid provides flexibility: it maps a URL to a view by a pattern or by traversal, as one likes."""
    assert asked(tmp_path, FLEXIBLE["pattern"], "print(ask('/shop/shoes'))") == "shoes"
    assert asked(tmp_path, FLEXIBLE["traversal"], "print(ask('/shop/shoes'))") == "shoes"


@claim
@needs("Pyramid")
def pyramid_provides_tools(tmp_path):
    """Pyramid provides tools: its command `proutes` lists the routes of an application."""
    source = f"{SMALL['Pyramid']}\n\ndef main(*_, **__):\n    return application\n"
    Path(tmp_path, "app.py").write_text(source, encoding="utf-8")
    Path(tmp_path, "app.ini").write_text(INI, encoding="utf-8")
    done = ended(tmp_path, Path(sys.executable).with_name("proutes"), "app.ini", PYTHONPATH=str(tmp_path))
    assert done.told.splitlines()[-1].split() == ["index", "/", "app.index", "*"]
