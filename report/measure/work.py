"""Running a task of the history, on any machine that has this project."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from packaging.utils import canonicalize_name

from report.errors import ReportError
from report.measure import environments, runs
from report.measure.history import HISTORY_PROFILE, Task, interpreter
from report.measure.records import Record, RecordedRun
from report.measure.runs import Stopping
from report.settings import Settings

SMALLEST, LARGEST = 100, 1000  # claims of a batch: a start of pytest takes as long as 50; what is lost when one dies


@dataclass(frozen=True)
class Finished:
    """What a task gave: the records of its claims, and the fault of the run itself, if it has one."""

    task: Task
    records: Sequence[Record] = ()
    fault: str | None = None


OnProgress = Callable[[Task, str, int], None]  # called with a task, its state, and the count of cells run
OnStep = Callable[[str, str, int], None]  # called with the name of an environment instead


def by_environment(on_step: OnStep) -> OnProgress:
    """Report the progress of tasks as that of their environments."""
    done: dict[str, dict[int, int]] = {}  # by environment and part

    def show(task: Task, state: str, count: int) -> None:
        name = task.environment.name
        done.setdefault(name, {})[task.part] = count
        on_step(name, state, sum(done[name].values()))

    return show


def batches(tasks: Iterable[Task], slots: int) -> list[Task]:
    """The tasks that have claims, divided into about two for each of the *slots* that run at once."""
    due = [task for task in tasks if task.claims]
    share = ceil(sum(len(task.claims) for task in due) / (2 * slots))
    size = max(SMALLEST, min(share, LARGEST))
    return [part for task in due for part in parts(task, ceil(len(task.claims) / size))]


def parts(task: Task, count: int) -> list[Task]:
    """The task in *count* parts of about the same size."""
    if count == 1:
        return [task]
    numbers = range(count)
    return [replace(task, claims=task.claims[each::count], part=task.part * count + each + 1) for each in numbers]


def measure(settings: Settings, task: Task, on_progress: OnProgress, stopping: Stopping) -> Finished:
    """Run a task. If it cannot run, that is the fault of what it gives; OSError is raised if the disk is full, say."""
    if stopping.is_set():
        return Finished(task)
    name = task.environment.name
    try:
        run = run_claims(settings, task, on_progress, stopping)
        check_version(settings, task, run)
    except ReportError as error:
        return Finished(task, fault=None if stopping.is_set() else f"{name}: {error}")
    if run.whole or stopping.is_set():
        return Finished(task, run.records)
    done = f"{len(run.records)} of {len(task.claims)} claims"
    fault = f"{name}: its run was cut off after {done}: {runs.log_tail(settings, task.label)}"
    return Finished(task, run.records, fault)


def check_version(settings: Settings, task: Task, run: RecordedRun) -> None:
    """Raise ReportError if pytest did not start, or another release than the task's ran."""
    if not run.packages:
        raise ReportError(f"pytest did not start: {runs.log_tail(settings, task.label)}.", "The ledger is unchanged.")
    version = run.packages.get(canonicalize_name(settings.subject))
    if version != task.environment.release.version:
        hint = "Its outcomes were discarded; delete .history/."
        raise ReportError(f"{settings.subject} {version} ran instead.", hint)


def run_claims(settings: Settings, task: Task, on_progress: OnProgress, stopping: Stopping) -> RecordedRun:
    """Run the claims with pytest. If none was reached, create the environment again, and try once more.

    Raises ReportError if the environment cannot be created.
    """
    environment, name = task.environment, task.environment.name
    on_progress(task, "installing", 0)
    python, profile = interpreter(settings, environment), HISTORY_PROFILE if environment.stack else None
    start = functools.partial(
        runs.run, settings, name, python, task.claims, label=task.label, hash_seed=task.hash_seed, profile=profile,
        on_progress=functools.partial(on_progress, task, "running"), stopping=stopping,
    )  # fmt: skip
    run = start()
    alone = environment.stack is not None and not task.part  # no other task runs in the environment
    if run.records or stopping.is_set() or not alone:
        return run
    environments.remove(runs.environments_folder(settings) / name)
    interpreter(settings, environment)
    return start()
