"""The blocks of an article as a check reads them: what they show, with the place of each character in the file."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from report.check.model import Finding, Layer, Remark
from report.reader.blocks import Block, Lines, Run
from report.reader.reading import ANSWER, divided, guessed
from report.reader.sentences import spans

TEXT = frozenset(["default", "none", "plain", "plaintext", "txt"])  # other words for it
STRAIGHT = str.maketrans("‘’‚‛“”„‟\u00a0", "''''\"\"\"\" ")

# What site generators and blogs have instead of Markdown's fences: Jekyll, Hugo, Octopress, WordPress.
TAG = re.compile(
    r"^ *(?:\{\{?[%<] *|\[)(?P<closes>/ *|end)?(?:highlight|codeblock|(?:source)?code)\b"
    r"[ =]*(?:lang(?:uage)?[:=])?['\"]?(?P<language>\w*).*[\]}][ \t]*$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Passage:
    """A block: `shown[i]` stands at `file[places[i][0]:places[i][1]]`; *code* or prose, with its code *spans*."""

    shown: str
    places: Sequence[tuple[int, int]]
    code: bool
    language: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    header: tuple[tuple[str, bool], ...] = ()  # of the table that it is a row of: what is shown, and whether it is code

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where its characters *first* to *last* stand in the file."""
        if not self.places:
            return 0, 0
        first = min(first, len(self.places) - 1)
        return self.places[first][0], self.places[max(first, min(last, len(self.places)) - 1)][1]

    def select(self, indexes: Sequence[int]) -> "Passage":
        """The passage with only the characters at these indexes."""
        return replace(self, shown="".join(self.shown[i] for i in indexes), places=[self.places[i] for i in indexes])

    def part(self, first: int, last: int) -> "Passage":
        """Its characters *first* to *last*, with straight quotes, as a passage of code."""
        return Passage(self.shown[first:last].translate(STRAIGHT), self.places[first:last], True, self.language)

    def pieces(self, first: int, last: int) -> Iterator[tuple[str, bool]]:
        """What is shown from *first* to *last*, in stretches that are code spans or not."""
        cuts = [at for span in self.spans for at in span if first < at < last]
        for start, end in pairwise([first, *cuts, last]):
            yield self.shown[start:end], any(begin <= start < stop for begin, stop in self.spans)


def line_span(shown: str, number: int) -> tuple[int, int]:
    """The first and the last character of a line, without its indentation; of the nearest, if there is no such line."""
    lines = shown.split("\n")
    number = min(max(number, 1), len(lines))
    start = sum(len(line) + 1 for line in lines[: number - 1])
    line = lines[number - 1]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


class Places:
    """Makes findings in a file."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text, Lines(text)

    def finding(self, layer: Layer, passage: Passage, remark: Remark) -> Finding:
        """The finding of a *remark* with a verdict; without its fix, where the file shows other characters than it has.

        It does where markup or line ends stand in between.
        """
        start, end = passage.place(remark.first, remark.last)
        (line, column), (end_line, end_column) = self.lines.place(start), self.lines.place(end)
        written, shown = self.text[start:end], passage.shown[remark.first : remark.last]
        is_same = written.translate(STRAIGHT) == shown.translate(STRAIGHT)
        return Finding(
            layer=layer, verdict=remark.verdict or "error", line=line, column=column, end_line=end_line,
            end_column=end_column, start=start, end=end, text=written if is_same else shown, message=remark.message,
            since=remark.since, until=remark.until, instead=remark.instead, claim=remark.claim, score=remark.score,
            fix=remark.fix if is_same else None,
        )  # fmt: skip


def passages(text: str, name: str) -> Iterator[Passage]:
    """The passages of an article; raises what `report.reader.reading.divided` raises."""
    layout = guessed(text, name)
    text = _fenced(text) if layout == "Markdown" else text
    for block in divided(text, name, layout):
        yield _code(block, text) if block.kind == "code" else _prose(block, text)


def _fenced(text: str) -> str:
    """The text with fences around code that stands between tags, as long as these."""
    tags = [*TAG.finditer(text)]
    for tag, following in pairwise(tags):
        if following["closes"] and not tag["closes"]:
            for match, fence in ((tag, f"```{tag['language']}"), (following, "```")):
                margin = " " * (len(match[0]) - len(match[0].lstrip()))
                text = text[: match.start()] + (margin + fence).ljust(len(match[0])) + text[match.end() :]
    return text


def _prose(block: Block, text: str) -> Passage:
    places = [place for run in block.runs for place in _places(run, text)]
    found: list[tuple[int, int]] = []
    for run, last in zip(block.runs, accumulate(len(run.shown) for run in block.runs), strict=True):
        first = last - len(run.shown)
        if run.code and found and found[-1][1] == first:
            found[-1] = (found[-1][0], last)
        elif run.code:
            found.append((first, last))
    label = ANSWER.match(block.shown)
    skipped = label.end() if label and label.end() < len(block.shown) else 0
    parts = [(0, len(block.shown))] if block.kind == "row" else spans(block.without(skipped).runs)
    sentences = tuple((first + skipped, last + skipped) for first, last in parts)
    header = tuple((run.shown, run.code) for run in block.header)
    return Passage(block.shown, places, False, spans=tuple(found), sentences=sentences, header=header)


def _code(block: Block, text: str) -> Passage:
    places = [place for run in block.runs for place in _places(run, text)]
    language = (block.language or "").lower()
    whole = Passage(block.shown, places, True, "text" if language in TEXT else language)
    return whole.select([*_dedented(block.shown)])


def _dedented(shown: str) -> Iterator[int]:
    """The indexes of the characters that stay if the indentation that all lines share goes."""
    at = 0
    for line, bare in zip(shown.split("\n"), textwrap.dedent(shown).split("\n"), strict=True):
        at += len(line) + 1
        yield from range(at - 1 - len(bare), min(at, len(shown)))


def _places(run: Run, text: str) -> Iterator[tuple[int, int]]:
    """Where each character that a run shows stands; all at one place if they are not found as they are."""
    code = run.shown.removesuffix("\n")
    bare = code.lstrip()  # a run may begin after its indentation
    at = text.find(bare, run.start, run.end)
    if at < 0:
        return iter([(run.start, run.end)] * len(run.shown))
    end = at + len(bare)
    inside = [(place, place + 1) for place in range(at, end)]
    return iter([*[(at, at)] * (len(code) - len(bare)), *inside, *[(end, end)] * (len(run.shown) - len(code))])
