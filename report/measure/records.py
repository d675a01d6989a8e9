"""The record of a claim: from the dictionary that `report/probe/recorder.py` makes, or the file of a recorded run.

Library considered: pytest-reportlog; its lines lack the values that passing assertions compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from report.errors import ReportError
from report.files import decode_lines, read_lines, reading
from report.model import Cell, Evidence, Outcome


@dataclass(frozen=True)
class Record:
    """A claim, and its outcome in one run, or if it was only collected the names that its test *reaches*."""

    id: str
    statement: str
    topic: str
    kind: str
    data: bool
    corrects: list[str]
    needs: list[str]
    lacking: str | None
    line: int
    source: str
    fingerprint: str
    outcome: Outcome = "untried"
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    reaches: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether the claim is untried because of an error in its test, not because of a missing component."""
        return self.outcome == "untried" and self.lacking is None

    @property
    def cell(self) -> Cell:
        """The record as a cell of the ledger."""
        return Cell(self.outcome, self.reason, self.evidence)


@dataclass(frozen=True)
class RecordedRun:
    """A run: the versions of its packages (none: it did not begin), and its records; *whole*: it was not cut off."""

    packages: Mapping[str, str]
    records: tuple[Record, ...]
    whole: bool


def parse_records(data: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Convert the records of pytest's reports, and sort them by module and line; raises msgspec.ValidationError."""
    return sorted(msgspec.convert([*data], list[Record]), key=lambda record: (record.id.split("::")[0], record.line))


def read(path: Path, allow_truncated: bool = False) -> RecordedRun:
    """Read a recorded run, or *allow_truncated* the whole lines of one that was cut off; raises ReportError."""
    with reading(path, "Run it again; the ledger is unchanged."):
        lines = decode_lines(read_lines(path, allow_truncated=True) if path.exists() else [], _Line)
    whole = bool(lines) and lines[-1].end is not None
    if not (whole or allow_truncated):
        raise ReportError(f"{path} has no last line: its run was cut off.", "Run it again; no outcome was saved.")
    packages = next((line.packages for line in lines if line.packages), {})
    return RecordedRun(packages, tuple(line.claim for line in lines if line.claim), whole)


@dataclass(frozen=True)
class _Line:
    packages: dict[str, str] | None = None
    claim: Record | None = None
    end: int | None = None
