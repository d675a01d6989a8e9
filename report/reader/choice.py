"""Which blocks begin a question: as the user says, or as the text shows beyond doubt. A doubt is an error."""

import re
import sys
from collections.abc import Sequence
from itertools import pairwise

from report.errors import OutlineError
from report.reader import styles
from report.reader.blocks import Block, Lines
from report.reader.styles import Style

HINT = "Say how many there are with --questions N, or which lines begin a question with --begins REGEX."
MOST_SHOWN = 8
SHORT = 20  # blocks; a shorter text may be divided unevenly


def choose(
    blocks: Sequence[Block], lines: Lines, questions: int | None, begins: str | None, name: str | None = None
) -> Style:
    """The style that divides a text into *questions*, or the one with this *name*; raises OutlineError in any doubt."""
    if begins is not None:
        return _matching(blocks, lines, questions, begins)
    if name is not None:
        return _called(name, blocks, questions)
    found = styles.found(blocks)
    return _certain(found, blocks) if questions is None else _declared(found, questions)


def _matching(blocks: Sequence[Block], lines: Lines, questions: int | None, begins: str) -> Style:
    """The blocks on whose first line a regular expression matches: as many as declared, or numbered consecutively."""
    found: dict[int, tuple[int, str]] = {}  # by line, the first block on it, and what matches
    for index, block in enumerate(blocks):
        line = lines.place(block.start)[0] - 1
        if block.kind != "code" and line not in found and (match := re.match(begins, lines[line])) and match[0]:
            found[line] = index, match[0]
    if questions is None:
        _check_numbers([(line, match) for line, (_, match) in found.items()], begins)
    elif len(found) != questions:
        raise OutlineError(f"{questions} questions are declared, but {len(found)} lines match {begins!r}.", HINT)
    if not found:
        raise OutlineError(f"No line begins with {begins!r}.", "It is tried at the start of each line.")
    return Style(f"lines that match {begins}", tuple(index for index, _ in found.values()), 2)


def _check_numbers(found: Sequence[tuple[int, str]], begins: str) -> None:
    """Raise OutlineError if each match has a number, and they are not consecutive, nor all the same."""
    numbers = [(line, int(digits[0])) for line, match in found if (digits := re.search(r"\d{1,9}", match))]
    if len(numbers) < len(found) or len({number for _, number in numbers}) == 1:
        return
    for (_, before), (line, after) in pairwise(numbers):
        if after != before + 1:
            sentence = f"Line {line + 1} matches {begins!r} with number {after}, where {before + 1} is next."
            hint = "Let --begins match the first lines of questions only, or say how many there are with --questions N."
            raise OutlineError(sentence, hint)


def _certain(found: Sequence[Style], blocks: Sequence[Block]) -> Style:
    """The only style that is most certain, if it divides the text evenly."""
    several = [style for style in found if len(style.begins) > 1]
    best = _best(several)
    alone = len(several) == 1 and several[0].certainty == 0
    if len(best) == 1 and (best[0].certainty > 0 or alone) and not _is_lopsided(best[0], blocks):
        return best[0]
    raise OutlineError(f"It is not certain what begins a question. Found: {_counts(several)}.", HINT)


def _best(found: Sequence[Style]) -> list[Style]:
    """The most certain of those styles whose questions do not all lie within an answer of another."""
    outer = [style for style in found if not any(_encloses(other, style) for other in found)]
    return [style for style in outer if style.certainty == max(other.certainty for other in outer)]


def _is_lopsided(style: Style, blocks: Sequence[Block]) -> bool:
    """Whether most of a text lies in one answer, or before all: then the style is rather that of a list in it."""
    bounds = [0, *style.begins, len(blocks)]
    return len(blocks) > SHORT and max(end - begin for begin, end in pairwise(bounds)) > len(blocks) / 2


def _declared(found: Sequence[Style], questions: int) -> Style:
    best = _best([style for style in found if len(style.begins) == questions])
    if len(best) == 1:
        return best[0]
    if best:
        raise OutlineError(f"More than one style has {questions} questions: {_counts(best)}.", HINT)
    raise OutlineError(f"{questions} questions are declared, but the text has {_counts(found)}.", HINT)


def _called(name: str, blocks: Sequence[Block], questions: int | None) -> Style:
    """The style with this name, with as many questions as declared."""
    style = next((style for style in styles.every(blocks) if style.name == name), None)
    if style is None:
        raise OutlineError(f"The layout {name!r} is declared, but the text has {_counts(styles.found(blocks))}.", HINT)
    return style if questions is None else _declared([style], questions)


def _encloses(outer: Style, inner: Style) -> bool:
    """Whether all questions of a style lie within one answer of another that stands higher, or is sure."""
    answers = pairwise([*outer.begins, sys.maxsize])
    within = any(begin < inner.begins[0] and inner.begins[-1] < end for begin, end in answers)
    return within and (outer.rank < inner.rank or (outer.certainty == 2 and len(outer.begins) > len(inner.begins)))


def _counts(found: Sequence[Style]) -> str:
    """The styles that were found, most questions first."""
    most = sorted(found, key=lambda style: (-max(style.certainty, 0), -len(style.begins)))[:MOST_SHOWN]
    return "; ".join(f"{len(style.begins)} {style.name}" for style in most) or "nothing that is marked as one"
