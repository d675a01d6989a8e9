"""Announcements that a name will go: warnings in code, and directives in docstrings."""

import ast
import re
from collections.abc import Iterator

QUOTED = re.compile(r"[`'\"]+([A-Za-z_][\w.]*)(?:\([^)'`]*\))?[`'\"]+")
ANNOUNCES = re.compile(r"deprecat|renamed|removed|replaced|instead", re.I)
FIELD = r"\.\. |:(?:param|type|return|rtype|raise)"
DIRECTIVE = re.compile(
    rf"^[ \t]*\.\. deprecated::[ \t]*\S*[ \t]*(?P<text>(?:\n(?![ \t]*(?:{FIELD}))[ \t]*\S.*)*)", re.M
)
ABOUT_ITSELF = re.compile(
    r"$|will be removed|use |this |it |removed|renamed|replaced|no longer|import |the (class|method|function)\b", re.I
)


def constant(node: ast.expr | None) -> str | None:
    """The text of a literal string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def strings(node: ast.AST) -> str:
    """All literal strings in an expression, joined."""
    return "".join(
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def subjects(text: str) -> list[str]:
    """The quoted names before the word that announces: what the announcement is about."""
    announcement = ANNOUNCES.search(text)
    return QUOTED.findall(text[: announcement.start()] if announcement else text)


def about(text: str, parameters: list[str]) -> list[str]:
    """The *parameters* that an announcement is about."""
    is_value = re.search(r"must be|bytes|passing", text, re.I)  # a value of the parameter goes, not the parameter
    return [] if is_value else [name for name in subjects(text) if name in parameters]


def tested(test: ast.expr | None, parameters: list[str]) -> list[str]:
    """The parameter that decides whether an announcement is made, if it is exactly one, compared with its absence."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.IsNot | ast.NotEq):
        return []
    return [test.left.id] if isinstance(test.left, ast.Name) and test.left.id in parameters else []


def is_itself(docstring: str) -> bool:
    """Whether a docstring has a directive that says that its object itself is deprecated."""
    matches = [match for match in DIRECTIVE.finditer(docstring) if match[0].startswith(".")]  # indented: of a parameter
    return any(ABOUT_ITSELF.match(" ".join(match["text"].split())) for match in matches)


def always_warned(body: list[ast.stmt]) -> Iterator[str]:
    """The texts of the deprecation warnings that running *body* gives whatever its values are."""
    for statement in body:
        if isinstance(statement, ast.Expr):
            yield from filter(None, [announcement_of(statement.value)])
        elif isinstance(statement, ast.With | ast.Try):
            yield from always_warned(statement.body)
        elif any(isinstance(item, ast.Return | ast.Raise) for item in ast.walk(statement)):
            return  # what follows can be left out


def warned_if(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """The texts of the deprecation warnings below an `if` in *body*; with its test, if that alone decides."""
    for statement in body:
        if isinstance(statement, ast.With | ast.Try):
            yield from warned_if(statement.body)
        elif isinstance(statement, ast.If):
            direct = [child.value for child in statement.body if isinstance(child, ast.Expr)]
            for item in ast.walk(statement):
                if isinstance(item, ast.expr) and (text := announcement_of(item)):
                    yield text, statement.test if item in direct else None


def announcement_of(node: ast.expr) -> str | None:
    """The text of a deprecation warning, if *node* is a call that gives one."""
    if not isinstance(node, ast.Call) or not re.search(r"(^|[._])warn(_deprecated)?$", ast.unparse(node.func)):
        return None
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    if not any("Deprecat" in ast.unparse(argument) for argument in arguments if constant(argument) is None):
        return None
    return strings(arguments[0]) or "deprecated"


def named(text: str, own: str) -> str | None:
    """The names in an announcement without the deprecated one itself, as facts: at most four."""
    parts = DIRECTIVE.search(text)
    roles = re.sub(r":\w+:`[~!]?\.?([^`]+)`", r"`\1`", parts["text"] if parts else text)
    without = {own, *(() if parts else subjects(text))}
    names = [name for name in dict.fromkeys(QUOTED.findall(roles)) if name not in without and name[0] != "_"]
    return ", ".join(names[:4]) or None
