"""Several machines' results as one: a union that does not depend on the order, and refuses contradictions."""

from collections.abc import Iterable
from functools import reduce

import msgspec

from report.errors import ReportError
from report.measure.ledger import Entry, Ledger, merge
from report.model import Cell, Environment, EnvironmentName


class ContradictionError(ReportError):
    """Two results cannot both stand."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The results contradict each other: {what}.", "Measure it again; nothing was written.")


def union(ledgers: Iterable[Ledger]) -> Ledger:
    """All that *ledgers* hold: commutative, associative, idempotent.

    Raises:
        ContradictionError: an environment was not the same, a claim's test was not the same, or an outcome was not.
    """
    return reduce(_both, ledgers, Ledger())


def over(base: Ledger, measured: Ledger) -> Ledger:
    """*base* with what was *measured* in the place of what it knew before."""
    for name, environment in measured.environments.items():
        seen = {
            claim: (entry.fingerprint, entry.cells[name])
            for claim, entry in measured.entries.items()
            if name in entry.cells
        }
        base = merge(base, name, environment, seen)
    return base


def _both(one: Ledger, other: Ledger) -> Ledger:
    environments = {name: _environment(name, one, other) for name in {*one.environments, *other.environments}}
    entries = {claim: _entry(claim, one, other) for claim in {*one.entries, *other.entries}}
    return Ledger(environments, entries)


def _environment(name: str, one: Ledger, other: Ledger) -> Environment:
    found = {ledger.environments[name] for ledger in (one, other) if name in ledger.environments}
    if len(found) > 1:
        raise ContradictionError(f"{name} was run on different packages or Pythons")
    return found.pop()


def _entry(claim: str, one: Ledger, other: Ledger) -> Entry:
    found = [ledger.entries[claim] for ledger in (one, other) if claim in ledger.entries]
    if len({entry.fingerprint for entry in found}) > 1:
        raise ContradictionError(f"{claim} was measured by different tests")
    names = sorted({name for entry in found for name in entry.cells}, key=EnvironmentName.parse)
    cells = {name: _cell(claim, name, [entry.cells[name] for entry in found if name in entry.cells]) for name in names}
    return Entry(claim, found[0].fingerprint, cells)


def _cell(claim: str, name: str, found: list[Cell]) -> Cell:
    """One cell of two: the same outcome may have been seen in other words, of which the order must not decide."""
    if len({cell.outcome for cell in found}) > 1:
        raise ContradictionError(f"{claim} did different things on {name}")
    return min(found, key=msgspec.json.encode)
