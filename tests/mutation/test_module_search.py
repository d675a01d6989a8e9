"""The search, step by step: each answer comes from a real worker in a sandbox."""

import contextlib
import queue
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from report import settings
from report.errors import ReportError
from report.measure import kills, runs
from report.mutation.operators import Mutation, mutations, original
from report.mutation.sandbox import Sandbox
from report.mutation.search import Search
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
    sandbox = Sandbox(runs.environments_folder(where) / "sandbox-0-0" / "venv", where, threading.Event()).create()
    yield where, sandbox
    shutil.rmtree(sandbox.root)
    sandbox.temporary.cleanup()


@pytest.fixture
def sandbox(project):
    """The sandbox; its worker ends after the test."""
    with contextlib.closing(project[1]) as sandbox:
        yield sandbox


@pytest.fixture
def search(project, sandbox):
    """A search that has traced the claims of MODULE, without kills and cells."""
    where, _ = project
    where.kills.unlink(missing_ok=True)
    (runs.work_folder(where) / "kill_matrix.jsonl").unlink(missing_ok=True)
    found = Search(where, lambda *begun: None, lambda result: None, jobs=1)
    claims = [claim for claim in runs.collect(where, None) if claim.id.startswith(MODULE)]
    pool = queue.Queue()
    pool.put(sandbox)
    found.trace(claims, pool)
    return found


@pytest.fixture
def stripping():
    """The mutation that makes `base64_encode()` return None."""
    wanted = ("base64_encode", "None")
    return [mutation for mutation in mutations(FILE) if (mutation.function, mutation.replacement) == wanted][-1]


def changed(before, after):
    """The mutation of the first line that is *before*, without indentation."""
    row, line = next((row, line) for row, line in enumerate(original(FILE).split("\n"), 1) if line.strip() == before)
    return Mutation(FILE, (row, len(line) - len(before), row, len(line)), after, "base64_encode")


def test_a_session_answers_repeated_questions(sandbox):
    """The sandbox does not mistake the end of one answer for the end of the next, nor a session for another."""
    outcomes = []
    for _ in range(2):
        with sandbox.session():
            outcomes += [sandbox.run(STRIPS[0], SECONDS).outcome for _ in range(4)]

    assert outcomes == 8 * ["survived"]


def test_a_mutant_that_cannot_be_imported_crashes_all_claims(sandbox):
    """If a session cannot collect the claims, each has crashed; the next session is as ever."""
    with sandbox.session(Mutation(FILE, (1, 0, 1, 0), "1 / 0\n", "")):
        assert [sandbox.run(claim, SECONDS).outcome for claim in STRIPS] == 2 * ["crashed"]
    with sandbox.session():
        assert sandbox.run(STRIPS[0], SECONDS).outcome == "survived"


def test_a_session_collects_what_it_is_asked_for(sandbox):
    """What cannot be collected has crashed, and the next claim is collected as ever."""
    folder = sandbox.settings.claims / "demo"
    (folder / "q03_more.py").write_bytes((folder / "q01_mutants.py").read_bytes())
    (folder / "q04_broken.py").write_text("1 / 0\n", encoding="utf-8")
    names = [
        "q01_mutants.py::sums_up",
        "q01_mutants.py::gone",
        "q04_broken.py::a",
        "q05_gone.py::a",
        "q03_more.py::sums_up",
    ]

    with sandbox.session():
        outcomes = [sandbox.run(f"claims/demo/{name}", SECONDS).outcome for name in names]

    assert outcomes == ["survived", "crashed", "crashed", "crashed", "survived"]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("import os; os._exit(3)", "crashed"), ("while True: pass", "timed out")],
    ids=["exit", "loop"],
)
def test_a_claim_that_gives_no_outcome_does_not_end_the_session(sandbox, code, outcome):
    """A mutant may end the process of a claim, or keep it busy in a way that no signal interrupts."""
    blocked = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})"
    with sandbox.session(changed("string = want_bytes(string)", f"{blocked}\n    {code}")):
        assert sandbox.run(STRIPS[0], 1).outcome == outcome
        assert sandbox.run(f"{MODULE}::sums_up", SECONDS).outcome == "survived"


