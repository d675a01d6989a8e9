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
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import psutil  # type: ignore[import-untyped]

from report.measure import kills, runs
from report.measure.records import Record
from report.mutation import directed
from report.mutation.candidates import (
    Candidate,
    Target,
    Trace,
    count_lines,
    distributions,
    rank,
    read_trace,
)
from report.mutation.client import Answer, Client, WorkerError
from report.mutation.matrix import (
    GENERAL,
    NEAR,
    Cell,
    Matrix,
    Mutant,
    Traced,
    append,
    matrix_path,
    read,
    traces_path,
)
from report.mutation.sandbox import Sandbox
from report.mutation.worker import TIMED_OUT
from report.settings import Settings

TRACE_SECONDS = 60  # for a claim while it is traced
SIMILAR, OTHERS = 30, 12  # a mutant that killed a claim is tried on so many claims like it, and on so many of the rest
SLOW = 1  # seconds: no mutant is tried on claims that take longer, unless they want it
SERVER_ERROR = re.compile(r"\b500\b|Internal Server Error|Traceback")
MAX_NEAR = 12  # mutants in what a claim names that are tried on it
Row = tuple[Candidate, list[Target]]  # a mutant, and the claims that want it
Job = TypeVar("Job")
OnRound = Callable[[str, int], None]  # gets what begins, and the number of its steps
OnStep = Callable[[str], None]  # gets the result of a step in one line


