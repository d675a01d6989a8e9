"""The search in one module: it tries candidate after candidate in a worker, and proves each kill in a fresh worker."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from report.measure.kills import Kill
from report.mutation.client import Answer, Client, WorkerError
from report.mutation.ranking import Candidate, rank_candidates
from report.mutation.sandbox import Sandbox, original_path
from report.mutation.targets import Target, make_kill
from report.settings import Settings

MAX_SIBLINGS = 4  # other claims of the module that run with the same mutant
SIBLING_SECONDS = 1.0  # only claims that are faster than this are siblings
PROOF_SECONDS = 30  # for a claim or a control in a fresh worker, even on a busy machine
SWEEP_SECONDS = 8  # for a claim in a sweep over many
MAX_SPECIFIC = 5  # a mutant that kills more claims than this shows little about each of them


class SharedSearch(Protocol):
    """The state and the methods that the searches in all modules share (see `search.MutationSearch`)."""

    settings: Settings
    budget: float
    within: str
    stopping: threading.Event
    line_counts: Mapping[tuple[str, int], int]
    kill_counts: Counter[Candidate]
    tried: int

    def controls(self, target: Target) -> list[str]:
        """Return the ids of claims; one of them must hold while a mutant kills *target*."""

    def settle(self, target: Target, kill: Kill | None) -> None:
        """Record the result of the search for a claim."""


class ModuleSearch:
    """Searches for kills of the claims of one module, in one sandbox."""

    def __init__(self, search: SharedSearch, module: str, targets: Sequence[Target], sandbox: Sandbox) -> None:
        self.search, self.module, self.sandbox = search, module, sandbox
        self.open_targets = {target.id: target for target in targets}
        self.worker: Client | None = None
        self.fresh_worker: Client | None = None

    def run(self, limit: int | None = None) -> None:
        """Search for a kill of each claim in turn.

        With a *limit*, try at most so many candidates on each claim. Without one, use the whole time budget, and try
        each candidate on siblings of the claim too.
        """
        try:
            for target in list(self.open_targets.values()):
                if target.id in self.open_targets and (limit or not target.has_good_fallback):
                    self.search_target(target, limit)
                if not (limit or self.search.stopping.is_set()) and target.id in self.open_targets:
                    self.close(target, target.fallback)
        finally:
            self.end_worker()
            self.end_fresh_worker()

    def search_target(self, target: Target, limit: int | None) -> None:
        """Try candidates on a claim until one kills it or its time is over."""
        self.ready_worker()
        ranked = rank_candidates(target.trace, target.vocabulary, self.search.line_counts, self.search.settings)
        candidates = [candidate for candidate in ranked if self.search.within in candidate.file]
        deadline = time.monotonic() + self.search.budget
        for candidate in candidates[:limit]:
            if target.id not in self.open_targets or time.monotonic() > deadline or self.search.stopping.is_set():
                return
            if candidate not in target.tried:
                self.try_candidate(candidate, [target, *([] if limit else self.siblings(target, candidate))])

    def sweep(self, candidate: Candidate) -> None:
        """Try one candidate on all claims in one run of a fresh worker, and record the kills."""
        targets = list(self.open_targets.values())
        self.search.tried += 1
        text = original_path(candidate.file).read_text(encoding="utf-8")
        try:
            self.ready_fresh_worker()
            self.sandbox.mutate(candidate.file, candidate.mutation.apply(text))
            try:
                proved = self.prove(candidate, targets, SWEEP_SECONDS)
            finally:
                self.sandbox.restore(candidate.file)
            answers = self.run_fresh("", [target.id for target, _ in proved], SWEEP_SECONDS) if proved else ()
            held_again = {answer.id for answer in answers if answer.outcome == "held"}
            for target, kill in proved:
                target.tried.add(candidate)
                if target.id in held_again:
                    self.search.kill_counts[candidate] += 1
                    self.accept(target, kill, general=len(held_again) > MAX_SPECIFIC)
        finally:
            self.end_fresh_worker()

    def siblings(self, target: Target, candidate: Candidate) -> list[Target]:
        """Return other fast claims that execute the mutated lines."""
        lines = set(candidate.mutation.lines)
        siblings = [
            sibling
            for sibling in self.open_targets.values()
            if sibling is not target
            and candidate not in sibling.tried
            and lines & set(sibling.trace.get(candidate.file, ()))
            and sibling.baseline
            and sibling.duration < SIBLING_SECONDS
        ]
        return siblings[:MAX_SIBLINGS]

    def try_candidate(self, candidate: Candidate, targets: Sequence[Target]) -> None:
        """Run claims with a mutant, and record the proved kills."""
        for target in targets:
            target.tried.add(candidate)
        self.search.tried += 1
        worker = self.ready_worker()
        self.ready_fresh_worker()
        text = original_path(candidate.file).read_text(encoding="utf-8")
        self.sandbox.mutate(candidate.file, candidate.mutation.apply(text))
        try:
            killed = self.apparently_killed(worker, candidate, targets)
            proved = self.prove(candidate, killed) if killed else []
        finally:
            self.sandbox.restore(candidate.file)
        for target, kill in proved:
            if self.holds_again(target):
                self.search.kill_counts[candidate] += 1
                self.accept(target, kill)

    def apparently_killed(self, worker: Client, candidate: Candidate, targets: Sequence[Target]) -> list[Target]:
        """Return the targets that the mutant kills in the worker; all targets if only a fresh worker can decide."""
        by_id = {target.id: target for target in targets}
        try:
            answers = worker.ask(list(by_id), max(target.timeout for target in targets), mutated_file=candidate.file)
        except WorkerError:
            self.end_worker()
            return []
        if answers is None:
            return list(targets)
        return [by_id[answer.id] for answer in answers if by_id[answer.id].is_killed_by(answer)]

    def prove(
        self, candidate: Candidate, targets: Sequence[Target], seconds: float = PROOF_SECONDS
    ) -> list[tuple[Target, Kill]]:
        """Run targets and controls with the mutant in a fresh worker; a control of the same article must hold."""
        one_per_article = {target.article: target for target in targets}.values()
        controls = [control for target in one_per_article for control in self.search.controls(target)]
        claims = list(dict.fromkeys([*(target.id for target in targets), *controls]))
        results = self.run_fresh(candidate.file, claims, max(seconds, *(target.timeout for target in targets)))
        held = [answer.id for answer in results if answer.outcome == "held"]
        answers = {answer.id: answer for answer in results}
        return [
            (target, make_kill(candidate, target, answers[target.id]))
            for target in targets
            if target.id in answers
            and target.is_killed_by(answers[target.id])
            and any(claim.startswith(target.article) for claim in held)
        ]

    def run_fresh(self, mutated_file: str, claims: Sequence[str], seconds: float) -> list[Answer]:
        """Run claims in a fresh worker, with the mutated file (if any); return no answers if the worker ends."""
        try:
            answers = self.ready_fresh_worker().ask(claims, seconds, mutated_file)
            if answers is None:  # even the fresh worker imported the file before its mutation
                with Client(self.search.settings, self.sandbox, self.search.stopping, claims) as worker:
                    answers = worker.ask(claims, seconds)
        except WorkerError:
            self.end_fresh_worker()
            return []
        return answers or []

    def holds_again(self, target: Target) -> bool:
        """Return whether a claim holds again without the mutant; if not, its outcome may be random."""
        with contextlib.suppress(WorkerError):
            answers = self.ready_worker().ask([target.id], target.timeout) or ()
            return any(answer.outcome == "held" for answer in answers)
        self.end_worker()
        return False

    def accept(self, target: Target, kill: Kill, general: bool = False) -> None:
        """Record a kill, or keep it as the fallback while the search looks for a better one."""
        if general or (kill.kind == "raised" and target.compares):
            target.fallback = kill
        else:
            self.close(target, kill)

    def close(self, target: Target, kill: Kill | None) -> None:
        """End the search for a claim."""
        del self.open_targets[target.id]
        self.search.settle(target, kill)

    def ready_worker(self) -> Client:
        """Return the worker of the module; start it before a mutation, so that it imports the original files."""
        if self.worker is None:
            self.worker = Client(self.search.settings, self.sandbox, self.search.stopping, [self.module])
            self.worker.wait_until_ready()
        return self.worker

    def end_worker(self) -> None:
        """End the worker; `ready_worker` starts another."""
        if self.worker:
            self.worker.close()
            self.worker = None

    def ready_fresh_worker(self) -> Client:
        """Return the fresh worker; start it before a mutation, too."""
        if self.fresh_worker is None:
            self.fresh_worker = Client(self.search.settings, self.sandbox, self.search.stopping)
            self.fresh_worker.wait_until_ready()
        return self.fresh_worker

    def end_fresh_worker(self) -> None:
        """End the fresh worker; `ready_fresh_worker` starts another."""
        if self.fresh_worker:
            self.fresh_worker.close()
            self.fresh_worker = None
