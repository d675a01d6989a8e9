"""From a file to the outline of an article."""

import codecs
import re
import textwrap
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from report.errors import OutlineError
from report.reader import styles
from report.reader.blocks import Block, Lines, Run
from report.reader.choice import choose
from report.reader.contents import titles, without_contents
from report.reader.hashes import digest, words
from report.reader.outline import Code, Outline, Question, Sentence
from report.reader.sentences import spans
from report.reader.styles import Style

LARGEST = 8 * 2**20  # bytes
LONGEST_LINE = 2**20
MOST_QUESTIONS = 9999
# The module of each layout; only that of the file is loaded, because a parser takes a tenth of a second.
LAYOUTS = {"Markdown": "markdown", "HTML": "hypertext", "reStructuredText": "rst", "plain text": "plain"}
LAYOUT_OF_SUFFIX = {
    ".md": "Markdown", ".markdown": "Markdown", ".html": "HTML", ".htm": "HTML", ".xhtml": "HTML",
    ".rst": "reStructuredText", ".rest": "reStructuredText",
}  # fmt: skip
# What a text of each layout has, with how many of them it takes; the first that fits counts.
SIGNS = (
    ("HTML", re.compile(r"\A\s*<(?:!doctype html|html|head|body|article|main)\b", re.IGNORECASE), 1),
    ("reStructuredText", re.compile(r"^\.\. [\w-]+::|^(?=\S)(.{3,})\n([=~^\"`*+#-])\2{2,}\n(?=\n)", re.MULTILINE), 2),
    ("Markdown", re.compile(r"^(?:#{1,6} \S|```|\*\*\S)|\]\((?:https?:|#)", re.MULTILINE), 2),
)
ANSWER = re.compile(
    r"\s*(?P<label>(?:(?:how to|example|sample|model|short|suggested|possible|detailed)\s+)?"
    r"(?:answers?|ans|solution)\s*[:.)–—-]"
    r"|a\s*[:.)])\s*",
    re.IGNORECASE,
)


