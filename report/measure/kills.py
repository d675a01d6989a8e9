"""How each claim was refuted: the mutants that killed it (falsified.jsonl), and the excused claims (excused.toml).

A kill is valid for one fingerprint of the claim's test, as an outcome in the ledger is. The ledger already says which
releases refuted a claim, so they are not stored here.
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
    """A mutant of an installed file that refuted *claim*, with the failed assertion and the observed values.

    *was*, *became*: the line before and after the change. *kind*: how the assertion failed.
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
    def mutant(self) -> str:
        """The mutant in one line."""
        return f"{self.file}:{self.line}: {self.was} → {self.became or '(left out)'}"

    @property
    def description(self) -> dict[str, str]:
        """How the claim was refuted, as results.json stores it."""
        return {
            "sabotage": f"{self.package} {self.version}, {self.file}, line {self.line}",
            "change": f"`{self.was}` changed to `{self.became}`" if self.became else f"`{self.was}` left out",
            "seen": self.observed,
        }


@dataclass(frozen=True)
class Kills:
    """The kill of each claim that a mutant refuted, and the reason of each excused claim, by claim."""

    sabotages: Mapping[str, Kill] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)

    def refutation(self, claim: str, fingerprint: str, outcomes: Mapping[str, Outcome]) -> dict[str, str] | None:
        """What refuted the current test of *claim*, or why nothing has to; None if nothing is known.

        A dictionary with `release`; with `sabotage`, `change` and `seen`; or with `excused`.
        """
        if release := newest_refuting(outcomes):
            return {"release": release}
        kill = self.sabotages.get(claim)
        if kill is not None and kill.fingerprint == fingerprint:
            return kill.description
        return {"excused": self.excused[claim]} if claim in self.excused else None


def newest_refuting(outcomes: Mapping[str, Outcome]) -> str | None:
    """The newest release that refuted a claim."""
    versions = {EnvironmentName.parse(name).release for name, outcome in outcomes.items() if outcome == "refuted"}
    return max(versions, key=Version, default=None)


def read(falsified: Path, excused: Path) -> Kills:
    """Read both files; a missing file counts as empty.

    Raises:
        DamagedFileError: a line cannot be read; the message names it.
    """
    return Kills(read_kills(falsified), read_excused(excused))


def read_kills(path: Path) -> dict[str, Kill]:
    """The kills, by claim; raises as `read` does."""
    kills: dict[str, Kill] = {}
    number = 0
    try:
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.exists() else []
        for number, line in enumerate(filter(None, lines), start=1):  # noqa: B007 (the error message names it)
            kill = msgspec.json.decode(line, type=Kill)
            if kill.claim in kills:
                raise ValueError("the claim is listed twice")
            kills[kill.claim] = kill
    except UNREADABLE as error:
        hint = f"Restore it with `git checkout -- {path.name}`, or delete it and run `python -m report falsify`."
        raise DamagedFileError(path, f"line {number}: {error}", hint) from error
    return kills


def read_excused(path: Path) -> dict[str, str]:
    """The claims that no mutant can refute, each with the reason; raises as `read` does."""
    hint = 'Write `"claim" = "the reason"`, a line each.'
    try:
        reasons = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), hint) from error
    for claim, reason in reasons.items():
        if not isinstance(reason, str) or not reason.strip():
            raise DamagedFileError(path, f"{claim} has no reason", hint)
    return reasons


def write(path: Path, kills: Mapping[str, Kill]) -> None:
    """Write all kills, sorted by claim."""
    lines = [msgspec.json.encode(kill).decode() for _, kill in sorted(kills.items())]
    write_whole(path, "".join(f"{line}\n" for line in lines))


@dataclass(frozen=True)
class Count:
    """How many claims a release refuted, how many a mutant, how many are excused, and the ids of all others."""

    release: int
    sabotage: int
    excused: int
    unseen: Sequence[str]

    def __str__(self) -> str:
        """The count in one sentence."""
        total = self.release + self.sabotage + self.excused + len(self.unseen)
        failed = f"{self.release} refuted by a release, {self.sabotage} killed a mutant"
        return f"{total} claims: {failed}, {self.excused} excused, {len(self.unseen)} never seen to fail."


def count(settings: Settings, claims: Iterable[Record]) -> Count:
    """Count *claims* by what refuted them."""
    ids: dict[str, list[str]] = {"release": [], "sabotage": [], "excused": [], "": []}
    kills, measured = read(settings.falsified, settings.excused), ledger.read(settings.ledger)
    for claim in claims:
        ids[next(iter(refutation(claim, kills, measured) or [""]))].append(claim.id)
    return Count(len(ids["release"]), len(ids["sabotage"]), len(ids["excused"]), ids[""])


def unrefuted(settings: Settings, claims: Sequence[Record], again: bool) -> list[Record]:
    """The *claims* that nothing refuted and that are not excused; *again*: also those that only a mutant refuted."""
    kills, measured = read(settings.falsified, settings.excused), ledger.read(settings.ledger)
    if again:
        kills = Kills({}, kills.excused)
    return [claim for claim in claims if refutation(claim, kills, measured) is None]


def refutation(claim: Record, kills: Kills, measured: ledger.Ledger) -> Mapping[str, str] | None:
    """What refuted a claim (see `Kills.refutation`), with the outcomes of the ledger."""
    cells = measured.cells(claim.id, claim.fingerprint)
    return kills.refutation(claim.id, claim.fingerprint, {name: cell.outcome for name, cell in cells.items()})


def drop_stale(settings: Settings, claims: Iterable[Record]) -> None:
    """Delete the kills of claims that no longer exist or whose tests have changed."""
    fingerprints = {claim.id: claim.fingerprint for claim in claims}
    kills = read_kills(settings.falsified)
    kept = {claim: kill for claim, kill in kills.items() if fingerprints.get(claim) == kill.fingerprint}
    if kept != kills:
        write(settings.falsified, kept)
