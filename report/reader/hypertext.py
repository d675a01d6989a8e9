"""The blocks of HTML, parsed by justhtml.

justhtml reads what browsers read, has no dependencies, and is the only parser in Python that says where a text stands
in the file: lxml and BeautifulSoup say it of tags, html5lib and selectolax of nothing. `html.parser` of Python 3.11
says it, but takes cubic time for broken tags, and tree-sitter-html takes quadratic time. What justhtml reads has no
entities, so it is aligned with the file.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from justhtml import JustHTML

from report.errors import ReportError
from report.reader.blocks import Block, Kind, Run, Table

MOST_TAGS = 300_000
FURNITURE = frozenset({
    "nav", "aside", "footer", "script", "style", "noscript", "template", "form", "button", "select", "svg",
    "iframe", "head", "dialog",
})  # fmt: skip
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS: Mapping[str, Kind] = {"dt": "term", "summary": "term", **dict.fromkeys(HEADINGS, "heading")}
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr",
})  # fmt: skip
CODE, STRONG = frozenset({"code", "kbd", "samp", "tt", "var"}), frozenset({"b", "strong"})
CLOSE = re.compile(r"</(\w+)\s*>")
ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|\w+);?")
SPECIAL = re.compile(r"[&<\r]")
LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight|brush)[-:]\s*(?:source-)?([\w+-]+)")
IS_CONTENTS = re.compile(r"\b(?:toc|table-of-contents|sidebar|breadcrumbs?|share|sharing|comments?|related|cookie)\b")


def blocks(text: str) -> Iterator[Block]:
    """The blocks of an HTML text; raises ReportError if it has more tags than an article."""
    if text.count("<") > MOST_TAGS:
        raise ReportError(f"The file has more than {MOST_TAGS:,} tags.", "Save the article alone, without its site.")
    root = JustHTML(text, track_node_locations=True, sanitize=False).root
    yield from _Reader(text).read(_main(root))


def _main(root: Any) -> Any:
    """The part of a page that holds the article: the only `main` or `article`, or else everything."""
    found = [root.query(selector) for selector in ("main", "article")]
    return next((only[0] for only in found if len(only) == 1), root)


class _Reader:
    """Collects runs until a block ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs: list[Run] = []
        self.kind: Kind = "text"
        self.depth = self.level = self.code = self.strong = 0
        self.marker = ""
        self.anchored = self.plain = 0  # visible characters in links into the page, and outside of them
        self.table = Table()
        self.opened: int | None = None  # where the markup before the next run begins

    def read(self, root: Any) -> Iterator[Block]:
        """The blocks below an element; without recursion, because elements may be nested without limit."""
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                yield from self._leave(node)
            elif node.name == "#text":
                self._add(node)
            elif node.name in ("pre", "textarea"):
                yield from self._flush()
                yield from self._pre(node)
            elif node.name == "tr":
                yield from self._flush()
                yield from self._row(node)
            elif not _is_furniture(node):
                yield from self._enter(node)
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.children or []))
        yield from self._flush()

    def _enter(self, node: Any) -> Iterator[Block]:
        name = node.name
        if name in ("ul", "ol"):
            yield from self._flush(nested=True)
            self.depth += 1
        elif name == "br":
            self.runs += [Run(last.end, last.end, " ") for last in self.runs[-1:]]
        elif name not in INLINE:
            yield from self._flush()
        elif self.opened is None:
            self.opened = node.origin_offset
        if name == "li":
            self.kind, self.marker = "item", "1." if node.parent and node.parent.name == "ol" else "-"
        elif name in BLOCKS:
            self.kind, self.level = BLOCKS[name], HEADINGS.get(name, 0)
        self._count(node, 1)

    def _leave(self, node: Any) -> Iterator[Block]:
        self._count(node, -1)
        if node.name in INLINE and self.runs:
            last = self.runs[-1]
            close = CLOSE.match(self.text, last.end + last.after)
            if close and close[1].lower() == node.name:
                self.runs[-1] = replace(last, after=last.after + close.end() - close.start())
        if node.name not in INLINE and node.name != "br":
            yield from self._flush(nested=node.name != "li")
        if node.name in ("ul", "ol"):
            self.depth -= 1
        if node.name == "li":
            self.kind, self.marker = "text", ""

    def _count(self, node: Any, change: int) -> None:
        self.code += change * (node.name in CODE)
        self.strong += change * (node.name in STRONG)
        if node.name == "a" and str((node.attrs or {}).get("href") or "").startswith("#"):
            self.anchored += change

    def _flush(self, nested: bool = False) -> Iterator[Block]:
        """The block that ends here, if it shows anything."""
        runs, self.runs = self.runs, []
        if any(run.shown.strip() for run in runs):
            level = self.level if self.kind == "heading" else self.depth
            nested = nested and self.kind == "item"
            yield Block(self.kind, tuple(runs), level, self.marker, nested=nested, anchor=not self.plain)
            self.kind, self.marker = "text", ""
        self.plain, self.opened = 0, None

    def _add(self, node: Any) -> None:
        for run in aligned(self.text, node.origin_offset, node.data or ""):
            self.plain += bool(run.shown.strip()) and not self.anchored
            before = max(run.start - self.opened, 0) if self.opened is not None else 0
            self.runs.append(replace(run, code=self.code > 0, strong=self.strong > 0, before=before))
            self.opened = None

    def _row(self, row: Any) -> Iterator[Block]:
        cells = [child for child in row.children or [] if child.name in ("td", "th")]
        runs = [[run for block in _Reader(self.text).read(cell) for run in block.runs] for cell in cells]
        return self.table.row(runs, is_header=bool(cells) and all(cell.name == "th" for cell in cells))

    def _pre(self, node: Any) -> Iterator[Block]:
        runs: list[Run] = []
        names = []
        stack = [node]
        while stack:
            inner = stack.pop()
            if inner.name == "#text":
                runs += aligned(self.text, inner.origin_offset, inner.data or "")
            elif inner.name == "br" and runs:
                runs.append(Run(runs[-1].end, runs[-1].end, "\n"))
            if inner is node or inner.name == "code":
                names.append(str((inner.attrs or {}).get("class") or ""))
            stack.extend(reversed(getattr(inner, "children", None) or []))
        language = next((match[1] for name in reversed(names) if (match := LANGUAGE.search(name))), None)
        if runs:
            yield Block("code", tuple(runs), language=language)


