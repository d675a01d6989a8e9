"""Which mutants to try on a claim: the nearest to what the claim says come first."""

import functools
import importlib.metadata
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from report.measure.records import Record
from report.mutation.operators import Mutation, digest, mutations
from report.mutation.sandbox import SITE

OPENED = 0  # the line number in a trace for "the claim opened this file"
RARE = 30  # claims: a line that more claims execute shows no similarity
NOWHERE = 4  # the distance of a mutant in code of which the claim names nothing
COMMON = frozenset({"app", "call", "get", "init", "name", "none", "self", "set", "true", "false", "wrapper"})
TOOLS = frozenset({  # what tests use, whatever they are about
    "app_context", "client", "data", "get_data", "get_json", "json", "open", "post", "response", "status",
    "status_code", "test_client", "test_request_context", "text", "url",
})  # fmt: skip
PREFIXES = re.compile(r"^(do|parse|visit|test|make|_)_|^_+")  # of Jinja's functions for a filter, a tag, a test
WORD = re.compile(r"\w+")
PENALTIES = {"condition": 0.5, "value": 1, "constant": 1}  # of operators that less often make a claim false
Line = tuple[str, int]  # a file and the number of a line in it; -1 stands for the file
Trace = Mapping[str, Collection[int]]  # for each file, the numbers of the executed lines
Ranked = tuple[float, int, "Candidate"]  # by rank; with the distance


@dataclass(frozen=True)
class Candidate:
    """A mutation of an installed file, to try on claims; *file* is relative to site-packages."""

    file: str
    mutation: Mutation

    @property
    def text(self) -> str:
        """The mutated text of the file."""
        return self.mutation.apply(original(self.file))

    @property
    def id(self) -> str:
        """What tells the mutant from others; "" if it is equivalent to the original, or not valid Python."""
        return _identify(self)


class Target:
    """A claim that holds without mutations, after how many *seconds*, with the values that it *observed*.

    *trace*: for each file, the executed lines (see `tracing`); *lines*: all of them. *behaviour*: what it shares with
    claims that state the same (see `directed.Listed.behaviour`). *function*: the claim without the *row* of its table.
    *says*, *source*: the words of its statement and of its test.
    """

    def __init__(self, record: Record, seconds: float, observed: str, trace: Trace, behaviour: str) -> None:
        self.record, self.id, self.behaviour = record, record.id, behaviour
        self.function, _, self.row = record.id.partition("[")
        self.seconds, self.observed, self.trace = seconds, observed, trace
        self.says, self.source = words(record.statement), words(record.source)
        self.lines = frozenset((file, line) for file, lines in trace.items() for line in lines)

    def __repr__(self) -> str:
        return self.id

    def covers(self, candidate: Candidate) -> bool:
        """Return whether the claim executes a mutated line, or uses a file that the mutation changes at import."""
        if candidate.mutation.at_import or not candidate.file.endswith(".py"):
            return candidate.file in self.trace
        return any((candidate.file, line) in self.lines for line in candidate.mutation.lines)

    def distance(self, file: str, mutation: Mutation) -> int:
        """How far a mutation is from the claim: 0 to NOWHERE.

        0: in a function or template feature that the statement names; 1: that the test names, or a constant that the
        statement names; 2: in a class that one of them names; 3: in a module or a package that one of them names.
        """
        *around, function = _names(mutation.function)
        constant = words(mutation.constant) - COMMON
        if len(function) > 2 and function not in COMMON:
            if function in self.says or function.removesuffix("s") in self.says:
                return 0
            if function in self.source and function not in TOOLS:
                return 1
        both = self.says | self.source
        if constant and constant <= self.says:
            return 1
        if both & {*around, function} - COMMON - TOOLS - {""}:
            return 2
        return 3 if both & (words(file) - COMMON) else NOWHERE


@functools.cache
def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(WORD.findall(text.lower()))


@functools.cache
def _names(dotted: str) -> tuple[str, ...]:
    return tuple(PREFIXES.sub("", name) for name in dotted.lower().split("."))


def rank(target: Target, line_counts: Mapping[Line, int]) -> list[tuple[int, Candidate]]:
    """Return the mutations to try on a claim, each with its distance, the most promising first.

    First come those near to the claim, whose lines few claims execute (*line_counts*), in packages that it names, and
    of the operators that most often make a claim false (PENALTIES). At most one mutation of an operator class for each
    line, and each further one of a function ranks later.
    """
    ranked: list[Ranked] = []
    for file, traced in target.trace.items():
        lines = frozenset(traced)
        foreign = not words(file.split("/")[0]) & (target.says | target.source)
        for mutation in _mutations_of(file) if lines != {OPENED} and file.endswith(".py") else ():
            counts = [line_counts[file, line] for line in mutation.lines if line in lines]
            if counts or mutation.at_import:
                distance = target.distance(file, mutation)
                few = min(counts, default=line_counts[file, -1])
                value = 1.5 * distance + 1.8 * math.log2(few) + PENALTIES.get(mutation.operator, 0)
                ranked.append((value + 2 * mutation.at_import + foreign, distance, Candidate(file, mutation)))
    return [(distance, candidate) for _, distance, candidate in _sort(_spread(_sort(ranked)))]


def _sort(ranked: list[Ranked]) -> list[Ranked]:
    return sorted(ranked, key=lambda entry: (entry[0], entry[2].file))


def _spread(ranked: list[Ranked]) -> list[Ranked]:
    """Keep one mutation of a line and operator class, and lower the rank of each further one of a function."""
    turns: Counter[tuple[str, str]] = Counter()
    kept: dict[tuple[str, int, str], Ranked] = {}
    for value, distance, candidate in ranked:
        mutation, file = candidate.mutation, candidate.file
        if (key := (file, mutation.span[0], mutation.operator)) not in kept:
            turns[file, mutation.function] += 1
            kept[key] = value + turns[file, mutation.function] / 2, distance, candidate
    return [*kept.values()]


def count_lines(targets: Collection[Target]) -> Counter[Line]:
    """Count, for each file and line, the claims that execute it; line -1 counts the claims that use the file."""
    counts = Counter(line for target in targets for line in target.lines)
    counts.update((file, -1) for target in targets for file in target.trace)
    return counts


@functools.cache
def _mutations_of(file: str) -> tuple[Mutation, ...]:
    return tuple(mutations(SITE / file))


@functools.cache
def original(file: str) -> str:
    """Return the text of an installed file."""
    return (SITE / file).read_text(encoding="utf-8")


@functools.cache  # to compile a file takes a while
def _identify(candidate: Candidate) -> str:
    try:
        found = digest(candidate.file, candidate.text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return found if found != _original_digest(candidate.file) else ""


@functools.cache
def _original_digest(file: str) -> str:
    return digest(file, original(file))


@functools.cache
def distributions() -> Mapping[str, tuple[str, str]]:
    """Map each installed file to the name and the version of its distribution."""
    return {
        str(file): (distribution.metadata["Name"], distribution.version)
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
    }
