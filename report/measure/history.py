"""The history: every claim on every release, each release in an environment of its own.

Only cells that are missing or stale are run. What a release gave goes into the ledger as soon as it is there,
so that an interrupted history goes on where it was.
"""

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from report.errors import ReportError, TruncatedRunError
from report.measure import environments, ledger, records, releases, runs
from report.model import Cell, Environment, EnvironmentName
from report.settings import Settings

HISTORY_PROFILE = "history"  # of Hypothesis: fewer examples on old releases
Watch = Callable[[str, str, int], None]  # called with an environment, what it is doing, and how many cells are done


@dataclass(frozen=True)
class ReleaseEnvironment:
    """A release as it is run: *stack* is None for the *current* one as it is installed here."""

    release: releases.Known
    stack: environments.Stack | None
    environment: Environment
    current: bool = False

    @property
    def name(self) -> str:
        """The name of the environment in the ledger: the current release has two, one for each Python."""
        second = self.current and self.stack is not None
        return str(EnvironmentName(self.release.version, self.environment.python if second else None))

    def absent(self, component: str | None) -> str | None:
        """Why this lane cannot have *component*, where its stack says so."""
        told = {canonicalize_name(one): why for one, why in (self.stack.absent if self.stack else {}).items()}
        return told.get(canonicalize_name(component)) if component else None


@dataclass(frozen=True)
class Task:
    """What is to run in a lane: claims by id, and how many of them for which reason."""

    lane: ReleaseEnvironment
    claims: Sequence[str]
    why: Mapping[str, int]


def lanes(
    settings: Settings, here: Environment, installed: str, versions: Sequence[str] = ()
) -> list[ReleaseEnvironment]:
    """Every release that is run, or those of *versions*, oldest first; the current one comes twice.

    Current is the newest that the data file knows. Where another one is *installed* here (a candidate, or an older
    one), the current one comes once, and its outcomes of the main job stand.

    Raises:
        ReportError: the releases or the stacks cannot be read, or a version is not among them.
    """
    newest = [release.version for release in releases.chosen(settings.releases)][-1:]
    chosen = releases.chosen(settings.releases, versions)
    known = environments.read(settings.stacks)
    found = []
    for release in chosen:
        if release.stack not in known:
            raise ReportError(f"{release.version} names a stack {release.stack!r} that does not exist.", "See stacks/.")
        stack = known[release.stack]
        pins = stack.beside(release, settings.subject)
        current = release.version in newest
        if current and release.version == installed:
            found.append(ReleaseEnvironment(release, None, here, current))
        beside = Environment(stack.python, environments.fingerprint(pins, stack.python))
        found.append(ReleaseEnvironment(release, stack, beside, current))
    return found


def gone(settings: Settings, known: ledger.Ledger) -> list[str]:
    """The environments in the ledger that no lane has any more: of releases not run, and the second of older ones."""
    run = [release.version for release in releases.chosen(settings.releases)]
    names = [EnvironmentName.parse(name) for name in known.environments]
    return [str(name) for name in names if name.release not in (run[-1:] if name.python else run)]


def plan(
    known: ledger.Ledger, chosen: Iterable[ReleaseEnvironment], claims: Sequence[records.Record], again: bool
) -> list[Task]:
    """What is missing or stale in each lane, or everything if it is to run *again*."""
    tasks = []
    for lane in chosen:
        why = {claim.id: reason(known, lane, claim, again) for claim in claims}
        wanted = [claim for claim, because in why.items() if because]
        tasks.append(Task(lane, wanted, Counter(because for because in why.values() if because)))
    return tasks


def reason(known: ledger.Ledger, lane: ReleaseEnvironment, claim: records.Record, again: bool) -> str | None:
    """Why a cell has to be run; None if it need not."""
    if again:
        return "asked for"
    entry = known.entries.get(claim.id)
    if entry is None:
        return "new claim"
    if entry.fingerprint != claim.fingerprint:
        return "the claim's test has changed"
    if known.environments.get(lane.name) != lane.environment:
        return "new release" if lane.name not in known.environments else "its stack has changed"
    return None if lane.name in entry.cells else "not measured yet"


