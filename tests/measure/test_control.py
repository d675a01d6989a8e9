"""`history --control`: cells that run again under load, and the claims that flip."""

import signal

import pytest

from report.measure import control, ledger
from tests.measure.test_history import ENVIRONMENT, record
from tests.measure.test_runs import MODULE, WAITING
from tests.past import ENVIRONMENTS, NEW, OLD
from tests.project import digest, until

CHANCE = '''
"""A claim that is sometimes refuted."""

import os
from pathlib import Path

from claims import claim


@claim
def is_the_first():
    """The order of the claims does not matter."""
    assert not Path("noise").exists()


@claim
def shows_a_set():
    """The order of a set does."""
    assert {"a", "b", "c", "d", "e", "f"}
'''
CLAIMS = "claims/demo/q03_chance.py"


@pytest.fixture
def measured(history):
    """A history with a claim that flips where there is a file `noise`, and one that shows a set."""
    history.write(CLAIMS, CHANCE)
    assert history.report("history").ret == 0
    return history


def test_no_flip(measured):
    """Every cell runs twice, a set is shown in another order, the ledger stays, exit 0."""
    before = digest(measured.ledger)
    result = measured.report("history", "--control", "--claims", "chance or escapes", "--jobs", "3")
    cells = 3 * len(ENVIRONMENTS)

    assert (result.ret, result.errlines) == (0, [])
    assert f"{2 * cells} runs of 3 claims: 0 flips (0.00 %), " in str(result.stdout)
    assert f"of {2 * len(ENVIRONMENTS)} runs: {CLAIMS}::shows_a_set" in result.outlines[-1]
    assert digest(measured.ledger) == before


def test_a_flip_is_named(measured):
    """A claim that does something else than before is named with the share, exit 1; the ledger stays."""
    before = digest(measured.ledger)
    (measured.root / "noise").touch()
    result = measured.report("history", "--control", "--times", "3", "--releases", OLD.version, "--sample", "99")

    assert result.ret == 1
    flips = "; ".join([f"held → refuted on {OLD.version}"] * 3)
    assert f"flipped in 3 of 3 runs: {CLAIMS}::is_the_first: {flips}" in result.outlines
    assert "15 runs of 5 claims: 3 flips (20.00 %), " in str(result.stdout)
    assert result.errlines == [f"flipped: {CLAIMS}::is_the_first"]
    assert digest(measured.ledger) == before


def test_an_interrupted_control_says_what_it_found(history):
    """Ctrl-C exits 130, leaves no process, and prints what has run."""
    history.write(MODULE, WAITING)
    assert history.report("history").ret == 0
    (history.root / "wait").touch()
    process = history.start_report("history", "--control", "--releases", NEW.version, "--jobs", "1")
    until(lambda: (history.root / "started").exists() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    result = history.end(process)

    assert (result.ret, result.errlines) == (130, ["Interrupted; finished work is saved."])
    assert " flips (0.00 %), " in result.outlines[-1]
    assert history.processes() == []


def test_a_sample_is_of_what_is_measured():
    """Stale cells and untried ones are not sampled; a seed gives the same sample, and each run has its own order."""
    cells = {str(number): ledger.Entry(str(number), "f", {"1.0": ledger.Cell("held")}) for number in range(50)}
    cells["untried"] = ledger.Entry("untried", "f", {"1.0": ledger.Cell("untried", "needs it")})
    known = ledger.Ledger({"1.0": ENVIRONMENT.identity}, cells)
    claims = [record(name) for name in cells] + [record("new")]

    drawn = control.sample(known, [ENVIRONMENT], [*claims, record("0", "g")], 20, seed=1)
    assert drawn == control.sample(known, [ENVIRONMENT], [*claims, record("0", "g")], 20, seed=1)
    assert drawn != control.sample(known, [ENVIRONMENT], claims, 20, seed=2)
    assert len({claim for _, claim in drawn} - {"untried", "new"}) == len(drawn) == 20
    first, second = control.tasks(drawn, 2, seed=1)
    assert sorted(first.claims) == sorted(second.claims)
    assert first.claims != second.claims
    assert len({first.hash_seed, second.hash_seed, 0}) == 3
    assert first.label != second.label
