"""The hunt for what refutes claims, step by step: each answer comes from a real bench in a spare of the environment."""

import threading
import time

import psutil
import pytest

from report import settings
from report.measure import kills, runs
from report.mutation import module_search
from report.mutation.client import Bench, BenchError
from report.mutation.ranking import Suspect, of
from report.mutation.sandbox import Spare
from report.mutation.search import Falsification
from report.mutation.targets import Case
from tests.conftest import DEMO
from tests.measure.test_falsify import MODULE, TOOLS

FILE = "itsdangerous/encoding.py"
STRIPS = [f"{MODULE}::strips_the_padding", f"{MODULE}::strips_the_padding_in_another_process"]
SECONDS = 60  # that a claim may run: on a busy machine, too


@pytest.fixture(scope="module")
def project(lay_out):
    """A project with claims that changes refute, and the spare in which they are made."""
    made = lay_out()
    text = (made.root / "pyproject.toml").read_text(encoding="utf-8")
    made.write("pyproject.toml", text.replace("tools = [", TOOLS, 1))
    made.write(MODULE, (DEMO / "sabotage.py").read_text(encoding="utf-8"))
    where = settings.read(made.root)
    spare = Spare(runs.environments(where) / "spare-0-0" / "venv", where).make()
    yield where, spare
    spare.remove()


@pytest.fixture(scope="module")
def traced(project):
    """A search whose claims have been run once, each with what it executes."""
    where, spare = project
    search = Falsification(where, lambda *told: None, budget=SECONDS)
    search.cases = {one.id: Case(one) for one in runs.collect(where, None) if one.id.startswith(MODULE)}
    search.trace(MODULE, spare)
    assert not search.faults
    return search


@pytest.fixture
def search(traced, project, tmp_path):
    """A copy of that search, which has found nothing yet."""
    where, _ = project
    where.falsified.unlink(missing_ok=True)
    copy = Falsification(where, lambda *told: None, budget=SECONDS)
    copy.cases = {name: Case(case.record, case.base, case.trace, case.text) for name, case in traced.cases.items()}
    return copy


@pytest.fixture
def stripping():
    """The change by which nothing is returned, rather than what is stripped."""
    [*_, change] = [one for one in of(FILE, read=False) if (one.function, one.instead) == ("base64_encode", "None")]
    return Suspect(FILE, change)


def test_a_bench_answers_as_often_as_it_is_asked(project):
    """The end of one answer, whose processes are ended then, is not taken for an end of the next."""
    where, spare = project
    with Bench(where, spare, threading.Event()) as cold:
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
    where, spare = project
    module = spare.project / "claims" / "demo" / "q02_daemon.py"
    module.write_text(DAEMON, encoding="utf-8")
    stopping = threading.Event()

    def daemons():
        return [one.pid for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", "54321"]]

    def stop():
        end = time.monotonic() + SECONDS
        while not daemons() and time.monotonic() < end:
            time.sleep(0.02)
        stopping.set()

    with Bench(where, spare, stopping) as cold:
        cold.wait()
        stopper = threading.Thread(target=stop)
        stopper.start()
        with pytest.raises(BenchError):
            cold.ask(["claims/demo/q02_daemon.py::never_ends"], SECONDS)
        stopper.join()
        assert daemons()

    assert daemons() == []


def test_a_change_is_tried_on_all_that_it_may_concern(search, project, stripping):
    """What has refuted one claim is tried on all others that execute it, at once."""
    where, spare = project

    search.sweep(stripping, {*search.cases}, spare)

    found = kills.read_sabotages(where.falsified)
    assert {name: one.file for name, one in found.items()} == dict.fromkeys(STRIPS, FILE)
    assert search.tried == 1


def test_what_refutes_many_is_second_best(search, project, stripping, monkeypatch):
    """A change that refutes claims of all kinds is kept, and taken where nothing that tells more is found."""
    where, spare = project
    monkeypatch.setattr(module_search, "TELLING", 1)
    search.within = "nowhere/"

    search.sweep(stripping, {*search.cases}, spare)
    assert kills.read_sabotages(where.falsified) == {}
    assert all(search.cases[one].content for one in STRIPS)

    search.hunt(MODULE, spare, {*STRIPS}, first=1)
    assert kills.read_sabotages(where.falsified) == {}

    search.hunt(MODULE, spare, {*STRIPS})
    assert kills.read_sabotages(where.falsified).keys() == {*STRIPS}


def test_only_files_that_are_asked_for_are_changed(search, project):
    """Within a path where nothing is that matters to a claim, nothing refutes it."""
    where, spare = project
    search.within = "nowhere/"

    search.hunt(MODULE, spare, {*STRIPS})

    assert (search.tried, kills.read_sabotages(where.falsified)) == (0, {})
