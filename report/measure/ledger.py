"""The ledger: what each claim did in each environment, as committed text.

The first line lists the environments. Each other line is one claim, in order, and groups the environments with the
same cell. An outcome is valid for one fingerprint of the claim's test and one stack of the environment: if either
changes, the old outcomes are dropped.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import filelock
import msgspec

from report.errors import ReportError
from report.files import decode_lines, read_lines, reading, write_whole
from report.model import Cell, Environment, EnvironmentName, Evidence, Outcome


class ContradictionError(ReportError):
    """Two results contradict each other."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The results contradict each other: {what}.", "Measure it again; no file was changed.")


@dataclass(frozen=True)
class Entry:
    """One claim: the fingerprint of its test, and its cells by name of the environment."""

    claim: str
    fingerprint: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Ledger:
    """Environments by name, entries by claim."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def cells(self, claim: str, fingerprint: str) -> Mapping[str, Cell]:
        """The cells of *claim*; none if they were measured with another *fingerprint* of its test."""
        entry = self.entries.get(claim)
        return entry.cells if entry is not None and entry.fingerprint == fingerprint else {}

    def cells_on(self, name: str) -> dict[str, tuple[str, Cell]]:
        """The fingerprint and the cell of each claim in one environment, by claim."""
        entries = self.entries.items()
        return {claim: (entry.fingerprint, entry.cells[name]) for claim, entry in entries if name in entry.cells}

    def measured_claims(self) -> Counter[str]:
        """The number of claims with an outcome, by release."""
        releases = ({EnvironmentName.parse(name).release for name in entry.cells} for entry in self.entries.values())
        return Counter(chain.from_iterable(releases))


def find(name: str, claims: Iterable[str]) -> str:
    """The claim called *name*, or the only one whose id contains it.

    Raises:
        ReportError: there is none, or there are several.
    """
    matches = [claim for claim in claims if name in claim]
    if name in matches:
        return name
    if not matches:
        hint = "Try a part of its id, as in the ledger or the report."
        raise ReportError(f"No claim is called {name!r}.", hint)
    if len(matches) > 1:
        raise ReportError(f"{len(matches)} claims match {name!r}.", f"Name one: {', '.join(matches[:8])}")
    return matches[0]


def merge(ledger: Ledger, name: str, environment: Environment, measured: Mapping[str, tuple[str, Cell]]) -> Ledger:
    """The ledger with the cells that were *measured* in one environment: a fingerprint and a cell by claim."""
    entries = {claim: Entry(claim, fingerprint, {name: cell}) for claim, (fingerprint, cell) in measured.items()}
    return overlay(ledger, Ledger({name: environment}, entries))


def overlay(base: Ledger, measured: Ledger) -> Ledger:
    """*base*, with the cells of *measured* in place of its own."""
    changed = {
        name for name, environment in measured.environments.items() if base.environments.get(name) != environment
    }
    entries = dict(without(base, *changed).entries)
    for claim, entry in measured.entries.items():
        old = entries.get(claim)
        cells = old.cells if old and old.fingerprint == entry.fingerprint else {}
        entries[claim] = replace(entry, cells={**cells, **entry.cells})
    return Ledger({**base.environments, **measured.environments}, entries)


def without(ledger: Ledger, *names: str) -> Ledger:
    """The ledger without some environments."""
    environments = {name: environment for name, environment in ledger.environments.items() if name not in names}
    if len(environments) == len(ledger.environments):
        return ledger
    entries = {
        claim: replace(entry, cells={name: cell for name, cell in entry.cells.items() if name not in names})
        for claim, entry in ledger.entries.items()
    }
    return Ledger(environments, entries)


def keep_claims(ledger: Ledger, claims: Iterable[str]) -> Ledger:
    """The ledger without all claims but *claims*."""
    return replace(ledger, entries={claim: ledger.entries[claim] for claim in claims if claim in ledger.entries})


def merge_all(ledgers: Iterable[Ledger]) -> Ledger:
    """All environments and entries of *ledgers*, in any order; raises ContradictionError where two are not the same."""
    environments: dict[str, Environment] = {}
    fingerprints: dict[str, str] = {}
    cells: dict[str, dict[str, Cell]] = {}
    shared: dict[Cell, Cell] = {}  # equal cells are one object: a hundred shards repeat the same evidence
    for ledger in ledgers:
        for name, environment in ledger.environments.items():
            if environments.setdefault(name, environment) != environment:
                raise ContradictionError(f"{name} was run on different packages or Pythons")
        for claim, entry in ledger.entries.items():
            if fingerprints.setdefault(claim, entry.fingerprint) != entry.fingerprint:
                raise ContradictionError(f"{claim} was measured by different tests")
            found = cells.setdefault(claim, {})
            for name, cell in entry.cells.items():
                found[name] = _either(found.get(name), shared.setdefault(cell, cell), claim, name)
    entries = {claim: Entry(claim, fingerprint, cells[claim]) for claim, fingerprint in fingerprints.items()}
    return Ledger(environments, entries)


def _either(left: Cell | None, right: Cell, claim: str, name: str) -> Cell:
    """The cell of two. Where their evidence differs, the choice does not depend on the order."""
    if left is None or left is right:
        return right
    if left.outcome != right.outcome:
        raise ContradictionError(f"{claim} has different outcomes on {name}")
    return min(left, right, key=msgspec.json.encode)


def read(path: Path) -> Ledger:
    """Read the ledger; a missing file is an empty ledger; raises DamagedFileError, which names the line."""
    if not path.exists():
        return Ledger()
    hint = f"Restore it with `git checkout -- {path.name}`, or delete it and run `python -m report history`."
    with reading(path, hint):
        lines = read_lines(path)
        (header,) = decode_lines(lines[:1] or [b""], _Header)
        claims = enumerate(decode_lines(lines[1:], _Line, first=2, unique="claim"), start=2)
        entries = {line.claim: _entry(number, line, header.environments) for number, line in claims}
    return Ledger(header.environments, entries)


def write(path: Path, ledger: Ledger) -> None:
    """Write the whole ledger; replaces the file in one step."""
    write_whole(path, text(ledger))


def text(ledger: Ledger) -> str:
    """The text of the ledger's file; equal ledgers give equal bytes."""
    environments = dict(sorted(ledger.environments.items(), key=lambda item: EnvironmentName.parse(item[0])))
    lines = [_line(entry) for _, entry in sorted(ledger.entries.items()) if entry.cells]
    return msgspec.json.Encoder().encode_lines([_Header(1, environments), *lines]).decode()


