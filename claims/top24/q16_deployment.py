"""Deploying a Flask application."""

import base64
import importlib.util
import os
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import flask
import pytest

from claims import claim, needs, real

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIXERS = "middleware.proxy_fix" if importlib.util.find_spec("werkzeug.middleware") else "contrib.fixers"
CODE = f"""\
from flask import Flask, request
from werkzeug.{FIXERS} import ProxyFix

app = Flask("app", root_path=".")
app.add_url_rule("/greet", "greet", lambda: "Hello " + request.form["name"], methods=["POST"])
app.add_url_rule("/visitor", "visitor", lambda: request.remote_addr)
app.add_url_rule("/fixed/visitor", "fixed", lambda: request.remote_addr)
fixed = ProxyFix(app)


def either(environ, start_response):
    return (fixed if environ["PATH_INFO"].startswith("/fixed/") else app)(environ, start_response)
"""
NGINX = """\
daemon off;
master_process off;
error_log stderr;
pid FOLDER/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  server {
    listen 127.0.0.1:PORT;
    location / {
      proxy_pass http://127.0.0.1:UPSTREAM;
      proxy_bind 127.0.0.2;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}
"""
MODULES = Path("/usr/lib/apache2/modules")  # where Debian's packages put them
APACHE = f"""\
ServerRoot FOLDER
ServerName 127.0.0.1
Listen 127.0.0.1:PORT
PidFile FOLDER/apache.pid
ErrorLog /dev/stderr
DefaultRuntimeDir FOLDER
User www-data
Group www-data
LoadModule mpm_prefork_module {MODULES}/mod_mpm_prefork.so
LoadModule authz_core_module {MODULES}/mod_authz_core.so
StartServers 1
"""
PROXY = f"""\
LoadModule proxy_module {MODULES}/mod_proxy.so
LoadModule proxy_http_module {MODULES}/mod_proxy_http.so
ProxyPass / http://127.0.0.1:UPSTREAM/
"""
MOD_WSGI = f"{MODULES}/mod_wsgi.so-{sys.version_info.major}.{sys.version_info.minor}"  # it brings one Python
EMBEDDED = f"""\
LoadModule wsgi_module {MOD_WSGI}
WSGIScriptAlias / FOLDER/app.py
WSGICallableObject app
"""
COMMANDS = {"nginx": ["nginx", "-e", "stderr", "-c"], "apache2": ["apache2", "-X", "-f"]}


def free_port():
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def folder():
    """A folder that a web server's own user may read, as it may not read pytest's."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture
def web_server(folder):
    """Start the web server *program* with the configuration *settings*, in front of *upstream* or with `app.py`."""
    (folder / "app.py").write_text(CODE, encoding="utf-8")
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))

    def configured(program, settings, upstream=0):
        filled = settings.replace("FOLDER", str(folder)).replace("UPSTREAM", str(upstream))
        configuration = folder / "server.conf"
        configuration.write_text(filled.replace("PORT", str(free_port())), encoding="utf-8")
        return real.Command([*COMMANDS[program], str(configuration)], folder, {**os.environ, "PYTHONPATH": packages})

    with real.stopping(configured) as start:
        yield start


def gunicorn(wsgi_server):
    """Gunicorn, which runs the application, in `ProxyFix` for some of its paths."""
    return wsgi_server("-m", "gunicorn", "-b", "127.0.0.1:0", "app:either", code=CODE)


def greeted(server):
    """What a server says of itself, without its version, and what its application answers."""
    answer = server.fetch("/greet", method="POST", body="name=Ada", headers=FORM)
    return answer.headers["Server"].partition("/")[0], answer.status, answer.text.splitlines()[0]


@claim
@needs("gunicorn")
@pytest.mark.parametrize(
    ("program", "settings", "name", "unserved"),
    [
        pytest.param("nginx", NGINX, "nginx", 502, id="nginx", marks=needs("nginx")),
        pytest.param("apache2", APACHE + PROXY, "Apache", 503, id="apache", marks=needs("apache2")),
    ],
)
def web_server_stands_before_a_flask_application(web_server, wsgi_server, program, settings, name, unserved):
    """A Flask application is deployed with {name}, the web server before the one that runs it."""
    behind = gunicorn(wsgi_server)
    before = web_server(program, settings, behind.port)
    # Apache passes on the name of the server behind it.
    assert greeted(before)[1:] == (200, "Hello Ada")
    behind.stop()
    alone = before.fetch("/greet", method="POST", body="name=Ada", headers=FORM)
    assert (alone.headers["Server"].partition("/")[0], alone.status) == (name, unserved)


@claim
@needs("apache2")
@needs(MOD_WSGI)
def apache_runs_a_flask_application(web_server):
    """A Flask application is deployed with Apache alone, which runs it in its own process by `mod_wsgi`."""
    apache = web_server("apache2", APACHE + EMBEDDED)
    assert greeted(apache) == ("Apache", 200, "Hello Ada")


@claim
@needs("gunicorn")
@needs("nginx")
def visitor_is_known_behind_a_proxy(web_server, wsgi_server):
    """Behind nginx, an application in `ProxyFix` knows its visitor; without it, the proxy is the visitor."""
    nginx = web_server("nginx", NGINX, gunicorn(wsgi_server).port)
    seen = [nginx.fetch(path).text for path in ("/visitor", "/fixed/visitor")]
    assert seen == ["127.0.0.2", "127.0.0.1"]


@pytest.fixture
def platform(folder):
    """Start an application by the command line *line*, as a platform does that hands out ports."""
    (folder / "app.py").write_text(CODE, encoding="utf-8")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def run(line, port):
        settings = {**os.environ, "PATH": path, "PORT": str(port), "XDG_RUNTIME_DIR": str(folder)}
        return real.Command(["sh", "-c", line], folder, settings)

    with real.stopping(run) as start:
        yield start


@claim
@needs("gunicorn")
def procfile_starts_an_application(platform):
    """A Flask application is deployed on a platform like Heroku, by a Procfile, on the port it is given."""
    kind, _, line = "web: gunicorn --bind 127.0.0.1:$PORT app:app".partition(": ")
    given = free_port()
    command = platform(line, given)
    assert (kind, command.port - given) == ("web", 0)
    assert greeted(command) == ("gunicorn", 200, "Hello Ada")


def event(path, body):
    """What AWS hands to a function that stands behind its API gateway: a request as JSON, in format 2.0."""
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": FORM["Content-Type"], "host": "app.example"},
        "requestContext": {"http": http},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


@claim
@needs("apig-wsgi")
def adapter_serves_an_application_on_aws(app):
    """A Flask application is deployed on AWS: an adapter hands it the events of the API gateway."""
    app.add_url_rule("/greet", "greet", lambda: f"Hello {flask.request.form['name']}", methods=["POST"])
    handler = import_module("apig_wsgi").make_lambda_handler(app)
    answers = [handler(event(path, b"name=Ada"), None) for path in ("/greet", "/nowhere")]
    assert [answer["statusCode"] for answer in answers] == [200, 404]
    assert answers[0]["body"] == "Hello Ada"
