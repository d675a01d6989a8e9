"""The hunt for what refutes claims, step by step: each answer comes from a real bench in a sandbox of the environment."""

import threading
import time

import psutil
import pytest

from report import settings
from report.measure import kills, runs
from report.mutation import module_search
from report.mutation.client import Client, WorkerError
from report.mutation.ranking import Candidate, of
from report.mutation.sandbox import Sandbox
from report.mutation.search import MutationSearch
from report.mutation.targets import Target
from tests.conftest import DEMO
from tests.measure.test_falsify import MODULE, TOOLS

FILE = "itsdangerous/encoding.py"
STRIPS = [f"{MODULE}::strips_the_padding", f"{MODULE}::strips_the_padding_in_another_process"]
SECONDS = 60  # that a claim may run: on a busy machine, too


@pytest.fixture(scope="module")
def project(lay_out):
    """A project with claims that changes refute, and the sandbox in which they are made."""
    made = lay_out()
    text = (made.root / "pyproject.toml").read_text(encoding="utf-8")
    made.write("pyproject.toml", text.replace("tools = [", TOOLS, 1))
    made.write(MODULE, (DEMO / "sabotage.py").read_text(encoding="utf-8"))
    where = settings.read(made.root)
    sandbox = Sandbox(runs.environments(where) / "spare-0-0" / "venv", where).make()
    yield where, sandbox
    sandbox.remove()


@pytest.fixture(scope="module")
def traced(project):
    """A search whose claims have been run once, each with what it executes."""
    where, sandbox = project
    search = MutationSearch(where, lambda *told: None, budget=SECONDS)
    search.targets = {one.id: Target(one) for one in runs.collect(where, None) if one.id.startswith(MODULE)}
    search.trace(MODULE, sandbox)
    assert not search.faults
    return search


@pytest.fixture
def search(traced, project, tmp_path):
    """A copy of that search, which has found nothing yet."""
    where, _ = project
    where.falsified.unlink(missing_ok=True)
    copy = MutationSearch(where, lambda *told: None, budget=SECONDS)
    copy.targets = {
        name: Target(target.record, target.base, target.trace, target.text) for name, target in traced.targets.items()
    }
    return copy


@pytest.fixture
def stripping():
    """The change by which nothing is returned, rather than what is stripped."""
    [*_, change] = [one for one in of(FILE, read=False) if (one.function, one.instead) == ("base64_encode", "None")]
    return Candidate(FILE, change)


def test_a_bench_answers_as_often_as_it_is_asked(project):
    """The end of one answer, whose processes are ended then, is not taken for an end of the next."""
    where, sandbox = project
    with Client(where, sandbox, threading.Event()) as cold:
        answers = [cold.ask(STRIPS[:1], SECONDS) for _ in range(8)]

    assert [[(one.id, one.outcome) for one in answer] for answer in answers] == 8 * [[(STRIPS[0], "held")]]


DAEMON = """
import subprocess
import time

from claims import claim


@claim
def never_ends():
    \"""It starts a daemon, and does not end.\"""
    subprocess.run("setsid sleep 54321 &", shell=True, check=True)
    time.sleep(600)
"""


def test_a_bench_that_is_stopped_leaves_no_daemon(project):
    """What a claim has started in a session of its own ends with the bench, though nobody waits for the claim."""
    where, sandbox = project
    module = sandbox.project / "claims" / "demo" / "q02_daemon.py"
    module.write_text(DAEMON, encoding="utf-8")
    stopping = threading.Event()

    def daemons():
        return [one.pid for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", "54321"]]

    def stop():
        end = time.monotonic() + SECONDS
        while not daemons() and time.monotonic() < end:
            time.sleep(0.02)
        stopping.set()

    with Client(where, sandbox, stopping) as cold:
        cold.wait()
        stopper = threading.Thread(target=stop)
        stopper.start()
        with pytest.raises(WorkerError):
            cold.ask(["claims/demo/q02_daemon.py::never_ends"], SECONDS)
        stopper.join()
        assert daemons()

    assert daemons() == []


def test_a_change_is_tried_on_all_that_it_may_concern(search, project, stripping):
    """What has refuted one claim is tried on all others that execute it, at once."""
    where, sandbox = project

    search.sweep(stripping, {*search.targets}, sandbox)

    found = kills.read_sabotages(where.falsified)
    assert {name: one.file for name, one in found.items()} == dict.fromkeys(STRIPS, FILE)
    assert search.tried == 1


def test_what_refutes_many_is_second_best(search, project, stripping, monkeypatch):
    """A change that refutes claims of all kinds is kept, and taken where nothing that tells more is found."""
    where, sandbox = project
    monkeypatch.setattr(module_search, "TELLING", 1)
    search.within = "nowhere/"

    search.sweep(stripping, {*search.targets}, sandbox)
    assert kills.read_sabotages(where.falsified) == {}
    assert all(search.targets[one].content for one in STRIPS)

    search.hunt(MODULE, sandbox, {*STRIPS}, first=1)
    assert kills.read_sabotages(where.falsified) == {}

    search.hunt(MODULE, sandbox, {*STRIPS})
    assert kills.read_sabotages(where.falsified).keys() == {*STRIPS}


def test_only_files_that_are_asked_for_are_changed(search, project):
    """Within a path where nothing is that matters to a claim, nothing refutes it."""
    where, sandbox = project
    search.within = "nowhere/"

    search.hunt(MODULE, sandbox, {*STRIPS})

    assert (search.tried, kills.read_sabotages(where.falsified)) == (0, {})
