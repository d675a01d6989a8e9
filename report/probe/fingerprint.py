"""The fingerprint of a claim's test: a hash of its source and of the project code that it refers to.

An outcome is valid while the fingerprint of its test is the same. The hash covers text, not a syntax tree, so that
every Python gives the same fingerprint. It leaves out comments and docstrings. The docstring of a Hypothesis property
is an exception: Hypothesis derives its examples from it.

Library considered: testmon. It depends on what a run executes, which differs between releases.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import io
import tokenize
from importlib.util import resolve_name
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pytest

Symbol = tuple[Path, str]  # a file and one of its top-level names


class Binding(NamedTuple):
    """A top-level statement that binds a name."""

    text: str
    names: frozenset[str]  # the names that it reads
    imported: tuple[str, str] | None  # the module and the attribute, if it is an import


def fingerprint(item: pytest.Function, function: FunctionType) -> str:
    """Twelve hexadecimal digits: the hash of the source of *function*, its decorators, fixtures and helpers."""
    docstring = {inspect.cleandoc(function.__doc__ or "")} if hasattr(item.obj, "hypothesis") else set()
    reached = reachable(own_symbols(item, function), item.config.rootpath)
    return digest(docstring.union(*(texts_and_references(*symbol, item.config.rootpath)[0] for symbol in reached)))


def digest(texts: set[str]) -> str:
    """Twelve hexadecimal digits: the hash of *texts*, in whatever order."""
    return hashlib.sha256("\0".join(sorted(texts)).encode()).hexdigest()[:12]


def own_symbols(item: pytest.Function, function: FunctionType) -> list[Symbol]:
    """*function* and the project's fixtures that *item* requests, directly or not."""
    root = item.config.rootpath
    fixtures = [  # overridden ones too: the fixture that overrides them may request them
        definition.func
        for name, definitions in item._fixtureinfo.name2fixturedefs.items()
        if name in item.fixturenames
        for definition in definitions
    ]
    sources = [inspect.unwrap(source) for source in (function, *fixtures)]
    symbols = [(Path(source.__code__.co_filename), source.__name__) for source in sources]
    return [(path, name) for path, name in symbols if "site-packages" not in path.parts and root in path.parents]


def reachable(symbols: list[Symbol], root: Path) -> set[Symbol]:
    """*symbols*, and every symbol that the statements that bind them refer to, and so on."""
    visited: set[Symbol] = set()
    queue = list(symbols)
    while queue:
        symbol = queue.pop()
        if symbol not in visited:
            visited.add(symbol)
            queue += texts_and_references(*symbol, root)[1]
    return visited


@functools.cache
def texts_and_references(path: Path, name: str, root: Path) -> tuple[frozenset[str], frozenset[Symbol]]:
    """The texts that bind *name* in a file, and the symbols that they refer to."""
    bindings = top_level_bindings(path).get(name, ())
    names = {read for binding in bindings for read in binding.names}
    symbols = {symbol for read in names for symbol in resolve(path, read, root)}
    bound = frozenset((file, symbol) for file, symbol in symbols if symbol in top_level_bindings(file))
    return frozenset(binding.text for binding in bindings), bound


@functools.cache
def resolve(path: Path, name: str, root: Path) -> list[Symbol]:
    """The symbols that a name in *path* stands for. `module.name` stands for one symbol of that module."""
    base, _, attribute = name.partition(".")
    symbols = [(path, base)]
    for binding in top_level_bindings(path).get(base, ()):
        if binding.imported is not None:
            module, imported = binding.imported
            package = ".".join(path.relative_to(root).parts[:-1])
            symbols += resolve_import(resolve_name(module, package), imported, attribute, root)
    return symbols


def resolve_import(module: str, name: str, attribute: str, root: Path) -> list[Symbol]:
    """The project's symbols behind `from module import name`.

    Where *name* is a module, they are its *attribute*, or all its symbols if it has no such attribute.
    """
    file = module_file(module, root)
    if file and name in top_level_bindings(file):
        return [(file, name)]
    file = module_file(f"{module}.{name}".strip("."), root)
    if file is None:
        return []
    bindings = top_level_bindings(file)
    return [(file, attribute)] if attribute in bindings else [(file, symbol) for symbol in bindings]


@functools.cache
def module_file(module: str, root: Path) -> Path | None:
    """The file of a module of the project, or None."""
    stem = root.joinpath(*module.split("."))
    return next((file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.is_file()), None)


@functools.cache
def top_level_bindings(path: Path) -> dict[str, list[Binding]]:
    """The statements that bind each top-level name of a file."""
    text = path.read_text(encoding="utf-8")
    lines = without_comments(text)
    bindings: dict[str, list[Binding]] = {}
    for statement in ast.parse(text).body:
        nodes = list(ast.walk(statement))  # once, because walking takes most of the time
        imports = imported_names(statement)
        for name, imported in imports.items():
            bindings.setdefault(name, []).append(Binding(".".join(imported), frozenset(), imported))
        if not imports:
            binding = Binding(statement_text(statement, nodes, lines), names_read(nodes), None)
            for name in names_bound(statement, nodes):
                bindings.setdefault(name, []).append(binding)
    return bindings


def without_comments(text: str) -> list[str]:
    """The lines of a file without its comments. A `#` in a string starts no comment."""
    lines = text.split("\n")
    if "#" not in text:
        return lines
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return lines


def statement_text(statement: ast.stmt, nodes: list[ast.AST], lines: list[str]) -> str:
    """The *lines* of a statement, decorators included, without docstrings and blank lines."""
    docstrings: set[int] = set()
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            docstring = node.body[0]
            docstrings.update(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    first = min([statement.lineno, *(decorator.lineno for decorator in getattr(statement, "decorator_list", ()))])
    numbers = (number for number in range(first, (statement.end_lineno or 0) + 1) if number not in docstrings)
    kept = (lines[number - 1].rstrip() for number in numbers)
    return "\n".join(line for line in kept if line)


def names_read(nodes: list[ast.AST]) -> frozenset[str]:
    """Every name in *nodes*. `module.name` is one name, so that only that attribute of the module counts."""
    dotted = {
        id(node.value): f"{node.value.id}.{node.attr}"
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return frozenset(dotted.get(id(node), node.id) for node in nodes if isinstance(node, ast.Name))


def names_bound(statement: ast.stmt, nodes: list[ast.AST]) -> list[str]:
    """The names that a top-level statement binds; it is no import."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    return [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def imported_names(statement: ast.stmt) -> dict[str, tuple[str, str]]:
    """For each name that an import binds: the module, and the attribute ("" for the module itself)."""
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        return {alias.asname or alias.name: (module, alias.name) for alias in statement.names}
    if isinstance(statement, ast.Import):
        return {alias.asname or alias.name.split(".")[0]: (alias.name, "") for alias in statement.names}
    return {}
