"""Templates: their syntax as Jinja parses it, and the filters, tests and attributes that they name."""

import re
from collections.abc import Iterator
from itertools import accumulate

from jinja2 import Environment, TemplateSyntaxError, nodes

from report.check.code import LIKELY, Conventions, Use
from report.check.model import Remark
from report.check.names import Index, close
from report.check.passages import Passage, line_span
from report.check.prose import keywords

LANGUAGES = re.compile(r"(?:html\+)?jinja2?|jinja-html|html(?:\+?django)?|django")
# What Jinja says of other engines' tags, of extensions and of excerpts: no error of the template.
NO_ERROR = re.compile(r"unknown tag|Unexpected end of template|end of print statement|Missing end of comment tag")
EMPTY = re.compile(r"\{%\s*(?:%\}|#)|\{\{\s*(?:\}\}|#)|\{%-? \w+ \w+/\w+ -?%\}")  # delimiters, a gap, a choice
DJANGO = re.compile(r"\{%\s*(?:load|csrf_token|url\s|static\s|comment)")
OWN = re.compile(r"template_filter|template_test|\.filters|\.tests|add_template")
PIECE = re.compile(
    r"\{\{(?P<shown>.*?)\}\}"
    r"|\{%-?\s*(?:(?:(?:el)?if|for\b[^%]+?\bin|set\b[^%]+?=|call|with\b[^%]+?=)\s(?P<used>.*?)|.*?)-?%\}",
    re.DOTALL,
)
RAW = re.compile(r"\{%-?\s*raw\b")
EXTENSIONS = ["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"]


def excerpt(shown: str) -> nodes.Template | None:
    """The tree of the expressions in a text: those of templates that cannot be parsed, or around which prose stands."""
    tree = parse(PIECE.sub(_expression, shown)) if "{{" in shown or "{%" in shown else None
    return tree if isinstance(tree, nodes.Template) else None


def _expression(piece: "re.Match[str]") -> str:
    """A piece of a template with nothing but its expression, at the same place; blank if it has none."""
    if group := piece.lastgroup:
        before, after = piece.start(group) - piece.start(), piece.end() - piece.end(group)
        found = f"{{{{{' ' * (before - 2)}{piece[group]}{' ' * (after - 2)}}}}}"
        if isinstance(parse(found), nodes.Template):
            return found
    return re.sub(r"[^\n]", " ", piece[0])


def is_template(passage: Passage) -> bool:
    """Whether a block is a template of Jinja, and of no other engine."""
    shown = passage.shown
    starts = not passage.language and shown.lstrip().startswith(("<", "{%", "{{", "{#"))
    marked = ("{{" in shown or "{%" in shown) and not DJANGO.search(shown)
    return marked and bool(starts or LANGUAGES.fullmatch(passage.language))


def parse(shown: str) -> nodes.Template | Remark | None:
    """The tree of a template; or why it cannot be parsed, if it is no excerpt."""
    try:
        return Environment(autoescape=True, extensions=EXTENSIONS).parse(shown)
    except TemplateSyntaxError as error:
        is_empty = bool(EMPTY.search(shown))
        if is_empty or NO_ERROR.search(error.message or "") or "..." in shown or "…" in shown:
            return None
        place = line_span(shown, error.lineno)
        return Remark(*place, "error", f"Jinja cannot parse this template: {(error.message or '').rstrip('.')}.")


def find(tree: nodes.Template, shown: str, index: Index, conventions: Conventions, article: str) -> Iterator[Remark]:
    """What is known of each name in a template; the *article* may register filters of its own."""
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        kind, sign = ("filter", r"\|\s*") if isinstance(node, nodes.Filter) else ("test", r"\bis\s+(?:not\s+)?")
        if match := _search(shown, node, rf"{sign}({re.escape(node.name)})\b"):
            yield _named(kind, node.name, match.span(1), index, bool(OWN.search(article)))
    for name in tree.find_all(nodes.Name):
        entry = index.find(f"global:{name.name}")
        match = _search(shown, name, rf"\b{name.name}\b")
        if entry and match and name.ctx == "load":
            yield index.judge(entry, *match.span())
        elif match and f"global:{name.name}" in conventions.types:
            yield Remark(*match.span())
        path = conventions.meaning(name.name, {}) or ""
        is_certain = bool(path and (path.endswith(LIKELY) or entry))
        chain = re.compile(rf"\b{re.escape(name.name)}((?:\.[A-Za-z_]\w*)+)")
        for match in chain.finditer(shown, *line_span(shown, name.lineno)):
            attributes = match[1][1:].split(".")
            ends = tuple(match.start(1) + size for size in accumulate(len(part) + 1 for part in attributes))
            use = Use(path or "?", tuple(attributes), match.start(), ends, False)
            yield from (remark for remark in index.uses([use], shown) if is_certain or (remark.known and not path))
    for piece in PIECE.finditer(shown):
        yield from index.uses(keywords(shown, piece.span(), {}, conventions), shown)


def _named(kind: str, name: str, span: tuple[int, int], index: Index, is_extended: bool) -> Remark:
    if entry := index.find(f"{kind}:{name}"):
        return index.judge(entry, *span)
    near = close(name, index.members(f"{kind}:"))
    if is_extended or not near:
        return Remark(*span, known=False)
    return index.misspelt(Remark(*span, "never", f"No {kind} of a template is called `{name}`."), near, f"{kind}:{{}}")


def _search(shown: str, node: nodes.Node, pattern: str) -> "re.Match[str] | None":
    """Where a pattern stands in a node's line or after it."""
    return re.compile(pattern).search(shown, line_span(shown, node.lineno)[0])
