"""The main job: its exit codes, and which files it writes; each run is a real one, in a process of its own."""

import signal
import time

import pytest

from report.judge.assembly import Project
from report.judge.results import Release, Subject
from report.main_job import Job, measured_before, not_seen_to_fail
from report.settings import Settings
from tests.project import ROOT, digest
from tests.tell.builders import answer, article, correction, result
from tests.tell.builders import claim as stated

WRITTEN = (
    *("index.html", "results.json", "junit.xml", "summary.md", "badge-demo.json"),
    *(f"answers{of}.{kind}" for of in ("", "-demo") for kind in ("html", "md")),
    *(f"errata{of}.{kind}" for of in ("", "-demo") for kind in ("html", "md", "json")),
)
CLAIM = '''
"""Another answer."""

import pytest
from claims import claim


@claim
def {name}({fixture}):
    """It is so."""
    {line}
'''


def claim(name="is_so", line="assert 1 + 1 == 2", fixture=""):
    """A module with one claim."""
    return CLAIM.format(name=name, line=line, fixture=fixture)


def test_a_first_run_is_drift(project):
    """Without a ledger every claim is new: exit 1, each named, and the report is there all the same."""
    project.write("claims/demo/q01_so.py", claim())
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "demo: 1 of 9 answers: 1 confirmed",
            "*out/index.html*",
            "drift: claims/demo/q01_so.py::is_so: not in the ledger → confirmed",
            "*1 held in *",
        ]
    )
    assert {name for name in project.kept() if "lock" not in name} == {f"out/{name}" for name in WRITTEN}


def test_an_accepted_run_is_repeated(demo):
    """Once accepted, a run exits 0 however many claims are refuted, and changes nothing in the ledger."""
    before = digest(demo.ledger)
    result = demo.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["demo: 2 of 9 answers: 1 confirmed, 1 wrong", "*4 refuted*"])
    result.stdout.no_fnmatch_line("drift*")
    assert digest(demo.ledger) == before


def test_accept_leaves_the_ledger_and_nothing_else(accepted):
    """In the folder of claims, what a run leaves is the ledger."""
    left = {path.name for path in (accepted.root / "claims").iterdir() if path.name != "__pycache__"}
    assert left == {"__init__.py", "demo", "releases.toml", "ledger.jsonl"}


def test_drift_both_ways(demo):
    """A claim that turns is named with what it was, exit 1; accepted as it is now, its way back is drift too."""
    was = digest(demo.ledger)
    turned = demo.run(WEATHER="foul")
    assert turned.ret == 1
    turned.stdout.fnmatch_lines(["drift: claims/demo/q02_weather.py::is_fair: confirmed → wrong"])
    assert digest(demo.ledger) == was
    assert demo.run("claims", "--accept", WEATHER="foul").ret == 0
    back = demo.run()
    assert back.ret == 1
    back.stdout.fnmatch_lines(["drift: claims/demo/q02_weather.py::is_fair: wrong → confirmed"])


def test_a_claim_that_is_gone_is_drift(demo):
    """A claim that only the ledger knows is named, until that is accepted."""
    demo.write("claims/demo/q02_weather.py", claim())
    result = demo.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["drift: claims/demo/q02_weather.py::is_fair: in the ledger → no claim any more"])


def test_a_correction_that_does_not_hold(demo):
    """A correction that is refuted is named, exit 1, accepted or not."""
    result = demo.run("claims", "--accept", WEATHER="odd")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["correction does not hold (refuted): claims/demo/q02_weather.py::is_fair_or_foul"])


def test_a_refuted_claim_without_a_correction(project):
    """A refutation that says nothing instead is named, exit 1."""
    project.write("claims/demo/q01_so.py", claim(line="assert 1 + 1 == 3"))
    result = project.run("claims", "--accept")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["no correction: claims/demo/q01_so.py::is_so"])


def test_an_unknown_reference_fails_and_leaves_the_old_report(demo):
    """A misspelt reference exits with 1 and names the nearest; neither the report nor the ledger is written."""
    head = 'title = "Ten facts"\nquestions = 9\n'
    demo.write("claims/demo/sentences.toml", f'{head}[q02]\n0a = ["is_fare"]\n')
    before = demo.kept()
    result = demo.run("claims", "--accept", WEATHER="foul")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["unknown reference: demo/sentences.toml, [[]q02] 0a: no claim is called is_fare; the nearest name is is_fair"]
    )
    assert demo.kept() == before


def test_a_right_answer_is_confirmed_by_a_correction(demo):
    """An answer that states what corrects another one is confirmed, and the run is drift only by its new claim."""
    head = 'title = "Ten facts"\nquestions = 9\n'
    demo.write("claims/demo/sentences.toml", f'{head}[q03]\n0a = ["demo/q01_escaping::replaces_ampersands"]\n')
    result = demo.run()
    result.stdout.fnmatch_lines(["demo: 3 of 9 answers: 2 confirmed, 1 wrong"])
    assert result.ret == 0


