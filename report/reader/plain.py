"""The blocks of plain text: each line is one, or each paragraph where lines are filled to a width."""

import re
from collections.abc import Iterator, Mapping

from report.reader.blocks import Block, Lines, Run

MARKER = re.compile(r"(?P<indent>[^\S\r\n]*)(?P<marker>[•*‣·–-]|(?:\d{1,5}|[IVXLC]{1,6})[.)])[^\S\r\n]+(?=\S)")
FENCE = re.compile(r"[ \t]*(?P<fence>```+|~~~+)[ \t]*(?P<language>[\w+-]*)[ \t]*\Z")
ORNAMENT = re.compile(r"[\s=*_~#+.\-–—]*")
SPAN = re.compile(r"`[^`\n]+`")
NARROWEST, WIDEST = 50, 100  # characters of the longest line of a text whose lines are filled to a width


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a plain text."""
    lines = Lines(text)
    fences = {line.strip(): index for index, line in enumerate(lines) if FENCE.match(line)}  # the last of each
    width = max(len(line.rstrip()) for line in lines)
    index = 0
    while index < len(lines):
        code = _code_end(lines, index, fences)
        if code > index:
            yield _code(lines, index, code)
            index = code
        elif ORNAMENT.fullmatch(lines[index]):
            index += 1
        else:
            end = index + 1
            while NARROWEST <= width <= WIDEST and end < len(lines) and _continues(lines, end, width):
                end += 1
            yield _block(lines, index, end)
            index = end


def _continues(lines: Lines, index: int, width: int) -> bool:
    """Whether a line continues the paragraph before it: its first word had no room there."""
    before, line = lines[index - 1].rstrip(), lines[index]
    if ORNAMENT.fullmatch(before) or ORNAMENT.fullmatch(line) or MARKER.match(line):
        return False
    return len(before) > width // 2 and len(before) + 1 + len(line.split()[0]) > width


def _block(lines: Lines, first: int, end: int) -> Block:
    marker = MARKER.match(lines[first])
    runs: list[Run] = []
    for index in range(first, end):
        line = lines[index]
        skipped = marker.end() if marker and index == first else len(line) - len(line.lstrip())
        runs += _runs(line[skipped:].rstrip(), lines.starts[index] + skipped)
        if index < end - 1:
            runs.append(Run(lines.ends[index], lines.ends[index], " "))
    if marker:
        return Block("item", tuple(runs), len(marker["indent"].expandtabs()) + 1, marker["marker"])
    return Block("text", tuple(runs))


def _runs(line: str, offset: int) -> Iterator[Run]:
    """The runs of a line, whose code is between backquotes."""
    at = 0
    for span in SPAN.finditer(line):
        if span.start() > at:
            yield Run(offset + at, offset + span.start(), line[at : span.start()])
        yield Run(offset + span.start() + 1, offset + span.end() - 1, span[0][1:-1], code=True, before=1, after=1)
        at = span.end()
    if at < len(line):
        yield Run(offset + at, offset + len(line), line[at:])


def _code_end(lines: Lines, index: int, fences: Mapping[str, int]) -> int:
    """The line after the code that begins at a line (fenced, or indented after a blank line), or the same line."""
    fence = FENCE.match(lines[index])
    if fence and fences.get(fence["fence"], 0) > index:
        return next(end for end in range(index + 1, len(lines)) if lines[end].strip() == fence["fence"]) + 1
    if index == 0 or lines[index - 1].strip() or not _is_indented(lines[index]):
        return index
    end = index
    while end < len(lines) and (_is_indented(lines[end]) or not lines[end].strip()):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def _is_indented(line: str) -> bool:
    return line.startswith(("    ", "\t")) and bool(line.strip()) and not MARKER.match(line)


def _code(lines: Lines, first: int, end: int) -> Block:
    fence = FENCE.match(lines[first])
    if fence:
        first, end = first + 1, end - 1
    shown = [lines[index] for index in range(first, end)]
    return lines.code(first, shown, (fence["language"] or None) if fence else None)
