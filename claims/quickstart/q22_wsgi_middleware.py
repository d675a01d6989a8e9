"""Hooking in WSGI middleware."""

import contextlib
import http.client
import socket

import flask
import pytest

from claims import Untried, claim, needs, real

NGINX = """\
daemon off;
error_log stderr;
pid FOLDER/nginx.pid;
events {}
http {
  access_log off;
  TEMPORARY
  server {
    listen 127.0.0.1:PORT;
    location / {
      proxy_pass UPSTREAM;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
"""
TEMPORARY = " ".join(
    f"{each}_temp_path FOLDER/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
VISITOR = "127.0.0.2"  # an address of this machine that neither nginx nor the application has


class Shouting:
    """WSGI middleware that turns an answer into capital letters, and is nothing else."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        """Answer a request."""
        return [part.upper() for part in self.application(environ, start_response)]


@pytest.fixture
def asked_through_nginx(tmp_path):
    """Serve an application behind nginx, and ask it as a visitor of another address; returns the answer's text."""
    with contextlib.ExitStack() as stack:

        def asked(app):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            named = {"TEMPORARY": TEMPORARY, "FOLDER": tmp_path, "PORT": port}
            settings = NGINX.replace("UPSTREAM", stack.enter_context(real.served(app)))
            for name, value in named.items():
                settings = settings.replace(name, str(value))
            (tmp_path / "nginx.conf").write_text(settings, encoding="utf-8")
            nginx = real.Command(["nginx", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")], tmp_path, None)
            stack.callback(nginx.stop)
            return ask(nginx.port)

        yield asked


def ask(port):
    """What the server at *port* answers the visitor."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=real.PATIENCE, source_address=(VISITOR, 0))
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        except OSError as error:
            raise Untried(f"{VISITOR} is no address here: {error!r}") from error


@pytest.fixture
def applied(app, run_printed):
    """Apply the middleware to `app` as printed; returns the name of what is now its `wsgi_app`."""

    def run():
        run_printed("s22_proxy_fix", app=app)
        return type(app.wsgi_app).__name__

    return run


@claim
@needs("nginx")
@needs("articles/quickstart.rst")
def printed_lines_apply_proxy_fix(app, applied, asked_through_nginx):
    """Behind nginx, an application has its visitor's address by `ProxyFix`, applied as printed."""
    app.add_url_rule("/", "whence", lambda: flask.request.remote_addr)
    assert applied() == "ProxyFix"
    assert asked_through_nginx(app) == VISITOR


@claim
def application_is_configured_after_wrapping(app, serve):
    """After its `wsgi_app` is wrapped, the application itself still takes settings and routes."""
    app.wsgi_app = Shouting(app.wsgi_app)
    app.config["NAME"] = "Ada"
    app.route("/greet")(lambda: "Hello " + flask.current_app.config["NAME"])
    assert serve(app)("/greet").text == "HELLO ADA"
