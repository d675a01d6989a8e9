"""What a check finds."""

from dataclasses import dataclass
from typing import Literal

import msgspec

Layer = Literal["name", "code", "statement"]
Verdict = Literal["gone", "never", "error", "wrong", "outdated", "deprecated", "confirmed"]
Result = Literal["runs", "raises", "does not end", "is cut off"]
VERDICTS: tuple[Verdict, ...] = ("gone", "never", "error", "wrong", "outdated", "deprecated", "confirmed")
PAST: tuple[Verdict, ...] = ("gone", "deprecated")  # of names that the index has


@dataclass(frozen=True)
class Remark:
    """What there is to say of characters *first* to *last* of a passage; nothing, if it has no *verdict*.

    *known*: whether the index has the name. The other fields are those of a finding.
    """

    first: int
    last: int
    verdict: Verdict | None = None
    message: str = ""
    fix: str | None = None
    since: str | None = None
    until: str | None = None
    instead: str | None = None
    claim: str | None = None
    score: float | None = None
    known: bool = True


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding about `file[start:end]`, which shows *text*; lines and columns count from 1, offsets from 0.

    A name is *gone* (*until*: the last release that had it), *deprecated*, or *never*: in none of the releases in the
    index, which *message* names (it does not know older ones), or only in later ones than the one in question; then
    *since* says when it came. Code with an *error* cannot be parsed, or raises an exception when it is executed; code
    that an older release executes is *outdated*. A statement has the verdict on the *claim* that it states, with a
    *score* from 0 to 1. Versions are those of the package that *message* names. *instead* is what to write. *fix*
    replaces the text, if exactly one replacement is certain.
    """

    layer: Layer
    verdict: Verdict
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int
    text: str
    message: str
    since: str | None = None
    until: str | None = None
    instead: str | None = None
    claim: str | None = None
    score: float | None = None
    fix: str | None = None


class Subject(msgspec.Struct, frozen=True):
    """The distribution, and the release as of which the check asks."""

    name: str
    version: str


class Names(msgspec.Struct, frozen=True):
    """How many names were found in the index, and about how many the check is silent, as it does not know them."""

    resolved: int
    silent: int


class Execution(msgspec.Struct, frozen=True):
    """What became of the block from *line* to *end_line* on a release; *message*: the last line of its exception."""

    line: int
    end_line: int
    release: str
    result: Result
    message: str = ""


class Report(msgspec.Struct, frozen=True):
    """The findings of a *file*, in its order; *suggestions* are statements that may be meant, below the threshold."""

    file: str
    subject: Subject
    findings: tuple[Finding, ...]
    names: Names
    suggestions: tuple[Finding, ...] = ()
    executions: tuple[Execution, ...] = ()