def test_a_web_server_of_another_user_can_reach_the_files_of_a_claim(sandbox):
    """What a claim lays out for it is in the sandbox's own temporary folder."""
    assert Path(sandbox.temporary.name).stat().st_mode & 0o005 == 0o005


def test_a_worker_that_ended_is_replaced(sandbox):
    """The claim whose worker ends has crashed; the next claim starts another worker."""
    sandbox.start()
    sandbox.process.kill()
    with sandbox.session():
        assert [sandbox.run(STRIPS[0], SECONDS).outcome for _ in range(2)] == ["crashed", "survived"]


def test_a_worker_that_does_not_start_is_an_error(sandbox, monkeypatch):
    """Then no claim could run: the error has what the worker printed."""
    monkeypatch.setattr("report.mutation.sandbox.START_SECONDS", -1)

    with pytest.raises(ReportError, match="worker of a sandbox did not start"), sandbox.session():
        pass


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


def test_a_stopped_worker_leaves_no_daemon(sandbox, monkeypatch):
    """A process that a claim started in another session ends with the worker, even if the claim still runs."""
    monkeypatch.setattr(sandbox, "stopping", threading.Event())
    module = sandbox.settings.claims / "demo" / "q02_daemon.py"
    module.write_text(DAEMON, encoding="utf-8")
    seen = []

    def daemons():
        return [
            process.pid for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == ["sleep", "54321"]
        ]

    def stop():
        end = time.monotonic() + SECONDS
        while not daemons() and time.monotonic() < end:
            time.sleep(0.02)
        seen.extend(daemons())
        sandbox.stopping.set()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(TimeoutError), sandbox.session():
        sandbox.run("claims/demo/q02_daemon.py::never_ends", SECONDS)
    stopper.join()

    assert seen
    assert daemons() == []


def test_a_mutant_that_kills_is_tried_on_the_others(search, sandbox, stripping):
    """A mutant that one claim wants, and that it kills, is tried on all claims that execute its line."""
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox)

    assert search.settle() == {*STRIPS}
    recorded = kills.read_kills(search.settings.kills)
    assert {claim: (kill.file, kill.others) for claim, kill in recorded.items()} == {
        STRIPS[0]: (FILE, (STRIPS[1],)),
        STRIPS[1]: (FILE, (STRIPS[0],)),
    }
    cells = search.matrix.mutants[stripping.id].cells
    assert {claim.partition("::")[2]: cell.outcome for claim, cell in cells.items()} == {
        "strips_the_padding": "killed",
        "strips_the_padding_in_another_process": "killed",
        "is_what_it_is": "survived",
    }
    ran = search.ran
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox)
    assert search.ran == ran, "fresh cells do not run again"


GROUP = f"""
[[same]]
states = "`base64_encode()` strips the padding"
claims = ["demo/q01_mutants::strips_the_padding", "demo/q01_mutants::strips_the_padding_in_another_process"]

[[mutant]]
claim = "demo/q01_mutants::strips_the_padding"
file = "{FILE}"
before = 'return base64.urlsafe_b64encode(string).rstrip(b"=")'
after = "return base64.urlsafe_b64encode(string)"

[[mutant]]
claim = "demo/q01_mutants::is_what_it_is"
file = "{FILE}"
before = 'return base64.urlsafe_b64encode(string).rstrip(b"=")'
after = "return base64.urlsafe_b64encode(string).upper()"
"""


def test_a_directed_mutant_runs_on_its_group(search, sandbox):
    """Claims that state the same want the same mutant, and count as one; a mutant that its claim survives is said."""
    search.settings.mutants.write_text(GROUP, encoding="utf-8")
    again = Search(search.settings, lambda *begun: None, lambda result: None, jobs=1)
    records = [target.record for target in search.targets.values()]
    again.trace(records, queue.Queue())
    rows = again.directed_rows(records)
    search.settings.mutants.unlink()

    assert [[target.id for target in wanting] for _, wanting in rows] == [STRIPS, [f"{MODULE}::is_what_it_is"]]
    for row in rows:
        again.run_row(*row, sandbox)
    assert again.settle() == {*STRIPS}
    recorded = kills.read_kills(search.settings.kills)
    assert [(recorded[claim].others, recorded[claim].directed) for claim in STRIPS] == 2 * [((), True)]
    assert again.directed_rows(records) == []
    assert [*again.poor_choices(records)] == [
        'demo/q01_mutants::is_what_it_is: return base64.urlsafe_b64encode(string).rstrip(b"=") → '
        "return base64.urlsafe_b64encode(string).upper(): survived"
    ]


