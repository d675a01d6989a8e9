"""Whose doing a change is: the boundary between two releases, and experiments that exchange what else changed there."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name
from packaging.version import Version

from report.errors import ReportError, TruncatedRunError
from report.measure import environments, runs
from report.measure.ledger import Entry
from report.measure.releases import Known
from report.model import Cell, EnvironmentName, Outcome, turns
from report.settings import Settings

SINGLES = 8  # neighbours that are tried alone: those that the failure speaks of first, then the subject's own needs
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+).*?(?=^\S|\Z)", re.M | re.S)


@dataclass(frozen=True)
class Boundary:
    """Two neighbouring releases on which a claim did different things; what lies between them is untried."""

    claim: str
    before: Known
    after: Known
    did: Cell
    does: Cell


@dataclass(frozen=True)
class Trial:
    """An experiment: a release beside chosen packages, and what the claim did there (None: it did not run)."""

    what: str
    outcome: Outcome | None
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """What an inquiry found: which neighbours differ, as (old, new) versions, the trials, and whose doing it is."""

    neighbours: Mapping[str, tuple[str | None, str | None]]
    trials: Sequence[Trial]
    culprit: str


def boundaries(entry: Entry, releases: Sequence[Known]) -> list[Boundary]:
    """Every place in the order of versions where what the claim did changes; untried releases are passed over.

    Of the current release, which is run on two Pythons, that run counts which was on the older releases' Python.
    """
    by_version = {release.version: release for release in releases}
    tried = {
        EnvironmentName.parse(name).release: cell
        for name, cell in sorted(entry.cells.items(), key=lambda item: EnvironmentName.parse(item[0]))
        if cell.outcome != "untried"
    }
    outcomes = {version: tried[version].outcome for version in sorted(tried.keys() & by_version.keys(), key=Version)}
    return [
        Boundary(entry.claim, by_version[old], by_version[new], tried[old], tried[new]) for old, new in turns(outcomes)
    ]


def pins_of(text: str) -> dict[str, tuple[str, str]]:
    """The pins of a requirements file: for each distribution its version, and its lines."""
    return {canonicalize_name(pin["name"]): (pin["version"], pin[0].rstrip("\n")) for pin in PIN.finditer(text)}


class Inquiry:
    """Finds out whose doing a boundary is, by running the claim on releases beside exchanged packages."""

    def __init__(self, settings: Settings, boundary: Boundary) -> None:
        known = environments.read(settings.stacks)
        old, new = known[str(boundary.before.stack)], known[str(boundary.after.stack)]
        self.settings, self.boundary, self.python = settings, boundary, old.python
        self.own_needs = environments.needed([settings.subject])
        self.old = pins_of(old.beside(boundary.before, settings.subject))
        self.new = pins_of(new.beside(boundary.after, settings.subject))

    def find(self) -> Finding:
        """The neighbours that changed, the trials that were made, and the culprit by name."""
        changed = self.neighbours()
        if not changed:
            return Finding({}, [], self.settings.subject)
        subject = self.settings.subject
        forward = self.trial(f"{self.named('old')} beside the newer packages", {**self.new, subject: self.old[subject]})
        back = self.trial(f"{self.named('new')} beside the older packages", {**self.old, subject: self.new[subject]})
        trials, culprit = [forward, back], self.verdict(forward, back)
        if culprit is None:
            singles = list(self.singles(changed))
            trials += singles
            guilty = [one.what for one in singles if one.outcome == self.boundary.does.outcome]
            culprit = guilty[-1].split(" with ")[-1] if guilty else self.unresolved(forward, back)
        return Finding(changed, trials, culprit)

    def neighbours(self) -> dict[str, tuple[str | None, str | None]]:
        """The packages beside the subject whose versions differ."""
        names = sorted({*self.old, *self.new} - {self.settings.subject})
        versions = {name: (self.old.get(name, (None,))[0], self.new.get(name, (None,))[0]) for name in names}
        return {name: pair for name, pair in versions.items() if pair[0] != pair[1]}

    def unresolved(self, forward: Trial, back: Trial) -> str:
        """What is left to say where none of the neighbours turns the claim alone."""
        if None in (forward.outcome, back.outcome):
            return f"{self.settings.subject} or its neighbours: exchanged, they do not run, so nothing tells them apart"
        return "several neighbours together"

    def verdict(self, forward: Trial, back: Trial) -> str | None:
        """The culprit by the two crosses; None where the neighbours are tried one by one to find it."""
        if None in (forward.outcome, back.outcome):
            return None
        does, subject = self.boundary.does.outcome, self.settings.subject
        turned_by_neighbours, turned_by_subject = forward.outcome == does, back.outcome == does
        if turned_by_neighbours and not turned_by_subject:
            return None
        if turned_by_subject and not turned_by_neighbours:
            return subject
        if turned_by_subject:
            return f"{subject} as well as its neighbours"
        return f"{subject} and its neighbours together"

    def singles(self, changed: Mapping[str, tuple[str | None, str | None]]) -> Iterator[Trial]:
        """The older release beside its own packages but one, each of the changed in turn, until one turns the claim."""
        for name, (_, version) in sorted(changed.items(), key=lambda item: self.likely(item[0]))[:SINGLES]:
            if version is not None:
                what = f"{self.named('old')} with {name} {version}"
                trial = self.trial(what, {**self.old, name: self.new[name]})
                yield trial
                if trial.outcome == self.boundary.does.outcome:
                    return

    def likely(self, name: str) -> tuple[bool, bool, str]:
        """What the failure speaks of comes first, then what the subject itself needs."""
        seen = " ".join(one.observed + one.assertion for one in self.boundary.does.evidence).lower()
        return name.replace("-", "_") not in seen.replace("-", "_"), name not in self.own_needs, name

    def named(self, which: str) -> str:
        """The subject with its older or newer version."""
        release = self.boundary.before if which == "old" else self.boundary.after
        return f"{self.settings.subject} {release.version}"

    def trial(self, what: str, pins: Mapping[str, tuple[str, str]]) -> Trial:
        """Run the claim beside *pins*."""
        text = "\n".join(lines for _, lines in pins.values()) + "\n"
        name = f"trial-{os.getpid()}-{environments.fingerprint(text, self.python)}"  # another inquiry may try the same
        folder = runs.environments(self.settings) / name
        try:
            python = environments.environment(folder, self.python, text)
            recorded = runs.run(self.settings, name, python, [self.boundary.claim], profile="history")
            said = runs.last_words(self.settings, name)
        except TruncatedRunError:
            return Trial(what, None, runs.last_words(self.settings, name))
        except ReportError as error:
            return Trial(what, None, error.sentence)
        finally:
            environments.remove(folder, for_ever=True)
            runs.log_of(self.settings, name).unlink(missing_ok=True)
        if not recorded.records:
            return Trial(what, None, said)
        record = recorded.records[0]
        tried = record.outcome != "untried"
        seen = record.evidence[-1].observed if record.evidence else ""
        return Trial(what, record.outcome if tried else None, seen if tried else record.reason or "")
