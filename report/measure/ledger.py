"""The ledger: what each claim did in each environment, as committed text.

The first line lists the environments. Each other line is one claim, in order, and groups the environments with the
same cell. An outcome is valid for one fingerprint of the claim's test and one stack of the environment: if either
changes, the old outcomes are dropped.
"""

import contextlib
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import filelock
import msgspec

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text, write_whole
from report.model import Cell, Environment, EnvironmentName, Evidence, Outcome

SCHEMA: Literal[1] = 1


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

    def measured_claims(self) -> Counter[str]:
        """The number of claims with an outcome, by release."""
        releases = ({EnvironmentName.parse(name).release for name in entry.cells} for entry in self.entries.values())
        return Counter(chain.from_iterable(releases))


def merge(ledger: Ledger, name: str, environment: Environment, measured: Mapping[str, tuple[str, Cell]]) -> Ledger:
    """The ledger with the cells that were *measured* in one environment: a fingerprint and a cell by claim."""
    if ledger.environments.get(name) != environment:
        ledger = without(ledger, name)
    entries = dict(ledger.entries)
    for claim, (fingerprint, cell) in measured.items():
        cells = {**ledger.cells(claim, fingerprint), name: cell}
        entries[claim] = Entry(claim, fingerprint, cells)
    return Ledger({**ledger.environments, name: environment}, entries)


def without(ledger: Ledger, name: str) -> Ledger:
    """The ledger without one environment."""
    entries = {
        claim: replace(entry, cells={where: cell for where, cell in entry.cells.items() if where != name})
        for claim, entry in ledger.entries.items()
    }
    return Ledger({key: value for key, value in ledger.environments.items() if key != name}, entries)


def keep_claims(ledger: Ledger, claims: Iterable[str]) -> Ledger:
    """The ledger without all claims but *claims*."""
    kept = set(claims)
    return replace(ledger, entries={claim: entry for claim, entry in ledger.entries.items() if claim in kept})


def read(path: Path) -> Ledger:
    """Read the ledger; a missing file is an empty ledger.

    Raises:
        DamagedFileError: a line cannot be read; the message names it.
    """
    if not path.exists():
        return Ledger()
    number = 1
    try:
        lines = read_text(path).removesuffix("\n").split("\n")  # evidence may contain other line separators
        header = msgspec.json.decode(lines[0], type=_Header)
        for name in header.environments:
            _ = EnvironmentName.parse(name).order  # raises if the version is not valid
        entries = {}
        for number, line in enumerate(lines[1:], start=2):  # noqa: B007 (the error message names it)
            entry = _entry(msgspec.json.decode(line, type=_Line), header.environments)
            if entry.claim in entries:
                raise ValueError("the claim is listed twice")
            entries[entry.claim] = entry
    except UNREADABLE as error:
        hint = f"Restore it with `git checkout -- {path.name}`, or delete it and run `python -m report history`."
        raise DamagedFileError(path, f"line {number}: {error}", hint) from error
    return Ledger(header.environments, entries)


def write(path: Path, ledger: Ledger) -> None:
    """Write the whole ledger; replaces the file in one step."""
    write_whole(path, text(ledger))


def text(ledger: Ledger) -> str:
    """The text of the ledger's file; equal ledgers give equal bytes."""
    environments = dict(sorted(ledger.environments.items(), key=lambda item: EnvironmentName.parse(item[0])))
    lines = [msgspec.json.encode(_Header(SCHEMA, environments))]
    lines += [msgspec.json.encode(_line(entry)) for _, entry in sorted(ledger.entries.items()) if entry.cells]
    return "".join(f"{line.decode()}\n" for line in lines)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the ledger in *path* for a read and a write; waits up to a minute for other processes.

    Raises:
        filelock.Timeout: another process holds the lock for longer.
    """
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    lock = filelock.FileLock(Path(tempfile.gettempdir(), f"ledger-{name}.lock"), timeout=60, mode=0o666)
    with lock:
        yield


@dataclass(frozen=True)
class _Header:
    schema: Literal[1]
    environments: dict[str, Environment]


@dataclass(frozen=True)
class _Group:
    outcome: Outcome
    on: list[str]
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class _Line:
    claim: str
    fingerprint: str
    seen: list[_Group]


def _entry(line: _Line, environments: Iterable[str]) -> Entry:
    cells: dict[str, Cell] = {}
    for group in line.seen:
        for name in group.on:
            if name in cells or name not in environments:
                raise ValueError(f"{name} is listed twice" if name in cells else f"line 1 does not list {name}")
            cells[name] = Cell(group.outcome, group.reason, group.evidence)
    return Entry(line.claim, line.fingerprint, cells)


def _line(entry: Entry) -> dict[str, Any]:
    groups: dict[Cell, list[str]] = {}
    for name in sorted(entry.cells, key=EnvironmentName.parse):
        groups.setdefault(entry.cells[name], []).append(name)
    return {
        "claim": entry.claim,
        "fingerprint": entry.fingerprint,
        "seen": [{"outcome": cell.outcome, "on": names, **_details(cell)} for cell, names in groups.items()],
    }


def _details(cell: Cell) -> dict[str, Any]:
    """The reason and the evidence of a cell; empty values are left out."""
    evidence = [
        {"assertion": item.assertion, "observed": item.observed} | ({"times": item.times} if item.times > 1 else {})
        for item in cell.evidence
    ]
    return ({"reason": cell.reason} if cell.reason else {}) | ({"evidence": evidence} if evidence else {})