def test_a_later_kill_is_counted(search, sandbox, stripping):
    """If a mutant turns out to be general, the kills that were recorded for it are no longer distinguishing."""
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox)
    assert search.settle()
    third = search.targets[f"{MODULE}::is_what_it_is"]
    cells = search.matrix.mutants[stripping.id].cells
    cells[third.id] = replace(cells[STRIPS[0]], fingerprint=third.record.fingerprint)

    assert search.settle() == set()
    assert len(kills.read_kills(search.settings.kills)) == 3


def test_a_kill_of_another_machine_stays_distinguishing(search, sandbox, stripping):
    """It was tried on the other claims there; here, only what it kills counts."""
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox, alone=True)
    search.settle()
    path = search.settings.kills
    (recorded,) = kills.read_kills(path).values()
    kills.write(path, {recorded.claim: replace(recorded, others=())})

    assert search.settle() == {STRIPS[0]}


def test_a_kill_goes_with_its_test(search, sandbox, stripping):
    """The kill of a claim that is gone, or whose test has changed, is deleted."""
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox)
    search.settle()
    path = search.settings.kills
    recorded = kills.read_kills(path)
    third = f"{MODULE}::is_what_it_is"
    gone, changed = (replace(recorded[STRIPS[0]], claim=claim, fingerprint="old") for claim in ("gone", third))
    kills.write(path, {**recorded, "gone": gone, third: changed})

    search.settle()

    assert kills.read_kills(path) == recorded


def test_a_mutant_tried_alone_tells_of_no_claim(search, sandbox, stripping):
    """What shows only what a claim notices distinguishes nothing: it was not tried on the others."""
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox, alone=True)

    assert search.settle() == set()
    assert [kill.others for kill in kills.read_kills(search.settings.kills).values()] == [None]


def test_a_general_mutant_tells_of_no_claim(search, sandbox, stripping, monkeypatch):
    """A mutant that kills as many claim functions as GENERAL distinguishes none of them, and is tried no further."""
    monkeypatch.setattr("report.mutation.search.GENERAL", 2)
    monkeypatch.setattr("report.mutation.matrix.GENERAL", 2)

    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox)

    assert search.settle() == set()
    assert [kill.others for kill in kills.read_kills(search.settings.kills).values()] == [None, None]
    assert not search.matrix.may_distinguish(stripping.id, search.targets[STRIPS[0]])


def test_a_general_mutant_is_the_last_resort(search, sandbox, stripping, monkeypatch):
    """A claim that kills no mutant of its own is tried with general ones: its test was then seen to fail."""
    monkeypatch.setattr("report.mutation.search.GENERAL", 1)
    monkeypatch.setattr("report.mutation.matrix.GENERAL", 1)
    search.run_row(stripping, [search.targets[STRIPS[0]]], sandbox, alone=True)
    target = search.targets[STRIPS[1]]
    monkeypatch.setattr("report.mutation.search.rank", lambda *given: [stripping])

    search._search_claim(target, sandbox)

    assert search.matrix.has_kill(target.record)
    assert search.settle() == set()


def test_a_crash_is_no_kill(search, sandbox):
    """A mutant that makes the claim raise an exception, instead of failing an assertion, is not killed."""
    broken = changed("string = want_bytes(string)", "raise 1")

    search.run_row(broken, [search.targets[STRIPS[0]]], sandbox)

    assert search.matrix.mutants[broken.id].cells[STRIPS[0]].outcome == "crashed"
    assert search.settle() == set()
    assert kills.read_kills(search.settings.kills) == {}
