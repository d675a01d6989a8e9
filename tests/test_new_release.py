"""A release is added by one command, from a wheel that was made for the test."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from report.cli import main
from report.measure import ledger, releases
from report.measure.releases import Release
from report.names import index
from tests.past import ENVIRONMENTS, NOTHING_TO_RUN, NOW, OLD
from tests.project import SUBJECT
from tests.wheels import wheel

ESCAPES = 'def escape(text):\n    return text.replace("<", "&lt;")\n'
WITH_THE_OLD_NAME = f"{ESCAPES}\nsoft_unicode = str\n"
NEXT = f"{NOW.version}.99"  # of the same line


@pytest.fixture
def adding(past, tmp_path):
    """A project with a past, and with environments of its own."""
    return past.copy(tmp_path / "adding", [])


def test_a_release_is_added(adding, tmp_path):
    """It is measured with its line's stack, what changed is listed, and the one before it is no longer current."""
    file = wheel(tmp_path / "shop", SUBJECT, NEXT, WITH_THE_OLD_NAME)
    result = adding.report("releases", "--from", str(file))

    assert result.ret == 0, str(result.stderr)
    name = "claims/demo/q01_names.py::has_soft_unicode"
    result.stdout.fnmatch_lines(
        [
            f"{NEXT} (20*) on stack new: 3 cells measured.",
            "Claims with another outcome than on the previous release: 1",
            f"  {name}: refuted → held: *",
            "Changed verdicts: 1",
            f"  {name}: outdated: held until {OLD.version}, fails from * → confirmed since {NEXT}",
            "Without a cause in changes.toml: 1 (`why CLAIM` finds the package)",
            f"  {name}",
            "Changed answers: 0",
        ]
    )
    known = ledger.read(adding.ledger)
    assert [*known.environments] == [*ENVIRONMENTS[:2], NOW.version, f"{NEXT}@3.9"]
    assert {one.python for one in known.environments.values()} == {"3.9"}
    assert [one.stack for one in releases.read(adding.root / "claims/releases.toml")][-2:] == ["new", "new"]
    before, after = (json.loads((adding.root / f"out/{one}.json").read_text("utf-8")) for one in ("before", "after"))
    assert (before["subject"]["version"], after["subject"]["version"]) == (NOW.version, NEXT)
    assert [one["claim"] for one in after["drift"]] == [name]
    names = index.read(adding.root / "claims" / "names.jsonl")
    assert names.find(f"{SUBJECT}.soft_unicode").ranges[-1][1] == NEXT


def test_an_added_release_is_not_measured_again(adding, tmp_path):
    """The same call once more runs nothing, and a history finds every cell fresh."""
    file = str(wheel(tmp_path / "shop", SUBJECT, NEXT, ESCAPES))
    assert adding.report("releases", "--add", NEXT, "--from", file).ret == 0
    before = adding.kept()
    again = adding.report("releases", "--add", NEXT)

    assert again.ret == 0, str(again.stderr)
    again.stdout.fnmatch_lines([f"{NEXT} (*) on stack new: 0 cells measured."])
    assert {name: one for name, one in adding.kept().items() if "ledger" in name} == {
        name: one for name, one in before.items() if "ledger" in name
    }
    dry = adding.report("history", "--dry-run", UV_FIND_LINKS=str(tmp_path / "shop"))
    assert dry.outlines == NOTHING_TO_RUN


USELESS = {
    "it needs what its stack has not": ((ESCAPES, ("itsdangerous>=99",)), "it needs itsdangerous>=99, but "),
    "it does not import": (("import no_such_module", ()), f"import {SUBJECT}: ModuleNotFoundError"),
    "nothing holds": (("def escape(text):\n    return None\n", ()), "not even claims/demo/q01_names.py::escapes holds"),
}


@pytest.mark.parametrize(("made", "said"), USELESS.values(), ids=USELESS)
def test_a_release_that_cannot_be_used_is_refused(adding, tmp_path, made, said):
    """A release that does not work with its stack is an error in one line, exit 2, and nothing is written."""
    source, needs = made
    written = [path for path in (adding.root / "claims").rglob("*.t*") if path.is_file()]
    before = [adding.kept(), *(path.read_bytes() for path in written)]
    result = adding.report("releases", "--from", str(wheel(tmp_path / "shop", SUBJECT, NEXT, source, needs)))

    assert result.ret == 2
    assert said in result.errlines[-1]
    assert result.errlines[-1].startswith(f"report: The environment of {NEXT} could not be made: ")
    assert [adding.kept(), *(path.read_bytes() for path in written)] == before


def test_a_wheel_and_another_version_contradict(adding, tmp_path):
    """A wheel is added under its own version or not at all."""
    file = str(wheel(tmp_path / "shop", SUBJECT, NEXT))
    result = adding.report("releases", "--add", "77", "--from", file)

    assert (result.ret, result.errlines[-1]) == (
        2,
        f"report: The wheel holds {NEXT}, not 77. Give either the version or the wheel.",
    )


def asked(history, monkeypatch, *arguments):
    """Run `releases` where the index has one release more."""
    monkeypatch.chdir(history.root)
    monkeypatch.setattr(releases, "final_versions", lambda subject: [NOW.version, "99.0"])
    monkeypatch.setattr(
        releases, "look_up", lambda subject, version: Release(version, date(2026, 1, 2), hashes=("sha256:0",))
    )
    return CliRunner().invoke(main, ["releases", *arguments])


def test_what_is_new_on_the_index(history, monkeypatch):
    """`--new` names what the data file lacks, a version a line, and changes nothing."""
    before = (history.root / "claims/releases.toml").read_bytes()
    result = asked(history, monkeypatch, "--new")

    assert (result.exit_code, result.stdout) == (0, "99.0\n")
    assert (history.root / "claims/releases.toml").read_bytes() == before


def test_what_is_new_is_taken_over(history, monkeypatch):
    """`--refresh` writes it into the data file, without a stack: it is not run yet."""
    result = asked(history, monkeypatch, "--refresh")

    assert result.stdout.splitlines()[0] == "new: 99.0 (2026-01-02)"
    assert releases.read(history.root / "claims/releases.toml")[-1] == Release(
        "99.0", date(2026, 1, 2), None, ("sha256:0",)
    )


def test_what_the_ledger_lacks_is_listed(history, monkeypatch):
    """Next to a release that is run stands how many outcomes are missing."""
    known = ledger.read(history.ledger)
    ledger.write(history.ledger, ledger.without(known, OLD.version))
    monkeypatch.chdir(history.root)
    result = CliRunner().invoke(main, ["releases"])

    assert [line.split()[3:] for line in result.stdout.splitlines()] == [["3", "not", "measured"], [], []]
