"""Falsification: find for each claim something that refutes it, because a test that nothing refutes proves nothing.

A release that refuted the claim is enough. Otherwise the search mutates the packages under test in a sandbox. It traces
the lines that a claim executes, and tries mutations of these lines. A claim kills a mutant if one of its assertions is
false with the mutant, while another claim of the same article holds. A fresh worker proves each kill.
"""

import contextlib
import functools
import hashlib
import os
import queue
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

import psutil  # type: ignore[import-untyped]

from report.measure import environments, kills, ledger, runs
from report.measure.kills import Kill, Kills
from report.measure.records import Record
from report.mutation.client import Client, WorkerError
from report.mutation.module_search import ModuleSearch
from report.mutation.ranking import Candidate, count_lines, mutations_of, read_trace
from report.mutation.sandbox import STDLIB_PREFIX, Sandbox, original_path
from report.mutation.targets import Target, module_of
from report.settings import Settings

TRACE_SECONDS = 60  # for a claim while it is traced
FIRST_LIMIT = 15  # candidates for each claim before the search tries the proved candidates of other claims
SECOND_LIMIT = 60  # candidates for each claim before the search accepts a mutant that kills many claims
MAX_CONTROLS = 2  # controls from the module of a claim, and as many from other modules
Job = TypeVar("Job")
OnResult = Callable[[str, str | None, int], None]  # gets a claim, the mutant that killed it, the number tried on it
OnTrace = Callable[[int, int], None]  # gets the number of traced claims, and of all