def test_what_is_not_yet_checked_is_said(demo):
    """A part that is open is no fault, and is shown next to the marks: in the terminal, the result and the page."""
    head = 'title = "Ten facts"\nquestions = 9\n'
    parts = '[{says = "fair", claims = ["is_fair"]}, {says = "always", todo = true}]'
    demo.write("claims/demo/sentences.toml", f"{head}[q02]\n0a = {parts}\n")
    result = demo.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["demo: 2 of 9 answers: 1 confirmed, 1 wrong; 1 part not yet checked"])
    assert {answer["count"]["todo"] for answer, _ in demo.claims() if answer["question"] == 2} == {1}
    assert "1 part not yet checked" in (demo.root / "out/index.html").read_text(encoding="utf-8")
    assert "1 part not yet checked" in (demo.root / "out/summary.md").read_text(encoding="utf-8")


BROKEN = {
    "a typo": {"line": "answer = anwser\n    assert answer == 42"},
    "a fixture that breaks": {"fixture": "no_such_fixture"},
    "no assertion": {"line": "print()"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_test_accuses_no_article(demo, broken):
    """What breaks outside an assertion is untried: exit 1, named with its reason, and no verdict on the article."""
    demo.write("claims/demo/q02_weather.py", claim("is_fair", **broken))
    ledger = digest(demo.ledger)
    result = demo.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*= untried =*",
            "demo: 2 of 9 answers: 1 wrong, 1 untried",
            "broken test: claims/demo/q02_weather.py::is_fair: *",
            "no claim was tried of demo, answer 2",
            "*1 untried*",
        ]
    )
    (verdicts,) = [
        (answer["verdict"], claim["verdict"]["mark"]) for answer, claim in demo.claims() if answer["question"] == 2
    ]
    assert verdicts == ("untried", "untried")
    assert digest(demo.ledger) == ledger


def test_no_claim_was_tried(project):
    """A run in which nothing could be tried exits 1 and says so, accepted or not."""
    project.write("claims/demo/q01_so.py", claim().replace("@claim", '@claim\n@pytest.mark.needs("no-such-thing")'))
    result = project.run("claims", "--accept")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["no claim was tried"])


def test_nothing_to_collect(project):
    """Where there is no claim at all, pytest's own code says so."""
    assert project.run().ret == pytest.ExitCode.NO_TESTS_COLLECTED


PARTIAL = {
    "-k": ["claims", "-k", "is_fair or ampersands"],
    "-m": ["claims", "-m", "needs"],
    "one file": ["claims/demo/q02_weather.py"],
    "a node id": ["claims/demo/q02_weather.py::is_fair"],
    "every file by a node id": ["claims/demo/q01_escaping.py::signs", "claims/demo/q02_weather.py"],
    "--ignore": ["claims", "--ignore=claims/demo/q01_escaping.py"],
    "--deselect": ["claims", "--deselect=claims/demo/q02_weather.py::is_fair"],
    "-n": ["claims", "-n1", "-k", "is_fair or ampersands"],
}


@pytest.mark.parametrize("arguments", PARTIAL.values(), ids=PARTIAL)
def test_a_partial_run_leaves_all_as_it_was(demo, arguments):
    """A part of the claims, though one has turned and all is accepted, changes no file and says so."""
    before = demo.kept()
    result = demo.run(*arguments, "--accept", WEATHER="foul")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["demo: * answers: *", "A partial run: the report and the ledger stay as they are."])
    assert demo.kept() == before


def test_a_run_that_stops_early_leaves_all_as_it_was(demo):
    """`-x` stops at a broken claim, not at a refuted one, and a run that stopped is a partial one."""
    demo.write("claims/demo/q03_last.py", claim(line="raise ValueError") + claim("is_not_reached"))
    before = demo.kept()
    result = demo.run("claims", "-x", "--accept")
    assert result.ret == 1
    assert result.parseoutcomes() == {"held": 13, "refuted": 4, "untried": 1}
    result.stdout.fnmatch_lines(["A partial run: *", "claims/demo/q03_last.py::is_so: ValueError"])
    assert demo.kept() == before


WAITING = """
import pathlib, time


def wait():
    pathlib.Path("started").touch()
    time.sleep(50)


@pytest.fixture
def waits_at_the_end():
    yield
    wait()
"""


@pytest.mark.parametrize(
    "waiting",
    [
        pytest.param({"line": "wait()\n    assert 1 == 1"}, id="in a claim"),
        pytest.param({"fixture": "waits_at_the_end"}, id="after the last claim"),
    ],
)
def test_an_interrupted_run_leaves_all_as_it_was(demo, waiting):
    """Ctrl-C in mid-run exits 2; report and ledger are those of before, byte for byte, and no draft is left."""
    demo.write("claims/demo/q03_waiting.py", claim(**waiting) + WAITING)
    before = demo.kept()
    process = demo.start(demo.command("claims", "--accept"))
    end = time.monotonic() + 60
    while not (demo.root / "started").exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    result = demo.end(process)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert result.duration < 30
    assert demo.kept() == before


