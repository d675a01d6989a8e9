"""What the ledger alone says, and what turns from one such result to the next."""

from dataclasses import replace
from itertools import permutations

import pytest

from report.errors import ReportError
from report.judge.assembly import Project
from report.judge.ledger_result import from_ledger
from report.judge.results import Release
from report.judge.results import text as results_text
from report.measure.ledger import Ledger, merge_all
from report.measure.ledger import text as ledger_text
from report.measure.records import parse_records
from report.model import Cell, Environment, Evidence
from report.new_release import describe, turned
from report.tell import page
from tests.judge.test_assembly import ARTICLES, entry, name, record

RECORDS = [record("turns"), record("stays"), record("is_new"), record("mends", corrects=[name("turns")])]
STACK, MAIN = Environment("3.9", "s"), Environment("3.11", "m")


def from_letters(letters, releases, environments):
    """The result of a ledger with *letters* for what each claim did, one for each environment."""
    names = (*environments,)
    lines = [entry(claim, outcomes, names=names) for claim, outcomes in letters.items()]
    ledger = Ledger(environments, {line.claim: line for line in lines})
    project = Project(ledger, [Release(release, "2025-01-01") for release in releases], ARTICLES)
    return from_ledger("markupsafe", project, parse_records(RECORDS), "2026-01-02")


@pytest.fixture
def old():
    """A release on which every claim but the new one is known."""
    return from_letters({"turns": "h", "stays": "h", "mends": "h"}, ["1.0"], {"1.0": STACK})


@pytest.fixture
def new():
    """The next release, which has been measured with its stack only."""
    did = {"turns": "hr", "stays": "hh", "is_new": ".h", "mends": "hr"}
    return from_letters(did, ["1.0", "2.0"], {"1.0": STACK, "2.0@3.9": STACK})


def test_a_stack_speaks_for_a_release_that_is_not_installed(new):
    """Where the main job has not run on the newest release, its outcomes are those with its stack."""
    assert (new.subject.version, new.subject.python) == ("2.0", "3.9")
    assert {one.id: one.verdict.mark for one in new.claims} == {
        name("turns"): "outdated",
        name("stays"): "confirmed",
        name("is_new"): "confirmed",
    }


def test_the_main_job_comes_first():
    """Where it has run on the newest release, its outcomes count."""
    both = {"2.0": MAIN, "2.0@3.9": STACK}
    found = from_letters({"turns": "hr", "stays": "hh", "is_new": "hh", "mends": "hh"}, ["2.0"], both)

    assert found.subject.python == "3.11"
    assert found.claims[0].verdict.mark == "confirmed"


def test_any_order_of_shards_gives_the_same_files():
    """Two shards measured the same cell and saw otherwise; whichever is merged first, every byte is the same."""
    other = replace(entry("turns", "h"), cells={"1.0": Cell("held", None, (Evidence("1 + 1 == 2", "2.0 == 2.0"),))})
    shards = [
        Ledger({"1.0": STACK}, {name("turns"): entry("turns", "h"), name("stays"): entry("stays", "h")}),
        Ledger({"1.0": STACK}, {name("turns"): other, name("mends"): entry("mends", "h")}),
        Ledger({"2.0": MAIN}, {name(each): entry(each, "r", names=("2.0",)) for each in ("turns", "is_new")}),
        Ledger({"2.0": MAIN}, {name(each): entry(each, "h", names=("2.0",)) for each in ("stays", "mends")}),
    ]
    written = set()
    for order in permutations(shards):
        merged = merge_all(order)
        project = Project(merged, [Release(release, "2025-01-01") for release in ("1.0", "2.0")], ARTICLES)
        result = from_ledger("markupsafe", project, parse_records(RECORDS), "2026-01-02")
        written.add((ledger_text(merged), results_text(result), page.render(result)))
    assert len(written) == 1


def test_what_turned(old, new):
    """Changed verdicts, corrections that no longer hold, and answers whose mark has changed; not what is new."""
    found = [(one.name, one.was, one.now) for one in turned(old, new, "verdict", "correction", "answer")]

    assert found == [
        (name("turns"), "confirmed", "outdated: held until 1.0, fails from 2.0"),
        (name("mends"), "held", "refuted"),
        ("top, answer 1", "confirmed", "outdated"),
    ]
    assert turned(old, old, "verdict", "correction", "answer") == []


def test_what_was_not_known_is_counted(old, new):
    """A claim without a verdict before says nothing about a release, and is counted instead."""
    assert "Without a verdict before: 1 " in next(describe("2.0", old, new, []))
    assert "before" not in next(describe("2.0", new, new, []))


def test_an_empty_ledger_remembers_nothing():
    """Where no release has been measured, that is said, with what to do."""
    with pytest.raises(
        ReportError, match=r"knows nothing of the current release, 1\.0\. Run `python -m report history`"
    ):
        from_letters({}, ["1.0"], {})
