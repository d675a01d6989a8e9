"""Several machines' results become one, in whatever order, or none if they contradict each other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.measure.ledger import ContradictionError, Entry, Ledger, merge_all, overlay
from report.model import Cell, Environment, Evidence

HELD, REFUTED = Cell("held", None, (Evidence("a", "b"),)), Cell("refuted", None, (Evidence("a", "c"),))
OLD, NEW = Environment("3.9", "old"), Environment("3.11", "new")


def of(claim="q01::one", fingerprint="f", environment=OLD, **cells):
    """A ledger with one claim; *cells* by the release's major version."""
    named = {name.replace("v", "") + ".0": cell for name, cell in cells.items()}
    return Ledger(dict.fromkeys(named, environment), {claim: Entry(claim, fingerprint, named)})


# Ledgers that could come from machines that ran the same claims: outcomes depend on claim and release alone.
words = st.sampled_from(["seen", "seen otherwise"])


def outcome(claim, release):
    """What a claim does on a release, in a world where it always does the same."""
    return "held" if (len(claim) + int(release[0])) % 2 else "refuted"


@st.composite
def parts(draw):
    """What one machine may have measured."""
    environments = draw(st.sets(st.sampled_from(["1.0", "2.0", "3.0"])))
    entries = {}
    for claim in draw(st.sets(st.sampled_from(["a", "bb", "ccc"]))):
        names = draw(st.sets(st.sampled_from(sorted(environments)))) if environments else set()
        cells = {name: Cell(outcome(claim, name), None, (Evidence("x", draw(words)),)) for name in names}
        entries[claim] = Entry(claim, f"test of {claim}", cells)
    return Ledger(dict.fromkeys(environments, OLD), entries)


def facts(ledger):
    """A ledger without the order of its dictionaries."""
    entries = {claim: (entry.fingerprint, dict(entry.cells)) for claim, entry in ledger.entries.items()}
    return dict(ledger.environments), entries


@given(parts(), parts())
def test_the_order_is_irrelevant(one, other):
    """Merging is commutative."""
    assert facts(merge_all([one, other])) == facts(merge_all([other, one]))


@given(parts(), parts(), parts())
def test_the_grouping_is_irrelevant(one, two, three):
    """Merging is associative."""
    assert facts(merge_all([merge_all([one, two]), three])) == facts(merge_all([one, merge_all([two, three])]))


@given(parts())
def test_a_result_twice_is_the_result(one):
    """Merging is idempotent."""
    assert facts(merge_all([one, one])) == facts(one)


def test_different_releases_come_together():
    """Two shards of a history are one history."""
    together = merge_all([of(v1=HELD), of(v2=REFUTED)])

    assert together.entries["q01::one"].cells == {"1.0": HELD, "2.0": REFUTED}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param(of(v1=REFUTED), "q01::one has different outcomes on 1.0", id="another outcome"),
        pytest.param(of(v1=HELD, fingerprint="g"), "q01::one was measured by different tests", id="another test"),
        pytest.param(of(v1=HELD, environment=NEW), "1.0 was run on different packages", id="another stack"),
    ],
)
def test_a_contradiction_is_refused_by_name(other, why):
    """Two results that cannot both stand are refused, whichever comes first."""
    for pair in ([of(v1=HELD), other], [other, of(v1=HELD)]):
        with pytest.raises(ContradictionError, match=why):
            merge_all(pair)


def test_what_was_measured_goes_over_what_was_known():
    """The ledger keeps what was not measured again, and takes the rest."""
    base = of(v1=HELD, v2=HELD)
    known = overlay(base, of(v2=REFUTED))

    assert known.entries["q01::one"].cells == {"1.0": HELD, "2.0": REFUTED}


def test_another_stack_ends_what_the_old_one_gave():
    """If an environment has a new stack, only what was measured with it stays."""
    base = of(v1=HELD, v2=HELD)
    base = replace(base, entries={**base.entries, **of("q02::two", v2=HELD).entries})
    known = overlay(base, of(environment=NEW, v2=REFUTED))

    assert known.environments["2.0"] == NEW
    assert known.entries["q02::two"].cells == {}
    assert known.entries["q01::one"].cells == {"1.0": HELD, "2.0": REFUTED}
