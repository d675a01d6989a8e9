"""The types that every subpackage shares, each defined once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Literal

from packaging.version import Version

Outcome = Literal["held", "refuted", "untried"]
Mark = Literal["confirmed", "outdated", "wrong", "untried"]
version = cache(Version)  # thousands of claims compare the same few


@dataclass(frozen=True)
class Evidence:
    """An assertion of a claim, the *observed* values, and how many *times* it ran."""

    assertion: str
    observed: str
    times: int = 1


@dataclass(frozen=True)
class Mutant:
    """A changed *line* of an installed *file* that makes a claim's test fail: its text *before* and *after*.

    *package*: its name and version. *others*: how many other claim functions it makes fail; None if that is unknown.
    """

    file: str
    line: int
    before: str
    after: str
    package: str
    others: int | None = None


@dataclass(frozen=True)
class Cell:
    """The outcome of a claim in an environment; *reason* says why it is untried, or where the outcome comes from.

    *python* (major.minor) is set in results only, where a cell stands without its environment.
    """

    outcome: Outcome
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    python: str | None = None


@dataclass(frozen=True)
class Environment:
    """The environment of a release: the Python (major.minor) and a fingerprint of the other installed packages."""

    python: str
    stack: str


@dataclass(frozen=True)
class EnvironmentName:
    """The name of an environment: `3.1.3`, or `3.1.3@3.9` for the current release on a second *python*."""

    release: str
    python: str | None = None

    @classmethod
    @cache
    def parse(cls, name: str) -> "EnvironmentName":
        """Parse a name as the ledger writes it."""
        release, _, python = name.partition("@")
        return cls(release, python or None)

    def __str__(self) -> str:
        return f"{self.release}@{self.python}" if self.python else self.release

    def __lt__(self, other: "EnvironmentName") -> bool:
        """Order by release, then by Python."""
        return self.order < other.order

    @cached_property
    def order(self) -> tuple[Version, str]:
        """The sort key of a name."""
        return version(self.release), self.python or ""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim, from its outcomes.

    *since*: the first release since which a confirmed claim holds, if an earlier release refuted it.
    *until*, *gone*: the last release on which an outdated claim held, and the next that refuted it.
    *reason*: why the claim is untried.
    """

    mark: Mark
    since: str | None = None
    until: str | None = None
    gone: str | None = None
    reason: str | None = None

    @property
    def refuted(self) -> bool:
        """Whether the claim is refuted on the current release."""
        return self.mark in ("wrong", "outdated")

    def __str__(self) -> str:
        """The verdict in words: the mark, and since or until when."""
        if self.since:
            return f"{self.mark} since {self.since}"
        if self.until:
            return f"{self.mark}: held until {self.until}, fails from {self.gone}"
        return self.mark


def counted(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells from which verdicts are inferred, by release: the current release on a second Python does not count."""
    return {name: cell for name, cell in cells.items() if EnvironmentName.parse(name).python is None}


def outcomes(cells: Mapping[str, Cell]) -> dict[str, Outcome]:
    """The outcome of each cell."""
    return {name: cell.outcome for name, cell in cells.items()}


def turns(outcomes: Mapping[str, Outcome]) -> list[tuple[str, str]]:
    """Pairs of consecutive tried releases with different outcomes; *outcomes* are in the order of the releases."""
    tried = [release for release, outcome in outcomes.items() if outcome != "untried"]
    return [(before, after) for before, after in pairwise(tried) if outcomes[before] != outcomes[after]]
