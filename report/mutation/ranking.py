"""Which mutants to try on a claim, and in which order: those that the claim is most likely to kill come first."""

import functools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from report.mutation.operators import Mutation, mutations
from report.mutation.sandbox import SITE

OPENED = 0  # the line number in a trace for "the claim opened this file"
MANY_OPENED = 100  # if a claim only opens more files than this, Python files count only if it observed their names
STOP_WORDS = frozenset({"call", "init", "none", "self", "true", "false"})  # too common to show what a claim is about
WORD = re.compile(r"\w+")
Trace = Mapping[str, Collection[int]]  # for each file, the numbers of the executed lines


@dataclass(frozen=True)
class Candidate:
    """A mutation of an installed file, to try on claims; *file* is relative to site-packages."""

    file: str
    mutation: Mutation

    def __str__(self) -> str:
        return self.file


def read_trace(path: Path) -> dict[str, set[int]]:
    """Read the output of `tracing`: for each file, its executed lines."""
    trace: dict[str, set[int]] = {}
    for entry in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        file, _, line = entry.rpartition(":")
        trace.setdefault(file, set()).add(int(line))
    return trace


@functools.cache
def mutations_of(file: str, as_data: bool) -> tuple[Mutation, ...]:
    """Return all mutations of an installed file (see `operators.mutations`)."""
    return tuple(mutations(SITE / file, as_data))


def count_lines(traces: Iterable[Trace]) -> Counter[tuple[str, int]]:
    """Count, for each file and line, the claims that execute it."""
    return Counter((file, line) for trace in traces for file, lines in trace.items() for line in lines)


@dataclass(frozen=True)
class Vocabulary:
    """The words of a claim: those *observed* in its run, and those *written* in its source and all that this uses."""

    observed: frozenset[str]
    written: frozenset[str]

    @classmethod
    def of(cls, observed: str, written: str) -> "Vocabulary":
        """Split two texts into words."""
        return cls(frozenset(WORD.findall(observed.lower())), frozenset(WORD.findall(written.lower())))

    def names_file(self, file: str) -> bool:
        """Return whether the claim observed the file's name, as a claim that lists files does."""
        return {*WORD.findall("/".join(file.lower().split("/")[-3:]))} <= self.observed

    @functools.cached_property
    def parts(self) -> frozenset[str]:
        """The parts of all words."""
        return frozenset(part for word in self.written | self.observed for part in name_parts(word))

    def relevance(self, file: str, mutation: Mutation) -> float:
        """Score how much the claim mentions the mutated constant, function or class, file, and package."""
        names = {name for name in mutation.function.lower().split(".") if len(name) > 2}
        constant = mutation.constant.lower() if len(mutation.constant) > 1 else ""
        words = frozenset(WORD.findall(constant)) - STOP_WORDS
        package = file.lower().split("/")[0].removesuffix(".py").partition("-")[0]
        score = 4 * bool(words and words <= self.observed) + bool(words and words <= self.written)
        score += bool(names & self.written) + (package in self.written) + 2 * self.names_file(file)
        return score + len(name_parts(mutation.function) & self.parts) / 2


@functools.cache
def name_parts(name: str) -> frozenset[str]:
    """Split a name at dots and underscores; short and common parts are left out."""
    return frozenset(part.rstrip("s") for part in re.split(r"[._]+", name.lower()) if len(part) > 3) - STOP_WORDS


def rank_candidates(
    trace: Trace, vocabulary: Vocabulary, line_counts: Mapping[tuple[str, int], int]
) -> list[Candidate]:
    """Return the mutations to try on a claim with this *trace* and *vocabulary*, the most likely kills first.

    A mutation ranks early if the claim mentions its constant or function, and if few claims execute its lines
    (*line_counts*). It ranks later with each earlier mutation of the same function or the same data file. Mutations
    that take effect only at import rank later still, because they cost more to try.
    """
    ranked: list[tuple[float, Candidate]] = []
    opens_many = sum({*lines} == {OPENED} for lines in trace.values()) > MANY_OPENED
    for file, lines in trace.items():
        as_data = {*lines} == {OPENED}
        if as_data and opens_many and file.endswith(".py") and not vocabulary.names_file(file):
            continue
        turns: Counter[str] = Counter()
        for mutation in mutations_of(file, as_data):
            counts = [line_counts.get((file, line), 1) for line in mutation.lines if line in lines]
            if counts or mutation.at_import or as_data:
                place = f"line {mutation.span[0]}" if as_data else mutation.function
                turns[place] += 1
                turns[file] += as_data
                repetition = turns[place] / 2 + math.log2(turns[file] + 1)
                penalty = 8 * mutation.at_import + 2 * mutation.removes
                rank = repetition + math.log2(min(counts, default=8)) - 3 * vocabulary.relevance(file, mutation)
                ranked.append((rank + penalty, Candidate(file, mutation)))
    ranked.sort(key=lambda entry: (entry[0], entry[1].file))
    return [candidate for _, candidate in ranked]
