"""Directed mutants: changes of installed lines that a person chose for a claim, because rules cannot read what it says.

`claims/mutants.toml` lists them, groups of claims that state the same, and claims that only general mutants kill.
No mutant is believed: the search runs each as it runs generated ones, in the same sandbox and for the same kill matrix.
"""

import ast
import functools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from report.errors import ReportError
from report.files import read_toml
from report.judge.references import qualified
from report.measure.kills import Reason
from report.measure.records import Record
from report.mutation.operators import DEFINITIONS, DIRECTED, SITE, Mutation, original
from report.settings import Settings

HINT = 'CONTRIBUTING.md, "Falsification", shows an entry.'


class Directed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A change for *claim*: in *file*, the only line *before* (without indentation) becomes *after*.

    *claim*: a claim function or one row of its table, as `top31/q01_what_flask_is::is_a_web_framework`. *file* is
    relative to site-packages. *within*: the dotted name of the function around the line, if the file has it twice.
    """

    claim: str
    file: str
    before: str
    after: str
    within: str = ""

    @functools.cached_property
    def mutation(self) -> Mutation | None:
        """The change as a mutation; None if its line is gone, or not the only one."""
        lines = original(self.file).split("\n") if (SITE / self.file).is_file() else []
        rows = [row for row, line in enumerate(lines, start=1) if line.strip() == self.before]
        found = [(row, *_surroundings(self.file, row)) for row in rows]
        match [place for place in found if self.within in ("", place[1])]:
            case [(row, around, statement, at_import)]:
                line = lines[row - 1]
                span = (row, len(line.encode()) - len(line.lstrip().encode()), row, len(line.rstrip().encode()))
                return Mutation(self.file, span, self.after, around, "", at_import, DIRECTED, statement)
        return None


class Same(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claim functions of several questions that state the same behaviour, which *states* says in words."""

    states: str
    claims: tuple[str, ...]


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `claims/mutants.toml`.

    *general*: why each mutant that kills a claim kills others too, by the name of the claim function or of one row.
    """

    mutant: tuple[Directed, ...] = ()
    same: tuple[Same, ...] = ()
    general: dict[str, Reason] = {}

    def behaviour(self, claim: str) -> str:
        """Return what a claim (its id) is about: its function, or what the claims of its group state."""
        function = claim.partition("[")[0]
        return next((group.states for group in self.same if qualified(function) in group.claims), function)

    def wanting(self, mutant: Directed, claims: Iterable[Record]) -> list[Record]:
        """Return those of the *claims* that a mutant was chosen for: all rows of a table, and all claims of a group."""
        function = mutant.claim.partition("[")[0]
        group = next((group.claims for group in self.same if function in group.claims), ())
        return [claim for claim in claims if {mutant.claim, *group} & names(claim.id)]

    def reason(self, claim: str) -> str | None:
        """Return why only general mutants kill the claim with the id *claim*."""
        name = qualified(claim)
        return self.general.get(name, self.general.get(name.partition("[")[0]))


def read(settings: Settings) -> Listed:
    """Read the list; raises DamagedFileError, and ReportError for a mutant of a tool."""
    listed = read_toml(settings.mutants, Listed, HINT)
    for mutant in listed.mutant:
        if mutant.file.startswith(settings.tools):
            hint = "Choose a line of a package that the claim is about."
            raise ReportError(f"{mutant.file} is a tool of this project, which is never mutated.", hint)
    return listed


def stale(listed: Listed, claims: Sequence[Record], general: Sequence[str]) -> Iterator[str]:
    """Yield what is no longer true of the list, each as a sentence that says what to do.

    *general*: the ids of those of the *claims* that only general mutants kill.
    """
    every = names(*(claim.id for claim in claims))
    for mutant in listed.mutant:
        if mutant.claim not in every:
            yield f"mutants.toml: no claim is called {mutant.claim}: rename or delete the entry."
        elif mutant.mutation is None:
            where = mutant.file + (f" in {mutant.within}" if mutant.within else "")
            yield f"mutants.toml: {mutant.claim}: {mutant.before!r} is no line, or several, of {where}. Mend it."
        elif not mutant.mutation.id:
            yield f"mutants.toml: {mutant.claim}: {mutant.after!r} is no valid Python there, or changes nothing."
    for name in sorted({claim for group in listed.same for claim in group.claims} - every):
        yield f"mutants.toml: no claim is called {name}: rename or delete it in its group."
    for name in sorted(listed.general.keys() - names(*general)):
        yield f"mutants.toml: [general]: {name} has a distinguishing mutant, or is no claim: take it out."


@functools.cache
def names(*claims: str) -> frozenset[str]:
    """Return how the list may name *claims* (ids): by the row or by the function."""
    return frozenset(part for name in map(qualified, claims) for part in (name, name.partition("[")[0]))


@functools.cache
def _statements(file: str) -> list[ast.stmt]:
    """Return the statements of an installed file, outer ones first."""
    tree = ast.parse(original(file) if file.endswith(".py") else "")
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _surroundings(file: str, row: int) -> tuple[str, tuple[int, int], bool]:
    """Return the dotted name around a line, the lines of its statement, and whether it takes effect at import."""
    around, lines, at_import = [], (row, row), True
    for node in _statements(file):
        first = min(part.lineno for part in [node, *getattr(node, "decorator_list", ())])
        end = node.end_lineno or first
        if first <= row <= end:
            body = node.body[0].lineno if hasattr(node, "body") else end + 1  # of a compound statement
            lines = (row, row) if row >= body else (first, body - 1)
            if isinstance(node, DEFINITIONS):
                around.append(node.name)
                at_import = at_import and (row < body or isinstance(node, ast.ClassDef))
    return ".".join(around), lines, at_import
