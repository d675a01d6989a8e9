"""Which mutants to try on a claim: the nearest to what the claim says come first."""

import functools
import importlib.metadata
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

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
Trace = Mapping[str, Collection[int]]  # for each file, the numbers of the executed lines


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
        return identify(self)


@dataclass(frozen=True)
class Target:
    """A claim that holds without mutations, after how many *seconds*, with the values that it *observed*.

    *trace*: for each file, the executed lines (see `tracing`). *behaviour*: what it shares with claims that state the
    same (see `directed.Listed.behaviour`).
    """

    record: Record
    seconds: float
    observed: str
    trace: Trace
    behaviour: str

    @property
    def id(self) -> str:
        """The id of the claim."""
        return self.record.id

    @property
    def module(self) -> str:
        """The file of the claim."""
        return self.id.partition("::")[0]

    @property
    def function(self) -> str:
        """The claim without the row of its table."""
        return self.id.partition("[")[0]

    @property
    def row(self) -> str:
        """The row of its table, or ""."""
        return self.id.partition("[")[2]

    @property
    def timeout(self) -> float:
        """The seconds that the claim may run with a mutant: one that waits for a server waits longest if it fails."""
        return 4 + 6 * self.seconds

    @functools.cached_property
    def words(self) -> "Words":
        """The words of the claim."""
        return Words(words(self.record.statement), words(self.record.source))

    @functools.cached_property
    def lines(self) -> frozenset[tuple[str, int]]:
        """All executed lines, as file and line."""
        return frozenset((file, line) for file, lines in self.trace.items() for line in lines)

    def rare_lines(self, counts: Mapping[tuple[str, int], int]) -> frozenset[tuple[str, int]]:
        """The lines that few claims execute: claims that share them are similar."""
        return frozenset(line for line in self.lines if counts[line] <= RARE)

    def covers(self, candidate: Candidate) -> bool:
        """Return whether the claim executes a mutated line, or uses a file that the mutation changes at import."""
        if candidate.mutation.at_import or not candidate.file.endswith(".py"):
            return candidate.file in self.trace
        return any((candidate.file, line) in self.lines for line in candidate.mutation.lines)


@functools.cache
def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(WORD.findall(text.lower()))


@functools.cache
def names(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted name, as claims name them."""
    return tuple(PREFIXES.sub("", name) for name in dotted.lower().split("."))


@dataclass(frozen=True)
class Words:
    """The words of a claim: of what it *says*, and of its *source*."""

    says: frozenset[str]
    source: frozenset[str]

    def distance(self, file: str, mutation: Mutation) -> int:
        """How far a mutation is from the claim: 0 to NOWHERE.

        0: in a function or template feature that the statement names; 1: that the test names, or a constant that the
        statement names; 2: in a class that one of them names; 3: in a module or a package that one of them names.
        """
        *around, function = names(mutation.function)
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


def rank(target: Target, line_counts: Mapping[tuple[str, int], int], within: str) -> list[tuple[int, Candidate]]:
    """Return the mutations to try on a claim, each with its distance, the most promising first.

    They are in files whose path contains *within*. First come those near to the claim, whose lines few claims execute
    (*line_counts*), in packages that it names, and of the operators that most often make a claim false (PENALTIES).
    At most one mutation of an operator class for each line, and each further one of a function ranks later.
    """
    ranked: list[tuple[float, int, Candidate]] = []
    for file, traced in target.trace.items():
        lines = frozenset(traced)
        if within not in file or lines == {OPENED} or not file.endswith(".py"):
            continue
        foreign = not words(file.split("/")[0]) & (target.words.says | target.words.source)
        for mutation in mutations_of(file):
            counts = [line_counts[file, line] for line in mutation.lines if line in lines]
            if counts or mutation.at_import:
                distance = target.words.distance(file, mutation)
                few = min(counts, default=line_counts[file, -1])
                value = 1.5 * distance + 1.8 * math.log2(few) + PENALTIES.get(mutation.operator, 0)
                ranked.append((value + 2 * mutation.at_import + foreign, distance, Candidate(file, mutation)))
    return spread(ranked)


def spread(ranked: list[tuple[float, int, Candidate]]) -> list[tuple[int, Candidate]]:
    """Sort mutations by their rank, keep one of a line and operator class, and put those of many functions first."""
    turns: Counter[tuple[str, str]] = Counter()
    kept: list[tuple[float, int, Candidate]] = []
    seen = set()
    for value, distance, candidate in sorted(ranked, key=lambda entry: (entry[0], entry[2].file)):
        mutation, file = candidate.mutation, candidate.file
        if (file, mutation.span[0], mutation.operator) not in seen:
            seen.add((file, mutation.span[0], mutation.operator))
            turns[file, mutation.function] += 1
            kept.append((value + turns[file, mutation.function] / 2, distance, candidate))
    kept.sort(key=lambda entry: (entry[0], entry[2].file))
    return [(distance, candidate) for _, distance, candidate in kept]


def count_lines(targets: Collection[Target]) -> Counter[tuple[str, int]]:
    """Count, for each file and line, the claims that execute it; line -1 counts the claims that use the file."""
    counts = Counter(line for target in targets for line in target.lines)
    counts.update((file, -1) for target in targets for file in target.trace)
    return counts


def read_trace(path: Path) -> dict[str, list[int]]:
    """Read the output of `tracing`: for each file, its executed lines."""
    trace: dict[str, set[int]] = {}
    for entry in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        file, _, line = entry.rpartition(":")
        trace.setdefault(file, set()).add(int(line))
    return {file: sorted(lines) for file, lines in trace.items()}


@functools.cache
def mutations_of(file: str) -> tuple[Mutation, ...]:
    """Return all mutations of an installed file (see `operators.mutations`)."""
    return tuple(mutations(SITE / file))


@functools.cache
def original(file: str) -> str:
    """Return the text of an installed file."""
    return (SITE / file).read_text(encoding="utf-8")


@functools.cache
def identify(candidate: Candidate) -> str:
    """Return the id of a candidate; to compile its file takes a while."""
    try:
        found = digest(candidate.file, candidate.text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return found if found != original_digest(candidate.file) else ""


@functools.cache
def original_digest(file: str) -> str:
    """Return the digest of an installed file."""
    return digest(file, original(file))


@functools.cache
def distributions() -> Mapping[str, tuple[str, str]]:
    """Map each installed file to the name and the version of its distribution."""
    return {
        str(file): (distribution.metadata["Name"], distribution.version)
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
    }
