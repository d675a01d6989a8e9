"""Falsification: find for each claim something that refutes it, because a test that nothing refutes proves nothing.

A release that refuted the claim is enough. Otherwise the search mutates the packages under test in a sandbox. It traces
the lines that a claim executes, and tries mutations of these lines. A claim kills a mutant if one of its assertions is
false with the mutant, while another claim of the same article holds. A fresh worker proves each kill.

mutmut and cosmic-ray do the opposite: they find the mutants of a project's own code that no test kills. Here each test
must kill some mutant, of a package that the project only installs.
"""

import contextlib
import functools
import hashlib
import os
import queue
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec
import psutil  # type: ignore[import-untyped]

from report.files import write_whole
from report.measure import environments, kills, ledger, runs
from report.measure.kills import Kill, Kills
from report.measure.records import Record
from report.mutation.client import Client, WorkerError
from report.mutation.prover import Prover
from report.mutation.ranking import Candidate, count_lines, mutations_of, rank_candidates, read_trace
from report.mutation.sandbox import STDLIB_PREFIX, Sandbox, original_path
from report.mutation.targets import Baseline, Target, load_baseline, module_of
from report.settings import Settings

TRACE_SECONDS = 60  # for a claim while it is traced
FIRST_LIMIT = 15  # candidates for each claim before the search tries the proved candidates of other claims
SECOND_LIMIT = 60  # candidates for each claim before the search accepts a mutant that kills many claims
MAX_SPECIFIC = 5  # a mutant that kills more claims than this shows little about each of them
MAX_CONTROLS = 2  # controls from the module of a claim, and as many from other modules
MAX_SIBLINGS = 4  # other claims of the module that run with the same mutant
SIBLING_SECONDS = 1.0  # only claims that are faster than this are siblings
Job = TypeVar("Job", str, Candidate)
OnResult = Callable[[str, str | None, int], None]  # gets a claim, the mutant that killed it, the number tried on it
OnTrace = Callable[[int, int], None]  # gets the number of traced claims, and of all


