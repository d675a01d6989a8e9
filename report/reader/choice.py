"""Which blocks begin a question: as the user says, or as the text shows beyond doubt. A doubt is an error."""

import re
import sys
from collections.abc import Sequence
from itertools import pairwise

from report.errors import OutlineError
from report.reader import styles
from report.reader.blocks import Block, Lines
from report.reader.styles import Style

HINT = "Say which lines begin a question with --begins REGEX, and how many there are with --questions N."
MOST_SHOWN = 6


def choose(blocks: Sequence[Block], lines: Lines, questions: int | None, begins: str | None) -> Style:
    """The style that divides a text into its questions.

    Raises:
        OutlineError: it is not certain, or finds other than *questions* questions.
    """
    if begins is not None:
        style = _matching(blocks, lines, begins)
        if questions is not None and len(style.begins) != questions:
            raise OutlineError(
                f"{questions} questions are declared, but {len(style.begins)} lines match {begins!r}.", HINT
            )
        return style
    found = styles.found(blocks)
    return _certain(found) if questions is None else _declared(found, questions)


def _matching(blocks: Sequence[Block], lines: Lines, begins: str) -> Style:
    """The blocks on whose first line a regular expression matches; the numbers that it matches are consecutive."""
    found: dict[int, tuple[int, re.Match[str]]] = {}  # by line, the first block on it
    for index, block in enumerate(blocks):
        line = lines.place(block.start)[0] - 1
        match = re.match(begins, lines[line]) if block.kind != "code" and line not in found else None
        if match and match[0]:
            found[line] = index, match
    numbers = [(line, int(digits[0])) for line, (_, match) in found.items() if (digits := re.search(r"\d+", match[0]))]
    if len(numbers) == len(found):
        for (_, before), (line, after) in pairwise(numbers):
            if after != before + 1 and {value for _, value in numbers} != {1}:
                sentence = f"Line {line + 1} matches {begins!r} with number {after}, where {before + 1} is next."
                raise OutlineError(sentence, "Let --begins match the first lines of questions only.")
    if not found:
        raise OutlineError(f"No line begins with {begins!r}.", "It is tried at the start of each line.")
    return Style(f"lines that match {begins}", tuple(index for index, _ in found.values()), 2)


def _certain(found: Sequence[Style]) -> Style:
    several = [one for one in found if len(one.begins) > 1]
    outer = [one for one in several if not any(_encloses(other, one) for other in several)]
    for certainty in (2, 1):
        best = [one for one in outer if one.certainty == certainty]
        if len(best) == 1:
            return best[0]
        if best:
            raise OutlineError(f"It is not certain what begins a question. Found: {_told(best)}.", HINT)
    if len(several) == 1 and several[0].certainty == 0:
        return several[0]
    raise OutlineError(f"It is not certain what begins a question. Found: {_told(several)}.", HINT)


def _declared(found: Sequence[Style], questions: int) -> Style:
    fitting = [one for one in found if len(one.begins) == questions]
    best = [one for one in fitting if one.certainty == max(other.certainty for other in fitting)]
    if len(best) == 1:
        return best[0]
    if best:
        raise OutlineError(f"More than one style has {questions} questions: {_told(best)}.", HINT)
    raise OutlineError(f"{questions} questions are declared, but the text has {_told(found)}.", HINT)


def _encloses(outer: Style, inner: Style) -> bool:
    """Whether all questions of a style lie within one answer of another that stands higher: a list in an answer."""
    ends = [*outer.begins[1:], sys.maxsize]
    answers = zip(outer.begins, ends, strict=True)
    return outer.rank < inner.rank and any(begin < inner.begins[0] and inner.begins[-1] < end for begin, end in answers)


def _told(found: Sequence[Style]) -> str:
    """The styles that were found, most questions first."""
    most = sorted(found, key=lambda one: (-one.certainty, -len(one.begins)))[:MOST_SHOWN]
    return "; ".join(f"{len(one.begins)} {one.name}" for one in most) or "nothing that is marked as one"
