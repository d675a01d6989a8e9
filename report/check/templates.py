"""Templates: their syntax as Jinja parses it, and the filters, tests, globals and attributes that they name."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from jinja2 import Environment, TemplateSyntaxError, nodes

from report.check.code import Conventions, Use
from report.check.names import ALIKE, Judgement, Names
from report.check.passages import Passage

LANGUAGES = frozenset({"jinja", "jinja2", "html+jinja", "jinja-html", "html", "django", "htmldjango", "html+django"})
MARK = re.compile(r"\{\{|\{%")
# What Jinja says of other engines' tags, of extensions and of excerpts: no error of the template.
NO_ERROR = re.compile(
    r"unknown tag|Unexpected end of template|end of print statement|…|\.\.\.|Missing end of comment tag"
)
DJANGO = re.compile(r"\{%\s*(?:load|csrf_token|url\s|static\s|comment)")
OWN_FILTERS = re.compile(
    r"template_filter|template_test|\.filters|\.tests|add_template|contextprocessor|context_processor"
)
Named = tuple[Judgement | None, int, int]


def is_template(passage: Passage) -> bool:
    """Whether a block is a template of Jinja, and of no other engine."""
    other = DJANGO.search(passage.shown) or "..." in passage.shown or "…" in passage.shown
    marked = passage.language in LANGUAGES or (
        not passage.language and passage.shown.lstrip().startswith(("<", "{%", "{{"))
    )
    return bool(marked and MARK.search(passage.shown) and not other)


def error(shown: str) -> tuple[str, int] | None:
    """What is wrong with a template, and its line, counted from 0; None if it can be parsed or is an excerpt."""
    try:
        _environment().parse(shown)
    except TemplateSyntaxError as problem:
        said = problem.message or ""
        return None if NO_ERROR.search(said) else (said, problem.lineno - 1)
    return None


def _environment() -> Environment:
    return Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"])


def find(shown: str, names: Names, conventions: Conventions, article: str) -> Iterator[Named]:
    """What is known of each name in a template, with its place; *article* may register filters of its own."""
    try:
        tree = _environment().parse(shown)
    except TemplateSyntaxError:
        return
    extended = bool(OWN_FILTERS.search(article))
    for node in tree.find_all((nodes.Filter, nodes.Test, nodes.Getattr)):
        if isinstance(node, (nodes.Filter, nodes.Test)):
            kind, sign = ("filter", r"\|\s*") if isinstance(node, nodes.Filter) else ("test", r"\bis\s+(?:not\s+)?")
            place = _place(shown, node.lineno, rf"{sign}({re.escape(node.name)})\b")
            if place:
                yield _named(kind, node.name, names, extended), *place
        elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            yield from _attribute(node, node.node.name, shown, names, conventions)


def _named(kind: str, name: str, names: Names, extended: bool) -> Judgement | None:
    entry = names.index.find(f"{kind}:{name}")
    if entry:
        return names.entry(entry)
    near = get_close_matches(name, names.index.members(f"{kind}:"), 2, ALIKE)
    if extended or not near:
        return None
    message = f"No {kind} of a template is called `{name}`. Did you mean `{near[0]}`?"
    return Judgement(f"{kind}:{name}", 1, "never", message, instead=near[0], fix=near[0] if len(near) == 1 else None)


def _attribute(node: nodes.Getattr, root: str, shown: str, names: Names, conventions: Conventions) -> Iterator[Named]:
    receiver = conventions.receivers.get(root)
    place = _place(shown, node.lineno, rf"\b({re.escape(root)}\.{re.escape(node.attr)})\b")
    if receiver and place and names.index.find(f"global:{root}"):
        start, end = place
        yield names.use(Use(receiver, (node.attr,), start, (end,), False), shown[start:end]), *place


def _place(shown: str, line: int, pattern: str) -> tuple[int, int] | None:
    """Where a pattern's group stands in a line (counted from 1) or after it."""
    start = sum(len(one) for one in shown.splitlines(keepends=True)[: line - 1])
    match = re.compile(pattern).search(shown, start)
    return match.span(1) if match else None