def _is_furniture(node: Any) -> bool:
    """Whether an element belongs to the site, or lists the contents."""
    if node.name == "aside" and node.query("h1"):
        return False  # the article itself, beside its site's menu
    if node.name in FURNITURE or node.name.startswith(("#comment", "!")):
        return True
    attributes = node.attrs or {}
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return node.name in ("div", "ul", "ol", "section") and bool(IS_CONTENTS.search(names.lower()))


def aligned(text: str, start: int | None, shown: str) -> Iterator[Run]:
    """The runs of a text that is *shown*, from *start* on: an entity is a run in one piece."""
    at, done = start or 0, 0
    while done < len(shown) and at < len(text):
        length = _agreement(text, at, shown, done)
        if length:
            yield Run(at, at + length, shown[done : done + length])
            at, done = at + length, done + length
        elif text[at] == "&" and (entity := ENTITY.match(text, at)):
            read = html.unescape(entity[0])
            length = len(read) if shown.startswith(read, done) else 1
            yield Run(at, entity.end(), shown[done : done + length])
            at, done = entity.end(), done + length
        else:  # a tag that the parser has ignored, or a character that it has left out
            close = text.find(">", at)
            at = close + 1 if text[at] == "<" and close > 0 else at + 1


def _agreement(text: str, at: int, shown: str, done: int) -> int:
    """How many characters agree from *at* in the text and from *done* in what is shown, up to the next special one."""
    if text[at] == "&" and ENTITY.match(text, at):
        return 0
    special = SPECIAL.search(text, at + 1)
    most = min((special.start() if special else len(text)) - at, len(shown) - done)
    if text[at : at + most] == shown[done : done + most]:
        return most
    return next((length for length in range(most) if text[at + length] != shown[done + length]), most)
