"""How each claim was refuted: the mutants that killed it (kills.jsonl), and the waived claims (waived.toml).

A kill is valid for one fingerprint of the claim's test, as an outcome in the ledger is. The ledger already says which
releases refuted a claim, so they are not stored here.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from packaging.version import Version

from report.files import decode_lines, read_lines, read_toml, reading, write_whole
from report.measure import ledger
from report.measure.records import Record
from report.model import EnvironmentName, Mutant, Outcome, outcomes
from report.settings import Settings

MAX_OTHERS = 1  # a mutant that kills more other claim functions tells little of a claim
PLACE = attrgetter("file", "line", "was", "became")  # of a kill or a mutant: the changed line
Kind = Literal["comparison", "not raised"]
Reason = Annotated[str, msgspec.Meta(pattern=r"\S")]


@dataclass(frozen=True)
class Kill:
    """A mutant of an installed file that refuted *claim*, with the failed assertion and the observed values.

    *was*, *became*: the line before and after the change. *kind*: how the assertion failed. *others*: the other claim
    functions that the mutant kills, None if that is unknown or they are many; of claims that state the same, what they
    state. *distance*: how far the line is from what the claim names (see `report/mutation/candidates.py`). *directed*:
    a person chose the mutant for a claim (see `report/mutation/directed.py`).
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
    others: tuple[str, ...] | None = None
    distance: int = 9
    directed: bool = False

    @property
    def distinguishes(self) -> bool:
        """Whether the mutant tells the claim from all others but one."""
        return self.others is not None and len(self.others) <= MAX_OTHERS

    @property
    def order(self) -> tuple[float, ...]:
        """Sort key: the kill that says most about its claim comes first."""
        others = math.inf if self.others is None else len(self.others)
        return (not self.distinguishes, not self.directed, others, self.distance)


@dataclass(frozen=True)
class Kills:
    """The kill of each claim that a mutant refuted, and the reason of each waived claim, by claim."""

    mutants: Mapping[str, Kill] = field(default_factory=dict)
    waived: Mapping[str, str] = field(default_factory=dict)

    def refutation(
        self, claim: str, fingerprint: str, outcomes: Mapping[str, Outcome]
    ) -> dict[str, str | Mutant] | None:
        """What refuted the current test of *claim*, or why nothing has to; None if nothing is known.

        A dictionary with `release` (the newest refuting one), with `mutant` and `seen`, or with `waived`.
        """
        refuting = {EnvironmentName.parse(name).release for name, outcome in outcomes.items() if outcome == "refuted"}
        found: dict[str, str | Mutant] = {"release": max(refuting, key=Version)} if refuting else {}
        if (kill := self.mutants.get(claim)) and kill.fingerprint == fingerprint:
            others = None if kill.others is None else len(kill.others)
            found |= {"mutant": Mutant(*PLACE(kill), f"{kill.package} {kill.version}", others), "seen": kill.observed}
        elif claim in self.waived and not found:
            found["waived"] = self.waived[claim]
        return found or None


def read(settings: Settings) -> Kills:
    """Read both files; a missing file counts as empty; raises DamagedFileError, which names the line."""
    return Kills(read_kills(settings.kills), read_waivers(settings.waived))


def read_kills(path: Path) -> dict[str, Kill]:
    """The kills, by claim; raises as `read` does."""
    hint = f"Restore it with `git checkout -- {path.name}`, or delete it and run `python -m report falsify`."
    with reading(path, hint):
        kills = decode_lines(read_lines(path) if path.exists() else [], Kill, unique="claim")
    return {kill.claim: kill for kill in kills}


def read_waivers(path: Path) -> dict[str, str]:
    """The claims that no mutant can refute, each with the reason; raises as `read` does."""
    return read_toml(path, dict[str, Reason], 'Write `"claim" = "the reason"`, a line each.')


def write(path: Path, kills: Mapping[str, Kill]) -> None:
    """Write all kills, sorted by claim."""
    write_whole(path, msgspec.json.Encoder().encode_lines([kill for _, kill in sorted(kills.items())]).decode())


def count(settings: Settings, claims: Iterable[Record]) -> tuple[str, list[str]]:
    """How many *claims* were refuted, and by what, in one sentence; and the ids of those that nothing refuted."""
    kills, measured = read(settings), ledger.read(settings.ledger)
    refuted_by = {}
    for claim in claims:
        by_release = outcomes(measured.cells(claim.id, claim.fingerprint))
        refuted_by[claim.id] = next(iter(kills.refutation(claim.id, claim.fingerprint, by_release) or [""]))
    number = Counter(refuted_by.values())
    refuted = f"{number['release']} refuted by a release, {number['mutant']} killed a mutant"
    summary = f"{len(refuted_by)} claims: {refuted}, {number['waived']} waived, {number['']} never seen to fail."
    return summary, [claim for claim, cause in refuted_by.items() if not cause]


def by_specificity(settings: Settings, claims: Iterable[Record]) -> tuple[list[str], list[str]]:
    """The ids of the *claims* that have a distinguishing mutant, and of those that only general ones kill."""
    recorded = read_kills(settings.kills)
    killed = [kill for claim in claims if (kill := recorded.get(claim.id)) and kill.fingerprint == claim.fingerprint]
    specific, general = ([kill.claim for kill in killed if kill.distinguishes is wanted] for wanted in (True, False))
    return specific, general


def to_search(settings: Settings, claims: Sequence[Record], again: bool) -> list[Record]:
    """The *claims* to search: those without a distinguishing mutant, or *again* all. Not waived or refuted ones."""
    measured, current = ledger.read(settings.ledger), settings.installed_version()
    done = {*read_waivers(settings.waived), *([] if again else by_specificity(settings, claims)[0])}
    now = {claim.id: outcomes(measured.cells(claim.id, claim.fingerprint)).get(current) for claim in claims}
    return [claim for claim in claims if claim.id not in done and now[claim.id] != "refuted"]
