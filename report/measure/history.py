"""The history: every claim on every release, each release in its own environment.

Only missing or stale cells are run. The outcomes of a release enter the ledger as soon as its run ends, so an
interrupted history continues where it stopped.
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

HISTORY_PROFILE = "history"  # Hypothesis profile: fewer examples on old releases
OnProgress = Callable[[str, str, int], None]  # called with an environment's name, its state, and the count of cells run


@dataclass(frozen=True)
class ReleaseEnvironment:
    """A release and the environment that it is run in; *stack* is None for the release that is installed here.

    *identity*: the Python and the stack's fingerprint, as the ledger stores them. *current*: the newest release.
    """

    release: releases.KnownRelease
    stack: environments.Stack | None
    identity: Environment
    current: bool = False

    @property
    def name(self) -> str:
        """The name of the environment in the ledger: the current release has two, one for each Python."""
        second = self.current and self.stack is not None
        return str(EnvironmentName(self.release.version, self.identity.python if second else None))

    def reason_absent(self, component: str | None) -> str | None:
        """The reason that the stack gives for lacking *component*; None if it gives none."""
        reasons = self.stack.absent if self.stack else {}
        by_name = {canonicalize_name(name): reason for name, reason in reasons.items()}
        return by_name.get(canonicalize_name(component)) if component else None


@dataclass(frozen=True)
class Task:
    """What has to run in an environment: ids of claims, and how many of them for which reason."""

    environment: ReleaseEnvironment
    claims: Sequence[str]
    why: Mapping[str, int]


def release_environments(
    settings: Settings, here: Environment, installed: str, versions: Sequence[str] = ()
) -> list[ReleaseEnvironment]:
    """The environments of all releases that are run, or of *versions*, oldest first.

    *here* is the environment of this process, and *installed* the release in it. The current release, the newest in
    the data file, is run twice: here and with its stack. If another release is installed here (a candidate, or an
    older one), the current release is run with its stack only, and keeps its outcomes of the main job.

    Raises:
        ReportError: the releases or the stacks cannot be read, or one of *versions* is not a release that is run.
    """
    newest = [release.version for release in releases.select(settings.releases)][-1:]
    selected = releases.select(settings.releases, versions)
    stacks = environments.read(settings.stacks)
    chosen = []
    for release in selected:
        if release.stack not in stacks:
            raise ReportError(f"{release.version} names a stack {release.stack!r} that does not exist.", "See stacks/.")
        stack = stacks[release.stack]
        current = release.version in newest
        if current and release.version == installed:
            chosen.append(ReleaseEnvironment(release, None, here, current))
        pins = stack.pins_with(release, settings.subject)
        identity = Environment(stack.python, environments.fingerprint(pins, stack.python))
        chosen.append(ReleaseEnvironment(release, stack, identity, current))
    return chosen


def obsolete(settings: Settings, measured: ledger.Ledger) -> list[str]:
    """The names of environments in the ledger that are no longer run.

    These are the environments of removed releases, and the second environment of a release that is no longer current.
    """
    run = [release.version for release in releases.select(settings.releases)]
    names = [EnvironmentName.parse(name) for name in measured.environments]
    return [str(name) for name in names if name.release not in (run[-1:] if name.python else run)]


def forget_removed(settings: Settings, claims: Iterable[str]) -> None:
    """Remove from the ledger the claims and environments that no longer exist; *claims* are those that do."""
    with ledger.locked(settings.ledger):
        before = ledger.read(settings.ledger)
        kept = ledger.keep_claims(before, claims)
        for name in obsolete(settings, before):
            kept = ledger.without(kept, name)
        if kept != before:
            ledger.write(settings.ledger, kept)


def plan(
    measured: ledger.Ledger, chosen: Iterable[ReleaseEnvironment], claims: Sequence[records.Record], again: bool
) -> list[Task]:
    """One task for each environment: its missing and stale cells, or *again* all cells."""
    tasks = []
    for environment in chosen:
        reasons = {claim.id: reason_to_run(measured, environment, claim, again) for claim in claims}
        due = {claim: reason for claim, reason in reasons.items() if reason}
        tasks.append(Task(environment, [*due], Counter(due.values())))
    return tasks


def reason_to_run(
    measured: ledger.Ledger, environment: ReleaseEnvironment, claim: records.Record, again: bool
) -> str | None:
    """Why a cell has to be run; None if it is measured and fresh."""
    if again:
        return "asked for"
    entry = measured.entries.get(claim.id)
    if entry is None:
        return "new claim"
    if entry.fingerprint != claim.fingerprint:
        return "the claim's test has changed"
    if measured.environments.get(environment.name) != environment.identity:
        return "new release" if environment.name not in measured.environments else "its stack has changed"
    return None if environment.name in entry.cells else "not measured yet"


class History:
    """Runs tasks, several at a time, and merges their outcomes into the ledger (or into the file *into*)."""

    def __init__(self, settings: Settings, on_progress: OnProgress, into: Path | None = None) -> None:
        self.settings = settings
        self.on_progress = on_progress
        self.into = into or settings.ledger
        self.stopping = threading.Event()

    def run(self, tasks: Iterable[Task], jobs: int) -> list[str]:
        """Run *tasks*, *jobs* at a time; returns the faults, one sentence each.

        Raises:
            KeyboardInterrupt: after all processes have ended and their finished outcomes are in the ledger.
        """
        runs.delete_leftovers(self.settings)
        faults: list[str] = []
        with ThreadPoolExecutor(jobs) as pool:
            futures = {pool.submit(self.measure, task): task for task in tasks if task.claims}
            try:
                for future in as_completed(futures):
                    faults += self.faults_of(futures[future], future.result)
            except BaseException:
                self.stopping.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return faults

    def faults_of(self, task: Task, result: Callable[[], list[str]]) -> list[str]:
        """The faults of one task; a release that cannot be run does not stop the others."""
        try:
            return result()
        except ReportError as error:
            self.on_progress(task.environment.name, "failed", 0)
            return [f"{task.environment.name}: {error}"]

    def measure(self, task: Task) -> list[str]:
        """Run one task until it ends or the history is stopped, and merge its outcomes; returns its faults."""
        if self.stopping.is_set():
            return []
        environment = task.environment
        run = self.run_claims(task, retry=environment.stack is not None)
        self.check_release(environment, run)
        cells, faults = sort_records(environment, run.records)
        with ledger.locked(self.into):
            measured = ledger.read(self.into)
            ledger.write(self.into, ledger.merge(measured, environment.name, environment.identity, cells))
        self.on_progress(environment.name, "done" if run.whole else "cut off", len(run.records))
        if not run.whole and not self.stopping.is_set():
            done = f"{len(run.records)} of {len(task.claims)} claims"
            log_tail = runs.log_tail(self.settings, environment.name)
            faults.append(f"{environment.name}: its run was cut off after {done}: {log_tail}")
        return faults

    def check_release(self, environment: ReleaseEnvironment, run: records.RecordedRun) -> None:
        """Raise a ReportError if another release of the subject ran."""
        subject = self.settings.subject
        version = run.packages.get(canonicalize_name(subject))
        if version != environment.release.version:
            raise ReportError(f"{subject} {version} ran instead.", "Its outcomes were discarded; delete .history/.")

    def run_claims(self, task: Task, retry: bool) -> records.RecordedRun:
        """Run a task with pytest; if no claim was reached, delete the environment, create it again and *retry* once."""
        environment = task.environment
        self.on_progress(environment.name, "installing", 0)
        try:
            run = runs.run(
                self.settings,
                environment.name,
                self.interpreter(environment),
                task.claims,
                profile=HISTORY_PROFILE if environment.stack else None,
                on_progress=lambda done: self.on_progress(environment.name, "running", done),
                stopping=self.stopping,
            )
        except TruncatedRunError:
            if not retry or self.stopping.is_set():
                log_tail = runs.log_tail(self.settings, environment.name)
                raise ReportError(f"pytest did not start: {log_tail}.", "The ledger is unchanged.") from None
        else:
            if run.records or not retry or self.stopping.is_set():
                return run
        environments.remove(runs.environments_folder(self.settings) / environment.name)
        return self.run_claims(task, retry=False)

    def interpreter(self, environment: ReleaseEnvironment) -> Path:
        """The Python of an environment, which is created if necessary."""
        stack = environment.stack
        if stack is None:
            return Path(sys.executable)
        pins = stack.pins_with(environment.release, self.settings.subject)
        return environments.ensure(runs.environments_folder(self.settings) / environment.name, stack.python, pins)


def sort_records(
    environment: ReleaseEnvironment, recorded: Iterable[records.Record]
) -> tuple[dict[str, tuple[str, Cell]], list[str]]:
    """Sort records into cells for the ledger (a fingerprint and a cell by claim) and faults.

    An untried claim is a fault, unless the stack gives a reason for lacking the component that the claim needs.
    """
    cells, faults = {}, []
    for record in recorded:
        if record.outcome != "untried":
            cells[record.id] = (record.fingerprint, record.cell)
        elif reason := environment.reason_absent(record.lacking):
            cells[record.id] = (record.fingerprint, Cell("untried", f"{record.lacking}: {reason}"))
        else:
            faults.append(f"{environment.name}: untried: {record.id}: {' '.join((record.reason or '').split())}")
    return cells, faults