class Search:
    """A search in files *within* a path, with at most *limit* mutants for each claim, in *jobs* sandboxes at a time."""

    def __init__(
        self, settings: Settings, on_round: OnRound, on_step: OnStep, limit: int = 40, within: str = "", jobs: int = 2
    ) -> None:
        self.settings, self.on_round, self.on_step = settings, on_round, on_step
        self.limit, self.within, self.jobs = limit, within, jobs
        self.stopping, self.write_lock = threading.Event(), threading.Lock()
        self.matrix = Matrix(matrix_path(settings))
        self.targets: dict[str, Target] = {}
        self.listed = directed.read(settings)
        self.directed = [(mutant, candidate) for mutant, candidate in directed.candidates(self.listed) if candidate.id]
        self.faults: list[str] = []
        self.line_counts: Mapping[tuple[str, int], int] = {}
        self.rare: dict[str, frozenset[tuple[str, int]]] = {}  # the lines that few claims execute, of each claim
        self.ran = 0  # cells

    def run(self, chosen: Sequence[Record], selected: Sequence[Record], claims: Sequence[Record]) -> list[str]:
        """Try the directed mutants of the *chosen* claims, then search for a kill of each *selected* one.

        Both are some of *claims*. Record what is found at once: a KeyboardInterrupt leaves it, and no process. Return
        what went wrong, as sentences.
        """
        with clients(self.settings, self.stopping, self.jobs) as pool, contextlib.ExitStack() as at_end:
            self.trace(claims, pool)
            before = {claim for claim, kill in kills.read_kills(self.settings.kills).items() if kill.distinguishes}
            self.settle()
            at_end.callback(self.settle)  # also after an interruption
            rows = self.directed_rows(chosen)
            self.on_round("directed mutants", len(rows))
            self.run_parallel(pool, rows, self.run_directed)
            added = self.settle() - before  # by a directed mutant, or by the matrix of another machine
            left = [claim for claim in selected if claim.id in self.targets and claim.id not in added]
            self.on_round("claims to generate mutants for", len(left))
            self.run_parallel(pool, left, self.search_claim)
        return self.faults

    def trace(self, claims: Sequence[Record], pool: "queue.Queue[Client]") -> None:
        """Make a target of each claim that holds without mutations, twice; traces that are fresh are not made again."""
        path = traces_path(self.settings)
        kept = {
            (traced.claim, traced.fingerprint): traced
            for traced in read(path, Traced)
            if traced.stack == stack_of(traced.trace)
        }
        missing: dict[str, list[Record]] = {}
        for claim in claims:
            if traced := kept.get((claim.id, claim.fingerprint)):
                self.add_target(claim, traced)
            else:
                missing.setdefault(claim.id.partition("::")[0], []).append(claim)

        def trace_module(module: str, client: Client) -> None:
            with client.session([module]):
                for claim in missing[module]:
                    traced = trace_claim(claim, client)
                    with self.write_lock:
                        append(path, traced)
                    self.add_target(claim, traced)
            self.on_step(module)

        self.on_round("files of claims to trace", len(missing))
        self.run_parallel(pool, list(missing), trace_module)
        self.line_counts = count_lines(self.targets.values())
        self.rare = {claim: target.rare_lines(self.line_counts) for claim, target in self.targets.items()}

    def add_target(self, claim: Record, traced: Traced) -> None:
        """Make a target of a claim that holds; one that does not has an empty trace."""
        if traced.trace:
            behaviour = self.listed.behaviour(claim)
            self.targets[claim.id] = Target(claim, traced.seconds, traced.observed, traced.trace, behaviour)

    def directed_rows(self, chosen: Sequence[Record]) -> list[Row]:
        """Return the directed mutants of the *chosen* claims that are not done; a group wants what one of it wants."""
        rows: dict[str, Row] = {}
        wanted = [self.targets[claim.id] for claim in chosen if claim.id in self.targets]
        groups = {group.states for group in self.listed.same}
        for mutant, candidate in self.directed:
            states = groups & {target.behaviour for target in wanted if mutant.wants(target.record)}
            for target in wanted:
                wants = target.behaviour in states or mutant.wants(target.record)
                if wants and self.matrix.may_distinguish(candidate.id, target.id, self.targets):
                    rows.setdefault(candidate.id, (candidate, []))[1].append(target)
        return list(rows.values())

    def search_claim(self, claim: Record, client: Client) -> None:
        """Try mutants on a claim until one distinguishes it, then those in what it names, for the list of survivors."""
        target = self.targets[claim.id]
        ranked = [entry for entry in rank(target, self.line_counts, self.within)[: self.limit] if entry[1].id]
        for _, candidate in ranked:
            if self.matrix.may_distinguish(candidate.id, claim.id, self.targets):
                self.run_row((candidate, [target]), client)
                if self.matrix.distinguishes(candidate.id, claim.id, self.targets):
                    break
        for _, candidate in [entry for entry in ranked if entry[0] <= NEAR][:MAX_NEAR]:
            self.run_row((candidate, [target]), client, alone=True)
        found = claim.id in self.settle()
        self.on_step(f"{claim.id}: {'a mutant of its own' if found else 'none of its own'}")

    def run_directed(self, row: Row, client: Client) -> None:
        """Try a directed mutant."""
        self.run_row(row, client)
        candidate, wanting = row
        killed = ", ".join(sorted(self.matrix.behaviours(candidate.id, self.targets))) or "nothing"
        self.on_step(f"{wanting[0].id}: {candidate.file}:{candidate.mutation.span[0]} kills {killed}")

    def run_row(self, row: Row, client: Client, alone: bool = False) -> None:
        """Try a mutant on the claims that want it and, unless *alone*, if it kills one of them, on the others."""
        candidate, wanting = row
        cells: dict[str, Cell] = {}
        complete = False
        try:
            client.start()  # before the mutation, so that the worker imports the original files
            with client.sandbox.mutated(candidate.file, candidate.text):
                self.fill(candidate, wanting, client, cells)
                if not alone and 0 < len(self.matrix.behaviours(candidate.id, self.targets)) < GENERAL:
                    self.fill(candidate, self.others(candidate, wanting), client, cells, until=GENERAL)
                    complete = len(self.matrix.behaviours(candidate.id, self.targets)) < GENERAL
        finally:
            if cells or (complete and not self.matrix.is_complete(candidate.id)):
                self.matrix.append(Mutant.of(candidate, cells, complete))

    def fill(
        self, candidate: Candidate, targets: Sequence[Target], client: Client, cells: dict[str, Cell], until: int = 0
    ) -> None:
        """Run the claims whose cells are missing or stale, *until* so many claim functions have killed the mutant."""
        todo = [target for target in targets if self.matrix.cell(candidate.id, target.record) is None]
        if not todo:
            return
        row = self.matrix.rows.setdefault(candidate.id, {})
        try:
            with client.session(sorted({target.module for target in todo})):
                for target in todo:
                    if until and len(self.matrix.behaviours(candidate.id, self.targets)) >= until:
                        return
                    cells[target.id] = row[target.id] = run_cell(target, candidate, client)
                    self.ran += 1
        except WorkerError:
            if self.stopping.is_set():
                raise
            for target in todo:
                cells.setdefault(target.id, Cell(target.record.fingerprint, "timed out"))

    def poor_choices(self, chosen: Sequence[Record]) -> Iterator[str]:
        """Yield the directed mutants that distinguish none of the *chosen* claims that they are for, each with why."""
        for mutant, candidate in self.directed:
            wanting = [claim for claim in chosen if mutant.wants(claim)]
            cells = [cell for claim in wanting if (cell := self.matrix.cell(candidate.id, claim))]
            killers = self.matrix.behaviours(candidate.id, self.targets)
            if wanting and not any(cell.outcome == "killed" for cell in cells):
                why = ", ".join(sorted({cell.outcome for cell in cells})) or "not run"
            elif not wanting or len(killers) < GENERAL:
                continue
            else:
                why = f"general, kills {', '.join(sorted(killers))}"
            yield f"{mutant.claim}: {mutant.before} → {mutant.after or '(left out)'}: {why}"

    def others(self, candidate: Candidate, wanting: Sequence[Target]) -> list[Target]:
        """Return the other claims to try a mutant on: the most similar to those *wanting* it, and some of the rest.

        They execute the mutated line, and are of other functions; of a table, the most similar row. Claims are alike if
        they are about the same row of a table, execute the same rare lines, or have the same words.
        """
        rows = {target.row for target in wanting} - {""}
        rare = frozenset[tuple[str, int]]().union(*(self.rare[target.id] for target in wanting))
        says = frozenset[str]().union(*(target.words.says for target in wanting))

        def unlike(target: Target) -> tuple[float, ...]:
            shared = -len(rare & self.rare[target.id]), -len(says & target.words.says)
            return (target.row not in rows, *shared, target.seconds)

        covering = [target for target in self.targets.values() if target.seconds <= SLOW and target.covers(candidate)]
        first = {target.function: target for target in sorted(covering, key=unlike, reverse=True)}  # the last one stays
        wanted = {target.function for target in wanting}
        chosen = sorted((target for target in first.values() if target.function not in wanted), key=unlike)
        similar, rest = chosen[:SIMILAR], chosen[SIMILAR:]
        return similar + rest[:: len(rest) // OTHERS + 1]

    def settle(self) -> set[str]:
        """Record the best kill of each claim, and return the claims that have a distinguishing one.

        The kills of another machine's matrix stay. Those of this one are no better than its cells say now.
        """
        with self.write_lock:
            found, here = (
                self.matrix.best_kills(self.targets),
                {mutant.place for mutant in [*self.matrix.mutants.values()]},
            )
            recorded = kills.read_kills(self.settings.kills)
            for claim, old in recorded.items():
                if old.others is not None and (old.file, old.line, old.was, old.became) in here:
                    old = replace(old, others=None)
                target = self.targets.get(claim)
                if target is None or old.fingerprint == target.record.fingerprint:
                    found[claim] = min(old, found.get(claim, old), key=lambda kill: kill.order)
            if found != recorded:
                kills.write(self.settings.kills, found)
            return {claim for claim, kill in found.items() if kill.distinguishes}

    def run_parallel(
        self, pool: "queue.Queue[Client]", tasks: Sequence[Job], work: Callable[[Job, Client], None]
    ) -> None:
        """Call *work* with each task and a free client, some at a time; an error in a worker is a fault."""

        def run_task(task: Job) -> None:
            client = pool.get()
            try:
                work(task, client)
            except WorkerError as error:
                if not self.stopping.is_set():
                    self.faults.append(f"{task}: {error}")
            finally:
                pool.put(client)

        with ThreadPoolExecutor(self.jobs) as executor:
            try:
                list(executor.map(run_task, tasks))
            except BaseException:  # `map` has cancelled the tasks that have not begun
                self.stopping.set()
                raise


def trace_claim(claim: Record, client: Client) -> Traced:
    """Run a claim without mutations, and if it holds again with a trace, which may be cut off: tracing is slow."""
    answer = client.run(claim.id, TRACE_SECONDS)
    path = client.sandbox.root.with_suffix(".trace")
    path.unlink(missing_ok=True)
    if answer.outcome == "held":
        client.run(claim.id, TRACE_SECONDS, path)
    observed = " ".join(evidence.observed for evidence in answer.evidence)
    trace = read_trace(path)
    return Traced(claim.id, claim.fingerprint, stack_of(trace), answer.seconds, observed, trace)


def stack_of(trace: Trace) -> str:
    """Return a digest of the versions of the packages in a trace; of an empty one, of all installed packages."""
    versions = {distributions().get(file, ("", "")) for file in trace or distributions()}
    return hashlib.sha256(repr(sorted(versions)).encode()).hexdigest()[:12]


def run_cell(target: Target, candidate: Candidate, client: Client) -> Cell:
    """Run a claim with a mutant; a kill counts if it happens twice."""
    cell = cell_of(client.run(target.id, target.timeout), target)
    if cell.outcome == "killed":
        cell = cell_of(client.run(target.id, target.timeout), target)
    return replace(cell, distance=target.words.distance(candidate.file, candidate.mutation))


def cell_of(answer: Answer, target: Target) -> Cell:
    """Return the cell that an answer makes: a kill is a failed assertion of the claim's own, and no server crashed."""
    fingerprint, reason = target.record.fingerprint, answer.reason or ""
    if answer.outcome == "held":
        return Cell(fingerprint, "survived")
    if reason == TIMED_OUT or reason.startswith("no end after"):
        return Cell(fingerprint, "timed out")
    last = answer.evidence[-1] if answer.kind else None
    if last is None or (SERVER_ERROR.search(last.observed) and not SERVER_ERROR.search(target.observed)):
        return Cell(fingerprint, "crashed")
    return Cell(fingerprint, "killed", kind=answer.kind, assertion=last.assertion, observed=last.observed)


@contextlib.contextmanager
def clients(settings: Settings, stopping: threading.Event, count: int) -> Iterator["queue.Queue[Client]"]:
    """Create *count* sandboxes, each with a client; delete them at the end, and those of processes that were killed."""
    folder = runs.environments_folder(settings)
    for old in folder.glob("sandbox-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    pool: queue.Queue[Client] = queue.Queue()
    with contextlib.ExitStack() as at_end:
        for number in range(count):
            sandbox = Sandbox(folder / f"sandbox-{os.getpid()}-{number}" / "venv", settings)
            at_end.callback(shutil.rmtree, sandbox.root.parent, ignore_errors=True)
            client = Client(sandbox.create(), stopping)
            at_end.callback(client.close)
            pool.put(client)
        yield pool
