"""Mutation operators: small mutations of installed code that a meaningful test should detect.

The operators for Python are the usual ones of mutation testing, on `ast`. A mutation replaces one span of the file.
All other lines keep their text, so a report can show the mutated lines before and after.

Libraries considered: mutmut 3 mutates only the project's own code, in trampolines around whole functions, so nothing
that takes effect at import; cosmic-ray's operators change no texts and remove no values, and libcst is a tree that
keeps all text, as the replacement of one span does: both would need as many lines around them.

Arid code has no mutations, because what it does is no behaviour that a claim could be about: docstrings, annotations,
blocks for type checkers, type variables, overloads, imports, the messages of `assert`, `__repr__`, and constants with
names such as `__version__`.
Calls of loggers and of `warnings.warn` are not arid here, although they usually are: some claims are about them.
"""

import ast
import functools
import hashlib
import re
import sysconfig
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib"))
DIRECTED = "directed"  # the class of a mutation that a person chose, not an operator (see `directed`)
MAX_SHOWN = 160  # characters that a report shows of a mutated line
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
PREDICATE = re.compile(r"(is|has|can_|should_).*|all|any|bool|callable|compare_digest|endswith|startswith")
Replacement = tuple[ast.expr | ast.stmt, str, str]
Place = tuple[str, int, str, str]  # a file, the number of a line, the line and what it becomes
Span = tuple[int, int, int, int]  # first line and column, last line and column; lines from 1, columns in bytes from 0


@dataclass(frozen=True)
class Mutation:
    """A replacement for a span of an installed *file*, which is relative to site-packages.

    *function*: the dotted name of the function or class around the span; *constant*: the constant or text that the
    mutation replaces, if any; *at_import*: the mutation takes effect only when Python imports the module, as in
    defaults and class bodies; *operator*: the class of the mutation operator. *statement*: the first and last line of
    the statement that has the span, if the span is only a part of its lines.
    """

    file: str
    span: Span
    replacement: str
    function: str
    constant: str = ""
    at_import: bool = False
    operator: str = ""
    statement: tuple[int, int] | None = None

    @property
    def lines(self) -> range:
        """The numbers of the lines whose execution runs the mutated code."""
        first, last = self.statement or (self.span[0], self.span[2])
        return range(first, last + 1)

    @property
    def change(self) -> tuple[str, str]:
        """The whole lines of the span, original and mutated."""
        first, start, last, end = self.span
        lines = original(self.file).encode().split(b"\n")[first - 1 : last]
        mutated = lines[0][:start] + self.replacement.encode() + lines[-1][end:]
        return b"\n".join(lines).decode(), mutated.decode()

    @property
    def text(self) -> str:
        """The mutated text of the file."""
        lines = original(self.file).split("\n")
        return "\n".join([*lines[: self.span[0] - 1], self.change[1], *lines[self.span[2] :]])

    @property
    def place(self) -> Place:
        """The change for a report: each side in one line, cut to about MAX_SHOWN characters around the difference."""
        was, became = (" ".join(line.strip() for line in side.split("\n")) for side in self.change)
        alike = next((at for at, (old, new) in enumerate(zip(was, became, strict=False)) if old != new), 0)
        start = 0 if max(len(was), len(became)) <= MAX_SHOWN else max(0, alike - MAX_SHOWN // 3)
        was, became = (
            f"{'…' * bool(start)}{text[start:][:MAX_SHOWN]}{'…' * (len(text) > start + MAX_SHOWN)}"
            for text in (was, became)
        )
        return self.file, self.span[0], was, became

    @functools.cached_property  # to compile a file takes a while
    def id(self) -> str:
        """What tells the mutant from others; "" if it is equivalent to the original, or not valid Python."""
        try:
            found = digest(self.file, self.text)
        except (SyntaxError, ValueError, RecursionError):
            return ""
        return found if found != _original_digest(self.file) else ""


@functools.cache
def original(file: str) -> str:
    """Return the text of an installed file."""
    return (SITE / file).read_text(encoding="utf-8")


@functools.cache
def _original_digest(file: str) -> str:
    return digest(file, original(file))


@functools.cache
def mutations(file: str) -> tuple[Mutation, ...]:
    """Return all mutations of an installed file, in order; none if it is not valid Python."""
    try:
        tree = ast.parse(original(file)) if file.endswith(".py") else ast.Module([], [])
        return tuple(_mutations_below(tree, file))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return ()


def _mutations_below(parent: ast.AST, file: str, function: str = "", at_import: bool = True) -> Iterator[Mutation]:
    """Yield the mutations of all nodes below *parent*, which is in *function* (a dotted name, or "" in a module)."""
    for node in ast.iter_child_nodes(parent):
        if _is_arid(node, parent):
            continue
        runs_at_import = at_import and not _is_body(node, parent)
        for old, replacement, operator in _replacements(node):
            span = (old.lineno, old.col_offset, old.end_lineno or 0, old.end_col_offset or 0)
            constant = str(old.value) if isinstance(old, ast.Constant) else ""
            if isinstance(parent if old is node else node, ast.stmt) and replacement[0] == "(":
                replacement = replacement[1:-1]  # around a whole condition or value, parentheses are only noise
            yield Mutation(file, span, replacement, function, constant, runs_at_import, operator)
        inner = f"{function}.{node.name}".strip(".") if isinstance(node, DEFINITIONS) else function
        if not isinstance(node, ast.JoinedStr):  # Python 3.11 gives no positions for the parts of an f-string
            yield from _mutations_below(node, file, inner, runs_at_import)


def _is_body(node: ast.AST, parent: ast.AST) -> bool:
    """Return whether *node* is in the body of a function; unlike defaults and decorators, it runs at a call."""
    if isinstance(parent, ast.Lambda):
        return node is parent.body
    return isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and node in parent.body


def _is_arid(node: ast.AST, parent: ast.AST) -> bool:
    """Return whether *node* is arid code: see the top of this module."""
    if node is getattr(parent, "annotation", None) or node is getattr(parent, "returns", None):
        return True
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    if isinstance(node, DEFINITIONS):
        return node.name == "__repr__" or any("overload" in ast.dump(mark) for mark in node.decorator_list)
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]).startswith("__") or "TypeVar(" in ast.unparse(node.value)
    if isinstance(parent, ast.ClassDef) and isinstance(node, ast.Subscript):
        return True  # a base such as `Generic[T]`
    if isinstance(parent, ast.Assert):
        return node is parent.msg
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _replacements(node: ast.AST) -> Iterator[Replacement]:
    """Yield what the operators replace in *node*: *node* or a part of it, the new source, and the operator's class."""
    for condition, negation in _negations(node):
        yield condition, negation, "condition"
    match node:
        case ast.Constant() if (replacement := _different_constant(node.value)) is not None:
            yield node, replacement, type(node.value).__name__
        case ast.JoinedStr():
            yield node, f"({ast.unparse(node)} + 'x')", "str"
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            swapped = ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
            yield node, f"({ast.unparse(swapped)})", "arithmetic"
        case ast.Raise() | ast.Delete() | ast.Expr(value=ast.Call() | ast.Await()):
            yield node, "pass", "removal"
        case (
            ast.Return(value=ast.expr() as value)
            | ast.Yield(value=ast.expr() as value)
            | ast.Assign(value=value)
            | ast.AnnAssign(value=ast.expr() as value)
            | ast.keyword(value=value)
        ) if not isinstance(value, ast.Constant):
            yield value, "None", "value"


