"""The real peers of the claims: servers in processes and threads, a mail sink, a client. Loopback only."""

import contextlib
import email
import email.policy
import functools
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import HTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import filelock
import psutil
from aiosmtpd.controller import Controller

from claims import Untried

PATIENCE = 20  # seconds to wait for a server to listen, or to answer
GUARD = ("127.0.0.1", 15000)  # who has bound this has Flask's default port to itself; no system gives it to a client
FORM = "application/x-www-form-urlencoded"
HELLO = """\
from flask import Flask

app = Flask("hello", root_path=".")


@app.route("/")
def index():
    return "Hello"
"""


@dataclass(frozen=True)
class Response:
    """What a server sent: status code, reason phrase, headers, body."""

    status: int
    reason: str
    headers: http.client.HTTPMessage = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self):
        """The body, read as UTF-8."""
        return self.body.decode("utf-8")


def fetch(url, method=None, body=None, headers=None, data=None, trust=None):
    """Send one HTTP request to *url*, over TLS with *trust* (an `SSLContext`), and return the `Response`.

    *data*, the entries of a form by name, is posted as a browser posts them.
    """
    if data is not None:
        body, headers = urlencode(data), {"Content-Type": FORM, **(headers or {})}
    method = method or ("GET" if data is None else "POST")
    where = urlsplit(url)
    kind = functools.partial(http.client.HTTPSConnection, context=trust) if trust else http.client.HTTPConnection
    connection = kind(where.hostname, where.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        target = where.path or "/"
        connection.request(method, f"{target}?{where.query}" if where.query else target, body, headers or {})
        answer = connection.getresponse()
        return Response(answer.status, answer.reason, answer.headers, answer.read())


class Command:
    """A server's command in a process of its own, which listens on one TCP port."""

    def __init__(self, arguments, folder, environment):
        self.log = Path(folder, "output.txt")
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                arguments,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self):
        """What the command has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def port(self):
        """The TCP port on which the process listens, by the operating system's word; waits for it."""
        return self.address[1]

    @property
    def address(self):
        """The address and port on which the process listens, by the operating system's word; waits for it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Untried(f"the server ended before it listened: {self.output.strip()}")
            for connection in self.connections():
                if connection.status == psutil.CONN_LISTEN:
                    return connection.laddr.ip, connection.laddr.port
            time.sleep(0.02)
        raise Untried(f"the server did not listen within {PATIENCE} seconds: {self.output.strip()}")

    def connections(self):
        """The sockets of the process and of its children."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.process.pid)
            return [
                one for each in (process, *process.children(recursive=True)) for one in each.net_connections("inet")
            ]
        return []

    def fetch(self, path="/", **request):
        """Request *path* of this server; see `fetch`."""
        return fetch(f"http://127.0.0.1:{self.port}{path}", **request)

    def stop(self):
        """End the process and its children, by force if need be."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
                break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what outlived its parent


@contextlib.contextmanager
def stopping(start, *given, **settings):
    """Yield a function that starts commands, and stop all of them at the end.

    It calls *start* with the arguments *given* here, then with its own; *settings* go to each call.
    """
    with contextlib.ExitStack() as stack:

        def started(*arguments, **more):
            command = start(*given, *arguments, **settings, **more)
            stack.callback(command.stop)
            return command

        yield started


def flask_run(folder, *arguments, code=HELLO, **settings):
    """Start `flask run` on an application whose source is *code*; *settings* go into its environment."""
    return python(folder, "-m", "flask", "run", *arguments, code=code, **{"FLASK_APP": "app.py", **settings})


def app_run(folder, **settings):
    """Start a program that makes an application and calls `app.run()`; *settings* go into its environment."""
    return python(folder, "app.py", code=f"{HELLO}\n\napp.run()\n", **settings)


def python(folder, *arguments, code, **settings):
    """Start Python with *arguments* beside an `app.py` of the source *code*, without Flask's variables."""
    Path(folder, "app.py").write_text(code, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "WERKZEUG_"))}
    environment = {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **settings}
    return Command([sys.executable, *arguments], folder, environment)


@contextlib.contextmanager
def default_port():
    """Keep Flask's default port from other runs by a lock file; it excludes those with the same TMPDIR only.

    The fixtures also hold `guard_default_port`, which excludes all runs on this machine.
    """
    lock = filelock.FileLock(Path(tempfile.gettempdir(), "claims-port-5000.lock"))
    try:
        lock.acquire(timeout=50)
    except filelock.Timeout:
        raise Untried("another run keeps the default port to itself") from None
    try:
        yield
    finally:
        lock.release()


def guard_default_port(patience=50):
    """Keep Flask's default port from all other runs on this machine; returns a socket, to be closed afterwards.

    The socket is bound to `GUARD`, which only one process can do. Whatever their TMPDIR, runs exclude each other, and
    the system frees the socket when its process ends. (`default_port` is the lock file that the fixtures hold, too.)
    """
    guard, end = socket.socket(), time.monotonic() + patience
    while True:
        try:
            guard.bind(GUARD)
        except OSError as error:
            if time.monotonic() > end:
                guard.close()
                raise Untried(f"another run keeps the default port to itself: {error}") from None
            time.sleep(0.05)
        else:
            return guard


@contextlib.contextmanager
def served(app, identity=None):
    """Serve a WSGI application by Werkzeug's server in a thread, over TLS with *identity*; yields its base URL."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=identity)
    # Werkzeug's own `serve_forever` looks for a shutdown only twice a second.
    thread = threading.Thread(target=HTTPServer.serve_forever, args=(server, 0.01), daemon=True)
    thread.start()
    try:
        yield f"{'https' if identity else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


def hold(enough):
    """Make a view that answers only when *enough* returns true, or after half of `PATIENCE`.

    A page that loads it is not complete before, so `browse` keeps the page open until then.
    """

    def answer():
        end = time.monotonic() + PATIENCE / 2
        while not enough() and time.monotonic() < end:
            time.sleep(0.02)
        return ""

    return answer


def browse(url, profile):
    """Open *url* in a real browser, whose own files go into the folder *profile*, until all is loaded (see `hold`)."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    command += [f"--user-data-dir={profile}", "--dump-dom", url]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=2 * PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Untried(f"the browser did not open the page: {error!r}") from error
    return done.stdout


@dataclass(frozen=True)
class Received:
    """A message as the sink got it: the SMTP envelope, and the parsed content."""

    sender: str
    recipients: list
    message: email.message.EmailMessage

    @property
    def gist(self):
        """Whom it went to, sorted, its subject, and its text as lines: what can be compared."""
        text = self.message.get_body(("plain",)).get_content()
        return sorted(self.recipients), self.message["Subject"], text.splitlines()


class Sink(Controller):
    """An SMTP server that keeps what it receives, on a free port."""

    def __init__(self):
        self.messages = []
        self.commands = []  # the verbs of every conversation, in order
        super().__init__(self, hostname="127.0.0.1", port=0)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
        self.commands.clear()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        """Note the greeting."""
        self.commands.append("EHLO")
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        """Note the sender."""
        self.commands.append("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Note a recipient."""
        self.commands.append("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Keep the message."""
        self.commands.append("DATA")
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(Received(envelope.mail_from, list(envelope.rcpt_tos), message))
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        """Note the end."""
        self.commands.append("QUIT")
        return "221 Bye"
