"""Which mutants to try on a claim: the nearest to what the claim says come first."""

import functools
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from report.measure.records import Record
from report.mutation.operators import Mutation, mutations

OPENED, USED = 0, -1  # the numbers of the lines that stand for: the claim opened this file, or used it at all
NOWHERE = 4  # the distance of a mutant in code of which the claim names nothing
COMMON = frozenset({"app", "call", "get", "init", "name", "none", "self", "set", "true", "false", "wrapper"})
TOOLS = frozenset({  # what tests use, whatever they are about
    "app_context", "client", "data", "get_data", "get_json", "json", "open", "post", "response", "status",
    "status_code", "test_client", "test_request_context", "text", "url",
})  # fmt: skip
PREFIXES = re.compile(r"^(do|parse|visit|test|make|_)_|^_+")  # of Jinja's functions for a filter, a tag, a test
WORD = re.compile(r"\w+")
PENALTIES = {"condition": 0.5, "bool": 1, "int": 1, "str": 1, "value": 1}  # of operators that less often refute a claim
NUMBER = re.compile(r"\d{3,}")  # one that tells what a claim is about: a status code, a port
BONUS = 8  # for such a number, if the claim names it
Line = tuple[str, int]  # a file and the number of a line in it
Ranked = tuple[float, str, int, Mutation]  # the rank, the file, and a number, so that no two are equal


@dataclass(frozen=True)
class Traced:
    """A claim without mutations: after how many *seconds* it holds, what it *observed*, and its trace, which is kept.

    *trace*: for each file, the executed lines (see `tracing`); empty if the claim does not hold. *stack*: a digest of
    the versions of the packages in it.
    """

    claim: str
    fingerprint: str
    stack: str
    seconds: float
    observed: str
    trace: Mapping[str, Collection[int]]


class Target:
    """A claim that holds without mutations, as *traced*.

    *behaviour*: what it shares with claims that state the same (see `directed.Listed.behaviour`). *function*: the claim
    without the *row* of its table. *says*, *source*: the words of its statement and of its test.
    """

    def __init__(self, record: Record, traced: Traced, behaviour: str) -> None:
        self.record, self.id, self.behaviour = record, record.id, behaviour
        self.function, _, self.row = record.id.partition("[")
        self.seconds, self.observed, self.trace = traced.seconds, traced.observed, traced.trace
        self.says, self.source = words(record.statement), words(record.source)
        self.lines = frozenset((file, line) for file, lines in traced.trace.items() for line in (USED, *lines))

    def covers(self, mutation: Mutation) -> bool:
        """Return whether the claim executes a mutated line, or uses a file that the mutation changes at import."""
        at_import = mutation.at_import or not mutation.file.endswith(".py")
        return any((mutation.file, line) in self.lines for line in ([USED] if at_import else mutation.lines))

    def distance(self, mutation: Mutation) -> int:
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
        return 3 if both & (words(mutation.file) - COMMON) else NOWHERE


@functools.cache
def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(WORD.findall(text.lower()))


@functools.cache
def _names(dotted: str) -> tuple[str, ...]:
    return tuple(PREFIXES.sub("", name) for name in dotted.lower().split("."))


def rank(target: Target, line_counts: Mapping[Line, int]) -> list[Mutation]:
    """Return the mutations to try on a claim, the most promising first.

    First come those of numbers that it names; those near to it, whose lines few claims execute (*line_counts*), in
    packages that it names; and those of the operators that most often make a claim false (PENALTIES). At most one of an
    operator class for each line, and each further one of a function ranks later.
    """
    ranked: list[Ranked] = []
    for file, traced in target.trace.items():
        lines = frozenset(traced)
        foreign = not words(file.split("/")[0]) & (target.says | target.source)
        for mutation in mutations(file) if lines != {OPENED} else ():
            counts = [line_counts[file, line] for line in mutation.lines if line in lines]
            if counts or mutation.at_import:
                few = min(counts, default=line_counts[file, USED])
                value = 1.5 * target.distance(mutation) + 1.8 * math.log2(few) + PENALTIES.get(mutation.operator, 0)
                named = NUMBER.fullmatch(mutation.constant) and words(mutation.constant) <= target.says | target.source
                value += 2 * mutation.at_import + foreign - BONUS * bool(named)
                ranked.append((value, file, len(ranked), mutation))
    turns: Counter[tuple[str, str]] = Counter()
    kept: dict[tuple[str, int, str], Ranked] = {}
    for value, file, _, mutation in sorted(ranked):
        if (key := (file, mutation.span[0], mutation.operator)) not in kept:
            turns[file, mutation.function] += 1
            kept[key] = value + turns[file, mutation.function] / 2, file, len(kept), mutation
    return [mutation for *_, mutation in sorted(kept.values())]
