"""What a layout's reader gives to all others: the blocks of a text, each made of runs that know their place."""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal

Kind = Literal["heading", "text", "item", "term", "row", "code"]
Segment = tuple[int, int]  # an offset in the content of a block, and the offset in the file that it stands for
END = sys.maxsize
LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a file, `text[start:end]`, and how it reads without its markup: *shown*.

    If both have the same length, they agree character by character. If not, the run is one piece, such as `&amp;`.
    *before* and *after* count the characters of the markup that begins before it and ends after it, such as backquotes.
    """

    start: int
    end: int
    shown: str
    code: bool = False
    strong: bool = False
    before: int = 0
    after: int = 0

    def part(self, first: int, last: int) -> "Run":
        """The run of its shown characters *first* to *last*; a run in one piece stays whole."""
        if (first, last) == (0, len(self.shown)) or len(self.shown) != self.end - self.start:
            return self
        return replace(
            self,
            start=self.start + first,
            end=self.start + last,
            shown=self.shown[first:last],
            before=0,
            after=0,
        )


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, the first paragraph of a list's item, a term, a row of a table, or code.

    *level* is that of a heading (1 to 6), or how deeply an item lies in lists (from 1). *marker* is an item's own:
    `1.`, `-`. *nested*: the item has more blocks below it. *header* has the runs of the header of a row.
    *anchor*: the block is nothing but a link into its own page. *language* is that of code.
    """

    kind: Kind
    runs: tuple[Run, ...]
    level: int = 0
    marker: str = ""
    header: tuple[Run, ...] = ()
    nested: bool = False
    anchor: bool = False
    language: str | None = None

    @cached_property
    def shown(self) -> str:
        """The text without its markup."""
        return "".join(run.shown for run in self.runs)

    @property
    def start(self) -> int:
        """Where it starts in the file."""
        return self.runs[0].start

    @property
    def strong(self) -> int:
        """How many characters from the first on are strong."""
        total = 0
        for run in self.runs:
            if not run.strong and run.shown.strip():
                break
            total += len(run.shown)
        return total if self.runs and self.runs[0].strong else 0

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(len(run.shown) for run in self.runs)]

    def between(self, first: int, last: int) -> Iterator[Run]:
        """Those parts of the runs that are shown from character *first* to before *last*."""
        for index in range(bisect_right(self._offsets, first) - 1, len(self.runs)):
            at, run = self._offsets[index], self.runs[index]
            if at >= last:
                return
            yield run.part(max(first - at, 0), min(last - at, len(run.shown)))

    def without(self, count: int) -> "Block":
        """The block without its first *count* shown characters."""
        runs = tuple(self.between(count, len(self.shown)))
        return replace(self, runs=runs) if runs else self


class Lines:
    """The lines of a text, for the place of each offset in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        ends = [(match.start(), match.end()) for match in LINE_END.finditer(text)]
        self.starts = [0, *(end for _, end in ends)]
        self.ends = [*(start for start, _ in ends), len(text)]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> str:
        """The line with this index (from 0), without its end; an empty one beyond the last."""
        return self.text[self.starts[index] : self.ends[index]] if index < len(self) else ""

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both counted from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def placed(shown: str, start: int, end: int, segments: Sequence[Segment], code: bool, strong: bool) -> Iterator[Run]:
    """The runs of what stands at *start* to *end* of a block: one for each line, or one.

    It is one if it reads otherwise than it is written. *segments* say where the content stands in the file, in order.
    """
    low, high = bisect_right(segments, (start, END)), bisect_left(segments, (end, 0))
    whole = len(shown) != end - start
    bounds = [start, end] if whole else [start, *(at for at, _ in segments[low:high]), end]
    for first, last in pairwise(bounds):
        place = _place(first, segments)
        stop = _place(last - 1, segments) + 1 if whole else place + last - first
        yield Run(place, max(place, stop), shown if whole else shown[first - start : last - start], code, strong)


def _place(offset: int, segments: Sequence[Segment]) -> int:
    """The offset in the file of an offset in the content."""
    at, place = segments[max(bisect_right(segments, (offset, END)) - 1, 0)]
    return place + max(offset - at, 0)
