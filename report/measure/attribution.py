"""Why an outcome changes: boundaries between releases, and experiments that exchange the packages changed there."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import Version

from report.errors import ReportError
from report.measure import environments, runs
from report.measure.environments import Pins
from report.measure.ledger import Entry
from report.measure.releases import Release
from report.model import Cell, EnvironmentName, Outcome, turns
from report.settings import Settings

MAX_SINGLE_TRIALS = 8  # changed packages that are tried alone: first those named in the failure, then requirements

Changes = Mapping[str, tuple[str | None, str | None]]  # (old, new) version by package; None: not installed


@dataclass(frozen=True)
class Boundary:
    """Two successive releases on which a claim has different outcomes; releases between them are untried."""

    claim: str
    before: Release
    after: Release
    cell_before: Cell
    cell_after: Cell


@dataclass(frozen=True)
class Trial:
    """An experiment: a release with chosen packages, and the claim's outcome there (None: the claim did not run)."""

    what: str
    outcome: Outcome | None
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """The result of an inquiry: the other packages that changed, the trials, and the cause in words."""

    changed: Changes
    trials: Sequence[Trial]
    cause: str


def boundaries(entry: Entry, releases: Sequence[Release]) -> list[Boundary]:
    """Every two successive releases with different outcomes; untried releases are skipped."""
    by_version = {release.version: release for release in releases}
    tried = {  # of the two runs of the current release, the later counts: that on the Python of older releases
        EnvironmentName.parse(name).release: cell
        for name, cell in sorted(entry.cells.items(), key=lambda item: EnvironmentName.parse(item[0]))
        if cell.outcome != "untried"
    }
    outcomes = {version: tried[version].outcome for version in sorted(tried.keys() & by_version.keys(), key=Version)}
    return [
        Boundary(entry.claim, by_version[old], by_version[new], tried[old], tried[new]) for old, new in turns(outcomes)
    ]


class Inquiry:
    """Finds the cause of a boundary: runs the claim on both releases with exchanged packages."""

    def __init__(self, settings: Settings, boundary: Boundary) -> None:
        stacks = environments.read(settings.stacks)
        old, new = stacks[str(boundary.before.stack)], stacks[str(boundary.after.stack)]
        self.settings, self.boundary, self.python = settings, boundary, old.python
        self.own_needs = environments.installed_versions([settings.subject])
        self.old = environments.parse_pins(old.pins_with(boundary.before, settings.subject))
        self.new = environments.parse_pins(new.pins_with(boundary.after, settings.subject))

    def find(self) -> Finding:
        """Run the trials and name the cause."""
        subject, changed = self.settings.subject, self.changed_packages()
        if not changed:
            return Finding({}, [], subject)
        older, newer = (f"{subject} {side.version}" for side in (self.boundary.before, self.boundary.after))
        forward = self.trial(f"{older} with the newer packages", {**self.new, subject: self.old[subject]})
        back = self.trial(f"{newer} with the older packages", {**self.old, subject: self.new[subject]})
        causes = {  # by what turned the outcome: the other packages, the subject
            (False, True): subject,
            (True, True): f"{subject} as well as the other packages",
            (False, False): f"{subject} and the other packages together",
            (True, False): "several other packages together",
        }
        turned_by, trials = (self.turned(forward), self.turned(back)), [forward, back]
        cause, unknown = causes[turned_by], None in (forward.outcome, back.outcome)
        if unknown:
            cause = f"{subject} or the other packages (unknown: the exchanged versions do not run)"
        if unknown or turned_by == (True, False):
            trials += self.single_trials(older, changed)
            if self.turned(trials[-1]) and len(trials) > 2:
                cause = trials[-1].what.removeprefix(f"{older} with ")
        return Finding(changed, trials, cause)

    def changed_packages(self) -> Changes:
        """The packages other than the subject whose versions differ."""
        names = sorted({*self.old, *self.new} - {self.settings.subject})
        versions = {name: (self.old.get(name, (None,))[0], self.new.get(name, (None,))[0]) for name in names}
        return {name: (old, new) for name, (old, new) in versions.items() if old != new}

    def turned(self, trial: Trial) -> bool:
        """Whether the claim did in *trial* what it does on the newer release."""
        return trial.outcome == self.boundary.cell_after.outcome

    def single_trials(self, older: str, changed: Changes) -> Iterator[Trial]:
        """Try the older release with one newer package at a time, until one changes the outcome."""
        for name, (_, version) in sorted(changed.items(), key=lambda item: self.priority(item[0]))[:MAX_SINGLE_TRIALS]:
            if version is not None:
                trial = self.trial(f"{older} with {name} {version}", {**self.old, name: self.new[name]})
                yield trial
                if self.turned(trial):
                    return

    def priority(self, name: str) -> tuple[bool, bool, str]:
        """A sort key: packages named in the failure first, then requirements of the subject."""
        failure = " ".join(item.observed + item.assertion for item in self.boundary.cell_after.evidence).lower()
        return name.replace("-", "_") not in failure.replace("-", "_"), name not in self.own_needs, name

    def trial(self, what: str, pins: Pins) -> Trial:
        """Run the claim with *pins*."""
        text = environments.pins_text(pins)
        name = f"trial-{os.getpid()}-{environments.fingerprint(text, self.python)}"  # another process may run it too
        folder = runs.environments_folder(self.settings) / name
        try:
            python = environments.ensure(folder, self.python, text)
            recorded = runs.run(self.settings, name, python, [self.boundary.claim], profile="history").records
            if not recorded:
                return Trial(what, None, runs.log_tail(self.settings, name))
        except ReportError as error:
            return Trial(what, None, error.sentence)
        finally:
            environments.remove(folder, with_lock=True)
            runs.log_path(self.settings, name).unlink(missing_ok=True)
        record = recorded[0]
        if record.outcome == "untried":
            return Trial(what, None, record.reason or "")
        return Trial(what, record.outcome, record.evidence[-1].observed if record.evidence else "")
