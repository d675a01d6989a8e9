"""Reading recorded runs (see `recording`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from report.errors import UNREADABLE, DamagedFileError, TruncatedRunError
from report.model import Cell, Evidence, Outcome


@dataclass(frozen=True)
class Record:
    """What a claim is, and what one run of it gave."""

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
        """Whether the test itself, and not what it is about, kept the claim from being tried."""
        return self.outcome == "untried" and self.lacking is None

    @property
    def cell(self) -> Cell:
        """The record as the ledger keeps it."""
        return Cell(self.outcome, self.reason, self.evidence)


@dataclass(frozen=True)
class Recorded:
    """A run: on which Python (full version), beside which packages, and what it gave; *whole* if it came to its end."""

    python: str
    packages: Mapping[str, str]
    records: tuple[Record, ...]
    whole: bool


def read(path: Path, partly: bool = False) -> Recorded:
    """Read a recorded run; *partly* takes also one that was cut off.

    Raises:
        TruncatedRunError: the run was cut off.
        DamagedFileError: a line is not what it has to be.
    """
    try:
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        whole_lines = lines[:-1]  # what follows the last line break is nothing, or a line that was being written
        told = [msgspec.json.decode(line, type=_Line) for line in whole_lines]
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), "Run it again; nothing was taken over.") from error
    whole = bool(told) and told[-1].end is not None
    if not told or (not whole and not partly):
        raise TruncatedRunError(path)
    head = told[0]
    return Recorded(head.python or "", head.packages or {}, tuple(one.claim for one in told if one.claim), whole)


@dataclass(frozen=True)
class _Line:
    schema: int | None = None
    python: str | None = None
    packages: dict[str, str] | None = None
    claim: Record | None = None
    seconds: float | None = None
    end: int | None = None