class MutationSearch:
    """Searches for kills of claims, in several modules in parallel.

    *budget*: seconds for each claim; *within*: a part of the paths of the files to mutate.
    """

    def __init__(self, settings: Settings, on_result: OnResult, budget: float, within: str, on_trace: OnTrace) -> None:
        self.settings, self.budget, self.within = settings, budget, within
        self.on_result, self.on_trace = on_result, on_trace
        self.stopping = threading.Event()
        self.write_lock = threading.Lock()
        self.claims: Sequence[Record] = ()  # all that no release refuted: targets and controls
        self.targets: dict[str, Target] = {}
        self.open: set[str] = set()  # the ids of the claims to search for
        self.line_counts: Mapping[tuple[str, int], int] = {}
        self.kill_counts: Counter[Candidate] = Counter()
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
        self.claims = [claim for claim in claims if "release" not in (kills.refutation(claim, Kills(), measured) or ())]
        self.open = {claim.id for claim in selected}
        with sandboxes(self.settings, jobs) as pool:
            in_parallel = functools.partial(self.run_parallel, pool, jobs)
            total = sum(module_of(claim.id) in modules for claim in self.claims)
            in_parallel(modules, functools.partial(self.trace, total=total))
            self.line_counts = count_lines(target.baseline.trace for target in self.targets.values())
            in_parallel(modules, functools.partial(self.search_module, limit=FIRST_LIMIT))
            self.kill_counts.update(self.earlier_candidates())
            specific_first = sorted(
                self.kill_counts, key=lambda candidate: (candidate.mutation.at_import, self.kill_counts[candidate])
            )
            in_parallel([candidate for candidate in specific_first if self.within in candidate.file], self.sweep)
            in_parallel(modules, functools.partial(self.search_module, limit=SECOND_LIMIT))
            in_parallel(modules, self.search_module)
        return self.faults

    def run_parallel(
        self, pool: "queue.Queue[Sandbox]", jobs: int, tasks: Sequence[Job], work: Callable[[Job, Sandbox], None]
    ) -> None:
        """Call *work* with each task and a free sandbox, *jobs* at a time; an error in a worker is a fault."""

        def run_task(task: Job) -> None:
            sandbox = pool.get()
            try:
                work(task, sandbox)
            except WorkerError as error:
                if not self.stopping.is_set():
                    self.faults.append(f"{task}: {error}")
            finally:
                pool.put(sandbox)

        with ThreadPoolExecutor(jobs) as executor:
            try:
                list(executor.map(run_task, tasks))
            except BaseException:  # `map` has cancelled the tasks that have not begun
                self.stopping.set()
                raise

    def trace(self, module: str, sandbox: Sandbox, total: int = 0) -> None:
        """Run each claim of *module* without mutations, then again with a trace; reuse the saved runs."""
        with contextlib.closing(Client(sandbox, self.stopping, [module])) as worker:
            for claim in self.claims:
                if module_of(claim.id) == module:
                    baseline = load_baseline(self.saved_baseline(claim)) or self.run_baseline(claim, worker)
                    if baseline:
                        self.targets[claim.id] = Target(claim, baseline)
                    self.traced += 1
                    self.on_trace(self.traced, total)

    def run_baseline(self, claim: Record, worker: Client) -> Baseline | None:
        """Run a claim, once without and once with a trace, and save its baseline; None if it does not hold."""
        answer = next(iter(worker.ask([claim.id], TRACE_SECONDS) or ()), None)
        if answer is None or answer.outcome != "held":
            reason = (answer and answer.reason) or "refuted"
            if claim.id in self.open:
                self.faults.append(f"{claim.id}: it does not hold without mutations: {reason}")
            return None
        trace = worker.sandbox.root.with_suffix(".trace")
        trace.unlink(missing_ok=True)
        worker.ask([claim.id], TRACE_SECONDS, trace=trace)
        baseline = Baseline(answer, read_trace(trace), worker.texts.get(claim.id, ""))
        write_whole(self.saved_baseline(claim), msgspec.json.encode(baseline).decode())
        return baseline

    def saved_baseline(self, claim: Record) -> Path:
        """Return the path of the saved baseline of a claim; it depends on the test and on the installed packages."""
        key = f"{claim.id} {claim.fingerprint} {self.stack}"
        return runs.work_folder(self.settings) / "traces" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"

    def search_module(self, module: str, sandbox: Sandbox, limit: int | None = None) -> None:
        """Search for a kill of each open claim of *module* in turn.

        With a *limit*, try at most so many candidates on each claim. Without one, use the whole time budget, and try
        each candidate on siblings of the claim too.
        """
        with contextlib.closing(Prover(sandbox, self.stopping, self.controls, module)) as prover:
            for target in [target for target in self.open_targets() if target.module == module]:
                if target.id in self.open and (limit or not target.fallback):
                    self.search_target(target, prover, limit)
                if target.id in self.open and not (limit or self.stopping.is_set()):
                    self.settle(target, target.fallback)

    def search_target(self, target: Target, prover: Prover, limit: int | None) -> None:
        """Try candidates on a claim until one kills it or its time is over."""
        candidates = rank_candidates(target.baseline.trace, target.vocabulary, self.line_counts, self.settings)
        deadline = time.monotonic() + self.budget
        for candidate in [candidate for candidate in candidates if self.within in candidate.file][:limit]:
            if target.id not in self.open or time.monotonic() > deadline or self.stopping.is_set():
                return
            if candidate not in target.tried:
                targets = [target, *([] if limit else self.siblings(target, candidate))]
                for tried in targets:
                    tried.tried.add(candidate)
                self.try_candidate(candidate, targets, prover)

    def siblings(self, target: Target, candidate: Candidate) -> list[Target]:
        """Return other fast claims of the module that execute the mutated lines."""
        siblings = [
            sibling
            for sibling in self.open_targets()
            if sibling is not target
            and sibling.module == target.module
            and candidate not in sibling.tried
            and sibling.executes(candidate)
            and sibling.duration < SIBLING_SECONDS
        ]
        return siblings[:MAX_SIBLINGS]

    def sweep(self, candidate: Candidate, sandbox: Sandbox) -> None:
        """Try a proved candidate on all other claims that cover it, in one run of a fresh worker."""
        targets = [target for target in self.open_targets() if not target.fallback and target.covers(candidate)]
        if targets and not self.stopping.is_set():
            with contextlib.closing(Prover(sandbox, self.stopping, self.controls)) as prover:
                self.try_candidate(candidate, targets, prover)

    def try_candidate(self, candidate: Candidate, targets: Sequence[Target], prover: Prover) -> None:
        """Record which claims kill a mutant; if they are many, it is only the fallback of each."""
        self.tried += 1
        proved = prover.kills(candidate, targets)
        for target, kill in proved:
            target.tried.add(candidate)
            self.kill_counts[candidate] += 1
            if len(proved) > MAX_SPECIFIC:
                target.fallback = kill
            else:
                self.settle(target, kill)

    def open_targets(self) -> list[Target]:
        """Return the targets whose search goes on."""
        return [target for target in self.targets.values() if target.id in self.open]

    def earlier_candidates(self) -> Iterator[Candidate]:
        """Yield the candidates of recorded kills whose lines have not changed."""
        for kill in kills.read_kills(self.settings.falsified).values():
            file = STDLIB_PREFIX + kill.file if kill.package == "Python" else kill.file
            for mutation in mutations_of(file, as_data=False):
                if mutation.span[0] == kill.line:
                    text = original_path(file).read_text(encoding="utf-8")
                    if mutation.before_and_after(text) == (kill.was, kill.became):
                        yield Candidate(file, mutation)

    def controls(self, target: Target) -> list[str]:
        """Return fast claims of the same article, from the module of *target* and from other modules."""
        others = [other for other in self.targets.values() if other is not target and other.article == target.article]
        others.sort(key=lambda other: other.duration)
        near = [other.id for other in others if other.module == target.module][:MAX_CONTROLS]
        far = [other.id for other in others if other.module != target.module][:MAX_CONTROLS]
        untraced = [
            claim.id
            for claim in self.claims
            if claim.id.startswith(target.article) and module_of(claim.id) != target.module
        ]
        return [*near, *(far or untraced[:1])]

    def settle(self, target: Target, kill: Kill | None) -> None:
        """Close the search for a claim and record its kill at once; a later result does not replace it."""
        with self.write_lock:
            if target.id not in self.open:
                return
            self.open.discard(target.id)
            if kill is not None:
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
