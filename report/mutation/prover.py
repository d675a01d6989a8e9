"""The proof that claims kill a mutant: a worker tries it, a fresh worker proves it with controls and without mutant."""

import threading
from collections.abc import Callable, Sequence

from report.measure.kills import Kill
from report.mutation.client import Answer, Client, WorkerError
from report.mutation.ranking import Candidate
from report.mutation.sandbox import SITE, Sandbox
from report.mutation.targets import Target, make_kill

PROOF_SECONDS = 30  # for a claim or a control in a fresh worker, even on a busy machine
SWEEP_SECONDS = 8  # for a claim among many that a mutant may kill

Kills = list[tuple[Target, Kill]]


class Prover:
    """Proves kills in a sandbox; *controls* gives ids of claims, one of which must hold while a mutant kills a target.

    With a *module*, a worker first selects the claims of that module that need a proof, because it is much faster than
    the fresh worker.
    """

    def __init__(
        self, sandbox: Sandbox, stopping: threading.Event, controls: Callable[[Target], list[str]], module: str = ""
    ) -> None:
        self.sandbox, self.stopping, self.controls = sandbox, stopping, controls
        self.worker = Client(sandbox, stopping, [module]) if module else None
        self.fresh_worker = Client(sandbox, stopping)

    def close(self) -> None:
        """End the workers."""
        self.fresh_worker.close()
        if self.worker:
            self.worker.close()

    def kills(self, candidate: Candidate, targets: Sequence[Target]) -> Kills:
        """Return the *targets* that kill a mutant, each with the record; each holds again without the mutant."""
        if self.worker:  # the workers start before the mutation, so that they import the original files
            self.worker.start()
        self.fresh_worker.start()
        text = (SITE / candidate.file).read_text(encoding="utf-8")
        with self.sandbox.mutated(candidate.file, candidate.mutation.apply(text)):
            suspected = [target for target in targets if self.may_kill(target, candidate)]
            proved = self.prove(candidate, suspected) if suspected else []
        answers = self.run_fresh("", [target for target, _ in proved]) if proved else []
        held = {answer.id for answer in answers if answer.outcome == "held"}
        return [(target, kill) for target, kill in proved if target.id in held]

    def may_kill(self, target: Target, candidate: Candidate) -> bool:
        """Return whether a target kills a mutant in the worker, or only a fresh worker can decide."""
        try:
            answers = self.worker.ask([target.id], target.timeout, candidate.file) if self.worker else None
        except WorkerError:
            return False
        return answers is None or any(map(target.is_killed_by, answers))

    def prove(self, candidate: Candidate, targets: Sequence[Target]) -> Kills:
        """Run targets and controls with the mutant in a fresh worker; a control of the same article must hold."""
        one_per_article = {target.article: target for target in targets}.values()
        controls = [control for target in one_per_article for control in self.controls(target)]
        answers = {answer.id: answer for answer in self.run_fresh(candidate.file, targets, controls)}
        held = [answer.id for answer in answers.values() if answer.outcome == "held"]
        return [
            (target, make_kill(candidate, target, answers[target.id]))
            for target in targets
            if target.id in answers
            and target.is_killed_by(answers[target.id])
            and any(claim.startswith(target.article) for claim in held)
        ]

    def run_fresh(self, mutated_file: str, targets: Sequence[Target], controls: Sequence[str] = ()) -> list[Answer]:
        """Run claims in a fresh worker; no answers if it ends, or has imported the mutated file as a part of a tool."""
        claims = list(dict.fromkeys([*(target.id for target in targets), *controls]))
        seconds = max(PROOF_SECONDS if self.worker else SWEEP_SECONDS, *(target.timeout for target in targets))
        try:
            return self.fresh_worker.ask(claims, seconds, mutated_file) or []
        except WorkerError:
            return []
