"""The kill matrix: the outcome of each claim with each mutant that was tried on it.

`.history/kill_matrix.jsonl` keeps it: a line for each mutant and each time that claims ran with it. A cell is fresh as
long as the fingerprint of its claim and the mutated code are the same; a later line replaces the cells of an earlier
one. Lines of other machines can be appended. `.history/traces.jsonl` keeps the traces in the same way.
"""

import functools
import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from report.files import decode_lines, read_lines, reading
from report.measure import runs
from report.measure.kills import PLACE, Kill, Kind
from report.measure.records import Record
from report.mutation.candidates import NOWHERE, Line, Target, Traced
from report.mutation.operators import DIRECTED, Mutation
from report.settings import Settings

NEAR = 1  # the largest distance of a mutant in what a claim names
GENERAL = 3  # a mutant that kills so many claim functions tells of none of them


@dataclass(frozen=True)
class Cell:
    """What became of a claim with a mutant, after how many *seconds*.

    If it killed it: the *kind* of refutation, with which assertion, and the values that it observed. *distance*: how
    far the mutated code is from what the claim names (`candidates.Target.distance`).
    """

    outcome: Literal["killed", "survived", "crashed", "timed out"]
    fingerprint: str = ""
    distance: int = NOWHERE
    kind: Kind | None = None
    assertion: str = ""
    observed: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Mutant:
    """A mutant, as `Mutation.id` names it, in lines that people can read, and the cells of its row, by claim.

    *complete*: it killed a claim, was tried on the others, and is not general. *directed*: a person chose it.
    """

    id: str
    package: str
    version: str
    function: str
    file: str
    line: int
    was: str
    became: str
    cells: dict[str, Cell] = field(default_factory=dict)
    complete: bool = False
    directed: bool = False

    @classmethod
    def of(cls, mutation: Mutation) -> "Mutant":
        """Describe a mutation, in a row without cells."""
        package, version = distributions().get(mutation.file, (mutation.file.split("/")[0], "?"))
        stack, chosen = (mutation.id, package, version, mutation.function), mutation.operator == DIRECTED
        return cls(*stack, *mutation.place, directed=chosen)


Entry = TypeVar("Entry", Mutant, Traced)


class Matrix:
    """All mutants, by id, with the cells that the file *path* has. *targets*: the claims that count, by id."""

    def __init__(self, path: Path, targets: Mapping[str, Target]) -> None:
        self.path, self.targets = path, targets
        self.mutants: dict[str, Mutant] = {}
        for mutant in read(path, Mutant):
            self.add(mutant)

    def add(self, mutant: Mutant) -> None:
        """Add a mutant and its cells."""
        old = self.mutants.setdefault(mutant.id, replace(mutant, cells={}))
        old.cells.update(mutant.cells)
        if mutant.complete:
            self.mutants[mutant.id] = replace(mutant, cells=old.cells)

    def cells(self, mutant: str) -> dict[str, Cell]:
        """Return the cells of a mutant, also stale ones."""
        return self.mutants[mutant].cells if mutant in self.mutants else {}

    def cell(self, mutant: str, claim: Record) -> Cell | None:
        """Return a cell if it is fresh."""
        cell = self.cells(mutant).get(claim.id)
        return cell if cell and cell.fingerprint == claim.fingerprint else None

    def has_kill(self, claim: Record) -> bool:
        """Return whether any mutant was killed by the current test of a claim."""
        cells = (self.cell(mutant, claim) for mutant in [*self.mutants])
        return any(cell.outcome == "killed" for cell in cells if cell)

    def behaviours(self, mutant: str) -> set[str]:
        """Return what the claims that kill a mutant are about; one that has changed since it killed it counts, too."""
        killed = [claim for claim, cell in [*self.cells(mutant).items()] if cell.outcome == "killed"]
        return {self.targets[claim].behaviour for claim in killed if claim in self.targets}

    def general_lines(self) -> set[Line]:
        """Return the lines that have a general mutant."""
        rows = [*self.mutants.values()]
        return {(row.file, row.line) for row in rows if len(self.behaviours(row.id)) >= GENERAL}

    def is_specific(self, mutant: str) -> bool:
        """Return whether a mutant killed a claim, was tried on the others, and is not general."""
        return mutant in self.mutants and self.mutants[mutant].complete and len(self.behaviours(mutant)) < GENERAL

    def may_distinguish(self, mutant: str, target: Target) -> bool:
        """Return whether more cells may show that a mutant distinguishes a claim: it is not general, nor done."""
        cell = self.cell(mutant, target.record)
        if cell is not None and (cell.outcome != "killed" or self.mutants[mutant].complete):
            return False
        return len(self.behaviours(mutant)) < GENERAL

    def best_kills(self) -> dict[str, Kill]:
        """Return, for each claim, its kill of the mutant that says most about it: of a general one only if need be."""
        best: dict[str, Kill] = {}
        for name, row in self.mutants.items():
            behaviours, specific = self.behaviours(name), self.is_specific(name)
            for claim in row.cells.keys() & self.targets.keys():
                target = self.targets[claim]
                if (cell := self.cell(name, target.record)) and cell.outcome == "killed":
                    others = tuple(sorted(behaviours - {target.behaviour})) if specific else None
                    kill = Kill(
                        claim, cell.fingerprint, row.package, row.version, *PLACE(row), cell.kind or "comparison",
                        cell.assertion, cell.observed, others, cell.distance, row.directed,
                    )  # fmt: skip
                    best[claim] = min(best.get(claim, kill), kill, key=lambda found: found.order)
        return best


@functools.cache
def distributions() -> Mapping[str, tuple[str, str]]:
    """Map each installed file to the name and the version of its distribution."""
    return {
        str(file): (distribution.metadata["Name"], distribution.version)
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
    }


def matrix_path(settings: Settings) -> Path:
    """The file of the matrix."""
    return runs.work_folder(settings) / "kill_matrix.jsonl"


def read(path: Path, kind: type[Entry]) -> list[Entry]:
    """Read the whole lines of a file; a missing one counts as empty; raises DamagedFileError, which names the line."""
    with reading(path, "Delete it; the next search makes it again."):
        return decode_lines(read_lines(path, allow_truncated=True) if path.exists() else [], kind)


def append(path: Path, line: Mutant | Traced) -> None:
    """Append a line to a file, in one write."""
    with path.open("ab", buffering=0) as file:
        file.write(msgspec.json.encode(line) + b"\n")


def add_files(settings: Settings, files: Iterable[Path]) -> None:
    """Add the rows that other machines have written; raises DamagedFileError."""
    for mutant in [mutant for file in files for mutant in read(file, Mutant)]:
        append(matrix_path(settings), mutant)


def survivors(settings: Settings, claims: Sequence[Record]) -> Iterator[str]:
    """Yield, for each claim, how many mutants of what it names it killed, and those that it did not notice."""
    matrix = Matrix(matrix_path(settings), {})
    for claim in claims:
        cells = [(mutant, matrix.cell(name, claim)) for name, mutant in matrix.mutants.items()]
        near = [(mutant, cell) for mutant, cell in cells if cell and cell.distance <= NEAR]
        noticed = sum(cell.outcome == "killed" for _, cell in near)
        yield f"{claim.id}: killed {noticed} of {len(near)} mutants in what it names: {claim.statement}"
        for mutant, cell in near:
            if cell.outcome != "killed":
                yield f"    {cell.outcome}: {mutant.file}:{mutant.line}: {mutant.was} → {mutant.became or '(left out)'}"