DAMAGED = {
    "a ledger that is cut off": ("claims/ledger.jsonl", lambda text: text[:-20]),
    "a ledger that is no text": ("claims/ledger.jsonl", lambda text: b"\xff\xfe\x00"),
    "releases that are cut off": ("claims/releases.toml", lambda text: text[:-3]),
    "releases that are no list": ("claims/releases.toml", lambda text: text.replace("[[releases]]", "[releases]")),
    "sentences without a title": ("claims/demo/sentences.toml", lambda text: text.replace("title", "name")),
}


@pytest.mark.parametrize(("name", "damage"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_reported_before_anything_runs(demo, name, damage):
    """A file of ours that cannot be read is named in one line with what to do: exit 4, and nothing is overwritten."""
    path = demo.root / name
    damaged = damage(path.read_text(encoding="utf-8"))
    path.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    before, untouched = demo.kept(), path.read_bytes()
    result = demo.run("claims", "--accept")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert line.startswith("ERROR: ")
    assert f"{name} is damaged: " in line
    assert (demo.kept(), path.read_bytes()) == (before, untouched)


def test_a_component_that_is_missing_here(demo):
    """The ledger's outcome stands, exit 0, and the terminal and the report say so."""
    ledger = digest(demo.ledger)
    (demo.root / "bin" / "barometer").unlink()
    result = demo.run("claims", "--accept")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "demo: 2 of 9 answers: 1 confirmed, 1 wrong",
            "1 claim could not be tried here: the ledger's outcomes stand.",
        ]
    )
    (measured,) = [claim for _, claim in demo.claims() if claim["id"].endswith("::is_measured")]
    assert measured["verdict"]["mark"] == "confirmed"
    assert measured["reason"] == "measured before; here it needs barometer, which is not here"
    assert digest(demo.ledger) == ledger


def test_a_component_that_was_never_here(demo):
    """A claim that no machine has measured yet is no verdict; once accepted as such, a run exits 0."""
    (demo.root / "bin" / "barometer").unlink()
    demo.ledger.unlink()
    demo.run("claims", "--accept")
    result = demo.run()
    assert "is_measured" not in "".join(line for line in result.outlines if line.startswith("drift"))
    assert result.ret == 0


def test_an_older_release_that_is_not_measured(demo):
    """A refuted claim is untried while nothing is known of a release in its past; that fails the run, by name."""
    demo.write(
        "claims/releases.toml",
        (demo.root / "claims" / "releases.toml").read_text(encoding="utf-8")
        + '\n[[releases]]\nversion = "1.0"\nreleased = 2017-03-07\nstack = "1"\n',
    )
    result = demo.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*claims/demo/q01_escaping.py::leaves_ampersands*"])


def test_a_report_that_cannot_be_written(demo):
    """Where the report cannot go, that is said in one line, exit 1, and nothing is written instead."""
    (demo.root / "taken").write_text("a file", encoding="utf-8")
    before = demo.kept()
    result = demo.run("claims", "--out", "taken")
    assert result.ret == 1
    assert result.errlines == []
    result.stdout.fnmatch_lines(["*taken*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert demo.kept() == before


def test_a_full_disk(demo):
    """Where there is no room, that is said without a traceback, and the old files are whole."""
    before = demo.kept()
    limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *demo.command("claims", "-p", "no:cacheprovider")]
    result = demo.end(demo.start([*limited, "--accept"], PYTHONDONTWRITEBYTECODE="1", WEATHER="foul"))
    assert result.ret == 1
    assert result.errlines == []
    result.stdout.fnmatch_lines(["*File too large*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert demo.kept() == before


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("held", "confirmed"), ("refuted", "no verdict before `history`"), ("untried", "untried")],
)
def test_a_verdict_may_need_the_history(outcome, word):
    """A claim that is refuted here and unmeasured on an older release is not called untried: it was tried."""
    fields = {"id": "q01::one", "statement": "", "topic": "", "kind": "technical", "data": False, "corrects": [],
            "needs": [], "lacking": None, "line": 1, "source": "", "fingerprint": "f", "outcome": outcome}  # fmt: skip
    run = [Release("1", None), Release("2", None)]
    subject = Subject("s", "2", None, "3.11")
    job = Job(Settings(ROOT, "s", ROOT), subject, Project(releases=run))
    assert job.verdict(fields) == word


def test_a_shared_correction_counts_once():
    """A correction of several claims is one test, which is named and counted once."""
    shared = correction("top31/q11_x.py::is_so", reason="measured before; here it needs nginx, which is not here")
    refuted = (stated(f"top31/q11_x.py::{name}", "rrrr", corrections=(shared,)) for name in ("is_one", "is_two"))
    found = result(article(answer(11, "A topic", *refuted)))
    assert not_seen_to_fail(found) == [
        "1 test has not been seen to fail (`python -m report falsify`): claims/top31/q11_x.py::is_so"
    ]
    assert measured_before(found) == ["1 claim could not be tried here: the ledger's outcomes stand."]
