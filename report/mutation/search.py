"""Falsification: find for each claim something that refutes it, because a test that nothing refutes proves nothing.

A release that refuted the claim is enough. Otherwise the search mutates the packages under test in a sandbox. It traces
the lines that a claim executes, and tries mutations of these lines. A claim kills a mutant if one of its assertions is
false with the mutant, while another claim of the same article holds. A fresh worker proves each kill.

mutmut and cosmic-ray do the opposite: they find the mutants of a project's own code that no test kills. Here each test
must kill some mutant, of a package that the project only installs.
"""

import contextlib
import functools
import math
import os
import queue
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psutil  # type: ignore[import-untyped]

from report.measure import kills, ledger, runs
from report.measure.kills import Kill, Kills
from report.measure.records import Record
from report.mutation.client import Client, WorkerError
from report.mutation.prover import Prover
from report.mutation.ranking import Candidate, count_lines, mutations_of, rank_candidates, read_trace
from report.mutation.sandbox import SITE, Sandbox
from report.mutation.targets import Target, module_of
from report.settings import Settings

TRACE_SECONDS = 60  # for a claim while it is traced
FIRST_LIMIT = 15  # candidates for each claim before the search tries the proved candidates of other claims
SECOND_LIMIT = 60  # candidates for each claim before the search accepts a mutant that kills many claims
MAX_SPECIFIC = 5  # a mutant that kills more claims than this shows little about each of them
MAX_CONTROLS = 2  # controls from the module of a claim, and as many from other modules
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
            self.line_counts = count_lines(target.trace for target in self.targets.values())
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
        """Run each claim of *module* without mutations, and those that hold again with a trace."""
        with contextlib.closing(Client(sandbox, self.stopping, [module])) as worker:
            for claim in self.claims:
                if module_of(claim.id) == module:
                    self.trace_claim(claim, worker)
                    self.traced += 1
                    self.on_trace(self.traced, total)

    def trace_claim(self, claim: Record, worker: Client) -> None:
        """Make a target of a claim if it holds without mutations."""
        answer = next(iter(worker.ask([claim.id], TRACE_SECONDS) or ()), None)
        if answer and answer.outcome == "held":
            trace = worker.sandbox.root.with_suffix(".trace")
            trace.unlink(missing_ok=True)
            worker.ask([claim.id], TRACE_SECONDS, trace=trace)
            self.targets[claim.id] = Target(claim, answer, read_trace(trace), worker.texts.get(claim.id, ""))
        elif claim.id in self.open:
            reason = (answer and answer.reason) or "refuted"
            self.faults.append(f"{claim.id}: it does not hold without mutations: {reason}")

    def search_module(self, module: str, sandbox: Sandbox, limit: int | None = None) -> None:
        """Search for a kill of each open claim of *module* in turn.

        With a *limit*, try at most so many candidates on each claim. Without one, use the whole time budget.
        """
        with contextlib.closing(Prover(sandbox, self.stopping, self.controls, module)) as prover:
            for target in [target for target in self.open_targets() if target.module == module]:
                if target.id in self.open and (limit or not target.fallback):
                    self.search_target(target, prover, limit)
                if target.id in self.open and not (limit or self.stopping.is_set()):
                    self.settle(target, target.fallback)

    def search_target(self, target: Target, prover: Prover, limit: int | None) -> None:
        """Try candidates on a claim until one kills it or its time is over."""
        candidates = rank_candidates(target.trace, target.vocabulary, self.line_counts)
        deadline = time.monotonic() + self.budget
        for candidate in [candidate for candidate in candidates if self.within in candidate.file][:limit]:
            if target.id not in self.open or time.monotonic() > deadline or self.stopping.is_set():
                return
            if candidate not in target.tried:
                target.tried.add(candidate)
                self.try_candidate(candidate, [target], prover)

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
        for kill in kills.read_kills(self.settings.kills).values():
            for mutation in mutations_of(kill.file, as_data=False):
                if mutation.span[0] == kill.line:
                    text = (SITE / kill.file).read_text(encoding="utf-8")
                    if mutation.before_and_after(text) == (kill.was, kill.became):
                        yield Candidate(kill.file, mutation)

    def controls(self, target: Target) -> list[str]:
        """Return fast claims of the same article, from the module of *target* and from other modules."""
        others = [claim.id for claim in self.claims if claim.id.startswith(target.article) and claim.id != target.id]
        others.sort(key=lambda claim: self.targets[claim].answer.seconds if claim in self.targets else math.inf)
        near = [claim for claim in others if module_of(claim) == target.module]
        far = [claim for claim in others if module_of(claim) != target.module]
        return near[:MAX_CONTROLS] + far[:MAX_CONTROLS]

    def settle(self, target: Target, kill: Kill | None) -> None:
        """Close the search for a claim and record its kill at once; a later result does not replace it."""
        with self.write_lock:
            if target.id not in self.open:
                return
            self.open.discard(target.id)
            if kill is not None:
                recorded = kills.read_kills(self.settings.kills)
                kills.write(self.settings.kills, {**recorded, target.id: kill})
        self.on_result(target.id, kill.mutant if kill else None, len(target.tried))


@contextlib.contextmanager
def sandboxes(settings: Settings, count: int) -> Iterator["queue.Queue[Sandbox]"]:
    """Create *count* sandboxes and delete them at the end; also delete those of processes that were killed."""
    folder = runs.environments_folder(settings)
    for old in folder.glob("sandbox-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    pool: queue.Queue[Sandbox] = queue.Queue()
    with contextlib.ExitStack() as at_end:
        for number in range(count):
            sandbox = Sandbox(folder / f"sandbox-{os.getpid()}-{number}" / "venv", settings)
            at_end.callback(shutil.rmtree, sandbox.root.parent, ignore_errors=True)
            pool.put(sandbox.create())
        yield pool
