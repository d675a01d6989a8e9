"""Reading recorded runs, which `report/probe/recorder.py` writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from report.errors import UNREADABLE, DamagedFileError, TruncatedRunError
from report.model import Cell, Evidence, Outcome


@dataclass(frozen=True)
class Record:
    """A claim, and its outcome in one run."""

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
    """A run: its Python (full version), the versions of its packages, its records; *whole* if it was not cut off."""

    python: str
    packages: Mapping[str, str]
    records: tuple[Record, ...]
    whole: bool


def read(path: Path, allow_truncated: bool = False) -> RecordedRun:
    """Read a recorded run, or *allow_truncated* the whole lines of one that was cut off.

    Raises:
        TruncatedRunError: the run was cut off, or did not begin.
        DamagedFileError: a line cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        whole_lines = lines[:-1]  # after the last line break there is nothing, or an incomplete line
        decoded = [msgspec.json.decode(line, type=_Line) for line in whole_lines]
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), "Run it again; the ledger is unchanged.") from error
    whole = bool(decoded) and decoded[-1].end is not None
    if not decoded or (not whole and not allow_truncated):
        raise TruncatedRunError(path)
    head, claims = decoded[0], tuple(line.claim for line in decoded if line.claim)
    return RecordedRun(head.python or "", head.packages or {}, claims, whole)


@dataclass(frozen=True)
class _Line:
    schema: int | None = None
    python: str | None = None
    packages: dict[str, str] | None = None
    claim: Record | None = None
    seconds: float | None = None
    end: int | None = None
