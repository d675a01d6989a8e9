"""What has refuted each claim, as committed text: one line a claim, in order; and the claims that are excused.

An entry is good for one fingerprint of the claim's test, as an outcome in the ledger is. A release that refuted a claim
stands in the ledger already, and is not written down again.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
from packaging.version import Version

from report.errors import UNREADABLE, DamagedFileError
from report.files import write_whole
from report.measure import ledger
from report.measure.records import Record
from report.model import EnvironmentName, Outcome
from report.settings import Settings

Kind = Literal["comparison", "not raised", "raised"]


@dataclass(frozen=True)
class Kill:
    """A change of an installed file that refuted *claim*, and what was seen of which assertion.

    *was*, *became*: the line before and after; *kind*: how it was refuted, as `bench.kind` says it.
    """

    claim: str
    fingerprint: str
    package: str
    version: str
    file: str
    line: int
    was: str
    became: str
    kind: Kind
    assertion: str
    observed: str

    @property
    def mutation(self) -> str:
        """The mutant in a line."""
        return f"{self.file}:{self.line}: {self.was} → {self.became or '(left out)'}"

    @property
    def words(self) -> dict[str, str]:
        """How the claim was seen to fail, in words."""
        return {
            "sabotage": f"{self.package} {self.version}, {self.file}, line {self.line}",
            "change": f"`{self.was}` changed to `{self.became}`" if self.became else f"`{self.was}` left out",
            "seen": self.observed,
        }


@dataclass(frozen=True)
class Kills:
    """What is known of how claims were seen to fail: by sabotage, and which are excused, with the reason."""

    sabotages: Mapping[str, Kill] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)

    def how(self, claim: str, fingerprint: str, outcomes: Mapping[str, Outcome]) -> dict[str, str] | None:
        """How *claim*, as its test stands, was seen to fail, or why it need not; None where it was not."""
        if release := refuting(outcomes):
            return {"release": release}
        one = self.sabotages.get(claim)
        if one is not None and one.fingerprint == fingerprint:
            return one.words
        return {"excused": self.excused[claim]} if claim in self.excused else None


def refuting(outcomes: Mapping[str, Outcome]) -> str | None:
    """The newest release on which a claim was refuted."""
    found = {EnvironmentName.parse(name).release for name, outcome in outcomes.items() if outcome == "refuted"}
    return max(found, key=Version, default=None)


def read(sabotages: Path, excused: Path) -> Kills:
    """Read both files; one that is missing is empty.

    Raises:
        DamagedFileError: a line is not what it has to be; says which.
    """
    return Kills(read_sabotages(sabotages), read_excused(excused))


def read_sabotages(path: Path) -> dict[str, Kill]:
    """The sabotages, by claim."""
    found: dict[str, Kill] = {}
    number = 0
    try:
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.exists() else []
        for number, line in enumerate(filter(None, lines), start=1):  # noqa: B007 (said of the line that is damaged)
            one = msgspec.json.decode(line, type=Kill)
            if one.claim in found:
                raise ValueError("the claim stands here twice")
            found[one.claim] = one
    except UNREADABLE as error:
        hint = f"Restore it with `git checkout -- {path.name}`, or delete it and run `python -m report falsify`."
        raise DamagedFileError(path, f"line {number}: {error}", hint) from error
    return found


def read_excused(path: Path) -> dict[str, str]:
    """The claims that no sabotage can reach, each with the reason."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), 'Write `"claim" = "the reason"`, a line each.') from error
    for claim, reason in told.items():
        if not isinstance(reason, str) or not reason.strip():
            raise DamagedFileError(path, f"{claim} has no reason", 'Write `"claim" = "the reason"`, a line each.')
    return told


def write(path: Path, sabotages: Mapping[str, Kill]) -> None:
    """Write the sabotages at once, in their one order."""
    lines = [msgspec.json.encode(one).decode() for _, one in sorted(sabotages.items())]
    write_whole(path, "".join(f"{line}\n" for line in lines))


@dataclass(frozen=True)
class Count:
    """How many claims were seen to fail in which way, and the ids of those that were not."""

    release: int
    sabotage: int
    excused: int
    unseen: Sequence[str]

    def __str__(self) -> str:
        """The count in words."""
        seen = f"{self.release} seen to fail on a release, {self.sabotage} by sabotage, {self.excused} excused"
        return (
            f"{self.release + self.sabotage + self.excused + len(self.unseen)} claims: {seen}, {len(self.unseen)} not."
        )


def count(settings: Settings, claims: Iterable[Record]) -> Count:
    """What is known of *claims* now."""
    ways: dict[str, list[str]] = {"release": [], "sabotage": [], "excused": [], "": []}
    known, measured = read(settings.falsified, settings.excused), ledger.read(settings.ledger)
    for one in claims:
        ways[next(iter(how(one, known, measured) or [""]))].append(one.id)
    return Count(len(ways["release"]), len(ways["sabotage"]), len(ways["excused"]), ways[""])


def wanted(settings: Settings, claims: Sequence[Record], again: bool) -> list[Record]:
    """Those of *claims* that were not seen to fail; *again*: those that only sabotage has refuted, too."""
    known, measured = read(settings.falsified, settings.excused), ledger.read(settings.ledger)
    if again:
        known = Kills({}, known.excused)
    return [one for one in claims if how(one, known, measured) is None]


def how(claim: Record, known: Kills, measured: ledger.Ledger) -> Mapping[str, str] | None:
    """How a claim was seen to fail (see `Kills.how`)."""
    cells = measured.cells(claim.id, claim.fingerprint)
    return known.how(claim.id, claim.fingerprint, {name: cell.outcome for name, cell in cells.items()})


def forget_all_but(settings: Settings, claims: Iterable[Record]) -> None:
    """Forget what refuted tests that are no more, or stand differently now."""
    fingerprints = {one.id: one.fingerprint for one in claims}
    known = read_sabotages(settings.falsified)
    kept = {claim: one for claim, one in known.items() if fingerprints.get(claim) == one.fingerprint}
    if kept != known:
        write(settings.falsified, kept)
