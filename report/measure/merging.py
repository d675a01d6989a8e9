"""Merging the results of several machines: the order does not matter, and contradictions are errors."""

from collections.abc import Iterable
from functools import reduce

import msgspec

from report.errors import ReportError
from report.measure.ledger import Entry, Ledger, merge
from report.model import Cell, Environment, EnvironmentName


class ContradictionError(ReportError):
    """Two results contradict each other."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The results contradict each other: {what}.", "Measure it again; no file was changed.")


def union(ledgers: Iterable[Ledger]) -> Ledger:
    """All environments and entries of *ledgers*; commutative, associative and idempotent.

    Raises:
        ContradictionError: two ledgers have different stacks of an environment, or fingerprints or outcomes of a claim.
    """
    return reduce(_both, ledgers, Ledger())


def overlay(base: Ledger, measured: Ledger) -> Ledger:
    """*base*, with the cells of *measured* in place of its own."""
    for name, environment in measured.environments.items():
        cells = {
            claim: (entry.fingerprint, entry.cells[name])
            for claim, entry in measured.entries.items()
            if name in entry.cells
        }
        base = merge(base, name, environment, cells)
    return base


def _both(left: Ledger, right: Ledger) -> Ledger:
    environments = {name: _environment(name, left, right) for name in {*left.environments, *right.environments}}
    entries = {claim: _entry(claim, left, right) for claim in {*left.entries, *right.entries}}
    return Ledger(environments, entries)


def _environment(name: str, left: Ledger, right: Ledger) -> Environment:
    versions = {ledger.environments[name] for ledger in (left, right) if name in ledger.environments}
    if len(versions) > 1:
        raise ContradictionError(f"{name} was run on different packages or Pythons")
    return versions.pop()


def _entry(claim: str, left: Ledger, right: Ledger) -> Entry:
    entries = [ledger.entries[claim] for ledger in (left, right) if claim in ledger.entries]
    if len({entry.fingerprint for entry in entries}) > 1:
        raise ContradictionError(f"{claim} was measured by different tests")
    names = sorted({name for entry in entries for name in entry.cells}, key=EnvironmentName.parse)
    cells = {
        name: _cell(claim, name, [entry.cells[name] for entry in entries if name in entry.cells]) for name in names
    }
    return Entry(claim, entries[0].fingerprint, cells)


def _cell(claim: str, name: str, cells: list[Cell]) -> Cell:
    """One of *cells*: equal outcomes may have different evidence, and the order of the ledgers must not matter."""
    if len({cell.outcome for cell in cells}) > 1:
        raise ContradictionError(f"{claim} has different outcomes on {name}")
    return min(cells, key=msgspec.json.encode)