def decoded(data: bytes, name: str) -> str:
    """The text of a file, its line ends as they are; raises OutlineError: too large, a notebook, or no UTF-8 text."""
    if len(data) > LARGEST:
        raise OutlineError(f"{name} is larger than {LARGEST >> 20} MiB.", "Save the article alone.")
    if name.lower().endswith(".ipynb"):
        raise OutlineError(f"{name} is a notebook.", "Convert it: jupyter nbconvert --to markdown.")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in data and not wide:
        raise OutlineError(f"{name} is a binary file: it has zero bytes.", "Save the article as text or HTML.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        hint = f"Convert it, for example with: iconv -f {'utf-16' if wide else 'latin1'} -t utf-8."
        raise OutlineError(f"{name} is not text in UTF-8: {error.reason} at byte {error.start}.", hint) from error


def text_of(path: Path) -> str:
    """The text of a file, of which no more is read than an article may have; raises as `decoded`, and OSError."""
    with path.open("rb") as file:
        return decoded(file.read(LARGEST + 1), str(path))


def read_file(path: Path, questions: int | None = None, begins: str | None = None) -> Outline:
    """The outline of the article in a file, as `read` gives it; raises what `decoded` and `read` raise, and OSError."""
    return read(text_of(path), path.name, questions, begins)


def guessed(text: str, name: str) -> str:
    """The layout of a text: as the name of its file says, or else by what only this layout has."""
    declared = LAYOUT_OF_SUFFIX.get(Path(name).suffix.lower())
    by_signs = (layout for layout, sign, count in SIGNS if sum(1 for _ in sign.finditer(text)) >= count)
    return declared or next(by_signs, "plain text")


def divided(text: str, name: str, layout: str) -> list[Block]:
    """The blocks of a text in this *layout*, without its list of contents; *name* is that of its file.

    Raises:
        OutlineError: the text is empty, or a line of it too long.
        ReportError: its parser cannot read it.
    """
    if layout != "HTML" and max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        raise OutlineError(f"{name} has a line of more than {LONGEST_LINE:,} characters.", "Is it an article's text?")
    found: Iterator[Block] = import_module(f"report.reader.{LAYOUTS[layout]}").blocks(text)
    blocks = without_contents([block for block in found if block.kind == "code" or block.shown.strip()])
    if not blocks:
        raise OutlineError(f"{name} has no text.", f"It was read as {layout}.")
    return blocks


def read(
    text: str, name: str, questions: int | None = None, begins: str | None = None, layout: str | None = None
) -> Outline:
    """The outline of an article: *name* is that of its file, *questions* and *begins* are what the user declares.

    *layout* is how the file was read before (`Outline.read_as`), so that nothing is guessed.

    Raises:
        OutlineError: the text is empty, or it is not certain which its questions are.
        ReportError: its parser cannot read it.
    """
    try:
        re.compile(begins or "")
    except re.error as error:
        raise OutlineError(f"{begins!r} is no regular expression: {error}.", "Quote it for the shell.") from error
    declared, _, style_name = (layout or "").partition(", ")
    if declared and declared not in LAYOUTS:
        raise OutlineError(f"{declared!r} is no layout of a file.", f"These are: {', '.join(LAYOUTS)}.")
    kind = declared or guessed(text, name)
    blocks = divided(text, name, kind)
    lines = Lines(text)
    try:
        style = choose(blocks, lines, questions, begins, style_name or None)
    except OutlineError as error:
        raise OutlineError(f"{name} was read as {kind}. {error.sentence}", error.hint) from error
    if len(style.begins) > MOST_QUESTIONS:
        sentence = (
            f"{name} has {len(style.begins):,} {style.name}, but an article has at most {MOST_QUESTIONS:,} questions."
        )
        raise OutlineError(sentence, "Divide the file, or say with --begins which lines begin a question.")
    title = next(titles(blocks[: style.begins[0]]), "")
    outside, *parts = _Writer(text, lines, blocks).parts(style)
    return Outline(title, tuple(parts), outside, kind, style.name)


class _Writer:
    """Makes questions of blocks."""

    def __init__(self, text: str, lines: Lines, blocks: Sequence[Block]) -> None:
        self.text, self.lines, self.blocks = text, lines, blocks

    def parts(self, style: Style) -> Iterator[Question]:
        """What stands outside of the questions, then each question."""
        begins = {index: number for number, index in enumerate(style.begins, start=1)}
        members: list[list[int]] = [[] for _ in range(len(begins) + 1)]
        levels = [self.blocks[index].level for index in begins if self.blocks[index].kind == "heading"]
        by_headings = len(levels) == len(begins)
        above = [block.level for block in self.blocks[: style.begins[0]] if block.kind == "heading"]
        lowest = max(levels) if by_headings else (above or [1])[-1]
        current = 0
        for index, block in enumerate(self.blocks):
            is_afterword = not by_headings and styles.AFTERWORD.match(block.shown)
            if block.kind == "heading" and (block.level <= lowest or is_afterword):
                current = 0  # it belongs to no answer
            current = begins.get(index, current)
            members[current].append(index)
        for number, indexes in enumerate(members):
            yield self._question(number, indexes)

    def _question(self, number: int, indexes: Sequence[int]) -> Question:
        chosen = [self.blocks[index] for index in indexes]
        if number:
            chosen[0] = chosen[0].without(styles.prefix(chosen[0]))
        sentences = [each for block in chosen if block.kind != "code" for each in self._sentences(block)]
        code = tuple(self._code(block) for block in chosen if block.kind == "code")
        line = self.lines.place(chosen[0].start)[0] if chosen else 1
        heading = self._heading(chosen[0]) if number else ""
        return Question(number, heading, line, tuple(sentences), code)

    @staticmethod
    def _heading(block: Block) -> str:
        """The heading of a question: its bold beginning, or what ends with its first sentence."""
        strong = block.shown[: block.strong].strip()
        first, last = next(iter(spans(block.runs)), (0, len(block.shown)))
        shown = block.shown if block.kind in ("heading", "term") else strong or block.shown[first:last]
        return " ".join(shown.split())

    def _sentences(self, block: Block) -> Iterator[Sentence]:
        label = ANSWER.match(block.shown)
        said = label["label"] if label and label.end() < len(block.shown) else ""
        if label and said:
            block = block.without(label.end())
        whole = [(0, len(block.shown))] if block.kind == "row" else spans(block.runs)
        header = [(run.shown, run.code) for run in block.header]
        for first, last in whole:
            runs = [run for run in block.between(first, last) if run.shown]
            pieces = [(run.shown, run.code) for run in runs]
            if words(pieces):
                yield self._sentence(runs, digest(pieces, header), said, "".join(shown for shown, _ in header))
                said = ""

    def _sentence(self, runs: Sequence[Run], hashed: str, label: str, header: str) -> Sentence:
        start = min(run.start - run.before for run in runs)
        end = max(run.end + run.after for run in runs)
        shown = " ".join("".join(run.shown for run in runs).split())
        return Sentence(self.text[start:end], shown, hashed, *self.lines.place(start), start, end, label, header)

    def _code(self, block: Block) -> Code:
        shown = textwrap.dedent(block.shown).strip("\n")
        start, end = block.start, block.runs[-1].end
        return Code(shown, block.language, self.lines.place(start)[0], start, end)
