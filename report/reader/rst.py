"""The blocks of reStructuredText, as docutils divides it.

docutils is what Flask's own documentation is read by. It gives roughly the line on which a block begins; the text is
searched from there in the file. What is in a line is read here: docutils does not say where it stands, and knows no
roles of Sphinx.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, Parser, directives
from docutils.parsers.rst.languages import en
from docutils.parsers.rst.states import Inliner
from docutils.utils import new_document

from report.errors import ReportError
from report.reader.blocks import Block, Kind, Lines, Run, placed

DIRECTIVE = re.compile(r"^[ \t]*\.\. ([\w:.+-]+)::", re.MULTILINE)
VERSIONS = frozenset({"versionadded", "versionchanged", "versionremoved", "deprecated"})
WITHOUT_TEXT = frozenset({
    "toctree", "index", "highlight", "currentmodule", "module", "tabularcolumns", "literalinclude", "graphviz",
})  # fmt: skip
TEXTUAL_ROLES = frozenset({
    "doc", "ref", "term", "abbr", "any", "guilabel", "menuselection", "emphasis", "strong", "title", "sub", "sup",
    "numref",
})  # fmt: skip
SKIPPED = (
    nodes.comment, nodes.target, nodes.substitution_definition, nodes.system_message, nodes.pending, nodes.image,
    nodes.label, nodes.field_name, nodes.raw, nodes.classifier,
)  # fmt: skip
CODE = (nodes.literal_block, nodes.doctest_block, nodes.math_block)
INLINE = re.compile(
    r"(?<![\w`\\])(?:"
    r"``(?P<literal>(?:[^`]|`(?!`))+)``"
    r"|:(?P<role>[\w:.+-]+):`(?P<text>[^`]+)`"
    r"|`(?P<phrase>[^`]+)`_{0,2}"
    r"|(?P<mark>\*\*|\*|\|)(?=\S)(?P<marked>[^*|]+)(?<=\S)(?P=mark)(?!\w)"
    r"|\[(?:\#\w*|\*|\d+|[A-Za-z][\w.-]*)\]_"
    r")|\\(?P<escaped>[^\w\s])"
)
TARGET = re.compile(r"\s*<[^<>]*>\Z")
FAR = 2000  # lines within which the text of a block is searched


def _as_text(text: str, *_: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """What docutils is to read in a line: one text, and no messages. Its own reading is slow, and knows no Sphinx."""
    return [nodes.Text(text)], []


class _AnyOptions(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class _Unknown(Directive):
    """A directive that docutils does not know: what it contains is read, and the argument of a change of version."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = _AnyOptions({"class": directives.unchanged})

    def run(self) -> list[nodes.Node]:
        """The nodes of the content."""
        if self.name in WITHOUT_TEXT:
            return []
        container = nodes.container()
        if self.name in VERSIONS:
            line = self.block_text.splitlines()[0].strip()
            container += nodes.paragraph(line.removeprefix(".. "), line.removeprefix(".. "))
            container[0].line = self.lineno
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a reStructuredText.

    Raises:
        ReportError: docutils cannot read it.
    """
    for name in {*DIRECTIVE.findall(text)}:
        if name.lower() not in en.directives:
            directives.register_directive(name.lower(), _Unknown)
    options = get_default_settings(Parser)
    options.report_level = options.halt_level = 5
    options.file_insertion_enabled = options.raw_enabled = False
    options.syntax_highlight = "none"
    options.line_length_limit = len(text) + 1
    document = new_document("article", options)
    inliner = Inliner()
    inliner.parse = _as_text  # type: ignore[method-assign, assignment]
    try:
        Parser(inliner=inliner).parse(text, document)
    except Exception as error:  # docutils promises nothing about what it raises
        hint = "Try the page as HTML."
        raise ReportError(f"docutils cannot read the file as reStructuredText: {error!r:.200}.", hint) from error
    return _Reader(text).read(document)


class _Reader:
    """Turns docutils' nodes into blocks, from the top of the file to its end."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.line = 0  # the index of the line up to which everything is read
        self.header: tuple[Run, ...] = ()

    def read(self, root: nodes.Node) -> Iterator[Block]:
        """The blocks of a document; without recursion."""
        stack: list[tuple[Any, int, int]] = [(root, 0, 0)]
        while stack:
            node, section, depth = stack.pop()
            if isinstance(node, (*SKIPPED, nodes.Text)) or "contents" in getattr(node, "attributes", {}).get(
                "classes", ()
            ):
                continue
            if isinstance(node, CODE):
                yield from self._code(node)
            elif isinstance(node, nodes.row):
                yield from self._row(node)
            elif isinstance(node, nodes.TextElement):
                yield from self._text(node, section, depth)
            else:
                section += isinstance(node, nodes.section)
                depth += isinstance(node, (nodes.bullet_list, nodes.enumerated_list))
                stack.extend((child, section, depth) for child in reversed(node.children))

    def _text(self, node: nodes.TextElement, section: int, depth: int) -> Iterator[Block]:
        runs = self._runs(node.rawsource or node.astext(), node.line)
        if not runs:
            return
        kind: Kind = "text"
        marker, nested, parent = "", False, node.parent
        if isinstance(node, nodes.title) and isinstance(parent, nodes.section):
            kind = "heading"
        elif isinstance(node, nodes.term):
            kind = "term"
        elif isinstance(parent, nodes.list_item) and parent.index(node) == 0:
            kind, nested = "item", len(parent) > 1
            marker = "-" if isinstance(parent.parent, nodes.bullet_list) else f"{self._number(parent)}."
        yield Block(kind, runs, section if kind == "heading" else depth, marker, nested=nested)

    @staticmethod
    def _number(item: nodes.Element) -> int:
        parent = item.parent
        return int(parent.get("start", 1)) + parent.index(item)

    def _row(self, row: nodes.row) -> Iterator[Block]:
        runs: list[Run] = []
        first = last = self.line
        column = 0
        for paragraph in row.findall(nodes.paragraph):
            self.line = first
            found = self._runs(paragraph.rawsource, paragraph.line, column)
            if runs and found:
                runs.append(Run(runs[-1].end, runs[-1].end, "\t"))
            runs += found
            last = max(last, self.line)
        self.line = last
        is_header = isinstance(row.parent, nodes.thead)
        if runs:
            yield Block("row", tuple(runs), header=() if is_header else self.header)
        self.header = tuple(runs) if is_header else self.header

    def _code(self, node: nodes.TextElement) -> Iterator[Block]:
        raw = node.astext().split("\n")
        places = self._find(raw, node.line, 0)
        classes: list[str] = node.get("classes", [])
        language = classes[1] if classes[:1] == ["code"] and len(classes) > 1 else None
        whole = len(places) == len(raw)
        lines = [(start, bare, line if whole else bare) for (start, bare), line in zip(places, raw, strict=False)]
        runs = [Run(start, start + len(bare), f"{line}\n") for start, bare, line in lines]
        if runs:
            yield Block("code", tuple(runs), language=language)

    def _runs(self, raw: str, line: int | None, column: int = 0) -> tuple[Run, ...]:
        """The runs of what docutils read from about *line* on."""
        places = self._find(raw.split("\n"), line, column)
        source, starts, at = "\n".join(text for _, text in places), [], 0
        for start, text in places:
            starts.append((at, start))
            at += len(text) + 1
        if source.endswith("::"):  # the colons that announce code
            source = source[:-1] if source[-3:-2].strip() else source[:-2]
        runs: list[Run] = []
        for first, last, (before, after), code, strong in _inline(source):
            if first < last:
                found = list(placed(source[first:last], first, last, starts, code, strong))
                found[0] = replace(found[0], before=before)
                found[-1] = replace(found[-1], after=after)
                runs += found
        return tuple(runs)

    def _find(self, raw: Sequence[str], line: int | None, column: int) -> list[tuple[int, str]]:
        """Where each of some lines stands in the file, with its text; if not found, the line that docutils names."""
        low = max(self.line, (line or 0) - len(raw) - 3)
        for index in range(low, min(low + FAR, len(self.lines))):
            if not raw[0].strip() or self._within(index, raw[0], column) is None:
                continue
            found = [self._within(index + k, text, column) for k, text in enumerate(raw)]
            if None not in found:
                self.line = index + len(raw) - 1
                return [place for place in found if place]
        index = min(max(self.line, (line or 1) - 1), len(self.lines) - 1)
        self.line = index
        bare = self.lines[index].strip()
        return [(self.lines.starts[index] + self.lines[index].find(bare), bare)] if bare else []

    def _within(self, index: int, text: str, column: int) -> tuple[int, str] | None:
        """Where a line stands that docutils has taken from the line with this index: at its end, or in a table."""
        source, bare = self.lines[index], text.strip()
        at = len(source.rstrip()) - len(bare)
        if at < 0 or not source.startswith(bare, at):
            at = source.find(bare, column)
        return (self.lines.starts[index] + at, bare) if at >= 0 else None


def _inline(source: str) -> Iterator[tuple[int, int, tuple[int, int], bool, bool]]:
    """The parts of a block's source that are shown: where, the markup around, whether it is code, or strong."""
    at = 0
    for match in INLINE.finditer(source):
        yield at, match.start(), (0, 0), False, False
        at = match.end()
        if match["role"] or match["phrase"]:
            first, last = _named(match, "text" if match["role"] else "phrase")
        else:
            first, last = match.span(match.lastgroup or 0)
        code = bool(match["literal"] or match["role"]) and match["role"] not in TEXTUAL_ROLES
        if match.lastgroup:  # all but a reference to a footnote
            yield first, last, (first - match.start(), match.end() - last), code, match["mark"] == "**"
    yield at, len(source), (0, 0), False, False


def _named(match: re.Match[str], group: str) -> tuple[int, int]:
    """The shown part of a role or a link: its title without its target, its name without a tilde."""
    start, end = match.span(group)
    target = TARGET.search(match[group])
    if target and target.start():
        return start, start + target.start()
    return start + (match[group][0] in "~!"), end
