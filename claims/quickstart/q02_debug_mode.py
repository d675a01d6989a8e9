"""Debug mode."""

import contextlib
import re
import time
from http.client import HTTPException

import pytest
import requests

from claims import Untried, claim, needs, real
from claims.pages import tags, texts

PROGRAM = """\
from flask import Flask, current_app

app = Flask(__name__)


@app.route("/")
def version():
    return "The first version"


@app.route("/mode")
def mode():
    return str(current_app.debug)


@app.route("/error")
def error():
    return 1 / 0
"""
RELOADING = 5  # seconds that the reloader may take, which sees no change before it has looked for the first time
ATTEMPTS = 5


@pytest.fixture
def debugging(tmp_path, flask_command):
    """Start `flask run` on the program, in debug mode on each release, or as it is told."""
    (tmp_path / "hello.py").write_text(PROGRAM, encoding="utf-8")

    def start(*arguments, debug="1"):
        return flask_command("run", *arguments, FLASK_APP="hello.py", FLASK_DEBUG=debug)

    return start


def once_saved(path, source, before):
    """What the server answers, instead of *before*, once a program is saved; saves it again while nothing happens."""
    for _ in range(ATTEMPTS):
        path.write_text(source, encoding="utf-8")
        end = time.monotonic() + RELOADING
        while time.monotonic() < end:
            with contextlib.suppress(OSError, HTTPException):  # it is starting again
                answer = real.fetch("http://127.0.0.1:5000/").text
                if answer != before:
                    return answer
            time.sleep(0.1)
    return before


@claim
def server_reloads_changed_code(debugging, tmp_path):
    """In debug mode the server reloads by itself when the code changes."""
    servers = debugging(), debugging("--port", "5001", debug="0")
    if [each.fetch("/").text for each in servers] != ["The first version"] * 2:
        raise Untried("the servers do not serve the program")
    changed = PROGRAM.replace("first", "second")
    answer = once_saved(tmp_path / "hello.py", changed, "The first version")
    if servers[1].fetch("/").text != "The first version":
        raise Untried("the server reloads without debug mode, too")
    assert answer == "The second version"


@claim
@needs("chromium")
def browser_shows_an_interactive_debugger(debugging, tmp_path):
    """In debug mode an error in a request shows an interactive debugger in the browser."""
    server = debugging()
    document = real.browse(f"http://127.0.0.1:{server.port}/error", tmp_path / "profile")
    consoles = {found.get("title", "") for found in tags(document, "img")}
    assert texts(document, "title")[0].startswith("ZeroDivisionError")
    assert consoles >= {"Open an interactive python shell in this frame"}


class Debugger:
    """The debugger's page of a server, spoken to as its script does in a browser."""

    def __init__(self, server):
        self.server = server
        self.url = f"http://127.0.0.1:{server.port}/error"
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy
        page = self.ask()
        self.secret = re.search(r'SECRET = "(\w+)"', page)[1]
        self.frame = re.findall(r'id="frame-(\d+)"', page)[-1]

    def ask(self, **query):
        """What the server answers."""
        return self.session.get(self.url, params=query, timeout=real.PATIENCE).text

    def enter(self):
        """Give the PIN that the server has printed; returns whether it is let in."""
        pin = re.search(r"Debugger pin(?: code)?: ([\d-]+)", self.server.output, re.IGNORECASE)[1]
        answer = self.ask(__debugger__="yes", cmd="pinauth", pin=pin, s=self.secret)
        return '"auth": true' in answer or '"auth":true' in answer

    def run(self, code):
        """Enter a line of code at the console of the last frame."""
        return self.ask(__debugger__="yes", cmd=code, frm=self.frame, s=self.secret)


@claim
def debugger_is_protected_by_a_pin(debugging, tmp_path):
    """The debugger executes any Python code that a browser sends it, but none before its PIN is given."""
    debugger = Debugger(debugging())
    code = f"__import__('pathlib').Path({str(tmp_path / 'note.txt')!r}).touch()"
    debugger.run(code)
    assert not (tmp_path / "note.txt").exists()
    if not debugger.enter():
        raise Untried("the debugger refuses its PIN")
    debugger.run(code)
    assert (tmp_path / "note.txt").exists()


@claim
@needs("articles/quickstart.rst")
def debug_option_enables_debug_mode(tmp_path, arguments_printed, flask_command, told):
    """The option `--debug` of `flask run` enables debug mode."""
    (tmp_path / "hello.py").write_text(PROGRAM, encoding="utf-8")
    assert told(flask_command(*arguments_printed("s02_debug")), "/mode") == "True"
