"""Falsification: for each claim, something real that refutes it; a test that nothing refutes proves nothing.

A release that refuted it will do. Otherwise the packages under test are sabotaged, in a spare of the environment: a
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
from report.measure.kills import Falsified, Sabotage
from report.measure.records import Record
from report.mutation.client import Bench, BenchError
from report.mutation.module_search import Hunt
from report.mutation.ranking import Suspect, of, traced, usual
from report.mutation.sandbox import PYTHON, Spare, original
from report.mutation.targets import Case, module_of
from report.settings import Settings

TRACED = 60  # seconds that a claim may run while it is traced
OWN = 15  # changes that a claim itself speaks of, tried before those that have refuted others
FURTHER = 60  # changes that are tried before one will do that refutes claims of all kinds
CONTROLS = 2  # other claims of the module, and of other modules, of which one has to hold
Thing = TypeVar("Thing")
Watch = Callable[[str, str | None, int], None]  # called with a claim, the mutant that killed it, how many were tried


class Falsification:
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
        self.cases: dict[str, Case] = {}
        self.everyone: list[str] = []
        self.usual: Mapping[tuple[str, int], int] = {}
        self.proven: Counter[Suspect] = Counter()
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
        unrefuted = [one for one in claims if "release" not in (kills.how(one, Falsified(), measured) or ())]
        self.everyone = [one.id for one in unrefuted]
        self.cases = {one.id: Case(one) for one in unrefuted if module_of(one.id) in modules}
        names = {one.id for one in wanted}
        with spares(self.settings, jobs) as free:
            self.each(modules, jobs, lambda module: self.borrow(free, lambda spare: self.trace(module, spare)))
            self.usual = usual(case.trace for case in self.cases.values())
            hunt = functools.partial(self.hunt, names=names)
            self.each(modules, jobs, lambda module: self.borrow(free, lambda spare: hunt(module, spare, first=OWN)))
            self.proven.update(self.remembered())
            proven = sorted((one for one in self.proven if self.within in one.file), key=self.generality)
            self.each(proven, jobs, lambda suspect: self.borrow(free, lambda spare: self.sweep(suspect, names, spare)))
            self.each(modules, jobs, lambda module: self.borrow(free, lambda spare: hunt(module, spare, first=FURTHER)))
            self.each(modules, jobs, lambda module: self.borrow(free, lambda spare: hunt(module, spare)))
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

    def borrow(self, free: "queue.Queue[Spare]", work: Callable[[Spare], None]) -> None:
        """Do *work* with a spare of which nobody else makes use."""
        spare = free.get()
        try:
            work(spare)
        finally:
            free.put(spare)

    def trace(self, module: str, spare: Spare) -> None:
        """Run every claim of *module* as it is, and once more to note which lines it executes, unless that is known."""
        unknown = [case for case in self.of(module) if not case.recall(self.notes(case))]
        self.known += len(self.of(module)) - len(unknown)
        self.traced(self.known, len(self.cases))
        if not unknown:
            return
        file = spare.root.with_suffix(".trace")
        try:
            with Bench(self.settings, spare, self.stopping, [module]) as bench:
                for case in unknown:
                    file.unlink(missing_ok=True)
                    case.base = next(iter(bench.ask([case.id], TRACED) or ()), None)
                    bench.ask([case.id], TRACED, trace=file)
                    case.trace, case.text = traced(file), bench.items.get(case.id, "")
                    if case.base and case.base.outcome == "held":
                        case.note(self.notes(case))
                    self.known += 1
                    self.traced(self.known, len(self.cases))
        except BenchError as error:
            self.amiss(f"{module}: {error}")

    def notes(self, case: Case) -> Path:
        """Where it is kept what a claim's run was like: good for its test, and for what is installed."""
        named = hashlib.sha256(f"{case.id} {case.record.fingerprint} {self.stack}".encode()).hexdigest()[:16]
        return runs.work(self.settings) / "traces" / f"{named}.json"

    def amiss(self, fault: str) -> None:
        """Note what kept us from looking, unless it was our own stopping."""
        if not self.stopping.is_set():
            self.faults.append(fault)

    def of(self, module: str) -> list[Case]:
        """The cases of a module."""
        return [case for case in self.cases.values() if case.module == module]

    def hunt(self, module: str, spare: Spare, names: AbstractSet[str], first: int | None = None) -> None:
        """Look for what refutes each claim of *module* that is among *names*; only the *first* changes, if so said."""
        cases = [case for case in self.of(module) if case.id in names - self.settled]
        for case in cases:
            if not first and (case.base is None or case.base.outcome != "held"):
                why = (case.base and case.base.reason) or "refuted"
                self.amiss(f"{case.id}: without any sabotage it does not hold: {why}")
        held = [case for case in cases if case.base and case.base.outcome == "held"]
        if held:
            try:
                Hunt(self, module, held, spare).run(first)
            except BenchError as error:
                self.amiss(f"{module}: {error}")

    def remembered(self) -> Iterator[Suspect]:
        """The changes that have refuted claims before, as far as they can still be made."""
        for one in kills.read_sabotages(self.settings.falsified).values():
            for file in (one.file, PYTHON + one.file):
                text = original(file).read_text(encoding="utf-8") if original(file).is_file() else ""
                yield from (
                    Suspect(file, change)
                    for change in of(file, read=False)
                    if change.span[0] == one.line and change.words(text) == (one.was, one.became)
                )

    def generality(self, suspect: Suspect) -> tuple[bool, int]:
        """By what proven changes are ordered: those that refute few claims first."""
        return suspect.change.at_import, self.proven[suspect]

    def sweep(self, suspect: Suspect, names: AbstractSet[str], spare: Spare) -> None:
        """Try a change that has refuted a claim on all others at once that it may concern, from scratch."""
        held = [case for case in self.cases.values() if case.id in names and case.base and case.base.outcome == "held"]
        cases = [case for case in held if case.id not in self.settled and not case.content and case.meets(suspect)]
        if cases and not self.stopping.is_set():
            try:
                Hunt(self, "", cases, spare).sweep(suspect)
            except BenchError as error:
                self.amiss(f"{suspect.file}: {error}")

    def controls(self, case: Case) -> list[str]:
        """Other claims of the same article of which one has to hold: quick ones of its module, and of another."""
        held = [one for one in self.cases.values() if one is not case and one.base and one.base.outcome == "held"]
        quick = sorted((one for one in held if one.article == case.article), key=lambda one: one.quickness)
        near = [one.id for one in quick if one.module == case.module][:CONTROLS]
        far = [one.id for one in quick if one.module != case.module][:CONTROLS]
        unknown = [one for one in self.everyone if one.startswith(case.article) and module_of(one) != case.module]
        return [*near, *(far or unknown[:1])]

    def settle(self, case: Case, sabotage: Sabotage | None) -> None:
        """Write down what refuted a claim, at once; the first finding stands."""
        if case.id in self.settled:
            return
        if sabotage is not None:
            self.settled.add(case.id)
            with self.writing:
                known = kills.read_sabotages(self.settings.falsified)
                kills.write(self.settings.falsified, {**known, case.id: sabotage})
        self.watch(case.id, sabotage.mutation if sabotage else None, len(case.tried))


@contextlib.contextmanager
def spares(settings: Settings, count: int) -> Iterator["queue.Queue[Spare]"]:
    """As many spares as there are jobs; they are deleted at the end."""
    free: queue.Queue[Spare] = queue.Queue()
    for old in runs.environments(settings).glob("spare-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    made = [
        Spare(runs.environments(settings) / f"spare-{os.getpid()}-{number}" / "venv", settings)
        for number in range(count)
    ]
    try:
        for one in made:
            free.put(one.make())
        yield free
    finally:
        for one in made:
            shutil.rmtree(one.root.parent, ignore_errors=True)
