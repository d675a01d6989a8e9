"""The nouns that every room shares, each defined once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, total_ordering
from itertools import pairwise
from typing import Literal

from packaging.version import Version

Outcome = Literal["held", "refuted", "untried"]
Mark = Literal["confirmed", "outdated", "wrong", "untried"]


@dataclass(frozen=True)
class Evidence:
    """One assertion of a claim, the values that were seen, and how often it was made."""

    assertion: str
    observed: str
    times: int = 1


@dataclass(frozen=True)
class Cell:
    """What one claim did in one environment; *reason* says why it is untried, or from where it is known.

    *python* (major.minor) is said in a result, where cells are shown without their environments.
    """

    outcome: Outcome
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    python: str | None = None


@dataclass(frozen=True)
class Environment:
    """A release as it was run: the Python (major.minor) and a fingerprint of the packages that were installed with it."""

    python: str
    stack: str


@total_ordering
@dataclass(frozen=True)
class EnvironmentName:
    """The name of an environment, `3.1.3` or `3.1.3@3.9`: the current release is run on a second *python* as well."""

    release: str
    python: str | None = None

    @classmethod
    def parse(cls, name: str) -> "EnvironmentName":
        """Read a name as the ledger writes it."""
        release, _, python = name.partition("@")
        return cls(release, python or None)

    def __str__(self) -> str:
        return f"{self.release}@{self.python}" if self.python else self.release

    def __lt__(self, other: "EnvironmentName") -> bool:
        """Order by release, then by Python."""
        return self.order < other.order

    @cached_property
    def order(self) -> tuple[Version, str]:
        """What names are ordered by."""
        return Version(self.release), self.python or ""


@dataclass(frozen=True)
class Verdict:
    """What the outcomes of a claim mean.

    *since*: the release from which on it has held, where it was refuted before (of a confirmed claim).
    *until*, *gone*: the last release on which it held, the first after that on which it did not (of an
    outdated one). *reason*: why it is untried.
    """

    mark: Mark
    since: str | None = None
    until: str | None = None
    gone: str | None = None
    reason: str | None = None

    @property
    def refuted(self) -> bool:
        """Whether the claim does not hold on the current release."""
        return self.mark in ("wrong", "outdated")

    def __str__(self) -> str:
        """The verdict in words: the mark, and since or until when."""
        if self.since:
            return f"{self.mark} since {self.since}"
        if self.until:
            return f"{self.mark}: held until {self.until}, fails from {self.gone}"
        return self.mark


def counted(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells that verdicts are inferred from, by release: a second Python of the current release does not count."""
    return {name: cell for name, cell in cells.items() if EnvironmentName.parse(name).python is None}


def outcomes(cells: Mapping[str, Cell]) -> dict[str, Outcome]:
    """The outcome of each cell."""
    return {name: cell.outcome for name, cell in cells.items()}


def turns(outcomes: Mapping[str, Outcome]) -> list[tuple[str, str]]:
    """Each two releases, neighbours but for untried ones, with different outcomes; *outcomes* are in their order."""
    tried = [release for release, outcome in outcomes.items() if outcome != "untried"]
    return [(before, after) for before, after in pairwise(tried) if outcomes[before] != outcomes[after]]
