"""Sabotage: small changes of installed files, each of which a test that means something may notice.

The operators are the usual ones of mutation testing, on `ast`: a change is a span of the file and what stands there
instead, so that all other lines keep their text, and its own line can be shown before and after.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOT_THE_ANSWER = 1  # what is added to a number
SHOWN = 160  # characters of a changed line
READ, WORDS = 2000, 20  # lines of a text that are changed, and words of each: another's program may be all one line
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
QUESTIONS = {"all", "any", "bool", "callable", "compare_digest", "endswith", "startswith"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
Span = tuple[int, int, int, int]  # first line and column, last line and column; lines from 1, columns in bytes from 0


@dataclass(frozen=True)
class Change:
    """What is put in the place of a span; within which function (its dotted name), and what stood there if a constant.

    *at_import*: it takes effect only when the module is imported, as defaults and class bodies do.
    """

    span: Span
    instead: str
    function: str
    constant: str = ""
    at_import: bool = False

    @property
    def crude(self) -> bool:
        """Whether it takes something away (and not all there is), rather than making it say something else."""
        return self.instead in ("", "None", "pass") and self.span[:2] != (1, 0)

    @property
    def lines(self) -> range:
        """The lines that it touches."""
        return range(self.span[0], self.span[2] + 1)

    def on(self, text: str) -> str:
        """The *text* of the file with the change made."""
        lines = text.encode().split(b"\n")
        first, start, last, end = self.span
        changed = lines[first - 1][:start] + self.instead.encode() + lines[last - 1][end:]
        return b"\n".join([*lines[: first - 1], changed, *lines[last:]]).decode()

    def words(self, text: str) -> tuple[str, str]:
        """The lines that it touches, as they are in *text* and as they become, each as one line."""
        first, last = self.span[0] - 1, self.span[2]
        after = last - len(text.split("\n"))
        return one_line(text.split("\n")[first:last]), one_line(self.on(text).split("\n")[first : after or None])


def one_line(lines: list[str]) -> str:
    """Lines of code as one, cut where that is long."""
    text = " ".join(line.strip() for line in lines)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def changes(path: Path, read: bool = False) -> list[Change]:
    """Every change that is tried on a file, in its order; none where it is no text, or no Python of this version.

    A file that is *read* is changed by the line, whatever it is; code otherwise by what it does.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return list(in_text(text) if read or path.suffix != ".py" else Operators().of(ast.parse(text)))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return []


def in_text(text: str) -> Iterator[Change]:
    """The changes of a text that is data: all of it gone, each line made to say something else, or left out."""
    lines = text.split("\n")
    if text:
        yield Change((1, 0, len(lines), len(lines[-1].encode())), "", "", lines[0].strip()[:SHOWN])
    for row, line in enumerate(lines[:READ], start=1):
        if not line.strip():
            continue
        for number in re.findall(r"[0-9]+", line)[-1:] if len(line) <= SHOWN else ():
            start = len(line[: line.rindex(number)].encode())
            span = (row, start, row, start + len(number))
            yield Change(span, str(int(number) + NOT_THE_ANSWER), "", line.strip()[:SHOWN])
        for word in itertools.islice(re.finditer(r"[^\W\d_]{3,}", line), WORDS):
            end = len(line[: word.end()].encode())
            yield Change((row, end, row, end), "x", "", word[0])
        yield Change((row, 0, row, len(line.encode())), "", "", line.strip()[:SHOWN])


class Operators:
    """Walks a module and gives the changes of each node, with the function in which it stands."""

    def of(self, module: ast.Module) -> Iterator[Change]:
        """The changes of a whole module."""
        yield from self.within(module, "", at_import=True)

    def within(self, node: ast.AST, function: str, at_import: bool) -> Iterator[Change]:
        """The changes of what is below *node*."""
        for child in ast.iter_child_nodes(node):
            if is_text_alone(child) or is_annotation(child, node):
                continue
            for span, instead, constant in changed(child):
                yield Change(span, instead, function, constant, at_import)
            if isinstance(child, DEFINED):
                yield renamed(child, function)
            if isinstance(child, ast.JoinedStr):
                continue  # Python 3.11 does not say where its parts stand
            if isinstance(child, FUNCTIONS):
                yield from self.function(child, function, at_import)
            elif isinstance(child, ast.ClassDef):
                yield from self.within(child, dotted(function, child.name), at_import)
            else:
                yield from self.within(child, function, at_import)

    def function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, outer: str, at_import: bool
    ) -> Iterator[Change]:
        """The changes of a function: defaults and decorators take effect where it is defined, its body when called."""
        name = dotted(outer, getattr(node, "name", ""))
        yield from self.within(node.args, name, at_import)
        if isinstance(node, ast.Lambda):
            yield from self.within(ast.Expression(node.body), name, at_import=False)
            return
        for decorator in node.decorator_list:
            yield from self.within(ast.Expression(decorator), name, at_import)
        yield from self.within(ast.Module(node.body, []), name, at_import=False)


