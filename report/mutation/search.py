"""Falsification: for each claim, something real that refutes it; a test that nothing refutes proves nothing.

A release that refuted it will do. Otherwise the packages under test are sabotaged, in a sandbox of the environment: a
claim's own run tells which lines it executes, and changes of those are tried until one makes an assertion of the claim
false while another claim of the same article holds. What the quick look finds is proved by a run from scratch.
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
from report.mutation.ranking import Candidate, of, traced, usual
from report.mutation.sandbox import PYTHON, Sandbox, original
from report.mutation.targets import Target, module_of
from report.settings import Settings

TRACED = 60  # seconds that a claim may run while it is traced
OWN = 15  # changes that a claim itself speaks of, tried before those that have refuted others
FURTHER = 60  # changes that are tried before one will do that refutes claims of all kinds
CONTROLS = 2  # other claims of the module, and of other modules, of which one has to hold
Thing = TypeVar("Thing")
Watch = Callable[[str, str | None, int], None]  # called with a claim, the mutant that killed it, how many were tried


class MutationSearch:
    """Looks for what refutes claims, several modules at once."""

    def __init__(
        self,
        settings: Settings,
        watch: Watch,
        budget: float,
        within: str = "",
        traced: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        self.settings, self.watch, self.budget, self.within, self.traced = settings, watch, budget, within, traced
        self.stopping = threading.Event()
        self.writing = threading.Lock()
        self.targets: dict[str, Target] = {}
        self.everyone: list[str] = []
        self.usual: Mapping[tuple[str, int], int] = {}
        self.proven: Counter[Candidate] = Counter()
        self.settled: set[str] = set()
        self.faults: list[str] = []
        self.known = self.tried = 0
        self.stack = environments.here(settings).stack

    def run(self, wanted: Sequence[Record], claims: Sequence[Record], jobs: int) -> list[str]:
        """Look for what refutes each of *wanted*, one of *claims*; gives what is amiss, in words.

        What is found is written down at once.

        Raises:
            KeyboardInterrupt: after every process has been ended; what was found is kept.
        """
        modules = list(dict.fromkeys(module_of(one.id) for one in wanted))
        measured = ledger.read(self.settings.ledger)
        unrefuted = [one for one in claims if "release" not in (kills.how(one, Kills(), measured) or ())]
        self.everyone = [one.id for one in unrefuted]
        self.targets = {one.id: Target(one) for one in unrefuted if module_of(one.id) in modules}
        names = {one.id for one in wanted}
        with sandboxes(self.settings, jobs) as free:
            self.each(modules, jobs, lambda module: self.borrow(free, lambda sandbox: self.trace(module, sandbox)))
            self.usual = usual(target.trace for target in self.targets.values())
            hunt = functools.partial(self.hunt, names=names)
            self.each(modules, jobs, lambda module: self.borrow(free, lambda sandbox: hunt(module, sandbox, first=OWN)))
            self.proven.update(self.remembered())
            proven = sorted((one for one in self.proven if self.within in one.file), key=self.generality)
            self.each(
                proven, jobs, lambda candidate: self.borrow(free, lambda sandbox: self.sweep(candidate, names, sandbox))
            )
            self.each(
                modules, jobs, lambda module: self.borrow(free, lambda sandbox: hunt(module, sandbox, first=FURTHER))
            )
            self.each(modules, jobs, lambda module: self.borrow(free, lambda sandbox: hunt(module, sandbox)))
        return self.faults

    def each(self, things: Sequence[Thing], jobs: int, work: Callable[[Thing], None]) -> None:
        """Do the *work* for each of *things*, *jobs* at once."""
        with ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(work, thing) for thing in things]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                self.stopping.set()
                for future in futures:
                    future.cancel()
                raise

    def borrow(self, free: "queue.Queue[Sandbox]", work: Callable[[Sandbox], None]) -> None:
        """Do *work* with a sandbox of which nobody else makes use."""
        sandbox = free.get()
        try:
            work(sandbox)
        finally:
            free.put(sandbox)

    def trace(self, module: str, sandbox: Sandbox) -> None:
        """Run every claim of *module* as it is, and once more to note which lines it executes, unless that is known."""
        unknown = [target for target in self.of(module) if not target.recall(self.notes(target))]
        self.known += len(self.of(module)) - len(unknown)
        self.traced(self.known, len(self.targets))
        if not unknown:
            return
        file = sandbox.root.with_suffix(".trace")
        try:
            with Client(self.settings, sandbox, self.stopping, [module]) as bench:
                for target in unknown:
                    file.unlink(missing_ok=True)
                    target.base = next(iter(bench.ask([target.id], TRACED) or ()), None)
                    bench.ask([target.id], TRACED, trace=file)
                    target.trace, target.text = traced(file), bench.items.get(target.id, "")
                    if target.base and target.base.outcome == "held":
                        target.note(self.notes(target))
                    self.known += 1
                    self.traced(self.known, len(self.targets))
        except WorkerError as error:
            self.amiss(f"{module}: {error}")

    def notes(self, target: Target) -> Path:
        """Where it is kept what a claim's run was like: good for its test, and for what is installed."""
        named = hashlib.sha256(f"{target.id} {target.record.fingerprint} {self.stack}".encode()).hexdigest()[:16]
        return runs.work(self.settings) / "traces" / f"{named}.json"

    def amiss(self, fault: str) -> None:
        """Note what kept us from looking, unless it was our own stopping."""
        if not self.stopping.is_set():
            self.faults.append(fault)

    def of(self, module: str) -> list[Target]:
        """The targets of a module."""
        return [target for target in self.targets.values() if target.module == module]

    def hunt(self, module: str, sandbox: Sandbox, names: AbstractSet[str], first: int | None = None) -> None:
        """Look for what refutes each claim of *module* that is among *names*; only the *first* changes, if so said."""
        targets = [target for target in self.of(module) if target.id in names - self.settled]
        for target in targets:
            if not first and (target.base is None or target.base.outcome != "held"):
                why = (target.base and target.base.reason) or "refuted"
                self.amiss(f"{target.id}: without any sabotage it does not hold: {why}")
        held = [target for target in targets if target.base and target.base.outcome == "held"]
        if held:
            try:
                ModuleSearch(self, module, held, sandbox).run(first)
            except WorkerError as error:
                self.amiss(f"{module}: {error}")

    def remembered(self) -> Iterator[Candidate]:
        """The changes that have refuted claims before, as far as they can still be made."""
        for one in kills.read_sabotages(self.settings.falsified).values():
            for file in (one.file, PYTHON + one.file):
                text = original(file).read_text(encoding="utf-8") if original(file).is_file() else ""
                yield from (
                    Candidate(file, change)
                    for change in of(file, read=False)
                    if change.span[0] == one.line and change.words(text) == (one.was, one.became)
                )

    def generality(self, candidate: Candidate) -> tuple[bool, int]:
        """By what proven changes are ordered: those that refute few claims first."""
        return candidate.change.at_import, self.proven[candidate]

    def sweep(self, candidate: Candidate, names: AbstractSet[str], sandbox: Sandbox) -> None:
        """Try a change that has refuted a claim on all others at once that it may concern, from scratch."""
        held = [
            target
            for target in self.targets.values()
            if target.id in names and target.base and target.base.outcome == "held"
        ]
        targets = [
            target
            for target in held
            if target.id not in self.settled and not target.content and target.meets(candidate)
        ]
        if targets and not self.stopping.is_set():
            try:
                ModuleSearch(self, "", targets, sandbox).sweep(candidate)
            except WorkerError as error:
                self.amiss(f"{candidate.file}: {error}")

    def controls(self, target: Target) -> list[str]:
        """Other claims of the same article of which one has to hold: quick ones of its module, and of another."""
        held = [one for one in self.targets.values() if one is not target and one.base and one.base.outcome == "held"]
        quick = sorted((one for one in held if one.article == target.article), key=lambda one: one.quickness)
        near = [one.id for one in quick if one.module == target.module][:CONTROLS]
        far = [one.id for one in quick if one.module != target.module][:CONTROLS]
        unknown = [one for one in self.everyone if one.startswith(target.article) and module_of(one) != target.module]
        return [*near, *(far or unknown[:1])]

    def settle(self, target: Target, sabotage: Kill | None) -> None:
        """Write down what refuted a claim, at once; the first finding stands."""
        if target.id in self.settled:
            return
        if sabotage is not None:
            self.settled.add(target.id)
            with self.writing:
                known = kills.read_sabotages(self.settings.falsified)
                kills.write(self.settings.falsified, {**known, target.id: sabotage})
        self.watch(target.id, sabotage.mutation if sabotage else None, len(target.tried))


@contextlib.contextmanager
def sandboxes(settings: Settings, count: int) -> Iterator["queue.Queue[Sandbox]"]:
    """As many sandboxes as there are jobs; they are deleted at the end."""
    free: queue.Queue[Sandbox] = queue.Queue()
    for old in runs.environments(settings).glob("spare-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    made = [
        Sandbox(runs.environments(settings) / f"spare-{os.getpid()}-{number}" / "venv", settings)
        for number in range(count)
    ]
    try:
        for one in made:
            free.put(one.make())
        yield free
    finally:
        for one in made:
            shutil.rmtree(one.root.parent, ignore_errors=True)
