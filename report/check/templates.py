"""Templates: their syntax as Jinja parses it, and the filters, tests and attributes that they name."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from jinja2 import Environment, TemplateSyntaxError, nodes

from report.check.code import Conventions, Use
from report.check.names import ALIKE, Index, Judgement, Known
from report.check.passages import Passage

LANGUAGES = re.compile(r"(?:html\+)?jinja2?|jinja-html|html(?:\+?django)?|django")
# What Jinja says of other engines' tags, of extensions and of excerpts: no error of the template.
NO_ERROR = re.compile(r"unknown tag|Unexpected end of template|end of print statement|Missing end of comment tag")
DJANGO = re.compile(r"\{%\s*(?:load|csrf_token|url\s|static\s|comment)|\.\.\.|…")
OWN = re.compile(r"template_filter|template_test|\.filters|\.tests|add_template")
EXTENSIONS = ["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"]


def is_template(passage: Passage) -> bool:
    """Whether a block is a template of Jinja, and of no other engine."""
    shown = passage.shown
    starts = not passage.language and shown.lstrip().startswith(("<", "{%", "{{", "{#"))
    marked = ("{{" in shown or "{%" in shown) and not DJANGO.search(shown)
    return marked and bool(starts or LANGUAGES.fullmatch(passage.language))


def _parse(shown: str) -> nodes.Template:
    return Environment(autoescape=True, extensions=EXTENSIONS).parse(shown)


def error(shown: str) -> tuple[int, int, str] | None:
    """The place of a line that cannot be parsed, and why; None if all can be, or if it is an excerpt."""
    try:
        _parse(shown)
    except TemplateSyntaxError as problem:
        if not NO_ERROR.search(problem.message or ""):
            lines = shown.split("\n")
            first = sum(len(line) + 1 for line in lines[: problem.lineno - 1])
            last = first + len(lines[problem.lineno - 1].rstrip())
            return first, last, f"Jinja cannot parse this template: {problem.message}."
    return None


def find(shown: str, index: Index, conventions: Conventions, article: str) -> Iterator[Known]:
    """What is known of each name in a template; the *article* may register filters of its own."""
    try:
        tree = _parse(shown)
    except TemplateSyntaxError:
        return
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        kind, sign = ("filter", r"\|\s*") if isinstance(node, nodes.Filter) else ("test", r"\bis\s+(?:not\s+)?")
        match = _search(shown, node, rf"{sign}({re.escape(node.name)})\b")
        if match:
            yield Known(_named(kind, node.name, index, bool(OWN.search(article))), *match.span(1))
    for name in tree.find_all(nodes.Name):
        entry = index.find(f"global:{name.name}") if name.ctx == "load" else None
        match = _search(shown, name, rf"\b{name.name}\b")
        if entry and match:
            yield Known(index.judge(entry), *match.span())
    for one in tree.find_all(nodes.Getattr):
        root = one.node.name if isinstance(one.node, nodes.Name) else ""
        match = _search(shown, one, rf"\b{re.escape(root)}\.{re.escape(one.attr)}\b")
        if match and root in conventions.receivers and index.find(f"global:{root}"):
            use = Use(conventions.receivers[root], (one.attr,), match.start(), (match.end(),), False)
            yield from index.uses([use], shown)


def _named(kind: str, name: str, index: Index, extended: bool) -> Judgement | None:
    entry = index.find(f"{kind}:{name}")
    if entry:
        return index.judge(entry)
    near = get_close_matches(name, index.of.members(f"{kind}:"), 2, ALIKE)
    if extended or not near:
        return None
    message = f"No {kind} of a template is called `{name}`. Did you mean `{near[0]}`?"
    return Judgement("never", message, instead=near[0], fix=near[0] if len(near) == 1 else None)


def _search(shown: str, node: nodes.Node, pattern: str) -> "re.Match[str] | None":
    """Where a pattern stands in a node's line or after it."""
    start = sum(len(line) for line in shown.splitlines(keepends=True)[: node.lineno - 1])
    return re.compile(pattern).search(shown, start)