class MutationSearch:
    """Searches for kills of claims, in several modules in parallel.

    *budget*: seconds for each claim; *within*: a part of the paths of the files to mutate.
    """

    def __init__(
        self,
        settings: Settings,
        on_result: OnResult,
        budget: float,
        within: str = "",
        on_trace: OnTrace = lambda done, total: None,
    ) -> None:
        self.settings, self.budget, self.within = settings, budget, within
        self.on_result, self.on_trace = on_result, on_trace
        self.stopping = threading.Event()
        self.write_lock = threading.Lock()
        self.targets: dict[str, Target] = {}
        self.possible_controls: list[str] = []
        self.line_counts: Mapping[tuple[str, int], int] = {}
        self.kill_counts: Counter[Candidate] = Counter()
        self.settled: set[str] = set()
        self.faults: list[str] = []
        self.traced = self.tried = 0
        self.stack = environments.here(settings).stack

    def run(self, selected: Sequence[Record], claims: Sequence[Record], jobs: int) -> list[str]:
        """Search for a kill of each *selected* claim, which is one of *claims*; return what went wrong, as sentences.

        Record each kill at once.

        Raises:
            KeyboardInterrupt: all processes have ended; the recorded kills remain.
        """
        modules = list(dict.fromkeys(module_of(claim.id) for claim in selected))
        measured = ledger.read(self.settings.ledger)
        unrefuted = [claim for claim in claims if "release" not in (kills.refutation(claim, Kills(), measured) or ())]
        self.possible_controls = [claim.id for claim in unrefuted]
        self.targets = {claim.id: Target(claim) for claim in unrefuted if module_of(claim.id) in modules}
        ids = {claim.id for claim in selected}
        search_module = functools.partial(self.search_module, ids=ids)
        with sandboxes(self.settings, jobs) as pool:
            in_parallel = functools.partial(self.run_parallel, pool, jobs)
            in_parallel(modules, self.trace)
            self.line_counts = count_lines(target.trace for target in self.targets.values())
            in_parallel(modules, functools.partial(search_module, limit=FIRST_LIMIT))
            self.kill_counts.update(self.earlier_candidates())
            candidates = sorted(
                (candidate for candidate in self.kill_counts if self.within in candidate.file), key=self.generality
            )
            in_parallel(candidates, functools.partial(self.sweep, ids=ids))
            in_parallel(modules, functools.partial(search_module, limit=SECOND_LIMIT))
            in_parallel(modules, search_module)
        return self.faults

    def run_parallel(
        self, pool: "queue.Queue[Sandbox]", jobs: int, tasks: Sequence[Job], work: Callable[[Job, Sandbox], None]
    ) -> None:
        """Call *work* with each task and a free sandbox, *jobs* at a time."""

        def run_task(task: Job) -> None:
            sandbox = pool.get()
            try:
                work(task, sandbox)
            finally:
                pool.put(sandbox)

        with ThreadPoolExecutor(jobs) as executor:
            try:
                for future in as_completed([executor.submit(run_task, task) for task in tasks]):
                    future.result()
            except BaseException:
                self.stopping.set()
                executor.shutdown(wait=False, cancel_futures=True)
                raise

    def trace(self, module: str, sandbox: Sandbox) -> None:
        """Run each claim of *module* without mutations, then again with a trace; reuse the saved runs."""
        unknown = [target for target in self.targets_in(module) if not target.load(self.saved_run(target))]
        self.traced += len(self.targets_in(module)) - len(unknown)
        self.on_trace(self.traced, len(self.targets))
        if not unknown:
            return
        trace = sandbox.root.with_suffix(".trace")
        try:
            with Client(self.settings, sandbox, self.stopping, [module]) as worker:
                for target in unknown:
                    trace.unlink(missing_ok=True)
                    target.baseline = next(iter(worker.ask([target.id], TRACE_SECONDS) or ()), None)
                    worker.ask([target.id], TRACE_SECONDS, trace=trace)
                    target.trace, target.text = read_trace(trace), worker.texts.get(target.id, "")
                    if target.holds:
                        target.save(self.saved_run(target))
                    self.traced += 1
                    self.on_trace(self.traced, len(self.targets))
        except WorkerError as error:
            self.add_fault(f"{module}: {error}")

    def saved_run(self, target: Target) -> Path:
        """Return the path of the saved run of a claim; it depends on the test and on the installed packages."""
        key = f"{target.id} {target.record.fingerprint} {self.stack}"
        return runs.work_folder(self.settings) / "traces" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"

    def add_fault(self, fault: str) -> None:
        """Add to the faults, unless the user stopped the search."""
        if not self.stopping.is_set():
            self.faults.append(fault)

    def targets_in(self, module: str) -> list[Target]:
        """Return the targets of a module."""
        return [target for target in self.targets.values() if target.module == module]

    def search_module(self, module: str, sandbox: Sandbox, ids: AbstractSet[str], limit: int | None = None) -> None:
        """Search for a kill of each claim of *module* in *ids* (see `ModuleSearch.run`)."""
        targets = [target for target in self.targets_in(module) if target.id in ids - self.settled]
        for target in targets:
            if not limit and not target.holds:
                reason = (target.baseline and target.baseline.reason) or "refuted"
                self.add_fault(f"{target.id}: it does not hold without mutations: {reason}")
        holding = [target for target in targets if target.holds]
        if holding:
            try:
                ModuleSearch(self, module, holding, sandbox).run(limit)
            except WorkerError as error:
                self.add_fault(f"{module}: {error}")

    def earlier_candidates(self) -> Iterator[Candidate]:
        """Yield the candidates of recorded kills whose lines have not changed."""
        for kill in kills.read_kills(self.settings.falsified).values():
            for file in (kill.file, STDLIB_PREFIX + kill.file):
                path = original_path(file)
                text = path.read_text(encoding="utf-8") if path.is_file() else ""
                yield from (
                    Candidate(file, mutation)
                    for mutation in mutations_of(file, as_data=False)
                    if mutation.span[0] == kill.line and mutation.before_and_after(text) == (kill.was, kill.became)
                )

    def generality(self, candidate: Candidate) -> tuple[bool, int]:
        """Return the sort key of proved candidates: those that kill few claims come first."""
        return candidate.mutation.at_import, self.kill_counts[candidate]

    def sweep(self, candidate: Candidate, sandbox: Sandbox, ids: AbstractSet[str]) -> None:
        """Try a proved candidate on all other claims that cover it, in one run of a fresh worker."""
        targets = [
            target
            for target in self.targets.values()
            if target.id in ids
            and target.id not in self.settled
            and target.holds
            and not target.has_good_fallback
            and target.covers(candidate)
        ]
        if targets and not self.stopping.is_set():
            try:
                ModuleSearch(self, "", targets, sandbox).sweep(candidate)
            except WorkerError as error:
                self.add_fault(f"{candidate.file}: {error}")

    def controls(self, target: Target) -> list[str]:
        """Return fast claims of the same article, from the module of *target* and from other modules."""
        holding = [
            other
            for other in self.targets.values()
            if other is not target and other.holds and other.article == target.article
        ]
        holding.sort(key=lambda other: other.duration)
        near = [other.id for other in holding if other.module == target.module][:MAX_CONTROLS]
        far = [other.id for other in holding if other.module != target.module][:MAX_CONTROLS]
        untraced = [
            claim
            for claim in self.possible_controls
            if claim.startswith(target.article) and module_of(claim) != target.module
        ]
        return [*near, *(far or untraced[:1])]

    def settle(self, target: Target, kill: Kill | None) -> None:
        """Record the result for a claim at once; a later result does not replace it."""
        if target.id in self.settled:
            return
        if kill is not None:
            self.settled.add(target.id)
            with self.write_lock:
                recorded = kills.read_kills(self.settings.falsified)
                kills.write(self.settings.falsified, {**recorded, target.id: kill})
        self.on_result(target.id, kill.mutant if kill else None, len(target.tried))


@contextlib.contextmanager
def sandboxes(settings: Settings, count: int) -> Iterator["queue.Queue[Sandbox]"]:
    """Create *count* sandboxes and delete them at the end; also delete those of processes that were killed."""
    folder = runs.environments_folder(settings)
    for old in folder.glob("sandbox-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    created = [Sandbox(folder / f"sandbox-{os.getpid()}-{number}" / "venv", settings) for number in range(count)]
    pool: queue.Queue[Sandbox] = queue.Queue()
    try:
        for sandbox in created:
            pool.put(sandbox.create())
        yield pool
    finally:
        for sandbox in created:
            shutil.rmtree(sandbox.root.parent, ignore_errors=True)
