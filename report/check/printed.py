"""Python code as it is printed: whether it can be parsed, and if not, why."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from report.check import shell
from report.check.code import parse
from report.check.excerpts import CUT, HEADER, LINE, PROMPT, is_excerpt, is_unindented
from report.check.model import Remark
from report.check.passages import STRAIGHT, Passage, line_span

LANGUAGES = re.compile(r"python[23]?|py3?|pycon|ipython3?|python-repl")
SIGN = re.compile(
    r"^[ \t]*(?:from [\w.]+ import\b|import \w|(?:async )?def \w+\s*\(|class \w+.*:[ \t]*$|@\w+[\w.]*\(?|if __name__"
    r"|print[ (]|\w[\w.]* = [\w.]+\(|>>> )",
    re.MULTILINE,
)
CHANGED = re.compile(r"^(?:[+-](?=[ \w@#])|@@|\+\+\+|---)", re.MULTILINE)  # a line of a diff
MARK = re.compile(r"^(?:~~|[|»→•]+)", re.MULTILINE)  # what a site makes a line stand out by
MARGIN = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)
COMMENT = re.compile(r"^(?P<indent>[ \t]+)#.{3,}$", re.MULTILINE)
SENTENCE = re.compile(r"^(?:\d+\. )?[A-Z](?:[\w’'`,-]+ ){6,}[\w’'` ,-]+[.?!:](?:\s|$)", re.MULTILINE)  # of prose
STRING = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
TYPOGRAPHIC = re.compile("[‘’‚‛“”„‟\u00a0]")
REPAIRS = 20  # of a block that cannot be parsed
QUOTES = "This code cannot be parsed: typographic quotes are no quotes of Python."
SPACES = "This code cannot be parsed: a no-break space (U+00A0) is no space of Python."


@dataclass(frozen=True)
class Parsed:
    """A block of Python without its prompts; *whole*: with straight quotes, it can be parsed.

    *readable*: what can be parsed of it; *unread*: its other lines.
    """

    passage: Passage
    whole: bool
    problems: tuple[Remark, ...] = ()
    readable: Passage | None = None
    unread: tuple[Passage, ...] = ()


def read(passage: Passage) -> Parsed | None:
    """Parse a block; None if it is not Python."""
    is_said = bool(LANGUAGES.fullmatch(passage.language))
    is_open = passage.language in ("", "text")
    if passage.language == "diff" or ((is_said or is_open) and CHANGED.search(passage.shown) and _error(passage.shown)):
        passage = _changed(passage)
        return Parsed(passage, False, (), *_repaired(passage)) if SIGN.search(passage.shown) else None
    signs = len(SIGN.findall(passage.shown))
    if not is_said and not (is_open and signs):
        return None
    if not signs and shell.PROMPT.match(passage.shown) and _error(passage.shown):
        return None
    others: list[Passage] = []
    if any(line.lstrip().startswith((">>>", "In [")) for line in passage.shown.splitlines()):
        passage, *others = _without_prompts(passage)
    marked = {at for mark in MARK.finditer(passage.shown) for at in range(*mark.span())}
    passage = passage.select([at for at in range(len(passage.shown)) if at not in marked])
    shown = passage.shown
    problems = tuple(_quotes(shown))
    # Instead of a body, there may be a comment that stands for it.
    filled = COMMENT.sub(lambda comment: f"{comment['indent']}pass".ljust(len(comment[0]), "#"), shown)
    for source, found in ((shown, ()), (_fixed(shown, problems), problems), (filled, ())):
        if _error(source) is None:
            passage = replace(passage, shown=source)
            return Parsed(passage, True, found, passage, tuple(others))
    error = _error(shown) or SyntaxError()
    readable, unread = _repaired(_evenly_indented(passage))
    is_prose = is_open and SENTENCE.search(shown)
    # A session has been run: by an older Python, perhaps, or its bodies have no prompts.
    is_silent = signs < (1 if is_said else 2) or is_excerpt(shown, error) or is_prose or bool(others)
    return Parsed(passage, False, () if is_silent else (_problem(shown, error),), readable, (*unread, *others))


def _changed(passage: Passage) -> Passage:
    """What a diff leaves: without its signs, and without the lines that it removes."""
    kept: list[int] = []
    for line in re.finditer(r".+\n?", passage.shown):
        if not line[0].startswith(("-", "@@", "+++", "diff ", "index ")):
            kept += range(line.start() + line[0].startswith(("+", " ")), line.end())
    return passage.select(kept)


def _repaired(passage: Passage) -> tuple[Passage | None, tuple[Passage, ...]]:
    """What can be parsed of a block, with bodies for the headers that lack one, and the lines that cannot.

    A line that is indented for no reason is read as if it were not.
    """
    unread: list[Passage] = []
    for _ in range(REPAIRS):
        shown = passage.shown
        error = _error(shown)
        if error is None:
            return passage, tuple(unread)
        starts = [0, *(match.end() for match in re.finditer("\n", shown)), len(shown)]
        number = min(error.lineno or 1, len(starts) - 1)
        first, last = starts[number - 1], starts[number]
        margin = last - first - len(shown[first:last].lstrip())
        header = _header(shown[:first]) or _header(shown)
        if header and (header["sign"] or CUT.search(error.msg)):
            body = "def _(): pass" if header["sign"] else " pass"
            passage = _inserted(passage, header.end(), f"\n{header['indent']}{body}")
        elif isinstance(error, IndentationError) and margin:
            before = shown[:first].rstrip().rpartition("\n")[2]
            kept = min(len(before) - len(before.lstrip()), margin - 1)
            passage = passage.select([*range(first), *range(first + margin - kept, len(shown))])
        else:
            unread.append(passage.select(range(first, last)))
            passage = passage.select([*range(first), *range(last, len(shown))])
    return None, (passage, *unread)


def _header(source: str) -> "re.Match[str] | None":
    """The last line of code, if a body belongs below it."""
    *_, last = [None, *LINE.finditer(source)]
    return last if last and (last["sign"] or HEADER.match(last[0])) else None


def _inserted(passage: Passage, at: int, added: str) -> Passage:
    """The passage with characters that the file has not, at the place of the one before them."""
    places = [*passage.places[:at], *[passage.places[at - 1]] * len(added), *passage.places[at:]]
    return replace(passage, shown=passage.shown[:at] + added + passage.shown[at:], places=places)


def _evenly_indented(passage: Passage) -> Passage:
    """The code with each tab before a line as wide as four spaces: editors show it so."""
    shown = passage.shown
    tabs = {at for margin in MARGIN.finditer(shown) for at in range(*margin.span()) if shown[at] == "\t"}
    passage = passage.select([at for at in range(len(shown)) for _ in range(4 if at in tabs else 1)])
    return replace(passage, shown=MARGIN.sub(lambda margin: " " * len(margin[0]), passage.shown))


def _error(source: str) -> SyntaxError | None:
    try:
        parse(source)
    except SyntaxError as error:
        return error
    return None


def _without_prompts(passage: Passage) -> list[Passage]:
    """A session without its prompts and its output; its output."""
    kept: dict[bool, list[int]] = {True: [], False: []}
    at, is_inside = 0, False
    for line in passage.shown.splitlines(keepends=True):
        prompt = PROMPT.match(line)
        is_input = prompt is not None and (line.lstrip()[:3] != "..." or is_inside)
        kept[is_input] += range(at + (prompt.end() if prompt and is_input else 0), at + len(line))
        is_inside = bool(prompt)
        at += len(line)
    return [passage.select(indexes) for indexes in kept.values()]


def _problem(shown: str, error: SyntaxError) -> Remark:
    lines = shown.split("\n")
    index = min((error.lineno or 1), len(lines)) - 1
    cause = error.msg
    if isinstance(error, IndentationError):
        cause = f"the indentation is wrong: {error.msg}"
        if is_unindented(lines, index) and not isinstance(error, TabError):
            cause = "the indentation is lost: this line should be indented below the one before it"
    misprint = TYPOGRAPHIC.search(lines[index])
    message = (SPACES if misprint[0] == "\u00a0" else QUOTES) if misprint else f"This code cannot be parsed: {cause}."
    return Remark(*line_span(shown, error.lineno or 1), "error", message)


def _quotes(shown: str) -> Iterator[Remark]:
    """A problem for each line with typographic quotes or spaces outside of strings."""
    for line in re.finditer(r".+", shown):
        outside = STRING.sub(lambda string: "_" * len(string[0]), line[0].partition("#")[0])
        marks = [line.start() + mark.start() for mark in TYPOGRAPHIC.finditer(outside)]
        if marks:
            first, last = marks[0], marks[-1] + 1
            said = SPACES if "\u00a0" in {shown[mark] for mark in marks} else QUOTES
            yield Remark(first, last, "error", said, fix=shown[first:last].translate(STRAIGHT))


def _fixed(shown: str, problems: Iterable[Remark]) -> str:
    """The code without these problems, whose fixes are as long as what they replace."""
    for problem in problems:
        shown = shown[: problem.first] + (problem.fix or "") + shown[problem.last :]
    return shown
