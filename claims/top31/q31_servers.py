"""Servers that contain a WSGI application."""

import pytest

from claims import claim, needs

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
    ("server", "package", "arguments"),
    [
        pytest.param("Gunicorn", "gunicorn", GUNICORN, id="gunicorn", marks=needs("gunicorn")),
        pytest.param("Tornado", "tornado", ["-c", TORNADO], id="tornado", marks=needs("tornado")),
        pytest.param("Gevent", "gevent", ["-c", GEVENT], id="gevent", marks=needs("gevent")),
        pytest.param("Twisted Web", "twisted", ["-c", TWISTED], id="twisted", marks=needs("twisted")),
    ],
)
def server_contains_a_wsgi_application(wsgi_server, server, package, arguments):
    """{server} is a server that contains a WSGI application, here one of Flask, and speaks HTTP."""
    answer = wsgi_server(*arguments, code=CODE).fetch(data={"name": "Ada"})
    assert (answer.status, answer.text) == (200, f"Hello Ada, by {package}")
