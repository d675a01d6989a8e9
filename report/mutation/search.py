"""Falsification: find for each claim the nearest mutant that it kills and that hardly another claim kills.

The search mutates the packages under test in a sandbox. It traces the lines that each claim executes, and tries the
mutants of these lines that are nearest to what the claim says. A claim kills a mutant if one of its own assertions is
false with it, twice; a crash or a time-out is no kill. A mutant that kills a claim is tried on the other claims that
execute its line, the most similar first, until it has killed three claim functions: then it tells of none of them.

mutmut and cosmic-ray do the opposite: they find the mutants of a project's own code that no test kills. Here each test
must kill some mutant, of a package that the project only installs.
"""

import contextlib
import hashlib
import os
import queue
import re
import shutil
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import psutil  # type: ignore[import-untyped]

from report.measure import kills, runs
from report.measure.kills import PLACE
from report.measure.records import Record
from report.mutation import directed, matrix
from report.mutation.candidates import Line, Target, Traced, rank
from report.mutation.matrix import GENERAL, NEAR, Cell, Matrix, Mutant
from report.mutation.operators import Mutation
from report.mutation.sandbox import Sandbox
from report.settings import Settings

TRACE_SECONDS = 60  # for a claim while it is traced
RARE = 30  # claims: a line that more claims execute shows no similarity
SIMILAR, OTHERS = 30, 12  # a mutant that killed a claim is tried on so many claims like it, and on so many of the rest
SLOW = 1  # seconds: no mutant is tried on claims that take longer, unless they want it
SERVER_ERROR = re.compile(r"\b500\b|Internal Server Error|Traceback")
LAST = 3  # times the limit: so many mutants of lines with a general one are tried on a claim that no other has killed
MAX_NEAR = 12  # mutants in what a claim names that are tried on it
Row = tuple[Mutation, list[Target]]  # a mutant, and the claims that want it
Job = TypeVar("Job")
Pool = queue.Queue[Sandbox]  # those that are free
OnRound = Callable[[str, int], None]  # gets what begins, and the number of its steps
OnStep = Callable[[str], None]  # gets the result of a step in one line


