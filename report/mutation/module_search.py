"""The hunt for what refutes the claims of one module: change after change, first on the bench, then from scratch."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from report.measure.kills import Sabotage
from report.mutation.client import Answer, Bench, BenchError
from report.mutation.ranking import Suspect, suspects
from report.mutation.sandbox import Spare, original
from report.mutation.targets import Case, recorded
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
    proven: Counter[Suspect]
    tried: int

    def controls(self, case: Case) -> list[str]:
        """Give the claims of which one has to hold while *case* is refuted."""

    def settle(self, case: Case, sabotage: Sabotage | None) -> None:
        """Write down what refuted a claim."""


class Hunt:
    """Looks, in one module and one spare, for what refutes its claims."""

    def __init__(self, search: Search, module: str, cases: Sequence[Case], spare: Spare) -> None:
        self.search, self.module, self.spare = search, module, spare
        self.open = {case.id: case for case in cases}
        self.bench: Bench | None = None
        self.cold: Bench | None = None

    def run(self, first: int | None = None) -> None:
        """Look for each claim in turn, the *first* changes or, each on its siblings too, all that there is time for."""
        try:
            for case in list(self.open.values()):
                if case.id in self.open and (first or not case.content):
                    self.look(case, first)
                if not (first or self.search.stopping.is_set()) and case.id in self.open:
                    self.close(case, case.second_best)
        finally:
            self.end_bench()
            self.end_cold()

    def look(self, case: Case, first: int | None) -> None:
        """Try changes on a claim until it is refuted, or its time is over."""
        self.ready_bench()
        ranked = suspects(case.trace, case.told, self.search.usual, self.search.settings)
        asked = [suspect for suspect in ranked if self.search.within in suspect.file]
        over = time.monotonic() + self.search.budget
        for suspect in asked[:first]:
            if case.id not in self.open or time.monotonic() > over or self.search.stopping.is_set():
                return
            if suspect not in case.tried:
                self.attempt(suspect, [case, *([] if first else self.siblings(case, suspect))])

    def sweep(self, suspect: Suspect) -> None:
        """Make a change, and prove which of the claims it refutes, all in one run from scratch."""
        cases = list(self.open.values())
        self.search.tried += 1
        text = original(suspect.file).read_text(encoding="utf-8")
        try:
            self.ready_cold()
            self.spare.sabotage(suspect.file, suspect.change.on(text))
            try:
                proved = self.prove(suspect, cases, SWEPT)
            finally:
                self.spare.mend(suspect.file)
            again = self.from_scratch("", [case.id for case, _ in proved], SWEPT) if proved else ()
            steady = {one.id for one in again if one.outcome == "held"}
            for case, sabotage in proved:
                case.tried.add(suspect)
                if case.id in steady:
                    self.search.proven[suspect] += 1
                    self.take(case, sabotage, general=len(steady) > TELLING)
        finally:
            self.end_cold()

    def siblings(self, case: Case, suspect: Suspect) -> list[Case]:
        """Other claims that execute what is changed, and are quick."""
        lines = set(suspect.change.lines)
        found = [
            one
            for one in self.open.values()
            if one is not case and suspect not in one.tried and lines & set(one.trace.get(suspect.file, ()))
        ]
        return [one for one in found if one.base and one.base.seconds < QUICK][:SIBLINGS]

    def attempt(self, suspect: Suspect, cases: Sequence[Case]) -> None:
        """Make a change, run the claims, and prove what refutes one of them."""
        for case in cases:
            case.tried.add(suspect)
        self.search.tried += 1
        bench = self.ready_bench()
        self.ready_cold()
        text = original(suspect.file).read_text(encoding="utf-8")
        self.spare.sabotage(suspect.file, suspect.change.on(text))
        try:
            found = self.noticed(bench, suspect, cases)
            proved = self.prove(suspect, found) if found else []
        finally:
            self.spare.mend(suspect.file)
        for case, sabotage in proved:
            if self.holds(case):
                self.search.proven[suspect] += 1
                self.take(case, sabotage)

    def noticed(self, bench: Bench, suspect: Suspect, cases: Sequence[Case]) -> list[Case]:
        """Those of *cases* that are refuted on the bench; all of them where only a run from scratch can tell."""
        by_id = {case.id: case for case in cases}
        try:
            answers = bench.ask(list(by_id), max(case.seconds for case in cases), swap=suspect.file)
        except BenchError:
            self.end_bench()
            return []
        if answers is None:
            return list(cases)
        return [by_id[one.id] for one in answers if by_id[one.id].refuted_by(one)]

    def prove(self, suspect: Suspect, cases: Sequence[Case], seconds: float = PROOF) -> list[tuple[Case, Sabotage]]:
        """Run claims from scratch, the file being changed, beside others; one of the same article has to hold."""
        of_each_article = {case.article: case for case in cases}.values()
        controls = [one for case in of_each_article for one in self.search.controls(case)]
        claims = list(dict.fromkeys([*(case.id for case in cases), *controls]))
        answers = self.from_scratch(suspect.file, claims, max(seconds, *(case.seconds for case in cases)))
        hold = [one.id for one in answers if one.outcome == "held"]
        seen = {one.id: one for one in answers}
        return [
            (case, recorded(suspect, case, seen[case.id]))
            for case in cases
            if case.id in seen and case.refuted_by(seen[case.id]) and any(one.startswith(case.article) for one in hold)
        ]

    def from_scratch(self, changed: str, claims: Sequence[str], seconds: float) -> list[Answer]:
        """What claims do when everything is imported anew, the file *changed* (if any) being so."""
        try:
            answers = self.ready_cold().ask(claims, seconds, swap=changed)
            if answers is None:  # even a cold bench has imported what is changed
                with Bench(self.search.settings, self.spare, self.search.stopping, claims) as bench:
                    answers = bench.ask(claims, seconds)
        except BenchError:
            self.end_cold()
            return []
        return answers or []

    def holds(self, case: Case) -> bool:
        """Tell whether a claim holds again, now that nothing is changed: it may turn by chance."""
        with contextlib.suppress(BenchError):
            return any(one.outcome == "held" for one in self.ready_bench().ask([case.id], case.seconds) or ())
        self.end_bench()
        return False

    def take(self, case: Case, sabotage: Sabotage, general: bool = False) -> None:
        """Be content with what refuted a claim, or keep it while something better is looked for."""
        if general or (sabotage.kind == "raised" and case.compares):
            case.second_best = sabotage
        else:
            self.close(case, sabotage)

    def close(self, case: Case, sabotage: Sabotage | None) -> None:
        """Be done with a claim."""
        del self.open[case.id]
        self.search.settle(case, sabotage)

    def ready_bench(self) -> Bench:
        """The module's bench; set up, if it has to be, before anything is changed: what it imports is as it was."""
        if self.bench is None:
            self.bench = Bench(self.search.settings, self.spare, self.search.stopping, [self.module])
            self.bench.wait()
        return self.bench

    def end_bench(self) -> None:
        """End the bench; another will be set up."""
        if self.bench:
            self.bench.close()
            self.bench = None

    def ready_cold(self) -> Bench:
        """A bench for runs from scratch; set up before anything is changed, too."""
        if self.cold is None:
            self.cold = Bench(self.search.settings, self.spare, self.search.stopping)
            self.cold.wait()
        return self.cold

    def end_cold(self) -> None:
        """End that bench; another will be set up."""
        if self.cold:
            self.cold.close()
            self.cold = None
