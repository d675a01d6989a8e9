"""What the claims speak to is not as it should be: that is never a refutation of an article."""

import contextlib
import os
import socket
import subprocess
import sys
from importlib.metadata import version

import pytest

from claims import real
from report import settings
from report.measure import environments, ledger, records
from report.measure.ledger import Ledger
from report.model import Cell, Evidence
from tests.project import ROOT

PORT = "top31/q18_default_port"
DEPLOYED, BROWSED = "top24/q16_deployment", "top24/q21_flask_cors"
SQUATTER = '''
"""A plugin that takes the default port as soon as one claim is done."""

import socket

peer = socket.socket()
peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def pytest_runtest_logfinish():
    """Take the port, once."""
    if peer.getsockname()[1] == 0:
        peer.bind(("127.0.0.1", 5000))
        peer.listen()


def pytest_unconfigure():
    """Give it back."""
    peer.close()
'''
PEERS = '''
"""Servers that do not do their work."""

import pytest

from claims import claim, real

SILENT = """
import socket
peer = socket.create_server(("127.0.0.1", 0))
kept = [peer.accept() for _ in range(9)]
"""
DYING = """
import socket
peer = socket.create_server(("127.0.0.1", 0))
answer, _ = peer.accept()
answer.recv(1000)
answer.sendall(b"HTTP/1.1 200 OK\\\\r\\\\nContent-Length: 100\\\\r\\\\n\\\\r\\\\nHel")
"""
DEAD = "raise SystemExit('there is no room')"


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch):
    monkeypatch.setattr(real, "PATIENCE", 1)


@claim
@pytest.mark.parametrize("code", [SILENT, DYING, DEAD], ids=["silent", "dying", "dead"])
def asked_outside(wsgi_server, code):
    """It answers."""
    server = wsgi_server("app.py", code=code)
    answer = server.fetch()
    assert answer.status == 200


@claim
@pytest.mark.parametrize("code", [SILENT, DYING, DEAD], ids=["silent", "dying", "dead"])
def asked_within_the_assert(wsgi_server, code):
    """It answers."""
    server = wsgi_server("app.py", code=code)
    assert server.fetch().status == 200


@claim
def mail_has_nowhere_to_go(app, mail, sent, smtp):
    """It arrives."""
    smtp.stop()
    smtp.stop = lambda: None
    messages = sent(mail.send_message, "Hello", recipients=["bob@example.com"], body="Hi")
    assert messages


@claim
def mail_has_nowhere_to_go_within_the_assert(app, mail, sent, smtp):
    """It arrives."""
    smtp.stop()
    smtp.stop = lambda: None
    assert sent(mail.send_message, "Hello", recipients=["bob@example.com"], body="Hi")


@claim
def is_well():
    """The others do not suffer."""
    assert real.PATIENCE == 1
'''


@pytest.fixture
def default_port():
    """Flask's default port, to be taken: no other run of claims on this machine needs it meanwhile."""
    with contextlib.closing(real.guard_default_port()), real.default_port():
        yield


def on_default_port(made, old, new):
    """A project with the claims about the default port, and *new* in place of *old* in how they guard it."""
    project = made(PORT)
    text = (project.root / "claims" / "real.py").read_text(encoding="utf-8")
    assert old in text
    project.write("claims/real.py", text.replace(old, new))
    return project


def test_two_runs_have_the_default_port_in_turn(among_real_claims, tmp_path):
    """A run waits for the other one, whatever their TMPDIR is, and gives up after a while; a killed one frees it."""
    project = on_default_port(among_real_claims, "patience=50", "patience=1")
    command = [sys.executable, "-c", "from claims import real; guard = real.guard_default_port(); print(1); input()"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=-1, stdout=-1) as other:
        assert other.stdout.read(1) == b"1"
        waiting = project.run("claims", "-n0")
        other.kill()
    alone = project.run("claims", "-n0")

    assert (waiting.ret, waiting.parseoutcomes()) == (1, {"untried": 2})
    waiting.stdout.fnmatch_lines(["*listens_on_5000: another run keeps the default port to itself: *in use*"])
    assert alone.parseoutcomes() == {"held": 2}


