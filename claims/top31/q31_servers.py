"""Servers that contain a WSGI application."""

import pkgutil

import pytest

from claims import claim, needs

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

CODE = """\
import sys

from flask import Flask, request

app = Flask("app", root_path=".")


@app.route("/", methods=["POST"])
def index():
    return f"Hello {request.form['name']}, by {request.environ['caller']}"


def application(environ, start_response):
    environ["caller"] = sys._getframe(1).f_globals["__name__"].partition(".")[0]
    return app(environ, start_response)
"""
GUNICORN = ["-m", "gunicorn", "-b", "127.0.0.1:0", "app:application"]
TORNADO = """\
from app import application
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.wsgi import WSGIContainer

HTTPServer(WSGIContainer(application)).listen(0, "127.0.0.1")
IOLoop.current().start()
"""
GEVENT = """\
from app import application
from gevent.pywsgi import WSGIServer

WSGIServer(("127.0.0.1", 0), application).serve_forever()
"""
TWISTED = """\
from app import application
from twisted.internet import reactor
from twisted.web.server import Site
from twisted.web.wsgi import WSGIResource

resource = WSGIResource(reactor, reactor.getThreadPool(), application)
reactor.listenTCP(0, Site(resource), interface="127.0.0.1")
reactor.run()
"""


@claim
@pytest.mark.parametrize(
    ("server", "container", "arguments"),
    [
        pytest.param(
            "Gunicorn", "gunicorn.app.wsgiapp:WSGIApplication", GUNICORN, id="gunicorn", marks=needs("gunicorn")
        ),
        pytest.param("Tornado", "tornado.wsgi:WSGIContainer", ["-c", TORNADO], id="tornado", marks=needs("tornado")),
        pytest.param("Gevent", "gevent.pywsgi:WSGIServer", ["-c", GEVENT], id="gevent", marks=needs("gevent")),
        pytest.param(
            "Twisted Web", "twisted.web.wsgi:WSGIResource", ["-c", TWISTED], id="twisted", marks=needs("twisted")
        ),
    ],
)
def server_contains_a_wsgi_application(wsgi_server, server, container, arguments):
    """{server} is a server that contains a WSGI application and serves it over HTTP."""
    assert pkgutil.resolve_name(container).__name__ == container.rpartition(":")[2]
    running = wsgi_server(*arguments, code=CODE)
    said = f"Hello Ada, by {container.partition('.')[0]}"
    assert running.fetch(method="POST", body="name=Ada", headers=FORM).text == said
