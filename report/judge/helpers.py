"""The helpers of the tests: the project's fixtures, functions, classes and constants that a test reaches.

They are read from the project's files as these are now. A test has helpers only if these files give it the fingerprint
that it has in the result: otherwise the result is of other files.
"""

import ast
import linecache
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from report.judge.results import Checked
from report.probe.fingerprint import Symbol, digest, names_bound, reachable, texts_and_references

Kind = Literal["fixture", "automatic", "helper"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef | ast.Assign | ast.AnnAssign
Edges = dict[Symbol, set[Symbol]]  # what a symbol refers to


@dataclass(frozen=True)
class Helper:
    """A fixture, a function, a class or a constant at a *line* of a file (*path*), with its *source*.

    *about* is the first line of its docstring. *kind* is "automatic" for a fixture that needs no request. *uses* has
    the helpers that it refers to, as positions in the list of all helpers.
    """

    name: str
    path: str
    line: int
    about: str
    kind: Kind
    uses: Sequence[int]
    source: str = ""


@dataclass(frozen=True)
class Helpers:
    """*all* helpers, by file and line; *used* has the positions of those that a test refers to, by the test's id."""

    all: Sequence[Helper] = ()
    used: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def reached(self, tests: Iterable[str]) -> list[tuple[int, Helper]]:
        """The automatic fixtures, what *tests* (ids) refer to, and what that refers to; with positions."""
        found = {position for test in tests for position in self.used.get(test, ())}
        found |= {position for position, helper in enumerate(self.all) if found and helper.kind == "automatic"}
        queue = list(found)
        while queue:
            new = {*self.all[queue.pop()].uses} - found
            found |= new
            queue += new
        return [(position, self.all[position]) for position in sorted(found)]


def read(root: Path, vocabulary: Path, checked: Sequence[Checked]) -> Helpers:
    """Find the helpers of claims and corrections in the project at *root*; the names in *vocabulary* are no helpers."""
    tests = {each.id: _symbol(root, each.id) for each in checked}
    edges: Edges = {}
    for each in checked:
        requests = _requests(tests[each.id], root)
        symbols = reachable([*requests], root)
        if requests and each.fingerprint in _digests(tests[each.id], symbols, root):
            for symbol in symbols:
                edges[symbol] = {*texts_and_references(*symbol, root)[1], *requests.get(symbol, ())}
    others = {*tests.values()}  # a correction refers to the claim that it corrects
    helpers = [symbol for symbol in edges if _definition(symbol) and symbol not in others and symbol[0] != vocabulary]
    helpers.sort(key=lambda symbol: (symbol[0], _line(symbol), symbol[1]))
    positions = {symbol: position for position, symbol in enumerate(helpers)}
    found = [_helper(symbol, root, _uses(symbol, edges, positions)) for symbol in helpers]
    return Helpers(found, {test: _uses(symbol, edges, positions) for test, symbol in tests.items() if symbol in edges})


def _uses(symbol: Symbol, edges: Edges, positions: Mapping[Symbol, int]) -> list[int]:
    """The positions of the helpers to which *symbol* refers, itself or by an import."""
    found: set[Symbol] = set()
    queue = [*edges[symbol]]
    while queue:
        end = queue.pop()
        if end not in found:
            found.add(end)
            queue += () if end in positions or _definition(end) else edges[end]
    return sorted(positions[end] for end in found - {symbol} if end in positions)


def _digests(test: Symbol, symbols: Iterable[Symbol], root: Path) -> set[str]:
    """The fingerprints of a test that reaches *symbols*: its docstring counts if it is a property of Hypothesis."""
    texts = {text for symbol in symbols for text in texts_and_references(*symbol, root)[0]}
    return {digest(texts), digest(texts | {_docstring(_definition(test))})}


def _symbol(root: Path, test: str) -> Symbol:
    path, _, name = test.partition("::")
    return root / path, name.partition("[")[0]


def _requests(test: Symbol, root: Path) -> dict[Symbol, list[Symbol]]:
    """Return the fixtures that *test* requests, those that they request, and so on; {} if there is no such test."""
    if not _definition(test):
        return {}
    visible = _visible_fixtures(test[0], root)
    automatic = [symbol for symbols in visible.values() for symbol in symbols if _kind(symbol) == "automatic"]
    requests: dict[Symbol, list[Symbol]] = {}
    queue = [test, *automatic]
    while queue:
        symbol = queue.pop()
        if symbol not in requests:
            requests[symbol] = [fixture for name in _arguments(symbol) for fixture in visible.get(name, ())]
            queue += requests[symbol]
    return requests


@cache
def _visible_fixtures(path: Path, root: Path) -> dict[str, list[Symbol]]:
    """Return the fixtures that a test in *path* can request, by name: of its module and of each conftest.py above."""
    found: dict[str, list[Symbol]] = {}
    for file in (path, *(folder / "conftest.py" for folder in path.parents if folder.is_relative_to(root))):
        for name in _definitions(file):
            if _kind((file, name)) != "helper":
                found.setdefault(name, []).append((file, name))
    return found


@cache
def _definitions(path: Path) -> dict[str, Definition]:
    """Return the top-level definitions of a file, by name; none if it cannot be read."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return {}
    found = (node for node in tree.body if isinstance(node, Definition))
    walked = {node: [] if isinstance(node, Function | ast.ClassDef) else [*ast.walk(node)] for node in found}
    return {name: node for node, nodes in walked.items() for name in names_bound(node, nodes)}


def _definition(symbol: Symbol) -> Definition | None:
    return _definitions(symbol[0]).get(symbol[1])


def _line(symbol: Symbol) -> int:
    node = _definition(symbol)
    return node.lineno if node else 0


def _docstring(node: Definition | None) -> str:
    return ast.get_docstring(node) or "" if isinstance(node, Function | ast.ClassDef) else ""


def _decorators(node: Definition | None) -> list[ast.expr]:
    return node.decorator_list if isinstance(node, Function | ast.ClassDef) else []


def _arguments(symbol: Symbol) -> set[str]:
    """Return the names of a function's arguments, without those that a table (`parametrize`) gives."""
    node = _definition(symbol)
    if not isinstance(node, Function):
        return set()
    calls = [decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
    tables = [call.args[0] for call in calls if ast.unparse(call.func).endswith("parametrize")]
    given = {name for table in tables for name in ast.unparse(table).replace("'", " ").replace(",", " ").split()}
    return {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - given


def _helper(symbol: Symbol, root: Path, uses: Sequence[int]) -> Helper:
    path, name = symbol
    node = _definitions(path)[name]
    about = re.sub(r"\*(\w+)\*", r"`\1`", _docstring(node).partition("\n")[0])  # an argument is code
    first = min([node.lineno, *(decorator.lineno for decorator in _decorators(node))])
    source = "".join(linecache.getlines(str(path))[first - 1 : node.end_lineno]).rstrip()
    return Helper(name, path.relative_to(root).as_posix(), node.lineno, about, _kind(symbol), uses, source)


def _kind(symbol: Symbol) -> Kind:
    decorators = " ".join(map(ast.unparse, _decorators(_definition(symbol))))
    return "helper" if "fixture" not in decorators else "automatic" if "autouse" in decorators else "fixture"
