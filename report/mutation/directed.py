"""Directed mutants: changes of installed lines that a person chose for a claim, because rules cannot read what it says.

`claims/mutants.toml` lists them, groups of claims that state the same, and claims that only general mutants kill.
No mutant is believed: the search runs each as it runs generated ones, in the same sandbox and for the same kill matrix.
"""

import ast
import functools
from collections.abc import Iterator, Sequence

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

    def wants(self, claim: Record) -> bool:
        """Return whether the mutant was chosen for a claim, or for all rows of its table."""
        return self.claim in (name := qualified(claim.id), name.partition("[")[0])

    @functools.cached_property
    def mutation(self) -> Mutation | None:
        """The change as a mutation; None if its line is gone, or not the only one."""
        found = list(self._mutations()) if (SITE / self.file).is_file() else []
        return found[0] if len(found) == 1 else None

    def _mutations(self) -> Iterator[Mutation]:
        """Yield the mutations that the entry may mean."""
        text = original(self.file)
        tree = ast.parse(text if self.file.endswith(".py") else "")
        for row, line in enumerate(text.split("\n"), start=1):
            if line.strip() == self.before:
                around, statement, at_import = _surroundings(tree, row)
                if self.within in ("", around):
                    span = (row, len(line.encode()) - len(line.lstrip().encode()), row, len(line.rstrip().encode()))
                    yield Mutation(self.file, span, self.after, around, "", at_import, DIRECTED, statement)


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

    def behaviour(self, claim: Record) -> str:
        """Return what a claim is about: its function, or what the claims of its group state."""
        name = qualified(claim.id).partition("[")[0]
        return next((group.states for group in self.same if name in group.claims), claim.id.partition("[")[0])

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
    functions = {qualified(claim.id).partition("[")[0] for claim in claims}
    for mutant in listed.mutant:
        if not any(map(mutant.wants, claims)):
            yield f"mutants.toml: no claim is called {mutant.claim}: rename or delete the entry."
        elif mutant.mutation is None:
            where = mutant.file + (f" in {mutant.within}" if mutant.within else "")
            yield f"mutants.toml: {mutant.claim}: {mutant.before!r} is no line, or several, of {where}. Mend it."
        elif not mutant.mutation.id:
            yield f"mutants.toml: {mutant.claim}: {mutant.after!r} is no valid Python there, or changes nothing."
    for name in sorted({claim for group in listed.same for claim in group.claims} - functions):
        yield f"mutants.toml: no claim is called {name}: rename or delete it in its group."
    names = {part for name in map(qualified, general) for part in (name, name.partition("[")[0])}
    for name in sorted(listed.general.keys() - names):
        yield f"mutants.toml: [general]: {name} has a distinguishing mutant, or is no claim: take it out."


def _surroundings(tree: ast.Module, row: int) -> tuple[str, tuple[int, int], bool]:
    """Return the dotted name around a line, the lines of its statement, and whether it takes effect at import."""
    around, lines, at_import = [], (row, row), True
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.stmt)):  # outer nodes first
        first = min(part.lineno for part in [node, *getattr(node, "decorator_list", ())])
        if not first <= row <= (node.end_lineno or 0):
            continue
        body = getattr(node, "body", None)  # of a compound statement
        inside = body is not None and row >= body[0].lineno
        lines = (row, row) if inside else (first, body[0].lineno - 1 if body else node.end_lineno or row)
        if isinstance(node, DEFINITIONS):
            around.append(node.name)
            at_import = at_import and not (inside and not isinstance(node, ast.ClassDef))
    return ".".join(around), lines, at_import
