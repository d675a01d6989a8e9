"""What runs the tasks of a history: threads on this machine, or a Dask cluster.

Libraries considered: Ray and Celery. Both need a service of their own, or do not run a task again whose worker died.
"""

import contextlib
import functools
import importlib
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from report import settings as project
from report.errors import ReportError
from report.measure import runs
from report.measure.history import Task
from report.measure.work import Finished, OnProgress, batches, measure
from report.settings import Settings

CONNECT_SECONDS = 30
END_SECONDS = 30  # how long interrupted tasks have to end
POLL_SECONDS = 1  # how often a task on a cluster asks whether it has to end


class Threads:
    """Runs tasks on this machine, *jobs* at once. *slots*: how many run at once."""

    def __init__(self, settings: Settings, jobs: int, on_progress: OnProgress) -> None:
        runs.delete_leftovers(settings)
        self.slots, self.stopping, self.pool = jobs, threading.Event(), ThreadPoolExecutor(jobs)
        self.measure = functools.partial(measure, settings, on_progress=on_progress, stopping=self.stopping)

    def submit(self, task: Task) -> "Future[Finished]":
        """Have a thread run a task."""
        return self.pool.submit(self.measure, task)

    def stop(self) -> None:
        """End all tasks. One that runs gives what it has finished; one that waits gives nothing."""
        self.stopping.set()

    def close(self) -> None:
        """Wait for the threads."""
        self.pool.shutdown()


class Cluster(Threads):
    """Runs tasks on the workers of a Dask cluster. What has no stack runs here, where its packages are installed.

    Raises ReportError if Dask is not installed, the scheduler does not answer, it has no worker, or a worker's checkout
    has other code.
    """

    def __init__(self, settings: Settings, scheduler: str, on_progress: OnProgress) -> None:
        self.dask = load_dask()
        hint = f"Start it with `python -m dask scheduler`, and workers with `python -m dask worker {scheduler}`."
        try:
            self.client = self.dask.Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise ReportError(f"The scheduler {scheduler} does not answer: {error}.", hint) from error
        super().__init__(settings, 1, on_progress)
        self.event = f"stop-{uuid.uuid4()}"
        self.code = runs.digest(settings)
        try:
            self.client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            self.check_workers()
        except TimeoutError as error:
            raise ReportError(f"The scheduler {scheduler} has no worker.", hint) from error
        # The default is four workers. A task that ends two is at fault.
        self.client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 1))
        self.executor = self.client.get_executor(pure=False)
        self.slots = sum(self.client.nthreads().values())

    def check_workers(self) -> None:
        """Raise ReportError if the checkout of a worker has other code."""
        others = sorted(worker for worker, code in self.client.run(digest_here).items() if code != self.code)
        if others:
            sentence = f"Other claims or settings than here are at {', '.join(others)}."
            raise ReportError(sentence, "Check out the same commit there, and start the workers in its folder.")

    def submit(self, task: Task) -> "Future[Finished]":
        """Have a worker run a task."""
        if task.environment.stack is None:
            return super().submit(task)
        future: Future[Finished] = self.executor.submit(measure_on_worker, task, self.code, self.event)
        return future

    def stop(self) -> None:
        """End all tasks."""
        super().stop()
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self.dask.Event(self.event, client=self.client).set()

    def close(self) -> None:
        """Cancel what still runs, and disconnect."""
        super().close()
        with contextlib.suppress(Exception):
            self.executor.shutdown(wait=False)
            self.client.close()


class EventOfCluster:
    """An event of a cluster, by its *name*, as a task sees it: it asks the scheduler at most once a second."""

    def __init__(self, name: str) -> None:
        self.event, self.asked, self.answer = load_dask().Event(name), 0.0, False

    def is_set(self) -> bool:
        """Whether the event was set."""
        if not self.answer and time.monotonic() - self.asked > POLL_SECONDS:
            self.answer, self.asked = self.event.is_set(), time.monotonic()
        return self.answer


def measure_on_worker(task: Task, code: str, event: str) -> Finished:
    """Run a task in the folder of this worker, whose code has to be that of the client."""
    if digest_here() != code:
        return Finished(task, fault=f"{task.environment.name}: a worker has other claims or settings than the others.")
    return measure(project.read(Path.cwd()), task, lambda *progress: None, EventOfCluster(event))


def digest_here() -> str:
    """The digest of the project in this process's folder; "" if there is none."""
    with contextlib.suppress(ReportError):
        return runs.digest(project.read(Path.cwd()))
    return ""


def load_dask() -> Any:
    """The module `distributed`, which takes a second to import; raises ReportError if it is not installed."""
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        hint = "Use `uv run --extra cluster python -m report history …`."
        raise ReportError("Dask is not installed.", hint) from error


def choose(settings: Settings, jobs: int, scheduler: str | None, on_progress: OnProgress) -> Threads:
    """The cluster of *scheduler*, if one is named, or threads; raises as `Cluster` does."""
    return Cluster(settings, scheduler, on_progress) if scheduler else Threads(settings, jobs, on_progress)


def run(engine: Threads, tasks: Sequence[Task], take: Callable[[Sequence[Finished]], None]) -> None:
    """Run *tasks*. Call *take* with the results that have come since its last call.

    A KeyboardInterrupt is raised after all tasks have ended and what they had finished is taken.
    """
    pending = {}
    try:
        pending = {engine.submit(task): task for task in batches(tasks, engine.slots)}
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            take([result(future, pending[future]) for future in done])
            pending = {future: task for future, task in pending.items() if future not in done}
    except BaseException:
        engine.stop()
        done, _ = wait(pending, END_SECONDS)
        take([future.result() for future in done if not future.cancelled() and not future.exception()])
        raise
    finally:
        engine.close()


def result(future: "Future[Finished]", task: Task) -> Finished:
    """What a task gave, or the fault of a worker; raises ReportError if the scheduler is gone."""
    try:
        return future.result()
    except CancelledError as error:
        sentence = "The scheduler has cancelled the tasks, or ended."
        raise ReportError(sentence, "What is finished is in the ledger; the same command continues.") from error
    except Exception as error:
        if type(error).__name__ != "KilledWorker":
            raise
        claims = f"{len(task.claims)} claims, {task.claims[0]} … {task.claims[-1]}"
        return Finished(task, fault=f"{task.environment.name}: untried: {claims}: their task ended two workers")