def _negations(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield the conditions in *node*, each with the source of its negation."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS:
            left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
            yield node, f"({left} {COMPARISONS[type(operator)]} {right})"
        case ast.BoolOp():
            swapped = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
            yield node, f"({ast.unparse(ast.BoolOp(swapped, node.values))})"
        case ast.UnaryOp(op=ast.Not()):
            yield node, f"({ast.unparse(node.operand)})"
        case ast.Return(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) as call):
            if PREDICATE.fullmatch(name):
                yield call, f"(not {ast.unparse(call)})"
        case ast.If() | ast.IfExp() if not any(_negations(node.test)):
            yield node.test, f"(not ({ast.unparse(node.test)}))"


def _different_constant(value: object) -> str | None:
    """Return the source of a different constant of the same type; None if there is none."""
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, (int, float)):
        return repr(value + 1)
    if isinstance(value, str):
        text = repr(value + "x")
        return text if '"' in text else f'"{text[1:-1]}"'  # quotes as most code has them
    return repr(value + b"x") if isinstance(value, bytes) else None


def digest(file: str, text: str) -> str:
    """Return what distinguishes the *text* of a file from equivalents: of Python, a digest of the bytecode.

    Positions do not count. So an equivalent mutant has the digest of the original, and a duplicate that of another
    mutant. Raises SyntaxError.
    """
    code = repr(_plain(compile(text, file, "exec", dont_inherit=True))) if file.endswith(".py") else text
    return hashlib.sha256(f"{file}\n{code}".encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    """Return what a code object does, without positions, or a constant of one, in a form that is the same each time."""
    if isinstance(value, types.CodeType):
        names = (value.co_name, value.co_names, value.co_varnames, value.co_freevars, value.co_flags)
        counts = (value.co_argcount, value.co_kwonlyargcount)
        return value.co_code, *names, value.co_exceptiontable, *counts, [*map(_plain, value.co_consts)]
    return (
        sorted(map(repr, value)) if isinstance(value, frozenset) else value
    )  # a set has another order in each process
