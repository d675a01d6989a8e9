"""The ledger: what each claim did in each environment, as committed text.

The first line names the environments; each other line is one claim, in order, and groups the environments
in which it did the same. An outcome is good for one fingerprint of the claim and one stack of the environment:
where either has changed, the outcomes measured with the old one are dropped.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
    """A claim's line: the fingerprint of its test, and its cells by the name of the environment."""

    claim: str
    fingerprint: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Ledger:
    """Environments by name, entries by claim."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def cells(self, claim: str, fingerprint: str) -> Mapping[str, Cell]:
        """The cells of *claim* that its test, as it stands now, has given."""
        entry = self.entries.get(claim)
        return entry.cells if entry is not None and entry.fingerprint == fingerprint else {}


def merge(ledger: Ledger, name: str, environment: Environment, seen: Mapping[str, tuple[str, Cell]]) -> Ledger:
    """Take over what was *seen* in one environment: a fingerprint and a cell for each claim's id."""
    if ledger.environments.get(name) != environment:
        ledger = without(ledger, name)
    entries = dict(ledger.entries)
    for claim, (fingerprint, cell) in seen.items():
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


def only(ledger: Ledger, claims: Iterable[str]) -> Ledger:
    """The ledger without the claims that are no more."""
    kept = set(claims)
    return replace(ledger, entries={claim: entry for claim, entry in ledger.entries.items() if claim in kept})


def read(path: Path) -> Ledger:
    """Read the ledger; a missing file is an empty ledger.

    Raises:
        DamagedFileError: a line is not what it has to be; says which.
    """
    if not path.exists():
        return Ledger()
    number = 1
    try:
        lines = read_text(path).removesuffix("\n").split("\n")  # a text may have other line ends
        header = msgspec.json.decode(lines[0], type=_Header)
        known = {name: EnvironmentName.parse(name).order for name in header.environments}
        entries = {}
        for number, line in enumerate(lines[1:], start=2):  # noqa: B007 (said of the line that is damaged)
            entry = _entry(msgspec.json.decode(line, type=_Line), known)
            if entry.claim in entries:
                raise ValueError("the claim stands here twice")
            entries[entry.claim] = entry
    except UNREADABLE as error:
        hint = f"Restore it with `git checkout -- {path.name}`, or delete it and run `python -m report history`."
        raise DamagedFileError(path, f"line {number}: {error}", hint) from error
    return Ledger(header.environments, entries)


def write(path: Path, ledger: Ledger) -> None:
    """Write the whole ledger at once."""
    write_whole(path, text(ledger))


def text(ledger: Ledger) -> str:
    """What the ledger's file holds, in its one order."""
    environments = dict(sorted(ledger.environments.items(), key=lambda item: EnvironmentName.parse(item[0])))
    lines = [msgspec.json.encode(_Header(SCHEMA, environments))]
    lines += [msgspec.json.encode(_line(entry)) for _, entry in sorted(ledger.entries.items()) if entry.cells]
    return "".join(f"{line.decode()}\n" for line in lines)


@contextlib.contextmanager
def updating(path: Path) -> Iterator[None]:
    """Keep other processes from reading the ledger to change it meanwhile; waits for them for a minute."""
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


def _entry(line: _Line, known: Iterable[str]) -> Entry:
    cells: dict[str, Cell] = {}
    for group in line.seen:
        for name in group.on:
            if name in cells or name not in known:
                raise ValueError(f"{name} stands here twice" if name in cells else f"line 1 names no {name}")
            cells[name] = Cell(group.outcome, group.reason, group.evidence)
    return Entry(line.claim, line.fingerprint, cells)


def _line(entry: Entry) -> dict[str, Any]:
    groups: dict[Cell, list[str]] = {}
    for name in sorted(entry.cells, key=EnvironmentName.parse):
        groups.setdefault(entry.cells[name], []).append(name)
    return {
        "claim": entry.claim,
        "fingerprint": entry.fingerprint,
        "seen": [{"outcome": cell.outcome, "on": names, **_told(cell)} for cell, names in groups.items()],
    }


def _told(cell: Cell) -> dict[str, Any]:
    """What a cell says besides its outcome, the absent left out."""
    evidence = [
        {"assertion": one.assertion, "observed": one.observed} | ({"times": one.times} if one.times > 1 else {})
        for one in cell.evidence
    ]
    return ({"reason": cell.reason} if cell.reason else {}) | ({"evidence": evidence} if evidence else {})
