"""The hunt for what refutes the claims of one module: change after change, first on the bench, then from scratch."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from report.measure.kills import Kill
from report.mutation.client import Answer, Client, WorkerError
from report.mutation.ranking import Candidate, candidates
from report.mutation.sandbox import Sandbox, original
from report.mutation.targets import Target, recorded
from report.settings import Settings

SIBLINGS = 4  # other claims of the module that a change is tried on at once
PROOF = 30  # seconds that a claim, or a control, may run from scratch: on a busy machine, too
SWEPT = 8  # seconds that a claim may run in a sweep over many
TELLING = 5  # claims that one change refutes, beyond which it tells little of each
QUICK = 1.0  # seconds within which such a sibling ends


class Search(Protocol):
    """What the searches in all modules share."""

    settings: Settings
    budget: float
    within: str
    stopping: threading.Event
    usual: Mapping[tuple[str, int], int]
    proven: Counter[Candidate]
    tried: int

    def controls(self, target: Target) -> list[str]:
        """Give the claims of which one has to hold while *target* is refuted."""

    def settle(self, target: Target, sabotage: Kill | None) -> None:
        """Write down what refuted a claim."""


class ModuleSearch:
    """Looks, in one module and one sandbox, for what refutes its claims."""

    def __init__(self, search: Search, module: str, targets: Sequence[Target], sandbox: Sandbox) -> None:
        self.search, self.module, self.sandbox = search, module, sandbox
        self.open = {target.id: target for target in targets}
        self.bench: Client | None = None
        self.cold: Client | None = None

    def run(self, first: int | None = None) -> None:
        """Look for each claim in turn, the *first* changes or, each on its siblings too, all that there is time for."""
        try:
            for target in list(self.open.values()):
                if target.id in self.open and (first or not target.content):
                    self.look(target, first)
                if not (first or self.search.stopping.is_set()) and target.id in self.open:
                    self.close(target, target.second_best)
        finally:
            self.end_bench()
            self.end_cold()

    def look(self, target: Target, first: int | None) -> None:
        """Try changes on a claim until it is refuted, or its time is over."""
        self.ready_bench()
        ranked = candidates(target.trace, target.told, self.search.usual, self.search.settings)
        asked = [candidate for candidate in ranked if self.search.within in candidate.file]
        over = time.monotonic() + self.search.budget
        for candidate in asked[:first]:
            if target.id not in self.open or time.monotonic() > over or self.search.stopping.is_set():
                return
            if candidate not in target.tried:
                self.attempt(candidate, [target, *([] if first else self.siblings(target, candidate))])

    def sweep(self, candidate: Candidate) -> None:
        """Make a change, and prove which of the claims it refutes, all in one run from scratch."""
        targets = list(self.open.values())
        self.search.tried += 1
        text = original(candidate.file).read_text(encoding="utf-8")
        try:
            self.ready_cold()
            self.sandbox.sabotage(candidate.file, candidate.change.on(text))
            try:
                proved = self.prove(candidate, targets, SWEPT)
            finally:
                self.sandbox.mend(candidate.file)
            again = self.from_scratch("", [target.id for target, _ in proved], SWEPT) if proved else ()
            steady = {one.id for one in again if one.outcome == "held"}
            for target, sabotage in proved:
                target.tried.add(candidate)
                if target.id in steady:
                    self.search.proven[candidate] += 1
                    self.take(target, sabotage, general=len(steady) > TELLING)
        finally:
            self.end_cold()

    def siblings(self, target: Target, candidate: Candidate) -> list[Target]:
        """Other claims that execute what is changed, and are quick."""
        lines = set(candidate.change.lines)
        found = [
            one
            for one in self.open.values()
            if one is not target and candidate not in one.tried and lines & set(one.trace.get(candidate.file, ()))
        ]
        return [one for one in found if one.base and one.base.seconds < QUICK][:SIBLINGS]

    def attempt(self, candidate: Candidate, targets: Sequence[Target]) -> None:
        """Make a change, run the claims, and prove what refutes one of them."""
        for target in targets:
            target.tried.add(candidate)
        self.search.tried += 1
        bench = self.ready_bench()
        self.ready_cold()
        text = original(candidate.file).read_text(encoding="utf-8")
        self.sandbox.sabotage(candidate.file, candidate.change.on(text))
        try:
            found = self.noticed(bench, candidate, targets)
            proved = self.prove(candidate, found) if found else []
        finally:
            self.sandbox.mend(candidate.file)
        for target, sabotage in proved:
            if self.holds(target):
                self.search.proven[candidate] += 1
                self.take(target, sabotage)

    def noticed(self, bench: Client, candidate: Candidate, targets: Sequence[Target]) -> list[Target]:
        """Those of *targets* that are refuted on the bench; all of them where only a run from scratch can tell."""
        by_id = {target.id: target for target in targets}
        try:
            answers = bench.ask(list(by_id), max(target.seconds for target in targets), swap=candidate.file)
        except WorkerError:
            self.end_bench()
            return []
        if answers is None:
            return list(targets)
        return [by_id[one.id] for one in answers if by_id[one.id].refuted_by(one)]

    def prove(
        self, candidate: Candidate, targets: Sequence[Target], seconds: float = PROOF
    ) -> list[tuple[Target, Kill]]:
        """Run claims from scratch, the file being changed, beside others; one of the same article has to hold."""
        of_each_article = {target.article: target for target in targets}.values()
        controls = [one for target in of_each_article for one in self.search.controls(target)]
        claims = list(dict.fromkeys([*(target.id for target in targets), *controls]))
        answers = self.from_scratch(candidate.file, claims, max(seconds, *(target.seconds for target in targets)))
        hold = [one.id for one in answers if one.outcome == "held"]
        seen = {one.id: one for one in answers}
        return [
            (target, recorded(candidate, target, seen[target.id]))
            for target in targets
            if target.id in seen
            and target.refuted_by(seen[target.id])
            and any(one.startswith(target.article) for one in hold)
        ]

    def from_scratch(self, changed: str, claims: Sequence[str], seconds: float) -> list[Answer]:
        """What claims do when everything is imported anew, the file *changed* (if any) being so."""
        try:
            answers = self.ready_cold().ask(claims, seconds, swap=changed)
            if answers is None:  # even a cold bench has imported what is changed
                with Client(self.search.settings, self.sandbox, self.search.stopping, claims) as bench:
                    answers = bench.ask(claims, seconds)
        except WorkerError:
            self.end_cold()
            return []
        return answers or []

    def holds(self, target: Target) -> bool:
        """Tell whether a claim holds again, now that nothing is changed: it may turn by chance."""
        with contextlib.suppress(WorkerError):
            return any(one.outcome == "held" for one in self.ready_bench().ask([target.id], target.seconds) or ())
        self.end_bench()
        return False

    def take(self, target: Target, sabotage: Kill, general: bool = False) -> None:
        """Be content with what refuted a claim, or keep it while something better is looked for."""
        if general or (sabotage.kind == "raised" and target.compares):
            target.second_best = sabotage
        else:
            self.close(target, sabotage)

    def close(self, target: Target, sabotage: Kill | None) -> None:
        """Be done with a claim."""
        del self.open[target.id]
        self.search.settle(target, sabotage)

    def ready_bench(self) -> Client:
        """The module's bench; set up, if it has to be, before anything is changed: what it imports is as it was."""
        if self.bench is None:
            self.bench = Client(self.search.settings, self.sandbox, self.search.stopping, [self.module])
            self.bench.wait()
        return self.bench

    def end_bench(self) -> None:
        """End the bench; another will be set up."""
        if self.bench:
            self.bench.close()
            self.bench = None

    def ready_cold(self) -> Client:
        """A bench for runs from scratch; set up before anything is changed, too."""
        if self.cold is None:
            self.cold = Client(self.search.settings, self.sandbox, self.search.stopping)
            self.cold.wait()
        return self.cold

    def end_cold(self) -> None:
        """End that bench; another will be set up."""
        if self.cold:
            self.cold.close()
            self.cold = None
