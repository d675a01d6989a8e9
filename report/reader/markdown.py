"""The blocks of Markdown: CommonMark with tables, read by markdown-it-py.

markdown-it-py gives the lines of a block, but not the place of what is in a line. Each rule for what is in a line is
therefore wrapped, and notes in the tokens that it adds from where to where it has read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from report.reader.blocks import Block, Kind, Lines, Run, Segment, Table, placed

FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(?:[^\n]*\n)*?---[ \t]*(?:\r?\n|\Z)")
SHOWN = {"text", "text_special", "code_inline"}
LISTS = {"ordered_list_open", "bullet_list_open"}


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text."""
    front = FRONT_MATTER.match(text)
    blank = "".join("\n" if char == "\n" else " " for char in front[0]) if front else ""
    body = blank + text[len(blank) :]
    if body.startswith("\ufeff"):
        body = " " + body[1:]
    yield from _Reader(text).read(_parser().parse(body))


@cache
def _parser() -> MarkdownIt:
    """The parser, whose rules for what is in a line note its place; what they add stays apart."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable("text_join")
    parser.inline.ruler2.disable("fragments_join")
    rules = parser.inline.ruler
    for name, rule in zip(rules.get_active_rules(), rules.getRules(""), strict=True):
        rules.at(name, _noting(rule))
    return parser


def _noting(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """A rule that notes its place in its tokens; a token of plain text is where the one before ends."""

    def noting(state: StateInline, silent: bool) -> bool:
        start, count, pending = state.pos, len(state.tokens), bool(state.pending)
        matched = rule(state, silent)
        if matched and not silent:
            new = state.tokens[count + pending :] if len(state.tokens) > count else []
            plain = [token for token in new if token.type == "text" and "place" not in token.meta]
            if new and len(plain) == len(new) == state.pos - start:  # delimiters such as **
                for index, token in enumerate(new):
                    token.meta["place"] = (start + index, start + index + 1)
            for token in new:
                if token.type != "text":
                    token.meta.setdefault("place", (start, state.pos))
        return matched

    return noting


class _Reader:
    """Turns the tokens of a text into blocks."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.depth = 0
        self.marker = ""  # of the item that begins, until its first block is read
        self.table = Table()

    def read(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for index, token in enumerate(tokens):
            if token.type in LISTS:
                self.depth += 1
            elif token.type.endswith("_list_close"):
                self.depth -= 1
            elif token.type == "list_item_open":
                self.marker = token.info + token.markup
            elif token.type in ("fence", "code_block"):
                yield self._code(token)
            elif token.type == "html_block":
                yield from self._html(token)
            elif token.type == "tr_open":
                yield from self._row(tokens, index)
            elif token.type == "inline" and tokens[index - 1].type in ("paragraph_open", "heading_open"):
                yield from self._paragraph(tokens, index)

    def _paragraph(self, tokens: Sequence[Token], index: int) -> Iterator[Block]:
        token, opening = tokens[index], tokens[index - 1]
        first = token.map[0] if token.map else 0
        runs = tuple(self._inline(token, self._by_lines(token.content, first)))
        if not runs:
            return
        kind: Kind = "heading" if opening.type == "heading_open" else "item" if self.marker else "text"
        level = int(opening.tag[1]) if kind == "heading" else self.depth
        nested = kind == "item" and not any(after.type == "list_item_close" for after in tokens[index + 2 : index + 3])
        yield Block(kind, runs, level, self.marker, nested=nested, anchor=_is_anchor(token))
        self.marker = ""

    def _by_lines(self, content: str, first: int) -> list[Segment]:
        """Where each line of a paragraph's or a heading's content stands in the file."""
        segments, at = [], 0
        for index, line in enumerate(content.split("\n"), start=first):
            bare = line.strip()
            source = self.lines[index].rstrip()
            find = source.find if source.lstrip().startswith("#") else source.rfind
            start = self.lines.starts[min(index, len(self.lines) - 1)] + max(find(bare), 0)
            segments.append((at + len(line) - len(line.lstrip()), start))
            at += len(line) + 1
        return segments

    def _inline(self, token: Token, segments: Sequence[Segment]) -> Iterator[Run]:
        """The runs of what is in the lines of a block."""
        run: Run | None = None
        at = strong = opened = 0
        for child in token.children or []:
            start, end = child.meta.get("place", (at, at + len(child.content)))
            strong += {"strong_open": 1, "strong_close": -1}.get(child.type, 0)
            shown = " " if child.type in ("softbreak", "hardbreak") else child.content if child.type in SHOWN else ""
            if not shown:  # markup, which belongs to the run that it closes, or else to the next
                closes = run is not None and (child.type.endswith("_close") or (child.type == "text" and not opened))
                if run and closes:
                    run = replace(run, after=run.after + end - max(start, at))
                stop = start + 1 if child.type == "link_open" else end
                opened = 0 if closes or child.type in ("image", "html_inline") else opened + stop - start
                at = stop
                continue
            if run:
                yield run
            code = child.type == "code_inline"
            first, last = _inside(token.content, start, end) if code else (start, end)
            *most, run = placed(shown, first, last, segments, code, strong > 0)
            yield from most
            run = replace(run, before=0 if most else opened + first - start, after=end - last)
            at, opened = end, 0
        if run:
            yield run

    def _row(self, tokens: Sequence[Token], index: int) -> Iterator[Block]:
        """A row of a table: its cells, with a tab between them."""
        line, column = (tokens[index].map or [0])[0], 0
        cells = []
        while tokens[index].type != "tr_close":
            token = tokens[index]
            if token.type == "inline" and token.content:
                segments, column = self._cell(token.content, line, column)
                cells.append(self._inline(token, segments))
            index += 1
        yield from self.table.row(cells, is_header=tokens[index - 1].type == "th_close")

    def _cell(self, content: str, line: int, column: int) -> tuple[list[Segment], int]:
        """Where the content of a cell stands, whose bars are escaped in the file, and the column after it."""
        source = self.lines[line]
        raw = content.replace("|", "\\|")
        start = max(source.find(raw, column), column)
        offset = self.lines.starts[line] + start
        bars = [index for index, char in enumerate(content) if char == "|"]
        segments = [(0, offset), *((index, offset + index + number) for number, index in enumerate(bars, start=1))]
        return segments, start + len(raw)

    def _code(self, token: Token) -> Block:
        first, end = token.map or [0, 0]
        first += token.type == "fence"
        self.marker = ""
        shown = token.content.removesuffix("\n").split("\n")[: max(end - first, 0)]
        return self.lines.code(first, shown, next(iter(token.info.split()), None))

    def _html(self, token: Token) -> Iterator[Block]:
        first, end = token.map or [0, 0]
        start, stop = self.lines.starts[first], self.lines.ends[min(end, len(self.lines)) - 1]
        from report.reader import hypertext  # imports a parser that few Markdown texts need

        return (block.moved(start) for block in hypertext.blocks(self.lines.text[start:stop]))


def _inside(content: str, start: int, end: int) -> tuple[int, int]:
    """Where a code span's code lies between its backquotes."""
    raw = content[start:end]
    ticks = len(raw) - len(raw.lstrip("`"))
    inner = raw[ticks:-ticks]
    pad = int(len(inner) > 1 and inner[0] in " \n" and inner[-1] in " \n" and bool(inner.strip()))
    return start + ticks + pad, end - ticks - pad


def _is_anchor(token: Token) -> bool:
    """Whether a block is nothing but a link into its own page."""
    children = [child for child in token.children or [] if child.type != "text" or child.content.strip()]
    if len(children) < 2 or (children[0].type, children[-1].type) != ("link_open", "link_close"):
        return False
    return str(children[0].attrs.get("href", "")).startswith("#") and children[0].level == children[-1].level
