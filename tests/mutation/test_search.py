"""Falsification: which claims kill a mutant, and what the search leaves behind; each search is real."""

import json
import signal
import time

import psutil
import pytest

from report.errors import DamagedFileError
from report.measure import kills
from report.mutation.operators import SITE
from tests.conftest import DEMO

MODULE = "claims/demo/q01_mutants.py"
LONG = 300  # seconds for a search, which runs each claim dozens of times
QUICK = ("falsify", "--jobs", "1", "--limit", "30")
# Packages that these tests do not mutate need not be copied.
TOOLS = 'tools = ["babel", "django", "sqlalchemy", "twisted", "tornado", "gevent",'


def installed():
    """Return all installed files, with size and time."""
    files = (path for path in SITE.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def recorded_kills(project):
    """Return the lines of kills.jsonl, by the names of their claims."""
    path = project.root / "claims" / "kills.jsonl"
    entries = map(json.loads, path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    return {entry["claim"].partition("::")[2]: entry for entry in entries}


def orphans(project):
    """Return the sandboxes that a search left behind, and the processes that run in them."""
    sandboxes = list((project.root / ".history" / "environments").glob("sandbox-*"))
    folder = str(project.root / ".history" / "environments" / "sandbox-")
    running = [
        process for process in psutil.process_iter(["cmdline"]) if folder in " ".join(process.info["cmdline"] or ())
    ]
    return sandboxes + running


@pytest.fixture(scope="module")
def searched(lay_out):
    """A project after a search, the output of the search, and whether the installed files are unchanged."""
    project = lay_out()
    settings = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    project.write("pyproject.toml", settings.replace("tools = [", TOOLS, 1))
    project.write(MODULE, (DEMO / "mutants.py").read_text(encoding="utf-8"))
    before = installed()
    result = project.end(project.start_report(*QUICK), patience=LONG)
    return project, result, before == installed()


@pytest.fixture
def known(searched, tmp_path):
    """A copy of that project."""
    return searched[0].copy(tmp_path / "known")


def test_a_claim_that_kills_no_mutant_is_named(searched):
    """The search names the claims that kill no mutant, or only crash with one, and exits with 1."""
    _, result, _ = searched

    assert result.ret == 1
    assert result.errlines[0].startswith("not seen to fail")
    assert [line for line in result.errlines if "not seen to fail" in line] == [
        f"not seen to fail: {MODULE}::is_what_it_is",
        f"not seen to fail: {MODULE}::sums_up",
    ]
    assert result.outlines[-3:-1] == [
        "5 claims: 0 refuted by a release, 3 killed a mutant, 0 waived, 2 never seen to fail.",
        "3 have a distinguishing mutant, 0 only general ones: 0 with a reason, 0 without.",
    ]
    assert "Suspect a test that has not failed" in result.outlines[-1]


def test_a_kill_is_recorded(searched):
    """The record has the mutated line, its place, and the values that the claim observed."""
    entries = recorded_kills(searched[0])

    assert {name: entry["kind"] for name, entry in entries.items()} == {
        "strips_the_padding": "comparison",
        "strips_the_padding_in_another_process": "comparison",
        "refuses_what_it_cannot_decode": "not raised",
    }
    assert all(entry["distance"] == 0 for entry in entries.values()), "the claims name the mutated functions"
    assert entries["refuses_what_it_cannot_decode"]["others"] == []
    strips = f"{MODULE}::strips_the_padding"
    assert entries["strips_the_padding"]["others"] in ([], [f"{strips}_in_another_process"])
    entry = entries["strips_the_padding"]
    assert (entry["package"], entry["file"]) == ("itsdangerous", "itsdangerous/encoding.py")
    assert entry["was"] != entry["became"]
    assert entry["was"] in " ".join((SITE / entry["file"]).read_text(encoding="utf-8").split())
    assert entry["observed"] != "b'YQ' == b'YQ'"


def test_installed_files_are_unchanged(searched):
    """The search changes, adds and deletes no installed file."""
    assert searched[2]


def test_nothing_is_left(searched):
    """After a search, its sandboxes, its processes and the temporary files of its claims no longer exist."""
    assert orphans(searched[0]) == []
    assert [*(searched[0].root / "scratch").iterdir()] == []


DIRECTED = """
[[mutant]]
claim = "demo/q01_mutants::refuses_what_it_cannot_decode"
file = "itsdangerous/encoding.py"
before = 'raise BadData("Invalid base64-encoded data") from e'
after = 'return b""'

[[mutant]]
claim = "demo/q01_mutants::sums_up"
file = "itsdangerous/encoding.py"
before = "a line of another release"
after = ""
"""


def test_only_directed_mutants_run(searched, tmp_path):
    """`--directed` generates none; a mutant whose line is gone is named, and no fault."""
    project = searched[0].copy(tmp_path / "directed", environments=[])
    project.write("claims/mutants.toml", DIRECTED)

    result = project.end(project.start_report("falsify", "--directed", "--jobs", "1"), patience=LONG)

    assert "1 directed mutants." in result.outlines
    assert result.errlines[0].startswith(
        "mutants.toml: demo/q01_mutants::sums_up: 'a line of another release' is no line"
    )
    kill = recorded_kills(project)["refuses_what_it_cannot_decode"]
    assert (kill["directed"], kill["became"], kill["others"]) == (True, 'return b""', [])

    project.write("claims/mutants.toml", "")
    project.end(project.start_report("falsify", "--directed", "--jobs", "1"), patience=LONG)
    assert not any(kill.get("directed") for kill in recorded_kills(project).values())  # of an entry that was deleted


def test_a_killing_claim_is_not_searched_again(known):
    """A second search skips the claims with a mutant of their own; `--all` searches for all claims again."""
    assert known.report("falsify", "--dry-run").outlines == [f"{MODULE}::is_what_it_is", f"{MODULE}::sums_up"]
    assert len(known.report("falsify", "--dry-run", "--all").outlines) == 5
    assert known.report("falsify", "--dry-run", "--claims", "padding").outlines == [
        "Nothing to do: every claim has a mutant, or is waived."
    ]


def test_a_shard_is_a_part_of_the_claims(known):
    """Several machines can share a search."""
    first, second = (known.report("falsify", "--dry-run", "--all", "--shard", f"{k}/2").outlines for k in (1, 2))
    assert sorted(first + second) == sorted(known.report("falsify", "--dry-run", "--all").outlines)


def test_a_matrix_of_another_machine_is_added(searched, tmp_path):
    """What another machine has run does not run again, and gives the same kills."""
    project = searched[0].copy(tmp_path / "other", environments=[])
    (project.root / "claims" / "kills.jsonl").unlink()
    matrix = searched[0].root / ".history" / "kill_matrix.jsonl"

    result = project.end(project.start_report(*QUICK, "--from", str(matrix)), patience=LONG)

    assert "0 times, a claim ran with a mutant." in result.outlines
    assert recorded_kills(project) == recorded_kills(searched[0])


def test_survivors_are_listed(known):
    """For each claim, the list has the number of mutants in what it names, and those that it did not notice."""
    lines = known.report("falsify", "--survivors").outlines

    starts = [line.partition(":: ")[0].partition(": killed ") for line in lines if line.startswith("claims/")]
    assert [claim.partition("::")[2] for claim, _, _ in starts] == [
        "strips_the_padding",
        "strips_the_padding_in_another_process",
        "refuses_what_it_cannot_decode",
        "is_what_it_is",
        "sums_up",
    ]
    assert lines[-1].startswith(f"{MODULE}::sums_up: killed 0 of 0 ")
    [blind] = [line for line in lines if line.startswith(f"{MODULE}::is_what_it_is")]
    assert ": killed 0 of " in blind
    assert any(line.startswith("    survived: itsdangerous/encoding.py:") for line in lines)


def test_an_entry_dies_with_its_test(known):
    """If the test of a claim changes, its kill is no longer valid, and the claim is searched again."""
    text = (known.root / MODULE).read_text(encoding="utf-8")
    known.write(MODULE, text.replace('(b"a") == b"YQ"', '(b"b") == b"Yg"'))

    assert f"{MODULE}::strips_the_padding" in known.report("falsify", "--dry-run").outlines
    assert known.report("falsify", "--check").ret == 1
    assert "strips_the_padding" in recorded_kills(known), "--dry-run and --check delete nothing"


def test_check_accepts_kills_and_waivers(known):
    """If each claim without a kill is waived, the check passes, and the report has the reason."""
    known.write(
        "claims/waived.toml",
        f'"{MODULE}::is_what_it_is" = "It is what it is."\n"{MODULE}::sums_up" = "Arithmetic."\n',
    )

    result = known.report("falsify", "--check")

    counts = "5 claims: 0 refuted by a release, 3 killed a mutant, 2 waived, 0 never seen to fail."
    assert (result.ret, result.outlines[-2]) == (0, counts)
    assert known.run("claims", "--accept").ret == 0
    reasons = {claim["id"].partition("::")[2]: claim["seen_to_fail"] for _, claim in known.claims()}
    assert reasons["sums_up"] == {"waived": "Arithmetic."}
    assert reasons["strips_the_padding"].keys() == {"mutant", "seen"}
    assert reasons["strips_the_padding"]["mutant"]["file"] == "itsdangerous/encoding.py"


def test_check_counts_the_claims_that_only_general_mutants_kill(known):
    """A reason is counted with its claim; one of a claim with a distinguishing mutant is to be taken out."""
    general = [{**entry, "others": None} for name, entry in recorded_kills(known).items() if "padding" in name]
    known.write("claims/kills.jsonl", "".join(json.dumps(entry) + "\n" for entry in general))
    known.write("claims/mutants.toml", '[general]\n"demo/q01_mutants::strips_the_padding" = "Why."\n"x" = "Why."\n')

    result = known.report("falsify", "--check")

    assert "0 have a distinguishing mutant, 2 only general ones: 1 with a reason, 1 without." in result.outlines
    stale = "mutants.toml: [general]: x has a distinguishing mutant, or is no claim: take it out."
    assert [line for line in result.errlines if line.startswith("mutants.toml")] == [stale]


def test_the_main_job_names_claims_without_a_kill(known):
    """The main job reports a note, not a fault."""
    result = known.run("claims", "--accept")

    assert result.ret == 0
    named = f"{MODULE}::is_what_it_is, {MODULE}::sums_up"
    result.stdout.fnmatch_lines([f"2 tests have not been seen to fail*: {named}"])


def test_a_claim_refuted_by_a_release_is_not_searched(demo):
    """A claim that the ledger lists as refuted needs no mutant."""
    names = demo.report("falsify", "--dry-run").outlines

    assert "claims/demo/q01_escaping.py::leaves_ampersands" not in names
    assert "claims/demo/q01_escaping.py::replaces_ampersands" in names


@pytest.mark.parametrize(
    ("signal_number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)], ids=["Ctrl-C", "SIGTERM"]
)
def test_an_interrupted_search_continues(searched, tmp_path, signal_number, code):
    """The recorded kills remain, no process survives, and the next search skips the claims with a kill."""
    project = searched[0].copy(tmp_path / "interrupted", environments=[])
    (project.root / "claims" / "kills.jsonl").unlink()
    matrix = project.root / ".history" / "kill_matrix.jsonl"
    matrix.unlink(missing_ok=True)
    search = project.start_report(*QUICK)
    end = time.monotonic() + LONG
    while '"killed"' not in (matrix.read_text(encoding="utf-8") if matrix.exists() else "") and time.monotonic() < end:
        time.sleep(0.02)

    search.send_signal(signal_number)
    result = project.end(search)

    assert result.ret == code, str(result.stderr)
    kept = recorded_kills(project)
    assert kept
    assert orphans(project) == []
    remaining = project.report("falsify", "--dry-run").outlines
    assert not {f"{MODULE}::{name}" for name in kept} & {*remaining}


DAMAGED = {
    "half a line": '{"claim": "a", "fing',
    "another line": '{"claim": "a"}\n',
    "an unknown kind": '{"kind": "guess"}\n',
    "too deep": '{"claim":' + "[" * 100_000 + "\n",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_reported(tmp_path, text):
    """The error names the damaged file and its line."""
    path = tmp_path / "kills.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DamagedFileError, match=r"kills\.jsonl is damaged: line 1: "):
        kills.read_kills(path)


@pytest.mark.parametrize("text", ['"a" = ""\n', '"a" = 1\n', '"a" = '], ids=["no reason", "a number", "half"])
def test_a_waiver_needs_a_reason(tmp_path, text):
    """A test that is waived without a reason is an error."""
    path = tmp_path / "waived.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DamagedFileError, match=r"waived\.toml is damaged: "):
        kills.read_waivers(path)


def test_kills_survive_a_round_trip(tmp_path):
    """The file has the kills in the order of their claims, and reading returns the same kills."""
    path = tmp_path / "kills.jsonl"
    fields = ("f", "Flask", "3.1.3", "flask/app.py", 1, "a", "b", "comparison", "a == b", "1 == 2")
    entries = {"b": kills.Kill("b", *fields), "a": kills.Kill("a", *fields, ("b",), 2)}

    kills.write(path, entries)

    assert kills.read_kills(path) == entries
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
    """The newest by version, on any Python."""
    assert kills.Kills().refutation("a", "f", outcomes) == (release and {"release": release})


def test_which_kill_says_most_about_a_claim():
    """Sort by how many other claims notice the mutant, then by distance; records without that number come last."""
    fields = ("f", "Flask", "3.1.3", "flask/app.py", 1, "a", "b", "comparison", "a == b", "1 == 2")
    known, two, far, near = (
        kills.Kill("a", *fields, *more) for more in ((), (("b", "c"), 0), (("b",), 3), (("b",), 1))
    )

    assert sorted([known, two, far, near], key=lambda kill: kill.order) == [near, far, two, known]
    assert [kill.distinguishes for kill in (near, far, two, known)] == [True, True, False, False]
