"""Directed mutants: changes of installed lines that a person chose for a claim, because rules cannot read what it says.

`claims/mutants.toml` lists them, groups of claims that state the same, and claims that only general mutants kill.
No mutant is believed: the search runs each as it runs generated ones, in the same sandbox and for the same kill matrix.
"""

import ast
from collections.abc import Iterator, Sequence

import msgspec

from report.errors import ReportError
from report.files import read_toml
from report.judge.references import qualified
from report.measure.kills import Reason
from report.measure.records import Record
from report.mutation.candidates import Candidate, original
from report.mutation.operators import DEFINITIONS, DIRECTED, Mutation
from report.mutation.sandbox import SITE
from report.settings import Settings

HINT = 'CONTRIBUTING.md, "Falsification", shows an entry.'


class Directed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


def candidates(listed: Listed) -> Iterator[tuple[Directed, Candidate]]:
    """Yield the directed mutants whose line is there, once, each with its candidate."""
    for mutant in listed.mutant:
        if (SITE / mutant.file).is_file() and len(found := list(_mutations_of(mutant))) == 1:
            yield mutant, Candidate(mutant.file, found[0])


def stale(listed: Listed, claims: Sequence[Record], general: Sequence[str]) -> Iterator[str]:
    """Yield what is no longer true of the list, each as a sentence that says what to do.

    *general*: the ids of those of the *claims* that only general mutants kill.
    """
    functions = {qualified(claim.id).partition("[")[0] for claim in claims}
    usable = dict(candidates(listed))
    for mutant in listed.mutant:
        if not any(map(mutant.wants, claims)):
            yield f"mutants.toml: no claim is called {mutant.claim}: rename or delete the entry."
        elif mutant not in usable:
            where = mutant.file + (f" in {mutant.within}" if mutant.within else "")
            yield f"mutants.toml: {mutant.claim}: {mutant.before!r} is no line, or several, of {where}. Mend it."
        elif not usable[mutant].id:
            yield f"mutants.toml: {mutant.claim}: {mutant.after!r} is no valid Python there, or changes nothing."
    for name in sorted({claim for group in listed.same for claim in group.claims} - functions):
        yield f"mutants.toml: no claim is called {name}: rename or delete it in its group."
    names = {part for name in map(qualified, general) for part in (name, name.partition("[")[0])}
    for name in sorted(listed.general.keys() - names):
        yield f"mutants.toml: [general]: {name} has a distinguishing mutant, or is no claim: take it out."


def _mutations_of(mutant: Directed) -> Iterator[Mutation]:
    """Yield the mutations that a directed mutant may mean: one, unless its line is gone, or not the only one."""
    text = original(mutant.file)
    tree = ast.parse(text if mutant.file.endswith(".py") else "")
    for row, line in enumerate(text.split("\n"), start=1):
        if line.strip() == mutant.before:
            mutation = _mutation_of(line, row, tree, mutant.after)
            if mutant.within in ("", mutation.function):
                yield mutation


def _mutation_of(line: str, row: int, tree: ast.Module, after: str) -> Mutation:
    """Return the mutation of a whole *line* of a file with the syntax *tree*."""
    around, statement, at_import = [], (row, row), True
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.stmt)):  # outer nodes first
        first = min(part.lineno for part in [node, *getattr(node, "decorator_list", ())])
        if not first <= row <= (node.end_lineno or 0):
            continue
        body = getattr(node, "body", None)  # of a compound statement
        inside = body is not None and row >= body[0].lineno
        statement = (row, row) if inside else (first, body[0].lineno - 1 if body else node.end_lineno or row)
        if isinstance(node, DEFINITIONS):
            around.append(node.name)
            at_import = at_import and not (inside and not isinstance(node, ast.ClassDef))
    span = (row, len(line.encode()) - len(line.lstrip().encode()), row, len(line.rstrip().encode()))
    return Mutation(span, after, ".".join(around), at_import=at_import, operator=DIRECTED, statement=statement)