def locked(path: Path) -> filelock.BaseFileLock:
    """A lock to hold while the ledger in *path* is read and written; raises filelock.Timeout after a minute."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    return filelock.FileLock(Path(tempfile.gettempdir(), f"ledger-{name}.lock"), timeout=60, mode=0o666)


@dataclass(frozen=True)
class _Header:
    schema: Literal[1]
    environments: dict[str, Environment]

    def __post_init__(self) -> None:
        """Raise a ValueError if a version is not valid."""
        sorted(self.environments, key=lambda name: EnvironmentName.parse(name).order)


class _Group(msgspec.Struct, gc=False):
    outcome: Outcome
    on: list[str]
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()


class _Line(msgspec.Struct, gc=False):
    claim: str
    fingerprint: str
    seen: list[_Group]


def _entry(number: int, line: _Line, environments: Iterable[str]) -> Entry:
    cells: dict[str, Cell] = {}
    for group in line.seen:
        cell = Cell(group.outcome, group.reason, group.evidence)
        for name in group.on:
            if name in cells or name not in environments:
                fault = f"{name} is listed twice" if name in cells else f"line 1 does not list {name}"
                raise ValueError(f"line {number}: {fault}")
            cells[name] = cell
    return Entry(line.claim, line.fingerprint, cells)


def _line(entry: Entry) -> dict[str, Any]:
    groups: dict[Cell, list[str]] = {}
    for name in sorted(entry.cells, key=EnvironmentName.parse):
        groups.setdefault(entry.cells[name], []).append(name)
    seen = [_without_defaults(cell, names) for cell, names in groups.items()]
    return {"claim": entry.claim, "fingerprint": entry.fingerprint, "seen": seen}


def _without_defaults(cell: Cell, names: list[str]) -> dict[str, Any]:
    evidence = [asdict(item) for item in cell.evidence]
    for item in evidence:
        if item["times"] <= 1:
            del item["times"]
    group = {"outcome": cell.outcome, "on": names, "reason": cell.reason, "evidence": evidence}
    return {name: value for name, value in group.items() if value}
