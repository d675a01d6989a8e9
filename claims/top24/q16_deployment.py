"""Deploying a Flask application."""

import base64
import os
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import flask
import pytest

from claims import Untried, claim, needs, real

CODE = """\
from flask import Flask, request

app = Flask("app", root_path=".")
app.add_url_rule("/greet", "greet", lambda: "Hello " + request.form["name"], methods=["POST"])
"""
TEMPORARY = "".join(f"{each}_temp_path FOLDER/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
NGINX = f"""\
daemon off;
error_log stderr;
pid FOLDER/nginx.pid;
events {{}}
http {{
  access_log off;
  {TEMPORARY}
  server {{
    listen 127.0.0.1:PORT;
    location / {{ proxy_pass http://127.0.0.1:UPSTREAM; }}
  }}
}}
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
    """A folder that holds the application, and that a web server's own user may read, as it may not read pytest's."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        (path / "app.py").write_text(CODE, encoding="utf-8")
        yield path


@pytest.fixture
def web_server(folder):
    """Start the web server *program* with the configuration *settings*, in front of *upstream* or with `app.py`."""
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))

    def configured(program, settings, upstream=0):
        filled = settings.replace("FOLDER", str(folder)).replace("UPSTREAM", str(upstream))
        configuration = folder / "server.conf"
        configuration.write_text(filled.replace("PORT", str(free_port())), encoding="utf-8")
        return real.Command([*COMMANDS[program], str(configuration)], folder, {**os.environ, "PYTHONPATH": packages})

    with real.stopping(configured) as start:
        yield start


@pytest.fixture
def platform(folder):
    """Start the application by a command *line*, as a platform does that hands out *port*."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def run(line, port):
        settings = {**os.environ, "PATH": path, "PORT": str(port), "XDG_RUNTIME_DIR": str(folder)}
        return real.Command(["sh", "-c", line], folder, settings)

    with real.stopping(run) as start:
        yield start


def greeted(server):
    """What a server says of itself, without its version, and what its application answers."""
    answer = server.fetch("/greet", data={"name": "Ada"})
    return answer.headers["Server"].partition("/")[0], answer.status, answer.text.splitlines()[0]


@claim
@needs("gunicorn")
@pytest.mark.parametrize(
    ("program", "settings", "name"),
    [
        pytest.param("nginx", NGINX, "nginx", id="nginx", marks=needs("nginx")),
        pytest.param("apache2", APACHE + PROXY, "Apache", id="apache", marks=needs("apache2")),
    ],
)
def web_server_stands_before_a_flask_application(web_server, wsgi_server, program, settings, name):
    """A Flask application is deployed with {name} as a reverse proxy in front of its WSGI server."""
    behind = wsgi_server("-m", "gunicorn", "-b", "127.0.0.1:0", "app:app", code=CODE)
    before = web_server(program, settings, behind.port)
    answered = greeted(before)[1:]  # Apache passes on the name of the server behind it
    behind.stop()
    itself, status, _ = greeted(before)
    if itself != name or status < 500:
        raise Untried(f"no {name} stood before the WSGI server")
    assert answered == (200, "Hello Ada")


@claim
@needs("apache2")
@needs(MOD_WSGI)
def apache_runs_a_flask_application(web_server):
    """A Flask application is deployed with Apache, which runs it by `mod_wsgi`."""
    apache = web_server("apache2", APACHE + EMBEDDED)
    assert greeted(apache) == ("Apache", 200, "Hello Ada")


@claim
@needs("gunicorn")
def application_starts_on_the_port_of_a_platform(platform):
    """Started as on Heroku, by `gunicorn app:app`, a Flask application listens on the port in `$PORT`."""
    given = free_port()
    command = platform("gunicorn app:app", given)
    host, port = command.address
    assert (host, port - given) == ("0.0.0.0", 0)  # from elsewhere, loopback is out of reach
    assert greeted(command) == ("gunicorn", 200, "Hello Ada")


def event(path, body):
    """A request as AWS's API Gateway hands it to a function, in format 2.0; what no adapter needs is left out."""
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "agent"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": real.FORM, "content-length": str(len(body)), "host": "app.example"},
        "requestContext": {"http": http, "routeKey": "$default", "stage": "$default"},
        "body": base64.b64encode(body.encode()).decode(),  # as a form's is
        "isBase64Encoded": True,
    }


@claim
@needs("apig-wsgi")
def adapter_serves_an_application_on_aws(app):
    """An adapter for WSGI, such as apig-wsgi, has a Flask application answer events of AWS's API Gateway."""
    app.add_url_rule("/greet", "greet", lambda: f"Hello {flask.request.form['name']}", methods=["POST"])
    handler = import_module("apig_wsgi").make_lambda_handler(app)
    answers = [handler(event(path, "name=Ada"), None) for path in ("/greet", "/nowhere")]
    assert [answer["statusCode"] for answer in answers] == [200, 404]
    assert answers[0]["body"] == "Hello Ada"
