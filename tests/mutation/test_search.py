"""Falsification: which claims are seen to fail, and what is left of the search; each run is a real one."""

import json
import signal
import time

import psutil
import pytest

from report.errors import DamagedFileError
from report.measure import kills
from report.mutation.sandbox import SITE
from tests.conftest import DEMO

MODULE = "claims/demo/q01_sabotage.py"
LONG = 300  # seconds that a search may take: it runs each claim dozens of times
QUICK = ("falsify", "--jobs", "1", "--budget", "120")
# Whatever is no subject of these tests need not be copied.
TOOLS = 'tools = ["babel", "django", "sqlalchemy", "twisted", "flask_restx", "flask_restplus", "tornado", "gevent",'


def installed():
    """Every installed file, with its size and time."""
    files = (path for path in SITE.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def lines(project):
    """What the project knows of sabotage: the entries by the names of their claims."""
    path = project.root / "claims" / "falsified.jsonl"
    found = map(json.loads, path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    return {one["claim"].partition("::")[2]: one for one in found}


def left(project):
    """What a search has left behind: sandboxes, and processes that run in them."""
    sandboxes = list((project.root / ".history" / "environments").glob("spare-*"))
    folder = str(project.root / ".history" / "environments" / "spare-")
    running = [one for one in psutil.process_iter(["cmdline"]) if folder in " ".join(one.info["cmdline"] or ())]
    return sandboxes + running


@pytest.fixture(scope="module")
def searched(lay_out):
    """A project in which a search has come to its end, what it said, and whether what is installed is as it was."""
    project = lay_out()
    settings = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    project.write("pyproject.toml", settings.replace("tools = [", TOOLS, 1))
    project.write(MODULE, (DEMO / "sabotage.py").read_text(encoding="utf-8"))
    before = installed()
    result = project.end(project.start_report(*QUICK), patience=LONG)
    return project, result, before == installed()


@pytest.fixture
def known(searched, tmp_path):
    """A copy of that project."""
    return searched[0].copy(tmp_path / "known")


def test_what_nothing_refutes_is_named(searched):
    """A claim that no change refutes, or that changes only bring down, is named, and the search exits with 1."""
    _, result, _ = searched

    assert result.ret == 1
    assert [line for line in result.errlines if "not seen to fail" in line] == [
        f"not seen to fail: {MODULE}::is_what_it_is",
        f"not seen to fail: {MODULE}::sums_up",
    ]
    assert result.outlines[-1] == "5 claims: 0 seen to fail on a release, 3 by sabotage, 0 excused, 2 not."


def test_what_refuted_a_claim_is_written_down(searched):
    """What was changed, where, and what the claim then saw."""
    found = lines(searched[0])

    assert {name: one["kind"] for name, one in found.items()} == {
        "strips_the_padding": "comparison",
        "strips_the_padding_in_another_process": "comparison",
        "refuses_what_it_cannot_decode": "not raised",
    }
    one = found["strips_the_padding"]
    assert (one["package"], one["file"]) == ("itsdangerous", "itsdangerous/encoding.py")
    assert one["was"] != one["became"]
    assert one["was"] in " ".join((SITE / one["file"]).read_text(encoding="utf-8").split())
    assert one["observed"] != "b'YQ' == b'YQ'"


def test_what_is_installed_is_as_it_was(searched):
    """No installed file is changed, none comes, none goes."""
    assert searched[2]


def test_nothing_is_left(searched):
    """When a search has ended, its sandboxes and processes are gone."""
    assert left(searched[0]) == []


def test_what_is_known_is_not_looked_for(known):
    """A second search is about what is not yet known; `--all` is about everything."""
    assert known.report("falsify", "--dry-run").outlines == [f"{MODULE}::is_what_it_is", f"{MODULE}::sums_up"]
    assert len(known.report("falsify", "--dry-run", "--all").outlines) == 5
    assert known.report("falsify", "--dry-run", "--claims", "padding").outlines == [
        "Nothing to do: every claim was seen to fail, or is excused."
    ]


def test_an_entry_dies_with_its_test(known):
    """A claim whose test has changed is looked for anew, and what is known of the old one is forgotten."""
    text = (known.root / MODULE).read_text(encoding="utf-8")
    known.write(MODULE, text.replace('(b"a") == b"YQ"', '(b"b") == b"Yg"'))

    assert f"{MODULE}::strips_the_padding" in known.report("falsify", "--dry-run").outlines
    assert known.report("falsify", "--check").ret == 1
    assert "strips_the_padding" in lines(known), "to ask is not to forget"


def test_check_is_content_with_what_is_seen_or_excused(known):
    """With a reason for those that nothing refutes, all is well; the report says the reason."""
    known.write(
        "claims/excused.toml",
        f'"{MODULE}::is_what_it_is" = "It is what it is."\n"{MODULE}::sums_up" = "Arithmetic."\n',
    )

    result = known.report("falsify", "--check")

    assert (result.ret, result.outlines[-1]) == (
        0,
        "5 claims: 0 seen to fail on a release, 3 by sabotage, 2 excused, 0 not.",
    )
    assert known.run("claims", "--accept").ret == 0
    told = {claim["id"].partition("::")[2]: claim["seen_to_fail"] for _, claim in known.claims()}
    assert told["sums_up"] == {"excused": "Arithmetic."}
    assert told["strips_the_padding"].keys() == {"sabotage", "change", "seen"}


def test_the_main_job_tells_what_was_not_seen_to_fail(known):
    """It is a note, and no fault."""
    result = known.run("claims", "--accept")

    assert result.ret == 0
    named = f"{MODULE}::is_what_it_is, {MODULE}::sums_up"
    result.stdout.fnmatch_lines([f"2 tests have not been seen to fail*: {named}"])


def test_a_release_that_refuted_it_will_do(demo):
    """What the ledger says was refuted needs no sabotage."""
    names = demo.report("falsify", "--dry-run").outlines

    assert "claims/demo/q01_escaping.py::leaves_ampersands" not in names
    assert "claims/demo/q01_escaping.py::replaces_ampersands" in names


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_search_goes_on(searched, tmp_path, how, code):
    """What was found before is kept, nothing is left running, and the next search is about the rest."""
    project = searched[0].copy(tmp_path / "interrupted", environments=[])
    (project.root / "claims" / "falsified.jsonl").unlink()
    search = project.start_report("falsify", "--jobs", "1", "--budget", "60")
    end = time.monotonic() + LONG
    while not lines(project) and time.monotonic() < end:
        time.sleep(0.02)

    search.send_signal(how)
    result = project.end(search)

    assert result.ret == code, str(result.stderr)
    kept = lines(project)
    assert kept
    assert left(project) == []
    asked = project.report("falsify", "--dry-run").outlines
    assert not {f"{MODULE}::{name}" for name in kept} & {*asked}


DAMAGED = {
    "half a line": '{"claim": "a", "fing',
    "another line": '{"claim": "a"}\n',
    "a kind that there is not": '{"kind": "guess"}\n',
    "too deep": '{"claim":' + "[" * 100_000 + "\n",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_said(tmp_path, text):
    """A file that is not what it has to be is named, with the line."""
    path = tmp_path / "falsified.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DamagedFileError, match=r"falsified\.jsonl is damaged: line 1: "):
        kills.read_sabotages(path)


@pytest.mark.parametrize("text", ['"a" = ""\n', '"a" = 1\n', '"a" = '], ids=["no reason", "a number", "half"])
def test_an_excuse_needs_a_reason(tmp_path, text):
    """An excuse without a reason is none."""
    path = tmp_path / "excused.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DamagedFileError, match=r"excused\.toml is damaged: "):
        kills.read_excused(path)


def test_what_is_written_is_read(tmp_path):
    """Entries come back as they were, in the order of their claims."""
    path = tmp_path / "falsified.jsonl"
    told = ("f", "Flask", "3.1.3", "flask/app.py", 1, "a", "b", "comparison", "a == b", "1 == 2")
    entries = {name: kills.Kill(name, *told) for name in ("b", "a")}

    kills.write(path, entries)

    assert kills.read_sabotages(path) == entries
    assert [json.loads(line)["claim"] for line in path.read_text(encoding="utf-8").splitlines()] == ["a", "b"]


@pytest.mark.parametrize(
    ("outcomes", "release"),
    [
        ({}, None),
        ({"1.0": "held", "2.0": "untried"}, None),
        ({"0.12.2": "refuted", "0.9": "refuted", "2.0": "held"}, "0.12.2"),
        ({"3.1.3@3.9": "refuted"}, "3.1.3"),
    ],
)
def test_which_release_refuted_a_claim(outcomes, release):
    """The newest by version, on whichever Python."""
    assert kills.refuting(outcomes) == release