@pytest.mark.usefixtures("default_port")
def test_the_default_port_is_taken_before(among_real_claims):
    """Who listens there already makes a claim about it untried, with the reason: exit 1, and no verdict."""
    project = on_default_port(among_real_claims, "15000", "15001")
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        peer.bind(("127.0.0.1", 5000))
        peer.listen()
        result = project.run("claims", "--accept")

    assert (result.ret, result.parseoutcomes()) == (1, {"untried": 2})
    result.stdout.fnmatch_lines(["broken test: *::listens_on_5000: *", "Address already in use", "no claim was tried"])
    assert [claim["verdict"]["mark"] for _, claim in project.claims()] == ["untried", "untried"]
    assert ledger.read(project.ledger).entries == {}


@pytest.mark.usefixtures("default_port")
def test_the_default_port_is_taken_meanwhile(among_real_claims):
    """What was tried before stands, and what comes after is untried: exit 1."""
    project = on_default_port(among_real_claims, "15000", "15001")
    project.write("squatter.py", SQUATTER)
    result = project.run("claims", "-p", "squatter")

    assert (result.ret, result.parseoutcomes()) == (1, {"held": 1, "untried": 1})
    result.stdout.fnmatch_lines(["broken test: *::app_run_listens_on_5000: the server ended before it listened: *"])


@pytest.fixture(scope="module")
def recorded(among_real_claims):
    """The records of claims whose peers do not do their work, by name; no process of a peer is left."""
    project = among_real_claims()
    project.write("claims/demo/q01_peers.py", PEERS)
    recorded = project.record()
    assert project.processes() == []
    return recorded.claims


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("asked_outside[silent]", "timed out"),
        ("asked_outside[dying]", "IncompleteRead"),
        ("asked_outside[dead]", "the server ended before it listened: there is no room"),
        ("asked_within_the_assert[dead]", "the server ended before it listened: there is no room"),
        ("mail_has_nowhere_to_go", "Connection refused"),
    ],
)
def test_a_peer_that_does_not_answer_refutes_nothing(recorded, name, why):
    """A server that is silent, dies or never listened, and a mail sink that is gone, make a claim untried."""
    assert (recorded[name]["outcome"], recorded["is_well"]["outcome"]) == ("untried", "held")
    assert why in recorded[name]["reason"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("asked_within_the_assert[silent]", "timed out"),
        ("asked_within_the_assert[dying]", "IncompleteRead"),
        ("mail_has_nowhere_to_go_within_the_assert", "Connection refused"),
    ],
)
def test_a_peer_that_does_not_answer_refutes_nothing_within_the_assert(recorded, name, why):
    """The same within the assertion: what our peer does not do is no error of the article."""
    assert recorded[name]["outcome"] == "untried"
    assert why in recorded[name]["reason"]


def test_no_browser_and_no_web_server(among_real_claims):
    """Where Chromium, nginx and Apache are not on the path, what was measured before stands: exit 0, and said."""
    project = among_real_claims(DEPLOYED, BROWSED)
    tools = project.write("tools/sh", '#!/bin/sh\nexec /bin/sh "$@"\n')
    tools.chmod(0o755)
    lacking = measured_before(project, str(tools.parent))
    result = project.run(PATH=str(tools.parent))

    assert result.ret == 0, str(result.stdout)
    assert result.parseoutcomes()["untried"] == len(lacking)
    result.stdout.fnmatch_lines([f"{len(lacking)} claim* could not be tried here: the ledger's outcomes stand."])
    said = [(claim["verdict"]["mark"], claim["reason"]) for _, claim in project.claims() if claim["id"] in lacking]
    assert {verdict for verdict, _ in said} == {"confirmed"}
    assert all(reason.startswith("measured before; here it needs ") for _, reason in said)


def measured_before(project, path):
    """Have the ledger know the claims of *project*, those as held that need a program: gives the ids of these."""
    project.write("claims/releases.toml", f'[[releases]]\nversion = "{version("flask")}"\nreleased = 2025-01-01\n')
    project.run("claims", "--record", str(project.root / "claims.jsonl"), PATH=path)
    found = records.read(project.root / "claims.jsonl").records
    held = Cell("held", None, (Evidence("1 == 1", "1 == 1"),))
    seen = {one.id: (one.fingerprint, held if one.lacking else one.cell) for one in found}
    here = environments.here(settings.read(project.root))
    ledger.write(project.ledger, ledger.merge(Ledger(), version("flask"), here, seen))
    return [one.id for one in found if one.lacking]