class Search:
    """A search with at most *limit* generated mutants for each claim, in *jobs* sandboxes at a time."""

    def __init__(self, settings: Settings, on_round: OnRound, on_step: OnStep, limit: int = 40, jobs: int = 2) -> None:
        self.settings, self.on_round, self.on_step = settings, on_round, on_step
        self.limit, self.jobs = limit, jobs
        self.stopping = threading.Event()
        self.fingerprints: dict[str, str] = {}  # of all claims, by id
        self.targets: dict[str, Target] = {}
        self.matrix = Matrix(matrix.matrix_path(settings), self.targets)
        self.listed = directed.read(settings)
        self.directed = [
            (mutant, mutation) for mutant in self.listed.mutant if (mutation := mutant.mutation) and mutation.id
        ]
        listed = {mutation.id for _, mutation in self.directed}
        self.matrix.mutants = {
            row.id: row for row in self.matrix.mutants.values() if not row.directed or row.id in listed
        }
        self.line_counts: Mapping[Line, int] = {}
        self.ran = 0  # cells

    def run(self, chosen: Sequence[Record], selected: Sequence[Record], claims: Sequence[Record]) -> None:
        """Try the directed mutants of the *chosen* claims, then search for a kill of each *selected* one.

        Both are some of *claims*. Record what is found at once: a KeyboardInterrupt leaves it, and no process.
        """
        with sandboxes(self.settings, self.stopping, self.jobs) as pool, contextlib.ExitStack() as at_end:
            self.trace(claims, pool)
            before = {claim for claim, kill in kills.read_kills(self.settings.kills).items() if kill.distinguishes}
            at_end.callback(self.settle)  # also after an interruption
            self._run_parallel(pool, "directed mutants", self.directed_rows(chosen), self._run_directed)
            added = self.settle() - before  # by a directed mutant, or by the matrix of another machine
            left = [self.targets[claim.id] for claim in selected if claim.id in {*self.targets} - added]
            self._run_parallel(pool, "claims to generate mutants for", left, self._search_claim)
            unseen = [target for target in left if not self.matrix.has_kill(target.record)]
            self._run_parallel(pool, "claims that no mutant has killed", unseen, self._search_general)

    def trace(self, claims: Sequence[Record], pool: Pool) -> None:
        """Make a target of each claim that holds without mutations, twice; traces that are fresh are not made again."""
        path = self.matrix.path.with_name("traces.jsonl")
        fresh = (traced for traced in matrix.read(path, Traced) if traced.stack == _stack_of(traced.trace))
        kept = {(traced.claim, traced.fingerprint): traced for traced in fresh}
        missing: dict[str, list[Record]] = defaultdict(list)
        for claim in claims:
            if (claim.id, claim.fingerprint) not in kept:
                missing[claim.id.partition("::")[0]].append(claim)

        def trace_module(module: str, sandbox: Sandbox) -> str:
            with sandbox.session():
                for claim in missing[module]:
                    traced = kept[claim.id, claim.fingerprint] = _trace_claim(claim, sandbox)
                    matrix.append(path, traced)
            return module

        self._run_parallel(pool, "files of claims to trace", list(missing), trace_module)
        for claim in claims:
            self.fingerprints[claim.id] = claim.fingerprint
            if (found := kept.get((claim.id, claim.fingerprint))) and found.trace:
                self.targets[claim.id] = Target(claim, found, self.listed.behaviour(claim.id))
        self.line_counts = Counter(line for target in self.targets.values() for line in target.lines)

    def directed_rows(self, chosen: Sequence[Record]) -> list[Row]:
        """Return the directed mutants of the *chosen* claims that are not done; a group wants what one of it wants."""
        rows: dict[str, Row] = {}
        for mutant, mutation in self.directed:
            for claim in self.listed.wanting(mutant, chosen):
                target = self.targets.get(claim.id)
                if target and self.matrix.may_distinguish(mutation.id, target):
                    rows.setdefault(mutation.id, (mutation, []))[1].append(target)
        return list(rows.values())

    def _run_directed(self, row: Row, sandbox: Sandbox) -> str:
        mutation, wanting = row
        self.run_row(mutation, wanting, sandbox)
        killed = ", ".join(sorted(self.matrix.behaviours(mutation.id))) or "nothing"
        return f"{wanting[0].id}: {mutation.file}:{mutation.span[0]} kills {killed}"

    def _search_claim(self, target: Target, sandbox: Sandbox) -> str:
        """Try mutants on a claim until one distinguishes it, and those in what it names, for the list of survivors."""
        ranked = [mutation for mutation in rank(target, self.line_counts)[: self.limit] if mutation.id]
        found = "none of its own"
        for mutation in ranked:
            if self.matrix.may_distinguish(mutation.id, target):
                self.run_row(mutation, [target], sandbox)
                cell = self.matrix.cell(mutation.id, target.record)
                if cell and cell.outcome == "killed" and self.matrix.is_specific(mutation.id):
                    found = "a mutant of its own"
                    break
        for mutation in [mutation for mutation in ranked if target.distance(mutation) <= NEAR][:MAX_NEAR]:
            self.run_row(mutation, [target], sandbox, alone=True)
        return f"{target.id}: {found}"

    def _search_general(self, target: Target, sandbox: Sandbox) -> str:
        """Try mutants of lines that have a general one on a claim until one kills it: it is seen to fail, at least."""
        general = self.matrix.general_lines()
        lethal = [each for each in rank(target, self.line_counts) if (each.file, each.span[0]) in general]
        for mutation in lethal[: LAST * self.limit]:
            if mutation.id:
                self.run_row(mutation, [target], sandbox, alone=True)
            if self.matrix.has_kill(target.record):
                return f"{target.id}: a general mutant"
        return f"{target.id}: none"

    def run_row(self, mutation: Mutation, wanting: list[Target], sandbox: Sandbox, alone: bool = False) -> None:
        """Try a mutant on the claims that want it and, unless *alone*, if it kills one of them, on the others."""
        row = Mutant.of(mutation)
        try:
            with sandbox.session(mutation):
                for target in wanting:
                    self._fill(row, mutation, target, sandbox)
                if not alone and 0 < len(self.matrix.behaviours(row.id)) < GENERAL:
                    for target in self._others(mutation, wanting):
                        if len(self.matrix.behaviours(row.id)) < GENERAL:
                            self._fill(row, mutation, target, sandbox)
                    row = replace(row, complete=len(self.matrix.behaviours(row.id)) < GENERAL)
        finally:
            if row.cells or row.complete:
                self.matrix.add(row)
                matrix.append(self.matrix.path, row)

    def _fill(self, row: Mutant, mutation: Mutation, target: Target, sandbox: Sandbox) -> None:
        """Run a claim with a mutant if its cell is missing or stale: once, or twice if it seems to kill the mutant."""
        if self.matrix.cell(row.id, target.record):
            return
        patience = 30 if row.directed else 4  # what waits for a server waits longest if it fails
        for _ in range(2):
            cell = sandbox.run(target.id, patience + 6 * target.seconds)
            server_crashed = SERVER_ERROR.search(cell.observed) and not SERVER_ERROR.search(target.observed)
            if cell.outcome != "killed" or server_crashed:
                cell = Cell("crashed" if cell.outcome == "killed" else cell.outcome, seconds=cell.seconds)
                break
        distance = target.distance(mutation)
        row.cells[target.id] = replace(cell, fingerprint=target.record.fingerprint, distance=distance)
        self.matrix.add(row)
        self.ran += 1

    def _others(self, mutation: Mutation, wanting: Sequence[Target]) -> list[Target]:
        """Return the other claims to try a mutant on: the most similar to those *wanting* it, and some of the rest.

        They execute the mutated line, and are of other functions; of a table, the most similar row. Claims are alike if
        they are about the same row of a table, execute the same rare lines, or have the same words.
        """
        functions, rows = {target.function for target in wanting}, {target.row for target in wanting} - {""}
        rare = {line for target in wanting for line in target.lines if self.line_counts[line] <= RARE}
        says = frozenset[str]().union(*(target.says for target in wanting))

        def unlike(target: Target) -> tuple[float, ...]:
            shared = -len(rare & target.lines), -len(says & target.says)
            return (target.row not in rows, *shared, target.seconds)

        covering = [target for target in self.targets.values() if target.seconds <= SLOW and target.covers(mutation)]
        first = {target.function: target for target in sorted(covering, key=unlike, reverse=True)}  # the last one stays
        chosen = sorted((target for target in first.values() if target.function not in functions), key=unlike)
        rest = chosen[SIMILAR:]
        return chosen[:SIMILAR] + rest[:: len(rest) // OTHERS + 1]

    def poor_choices(self, chosen: Sequence[Record]) -> Iterator[str]:
        """Yield the directed mutants that distinguish none of the *chosen* claims that they are for, each with why."""
        for mutant, mutation in self.directed:
            wanting = self.listed.wanting(mutant, chosen)
            outcomes = {cell.outcome for claim in wanting if (cell := self.matrix.cell(mutation.id, claim))}
            killers = sorted(self.matrix.behaviours(mutation.id))
            why = f"general, kills {', '.join(killers)}" if len(killers) >= GENERAL else ""
            if "killed" not in outcomes:
                why = ", ".join(sorted(outcomes)) or "not run"
            if wanting and why:
                yield f"{mutant.claim}: {mutant.before} → {mutant.after or '(left out)'}: {why}"

    def settle(self) -> set[str]:
        """Record the best kill of each claim, and return the claims that have a distinguishing one.

        The kills of another machine's matrix stay, but what their mutants have killed here counts, too. Those of claims
        that are gone or have changed are deleted, and those of directed mutants that are no longer listed.
        """
        found, here = self.matrix.best_kills(), {PLACE(row): row.id for row in self.matrix.mutants.values()}
        listed = {mutation.place for _, mutation in self.directed}
        recorded = kills.read_kills(self.settings.kills)
        for claim, old in recorded.items():
            if old.fingerprint == self.fingerprints.get(claim) and (not old.directed or PLACE(old) in listed):
                more = self.matrix.behaviours(here.get(PLACE(old), "")) - {self.listed.behaviour(claim)}
                others = None if old.others is None else tuple(sorted({*old.others, *more}))
                kept = replace(old, others=others)
                found[claim] = min(kept, found.get(claim, kept), key=lambda kill: kill.order)
        if found != recorded:
            kills.write(self.settings.kills, found)
        return {claim for claim, kill in found.items() if kill.distinguishes}

    def _run_parallel(self, pool: Pool, what: str, tasks: Sequence[Job], work: Callable[[Job, Sandbox], str]) -> None:
        """Call *work* with each task and a free sandbox, some at a time."""

        def run_task(task: Job) -> None:
            sandbox = pool.get()
            try:
                self.on_step(work(task, sandbox))
            finally:
                pool.put(sandbox)

        self.on_round(what, len(tasks))
        with ThreadPoolExecutor(self.jobs) as executor:
            try:
                list(executor.map(run_task, tasks))
            except BaseException:  # `map` has cancelled the tasks that have not begun
                self.stopping.set()
                raise


def _trace_claim(claim: Record, sandbox: Sandbox) -> Traced:
    """Run a claim without mutations, and if it holds again with a trace, which may be cut off: tracing is slow."""
    cell = sandbox.run(claim.id, TRACE_SECONDS)
    path = sandbox.root.with_suffix(".trace")
    path.write_text("")
    for _ in range(2 if cell.outcome == "survived" else 0):
        if sandbox.run(claim.id, TRACE_SECONDS, path).outcome == "survived":
            break  # otherwise the trace is cut off: perhaps a server was late
    lines: dict[str, set[int]] = defaultdict(set)
    for entry in path.read_text(encoding="utf-8").splitlines():
        file, _, line = entry.rpartition(":")
        lines[file].add(int(line))
    trace = {file: sorted(numbers) for file, numbers in lines.items()}
    return Traced(claim.id, claim.fingerprint, _stack_of(trace), cell.seconds, cell.observed, trace)


def _stack_of(trace: Mapping[str, Collection[int]]) -> str:
    """Return a digest of the versions of the packages in a trace; of an empty one, of all installed packages."""
    versions = {matrix.distributions().get(file, ("", "")) for file in trace or matrix.distributions()}
    return hashlib.sha256(repr(sorted(versions)).encode()).hexdigest()[:12]


@contextlib.contextmanager
def sandboxes(settings: Settings, stopping: threading.Event, count: int) -> Iterator[Pool]:
    """Create *count* sandboxes; delete them at the end, and those of processes that were killed."""
    folder = runs.environments_folder(settings)
    for old in folder.glob("sandbox-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    pool = Pool()
    with contextlib.ExitStack() as at_end:
        for number in range(count):
            sandbox = Sandbox(folder / f"sandbox-{os.getpid()}-{number}" / "venv", settings, stopping)
            at_end.callback(shutil.rmtree, sandbox.root.parent, ignore_errors=True)
            at_end.callback(sandbox.temporary.cleanup)
            at_end.callback(sandbox.close)
            pool.put(sandbox.create())
        yield pool