def renamed(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, outer: str) -> Change:
    """The change that gives a function or class another name: whoever looks for it finds nothing."""
    word = {ast.FunctionDef: "def ", ast.AsyncFunctionDef: "async def ", ast.ClassDef: "class "}[type(node)]
    start = node.col_offset + len(word)
    span = (node.lineno, start, node.lineno, start + len(node.name.encode()))
    return Change(span, node.name + "x", dotted(outer, node.name), at_import=True)


def dotted(outer: str, name: str) -> str:
    """The name of what is defined within *outer*."""
    return f"{outer}.{name}".strip(".")


def is_text_alone(node: ast.AST) -> bool:
    """Tell whether *node* is a docstring, or another constant that nobody reads."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_annotation(node: ast.AST, parent: ast.AST) -> bool:
    """Tell whether *node* is a type hint, or something that only type checkers read."""
    hint = node is getattr(parent, "annotation", None) or node is getattr(parent, "returns", None)
    return hint or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))


def changed(node: ast.AST) -> Iterator[tuple[Span, str, str]]:
    """What is done to one node by itself: the span, what stands there instead, and the constant that stood there."""
    for whose, instead in replaced(node):
        span = (whose.lineno, whose.col_offset, whose.end_lineno or 0, whose.end_col_offset or 0)
        value = whose.value if isinstance(whose, ast.Constant) else ""
        yield span, instead, str(value)


def replaced(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """The nodes that are replaced where *node* stands, and by what."""
    yield from negated(node)
    match node:
        case ast.Constant() if (instead := other(node.value)) is not None:
            yield node, instead
        case ast.JoinedStr():
            yield node, f"({ast.unparse(node)} + 'x')"
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            yield node, f"({ast.unparse(ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right))})"
        case ast.For(iter=each) | ast.comprehension(iter=each):
            yield each, f"reversed([*{ast.unparse(each)}])"
        case ast.Raise() | ast.Delete() | ast.Expr(value=ast.Call() | ast.Await()):
            yield node, "pass"
        case (
            ast.Return(value=ast.expr() as value)
            | ast.Yield(value=ast.expr() as value)
            | ast.Assign(value=value)
            | ast.AnnAssign(value=ast.expr() as value)
            | ast.keyword(value=value)
        ) if not isinstance(value, ast.Constant):
            yield value, "None"


def negated(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """The conditions that are turned round where *node* stands."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS:
            left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
            yield node, f"({left} {COMPARISONS[type(operator)]} {right})"
        case ast.BoolOp():
            swapped = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
            yield node, f"({ast.unparse(ast.BoolOp(swapped, node.values))})"
        case ast.UnaryOp(op=ast.Not()):
            yield node, f"({ast.unparse(node.operand)})"
        case ast.Return(value=ast.Call(func=ast.Name(id=asked) | ast.Attribute(attr=asked)) as value) if asks(asked):
            yield value, f"(not {ast.unparse(value)})"
        case ast.If() | ast.IfExp():
            yield node.test, f"(not ({ast.unparse(node.test)}))"


def asks(name: str) -> bool:
    """Tell whether a function of this name answers yes or no."""
    return name.startswith(("is", "has", "can_", "should_")) or name in QUESTIONS


def other(value: object) -> str | None:
    """The source of another constant of the same kind; None for what has no other."""
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, (int, float)):
        return repr(value + NOT_THE_ANSWER)
    if isinstance(value, str):
        return repr(value + "x")
    return repr(value + b"x") if isinstance(value, bytes) else None
