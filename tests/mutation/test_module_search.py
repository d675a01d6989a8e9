"""The search in a module, step by step: each answer comes from a real worker in a sandbox."""

import contextlib
import shutil
import threading
import time

import psutil
import pytest

from report import settings
from report.measure import kills, runs
from report.mutation import search as mutation_search
from report.mutation.client import Client, WorkerError
from report.mutation.ranking import Candidate, mutations_of
from report.mutation.sandbox import Sandbox
from report.mutation.search import MutationSearch
from report.mutation.targets import Target
from tests.conftest import DEMO
from tests.mutation.test_search import MODULE, TOOLS

FILE = "itsdangerous/encoding.py"
STRIPS = [f"{MODULE}::strips_the_padding", f"{MODULE}::strips_the_padding_in_another_process"]
SECONDS = 60  # for a claim, even on a busy machine


@pytest.fixture(scope="module")
def project(lay_out):
    """A project with claims that kill mutants, and a sandbox."""
    copy = lay_out()
    text = (copy.root / "pyproject.toml").read_text(encoding="utf-8")
    copy.write("pyproject.toml", text.replace("tools = [", TOOLS, 1))
    copy.write(MODULE, (DEMO / "mutants.py").read_text(encoding="utf-8"))
    where = settings.read(copy.root)
    sandbox = Sandbox(runs.environments_folder(where) / "sandbox-0-0" / "venv", where).create()
    yield where, sandbox
    shutil.rmtree(sandbox.root)


def new_search(where):
    """A search in all files that reports no progress."""
    return MutationSearch(where, lambda *result: None, SECONDS, "", lambda *traced: None)


@pytest.fixture(scope="module")
def traced(project):
    """A search that has run and traced its claims."""
    where, sandbox = project
    search = new_search(where)
    search.claims = [claim for claim in runs.collect(where, None) if claim.id.startswith(MODULE)]
    search.trace(MODULE, sandbox)
    assert not search.faults
    return search


@pytest.fixture
def search(traced, project, tmp_path):
    """A copy of that search, without kills."""
    where, _ = project
    where.kills.unlink(missing_ok=True)
    copy = new_search(where)
    copy.targets = {
        claim: Target(target.record, target.answer, target.trace, target.text)
        for claim, target in traced.targets.items()
    }
    copy.open = {*copy.targets}
    return copy


@pytest.fixture
def stripping():
    """The mutation that makes `base64_encode()` return None."""
    wanted = ("base64_encode", "None")
    mutations = mutations_of(FILE, as_data=False)
    [*_, mutation] = [mutation for mutation in mutations if (mutation.function, mutation.replacement) == wanted]
    return Candidate(FILE, mutation)


def test_a_worker_answers_repeated_questions(project):
    """The client does not mistake the end of one answer for the end of the next."""
    _, sandbox = project
    with contextlib.closing(Client(sandbox, threading.Event())) as worker:
        answers = [worker.ask(STRIPS[:1], SECONDS) for _ in range(8)]

    assert [[(answer.id, answer.outcome) for answer in batch] for batch in answers] == 8 * [[(STRIPS[0], "held")]]


def test_a_worker_that_ended_is_replaced(project):
    """The client reports the end of its worker once; the next question starts another worker."""
    _, sandbox = project
    with contextlib.closing(Client(sandbox, threading.Event(), [MODULE])) as worker:
        worker.start()
        worker.process.kill()
        with pytest.raises(WorkerError, match="pytest ended"):
            worker.ask(STRIPS[:1], SECONDS)
        answers = worker.ask(STRIPS[:1], SECONDS)

    assert [(answer.id, answer.outcome) for answer in answers] == [(STRIPS[0], "held")]


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


def test_a_stopped_worker_leaves_no_daemon(project):
    """A process that a claim started in another session ends with the worker, even if the claim still runs."""
    _, sandbox = project
    module = sandbox.project_settings.claims / "demo" / "q02_daemon.py"
    module.write_text(DAEMON, encoding="utf-8")
    stopping, seen = threading.Event(), []

    def daemons():
        return [
            process.pid for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == ["sleep", "54321"]
        ]

    def stop():
        end = time.monotonic() + SECONDS
        while not daemons() and time.monotonic() < end:
            time.sleep(0.02)
        seen.extend(daemons())
        stopping.set()

    with contextlib.closing(Client(sandbox, stopping)) as worker:
        worker.start()
        stopper = threading.Thread(target=stop)
        stopper.start()
        with pytest.raises(WorkerError):
            worker.ask(["claims/demo/q02_daemon.py::never_ends"], SECONDS)
        stopper.join()

    assert seen
    assert daemons() == []


def test_a_sweep_tries_a_candidate_on_all_claims(search, project, stripping):
    """A sweep tries a candidate on all claims that execute the mutated lines, in one run."""
    where, sandbox = project

    search.sweep(stripping, sandbox)

    recorded = kills.read_kills(where.kills)
    assert {claim: kill.file for claim, kill in recorded.items()} == dict.fromkeys(STRIPS, FILE)
    assert search.tried == 1


def test_a_general_kill_is_a_fallback(search, project, stripping, monkeypatch):
    """The search keeps a mutant that kills many claims, and records it only if it finds no better one."""
    where, sandbox = project
    monkeypatch.setattr(mutation_search, "MAX_SPECIFIC", 1)
    search.within = "nowhere/"

    search.sweep(stripping, sandbox)
    assert kills.read_kills(where.kills) == {}
    assert all(search.targets[claim].fallback for claim in STRIPS)

    search.search_module(MODULE, sandbox, limit=1)
    assert kills.read_kills(where.kills) == {}

    search.search_module(MODULE, sandbox)
    assert kills.read_kills(where.kills).keys() == {*STRIPS}


def test_within_limits_the_mutated_files(search, project):
    """If no file matches `within`, the search tries nothing and records no kill."""
    where, sandbox = project
    search.within = "nowhere/"

    search.search_module(MODULE, sandbox)

    assert (search.tried, kills.read_kills(where.kills)) == (0, {})
