"""A fingerprint of a claim's test: of its source and of all that it refers to in the project.

An outcome is good as long as the test that gave it stands. The text itself is hashed, not a syntax tree,
so that every Python gives the same fingerprint; docstrings and comments do not count, but for a law's own: Hypothesis
draws its examples by that, too.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import io
import tokenize
from pathlib import Path
from types import FunctionType
from typing import Optional

import pytest

Place = tuple[Path, str]  # a top-level name of a file
Statement = tuple[str, frozenset[str], Optional[tuple[str, str]]]  # its text, the names it reads, whence it is imported


def fingerprint(item: pytest.Function, function: FunctionType) -> str:
    """Twelve hexadecimal digits over *function*, its decorators, and the fixtures and helpers it reaches."""
    return hashlib.sha256("\0".join(sorted(texts(item, function))).encode()).hexdigest()[:12]


def texts(item: pytest.Function, function: FunctionType) -> set[str]:
    """The texts of *function*, its decorators, and the fixtures and helpers it reaches."""
    root = item.config.rootpath
    fixtures = [  # those under one of the same name too, which may ask for them
        definition.func
        for name, definitions in item._fixtureinfo.name2fixturedefs.items()
        if name in item.fixturenames
        for definition in definitions
    ]
    wanted = [(path_of(one), one.__name__) for one in map(inspect.unwrap, [function, *fixtures])]
    law = {inspect.cleandoc(function.__doc__ or "")} if is_property(item) else set()
    return law | reach([(path, name) for path, name in wanted if is_ours(path, root)], root)


def is_property(item: pytest.Function) -> bool:
    """Tell whether Hypothesis runs *item*."""
    return hasattr(item.obj, "hypothesis")


@functools.cache
def is_ours(path: Path, root: Path) -> bool:
    """Tell whether *path* is the project's own and not an installed package's."""
    return root in path.parents and "site-packages" not in path.parts


def path_of(function: FunctionType) -> Path:
    """The file in which *function* is written."""
    return Path(function.__code__.co_filename)


def reach(wanted: list[Place], root: Path) -> set[str]:
    """The texts of the named top-level statements, and of those that they name in turn."""
    seen: set[Place] = set()
    texts: set[str] = set()
    queue = list(wanted)
    while queue:
        place = queue.pop()
        if place not in seen:
            seen.add(place)
            own, further = step(*place, root)
            texts |= own
            queue += further
    return texts


@functools.cache
def step(path: Path, name: str, root: Path) -> tuple[frozenset[str], frozenset[Place]]:
    """The texts that bind a name of a file, and the places that they lead to."""
    statements = module(path).get(name, ())
    names = {one for _, names, _ in statements for one in names}
    places = {place for one in names for place in named(path, one, root)}
    return frozenset(text for text, _, _ in statements), frozenset(one for one in places if one[1] in module(one[0]))


@functools.cache
def named(path: Path, name: str, root: Path) -> list[Place]:
    """The statements that a name in *path* stands for; `module.name` stands for one statement of that module."""
    base, _, attribute = name.partition(".")
    found = [(path, base)]
    for _, _, origin in module(path).get(base, ()):
        if origin is not None:
            found += located(absolute(origin[0], path, root), origin[1], attribute, root)
    return found


def absolute(origin: str, path: Path, root: Path) -> str:
    """The full name of a module that *path* imports, by its full name or by a relative one."""
    name = origin.lstrip(".")
    level = len(origin) - len(name)
    package = path.relative_to(root).parts[:-level] if level else ()
    return ".".join(filter(None, [*package, name]))


def located(origin: str, name: str, attribute: str, root: Path) -> list[Place]:
    """Where `from origin import name` leads within the project: one statement, or what is used of a module."""
    file = file_of(origin, root)
    if file and name in module(file):
        return [(file, name)]
    file = file_of(f"{origin}.{name}".strip("."), root)
    if file is None:
        return []
    return [(file, attribute)] if attribute in module(file) else [(file, one) for one in module(file)]


@functools.cache
def file_of(dotted: str, root: Path) -> Path | None:
    """The file of a module of the project, or None."""
    stem = root.joinpath(*dotted.split("."))
    return next((file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.is_file()), None)


@functools.cache
def module(path: Path) -> dict[str, list[Statement]]:
    """Each top-level name of a file: the texts that bind it, the names those use, whence it is imported if it is."""
    text, statements = parsed(path)
    lines = without_comments(text)
    bound: dict[str, list[Statement]] = {}
    for node, nodes in statements:
        imported = imports_of(node)
        for name, (origin, one) in imported.items():
            bound.setdefault(name, []).append((f"{origin}.{one}", frozenset(), (origin, one)))
        if not imported:
            entry: Statement = (text_of(node, nodes, lines), names_in(nodes), None)
            for name in names_bound(node, nodes):
                bound.setdefault(name, []).append(entry)
    return bound


@functools.cache
def parsed(path: Path) -> tuple[str, list[tuple[ast.stmt, list[ast.AST]]]]:
    """The text of a file, and its statements, each with all its nodes: to walk them is most of what all this costs."""
    text = path.read_text(encoding="utf-8")
    return text, [(node, list(ast.walk(node))) for node in ast.parse(text).body]


def without_comments(text: str) -> list[str]:
    """The lines of a file without its comments; a `#` within a string is none."""
    lines = text.split("\n")
    if "#" not in text:
        return lines
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return lines


def text_of(node: ast.stmt, nodes: list[ast.AST], lines: list[str]) -> str:
    """The lines of *node* (all its *nodes*) from its first decorator on, without docstrings and blank lines."""
    dropped: set[int] = set()
    for inner in nodes:
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(inner):
            dropped.update(range(inner.body[0].lineno, last(inner.body[0]) + 1))
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    kept = (lines[number - 1].rstrip() for number in range(first, last(node) + 1) if number not in dropped)
    return "\n".join(line for line in kept if line)


def names_in(nodes: list[ast.AST]) -> frozenset[str]:
    """Every name that *nodes* read; `module.name` where only that much of a module is used."""
    dotted = {
        id(one.value): f"{one.value.id}.{one.attr}"
        for one in nodes
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
    }
    return frozenset(dotted.get(id(one), one.id) for one in nodes if isinstance(one, ast.Name))


def last(node: ast.stmt) -> int:
    """The last line of a statement."""
    return node.end_lineno or node.lineno


def names_bound(node: ast.stmt, nodes: list[ast.AST]) -> list[str]:
    """The names that a top-level statement other than an import binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    return [inner.id for inner in nodes if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)]


def imports_of(node: ast.stmt) -> dict[str, tuple[str, str]]:
    """What an import statement binds: for each name, the module and what is taken from it (or "" for all of it)."""
    if isinstance(node, ast.ImportFrom):
        origin = "." * node.level + (node.module or "")
        return {alias.asname or alias.name: (origin, alias.name) for alias in node.names}
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.split(".")[0]: (alias.name, "") for alias in node.names}
    return {}
