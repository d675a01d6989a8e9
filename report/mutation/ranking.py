"""Which changes to try on a claim, and in which order: those that it is likely to notice come first."""

import functools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from report.mutation.operators import Change, changes
from report.mutation.sandbox import PYTHON, original
from report.settings import Settings

OPENED = 0  # the line that stands for a file that was opened
MANY = 100  # files that a claim only opens, beyond which those count whose names it has seen
LAST_RESORT = 10  # by how much the standard library ranks after what is installed
NOISE = frozenset({"call", "init", "none", "self", "true", "false"})  # parts of names and constants that tell nothing
WORD = re.compile(r"\w+")
Trace = Mapping[str, Collection[int]]  # for each installed file, the lines that were executed


@dataclass(frozen=True)
class Candidate:
    """A change of an installed file; *file* is its path in the packages' folder."""

    file: str
    change: Change


def traced(path: Path) -> dict[str, set[int]]:
    """Read what `tracing` wrote: for each installed file its lines."""
    found: dict[str, set[int]] = {}
    for entry in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        file, _, line = entry.rpartition(":")
        found.setdefault(file, set()).add(int(line))
    return found


@functools.cache
def of(file: str, read: bool) -> tuple[Change, ...]:
    """Every change of an installed file, of its code or, where it is *read*, of its lines."""
    return tuple(changes(original(file), read))


def usual(traces: Iterable[Trace]) -> Counter[tuple[str, int]]:
    """How many claims execute each line."""
    return Counter((file, line) for trace in traces for file, lines in trace.items() for line in lines)


@dataclass(frozen=True)
class Told:
    """What a claim speaks of: the words of its own run, and those of its text and of all that this refers to."""

    seen: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, seen: str, text: str) -> "Told":
        """The words of what was *seen*, its row in a table included, and of its *text*."""
        return cls(frozenset(WORD.findall(seen.lower())), frozenset(WORD.findall(text.lower())))

    def names(self, file: str) -> bool:
        """Tell whether it has seen the file's name, as what lists files does."""
        return {*WORD.findall("/".join(file.lower().split("/")[-3:]))} <= self.seen

    @functools.cached_property
    def parts(self) -> frozenset[str]:
        """The parts of all its words."""
        return frozenset(part for word in self.words | self.seen for part in parts(word))

    def hints(self, file: str, change: Change) -> float:
        """How much it speaks of a change: of its constant, of the function or class, of the package."""
        names = {name for name in change.function.lower().split(".") if len(name) > 2}
        said = frozenset(WORD.findall(change.constant.lower()) if len(change.constant) > 1 else ()) - NOISE
        package = file.lower().removeprefix(PYTHON).split("/")[0].removesuffix(".py").partition("-")[0]
        constant = 4 * bool(said and said <= self.seen) + bool(said and said <= self.words)
        akin = len(parts(change.function) & self.parts) / 2
        return constant + bool(names & self.words) + akin + (package in self.words) + 2 * self.names(file)


@functools.cache
def parts(name: str) -> frozenset[str]:
    """The words that a name is made of, but for the least."""
    return frozenset(part.rstrip("s") for part in re.split(r"[._]+", name.lower()) if len(part) > 3) - NOISE


def candidates(trace: Trace, told: Told, usual: Mapping[tuple[str, int], int], settings: Settings) -> list[Candidate]:
    """The changes to try on a claim that executes *trace* and speaks of what is *told*, likely ones first.

    Likely is what changes a constant or a function that the claim speaks of, what few claims execute, and what is not
    yet the third change of the same function, nor the tenth of the same text; what takes effect only at import comes
    later, as it costs more to try.
    """
    ranked: list[tuple[float, str, int, Change]] = []
    library = sum({*lines} == {OPENED} for lines in trace.values()) > MANY
    for file, lines in trace.items():
        read = {*lines} == {OPENED}
        crowd = read and library and file.endswith(".py")
        if not fair(file, settings) or (crowd and not told.names(file)):
            continue
        turn: Counter[str] = Counter()
        for change in of(file, read):
            executed = [usual.get((file, line), 1) for line in change.lines if line in lines]
            if executed or change.at_import or read:
                where = f"line {change.span[0]}" if read else change.function
                turn[where] += 1
                turn[file] += read
                late = turn[where] / 2 + math.log2(turn[file] + 1)
                rank = late + math.log2(min(executed, default=8)) - 3 * told.hints(file, change)
                ranked.append((rank + dear(file, change), file, len(ranked), change))
    ranked.sort(key=lambda one: one[:3])
    return [Candidate(file, change) for _, file, _, change in ranked]


def dear(file: str, change: Change) -> int:
    """By how much a change ranks later as it is slow to try, too crude to say much, or a last resort."""
    return 8 * change.at_import + 2 * change.crude + LAST_RESORT * file.startswith(PYTHON)


def fair(file: str, settings: Settings) -> bool:
    """Tell whether *file* may be sabotaged: what is installed but no tool, or what the settings list of Python."""
    names = {file.removeprefix(PYTHON).split("/")[0].removesuffix(".py"), file}
    return bool(names & {*settings.standard}) if file.startswith(PYTHON) else not names & {*settings.tools}
