"""Merging the results of several machines: the order does not matter, and contradictions are errors."""

from collections.abc import Iterable

import msgspec

from report.errors import ReportError
from report.measure.ledger import Entry, Ledger, merge
from report.model import Environment


class ContradictionError(ReportError):
    """Two results contradict each other."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The results contradict each other: {what}.", "Measure it again; no file was changed.")


def union(ledgers: Iterable[Ledger]) -> Ledger:
    """All environments and entries of *ledgers*; commutative, associative and idempotent.

    Raises:
        ContradictionError: two ledgers have different stacks of an environment, or fingerprints or outcomes of a claim.
    """
    environments: dict[str, Environment] = {}
    entries: dict[str, Entry] = {}
    for ledger in ledgers:
        for name, environment in ledger.environments.items():
            if environments.setdefault(name, environment) != environment:
                raise ContradictionError(f"{name} was run on different packages or Pythons")
        for claim, entry in ledger.entries.items():
            entries[claim] = _both(entries.get(claim, entry), entry)
    return Ledger(environments, entries)


def _both(left: Entry, right: Entry) -> Entry:
    """The cells of two entries; of two with equal outcomes and different evidence, the same in whatever order."""
    if left.fingerprint != right.fingerprint:
        raise ContradictionError(f"{left.claim} was measured by different tests")
    cells = {**left.cells, **right.cells}
    for name, cell in left.cells.items():
        other = right.cells.get(name, cell)
        if other.outcome != cell.outcome:
            raise ContradictionError(f"{left.claim} has different outcomes on {name}")
        cells[name] = min(cell, other, key=msgspec.json.encode)
    return Entry(left.claim, left.fingerprint, cells)


def overlay(base: Ledger, measured: Ledger) -> Ledger:
    """*base*, with the cells of *measured* in place of its own."""
    for name, environment in measured.environments.items():
        base = merge(base, name, environment, measured.cells_on(name))
    return base