class History:
    """Runs tasks, several at once, and takes what they give over into the ledger."""

    def __init__(self, settings: Settings, watch: Watch, into: Path | None = None) -> None:
        self.settings = settings
        self.watch = watch
        self.into = into or settings.ledger
        self.stopping = threading.Event()

    def run(self, tasks: Iterable[Task], jobs: int) -> list[str]:
        """Run *tasks*, *jobs* at once; gives what is amiss, in words.

        Raises:
            KeyboardInterrupt: after every process has been ended, and what they had given taken over.
        """
        runs.clear_up(self.settings)
        faults: list[str] = []
        with ThreadPoolExecutor(jobs) as pool:
            futures = {pool.submit(self.measure, task): task for task in tasks if task.claims}
            try:
                for future in as_completed(futures):
                    faults += self.outcome(futures[future], future.result)
            except BaseException:
                self.stopping.set()
                for future in futures:
                    future.cancel()
                raise
        return faults

    def outcome(self, task: Task, result: Callable[[], list[str]]) -> list[str]:
        """The faults of one task; a release that cannot be run does not keep the others from it."""
        try:
            return result()
        except ReportError as error:
            self.watch(task.lane.name, "failed", 0)
            return [f"{task.lane.name}: {error}"]

    def measure(self, task: Task) -> list[str]:
        """Run one task to its end, or until we are stopped, and take over what it gave."""
        if self.stopping.is_set():
            return []
        recorded = self.recorded(task, again=task.lane.stack is not None)
        self.check(task.lane, recorded)
        seen, faults = judged(task.lane, recorded.records)
        with ledger.updating(self.into):
            known = ledger.read(self.into)
            ledger.write(self.into, ledger.merge(known, task.lane.name, task.lane.environment, seen))
        self.watch(task.lane.name, "done" if recorded.whole else "cut off", len(recorded.records))
        if not recorded.whole and not self.stopping.is_set():
            done = f"{len(recorded.records)} of {len(task.claims)} claims"
            said = runs.last_words(self.settings, task.lane.name)
            faults.append(f"{task.lane.name}: its run was cut off after {done}: {said}")
        return faults

    def check(self, lane: ReleaseEnvironment, recorded: records.Recorded) -> None:
        """See to it that it was the lane's release that ran."""
        subject = self.settings.subject
        ran = recorded.packages.get(canonicalize_name(subject))
        if ran != lane.release.version:
            raise ReportError(f"{subject} {ran} ran in its place.", "Nothing was taken over; delete .history/.")

    def recorded(self, task: Task, again: bool) -> records.Recorded:
        """What pytest recorded; an environment in which not one claim was reached is made anew, once."""
        lane = task.lane
        self.watch(lane.name, "installing", 0)
        try:
            found = runs.run(
                self.settings,
                lane.name,
                self.interpreter(lane),
                task.claims,
                profile=HISTORY_PROFILE if lane.stack else None,
                heard=lambda done: self.watch(lane.name, "running", done),
                stopping=self.stopping,
            )
        except TruncatedRunError:
            if not again or self.stopping.is_set():
                said = runs.last_words(self.settings, lane.name)
                raise ReportError(f"pytest did not start: {said}.", "Nothing was taken over.") from None
        else:
            if found.records or not again or self.stopping.is_set():
                return found
        environments.remove(runs.environments(self.settings) / lane.name)
        return self.recorded(task, again=False)

    def interpreter(self, lane: ReleaseEnvironment) -> Path:
        """The Python of a lane, in its environment."""
        if lane.stack is None:
            return Path(sys.executable)
        pins = lane.stack.beside(lane.release, self.settings.subject)
        return environments.environment(runs.environments(self.settings) / lane.name, lane.stack.python, pins)


def judged(lane: ReleaseEnvironment, found: Iterable[records.Record]) -> tuple[dict[str, tuple[str, Cell]], list[str]]:
    """What a lane's records add to the ledger, and what is amiss with the others."""
    seen, faults = {}, []
    for one in found:
        if one.outcome != "untried":
            seen[one.id] = (one.fingerprint, one.cell)
        elif why := lane.absent(one.lacking):
            seen[one.id] = (one.fingerprint, Cell("untried", f"{one.lacking}: {why}"))
        else:
            faults.append(f"{lane.name}: untried: {one.id}: {' '.join((one.reason or '').split())}")
    return seen, faults
