"""The names that Python code uses, each with what the code itself says of its receiver.

Considered: jedi, which resolves against what is installed here, not against each release.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

Bindings = dict[str, str | None]  # what a name refers to, as a dotted name; None: something unknown
CONFIG = ("update", "from_mapping", "setdefault", "get", "pop")  # methods of the configuration that take keys
GUARDS = {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", ""}


@dataclass(frozen=True)
class Use:
    """A dotted name in code: *attributes* of what *base* names; each ends at its place in *ends*.

    *base* is empty for the name of a module, *proven* if the code (not a convention) says what it is. *bound*: the
    code sets it.
    """

    base: str
    attributes: tuple[str, ...]
    start: int
    ends: tuple[int, ...]
    proven: bool = True
    called: bool = False
    bound: bool = False


@dataclass(frozen=True)
class Conventions:
    """What names commonly refer to: *receivers*; *types*: what an attribute or (with brackets) a call is one of."""

    receivers: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)


class Places:
    """Turns the lines and columns of a syntax tree, which count bytes, into offsets."""

    def __init__(self, source: str) -> None:
        self.lines = source.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def offset(self, line: int, column: int) -> int:
        """The offset of a byte in a line."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return self.starts[min(line, len(self.starts)) - 1] + len(text.encode()[:column].decode(errors="ignore"))

    def of(self, node: ast.expr | ast.alias | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Where a node begins and ends."""
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno or 1, node.end_col_offset or 0)


class Reader(ast.NodeVisitor):
    """Collects the *uses* of names in one block; *bindings* says what its names refer to, from the start and after."""

    def __init__(
        self, source: str, bindings: Bindings, conventions: Conventions, is_class: Callable[[str], bool]
    ) -> None:
        self.source, self.places, self.bindings = source, Places(source), bindings
        self.conventions, self.is_class = conventions, is_class
        self.uses: list[Use] = []
        self.keys: list[tuple[str, int, int]] = []  # of the configuration
        self.guarded = 0

    # Names are bound

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._module(alias.name, self.places.of(alias)[0])
            root = alias.name.partition(".")[0]
            self.bindings[alias.asname or root] = alias.name if alias.asname else root

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "" if node.level else node.module or ""
        start = self.places.of(node)[0]
        if module:
            self._module(module, self.source.find(module, start))
        for alias in node.names:
            self.bindings[alias.asname or alias.name] = f"{module}.{alias.name}" if module else None
            if module and alias.name != "*" and not self.guarded:
                first = self.places.of(alias)[0]
                self.uses.append(Use(module, (alias.name,), first, (first + len(alias.name),)))

    def _module(self, name: str, start: int) -> None:
        if not self.guarded and start >= 0:
            parts = tuple(name.split("."))
            ends = tuple(start + size - 1 for size in accumulate(len(part) + 1 for part in parts))
            self.uses.append(Use("", parts, start, ends))

    def visit_Try(self, node: ast.Try) -> None:
        caught = {name for handler in node.handlers for name in _names(handler.type)}
        self.guarded += bool(caught & GUARDS)
        for part in (*node.body, *node.handlers):
            self.visit(part)
        self.guarded -= bool(caught & GUARDS)
        for statement in (*node.orelse, *node.finalbody):
            self.visit(statement)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bindings[target.id] = self.path(node.value)
            else:
                self.visit(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value and isinstance(node.target, ast.Name):
            self.visit(node.value)
            self.bindings[node.target.id] = self.path(node.value)
        else:
            self.generic_visit(node)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if isinstance(item.optional_vars, ast.Name):
                self.bindings[item.optional_vars.id] = self.path(item.context_expr)
            elif item.optional_vars:
                self.visit(item.optional_vars)
        for statement in node.body:
            self.visit(statement)

    visit_AsyncWith = visit_With

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bindings[node.id] = None

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.bindings[node.name] = None
        self._inside(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._inside(node.args, [node.body])

    def _inside(self, arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]) -> None:
        outer = self.bindings
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        self.bindings = outer | {one.arg: None for one in given if one}
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default:
                self.visit(default)
        for part in body:
            self.visit(part)
        self.bindings = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        outer, self.bindings = self.bindings, {**self.bindings}
        self.generic_visit(node)
        self.bindings = outer
        self.bindings[node.name] = None

    # Names are used

    def visit_Attribute(self, node: ast.Attribute, called: bool = False) -> None:
        chain: list[ast.Attribute] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            chain.insert(0, root)
            root = root.value
        base, proven = self._base(root.id) if isinstance(root, ast.Name) else (self.path(root), True)
        if not isinstance(root, ast.Name):
            self.visit(root)
        if self.guarded:
            return
        ends = tuple(self.places.of(one)[1] for one in chain)
        names = tuple(one.attr for one in chain)
        bound = not isinstance(node.ctx, ast.Load)
        self.uses.append(Use(base or "?", names, self.places.of(root)[0], ends, proven, called, bound))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self.visit_Attribute(node.func, called=True)
        else:
            self.visit(node.func)
        path, proven = self.path(node.func), self._is_proven(node.func)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if path and keyword.arg and not self.guarded:
                start = self.places.of(keyword)[0]
                end = start + len(keyword.arg)
                self.uses.append(Use(path, (f"({keyword.arg})",), start, (end,), proven))
            self.visit(keyword.value)
        if path and path.rpartition(".")[2] in CONFIG and self._is_config(path.rpartition(".")[0]):
            self._keys(node)

    def _keys(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            start = self.places.of(keyword)[0]
            self.keys.append((keyword.arg or "", start, start + len(keyword.arg or "")))
        for argument in node.args[:1]:
            keys = argument.keys if isinstance(argument, ast.Dict) else [argument]
            self.keys += [key for one in keys for key in self._key(one)]

    def _key(self, node: ast.expr | None) -> Iterator[tuple[str, int, int]]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            start, end = self.places.of(node)
            yield node.value, start + 1, end - 1

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if self._is_config(self.path(node.value)):
            self.keys += self._key(node.slice)
        self.visit(node.slice)

    def _is_config(self, path: str | None) -> bool:
        return path is not None and path == self.conventions.receivers.get("config")

    # What an expression is

    def _base(self, name: str) -> tuple[str | None, bool]:
        """What a name refers to, and whether the article's code says so."""
        if name in self.bindings:
            return self.bindings[name], True
        return self.conventions.receivers.get(name), False

    def _is_proven(self, node: ast.expr) -> bool:
        while isinstance(node, (ast.Attribute, ast.Call)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self.bindings

    def path(self, node: ast.expr) -> str | None:
        """The dotted name of what an expression is, or None: an instance has the name of its class."""
        if isinstance(node, ast.Name):
            return self._base(node.id)[0]
        if isinstance(node, ast.Attribute):
            parent = self.path(node.value)
            name = parent and f"{parent}.{node.attr}"
            return self.conventions.types.get(name, name) if name else None
        if isinstance(node, ast.Call):
            called = self.path(node.func)
            if called and self.is_class(called):
                return called
            return self.conventions.types.get(f"{called}()")
        return None


def _names(node: ast.expr | None) -> Iterator[str]:
    """The names of the exceptions that a handler catches; empty for all."""
    if node is None:
        yield ""
    for one in ast.walk(node) if node else ():
        if isinstance(one, ast.Name):
            yield one.id
