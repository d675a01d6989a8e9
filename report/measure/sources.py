"""One text of the statements that bind some names in several files: the source of a script (`report/script.py`).

The files share one namespace, each after those that it imports. `real.fetch` stays as it is written: after the
statements of `real.py` comes `real = module("real")`, a module with the names so far. So a file may bind a name again,
unless an earlier one reads it without its module.

Library considered: stickytape and pinliner keep modules whole, as strings that nobody can read.
"""

import ast
import functools
import re
import symtable
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from itertools import chain
from pathlib import Path

from report.errors import ReportError
from report.probe import fingerprint
from report.probe.fingerprint import Symbol

BLOCK = re.compile(r"^(@|async |class |def )", re.MULTILINE)


@dataclass(frozen=True)
class Import:
    """What a name is imported from: a module, and its attribute ("" for the module itself).

    *file* is the project's file that binds the attribute, or that is the module; None for what is installed.
    """

    module: str
    attribute: str
    file: Path | None = None

    @property
    def origin(self) -> object:
        """What tells it from other things with the same name."""
        return self.file or (self.module if self.attribute else self.module.split(".")[0], self.attribute)


@dataclass(frozen=True)
class Statement:
    """A top-level statement, no import: its *text* with the comments above, and the names that it binds and reads.

    *imports* are the names that the imports within an `if` or `try` bind.
    """

    text: str
    binds: frozenset[str]
    reads: frozenset[str]
    imports: frozenset[str]


@dataclass(frozen=True)
class Flat:
    """The text: its *imports*, and the statements of each file. `__file__` became a path in the folder `FILES`."""

    imports: str
    sections: Mapping[Path, str]


def topic(path: Path) -> str:
    """The first line of a file's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem).split("\n")[0]


@functools.cache
def statements(path: Path) -> Sequence[Statement]:
    """The top-level statements of a file, but for its imports."""
    text = path.read_text(encoding="utf-8")
    kept = (each for each in ast.parse(text).body if not isinstance(each, (ast.Import, ast.ImportFrom)))
    return [parse(each, text.split("\n")) for each in kept]


def parse(node: ast.stmt, lines: Sequence[str]) -> Statement:
    """The statement at a *node* of the file with these *lines*."""
    nodes = [*ast.walk(node)]
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    code = "\n".join(lines[first - 1 : node.end_lineno])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    inner = [each for each in nodes if isinstance(each, ast.stmt)] if isinstance(node, (ast.If, ast.Try)) else []
    return Statement(
        "\n".join(lines[first - 1 : node.end_lineno]),
        frozenset(fingerprint.names_bound(node, nodes)),
        frozenset(global_names(symtable.symtable(code, "", "exec"))),
        frozenset(name for each in inner for name in fingerprint.imported_names(each)),
    )


def global_names(table: symtable.SymbolTable) -> Iterator[str]:
    """The global names that a scope and those within it read."""
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from global_names(inner)


def flatten(last: Path, symbols: Collection[Symbol], root: Path) -> Flat:
    """The statements that bind *symbols*, those of the file *last* at the end.

    Raises:
        ReportError: a name without its module stands for two things.
    """
    reached = {*symbols}
    extra = {each for path in {path for path, _ in reached} for each in configuration(path, reached, root)}
    read = [(path, name) for path, _ in symbols for each in statements(path) if each in extra for name in each.reads]
    reached |= fingerprint.reachable(read, root)
    chosen = {path: [*needed(path, reached, extra)] for path in in_order(last, reached, root)}
    reached |= {(path, name) for path, several in chosen.items() for each in several for name in each.reads}
    ends = check(chosen, reached, root)
    sections = {path: section(path.relative_to(root), several, ends.get(path, [])) for path, several in chosen.items()}
    return Flat(import_text(reached, root), {path: text for path, text in sections.items() if text})


@functools.cache
def imports_of(symbol: Symbol, root: Path) -> Sequence[Import]:
    """The imports that bind a symbol."""
    (path, bound), found = symbol, []
    for each in fingerprint.top_level_bindings(path).get(bound, ()):
        if each.imported:
            module, name = resolve_name(each.imported[0], ".".join(path.relative_to(root).parts[:-1])), each.imported[1]
            file, inner = (fingerprint.module_file(dotted, root) for dotted in (module, f"{module}.{name}".strip(".")))
            ours = file and name in fingerprint.top_level_bindings(file)
            found.append(Import(module, name, file) if ours else Import(module, "" if inner else name, inner))
    return found


def configuration(path: Path, reached: set[Symbol], root: Path) -> Iterator[Statement]:
    """The statements of a file that bind nothing and use a third-party package that is reached: they configure it."""
    used = {each.module.split(".")[0] for symbol in reached for each in imports_of(symbol, root) if each.file is None}
    used -= {*sys.stdlib_module_names, "pytest"}
    for statement in statements(path):
        read = chain.from_iterable(imports_of((path, name), root) for name in statement.reads)
        if not statement.binds and used & {each.module.split(".")[0] for each in read}:
            yield statement


def needed(path: Path, reached: set[Symbol], extra: set[Statement]) -> Iterator[Statement]:
    """The statements of a file that bind what is reached, the *extra* ones, and conditional imports for them."""
    wanted = [each for each in statements(path) if each in extra or any((path, name) in reached for name in each.binds)]
    read = {name for each in wanted for name in each.reads}
    return (each for each in statements(path) if each in wanted or each.imports & read)


def in_order(last: Path, symbols: Iterable[Symbol], root: Path) -> list[Path]:
    """The files of *symbols*, each after those that it imports, and the file *last* at the end."""
    files = sorted({path for path, _ in symbols})
    graph = {path: {each / "conftest.py" for each in path.parents[1:] if path.name == "conftest.py"} for path in files}
    for symbol in symbols:
        graph[symbol[0]] |= {each.file for each in imports_of(symbol, root) if each.file}
    graph[last] = {*files}
    return [*TopologicalSorter({path: sorted((graph[path] & {*files}) - {path}) for path in files}).static_order()]


def check(chosen: Mapping[Path, Sequence[Statement]], reached: set[Symbol], root: Path) -> dict[Path, list[str]]:
    """The lines that come after the statements of a file: modules, other names of symbols, and overridden fixtures.

    Raises ReportError if a name that a statement reads would stand for something else.
    """
    imports = {symbol: each for symbol in sorted(reached) for each in imports_of(symbol, root)}
    owners = {name: each.origin for (_, name), each in imports.items()}
    owners |= {name: path for path, several in chosen.items() for each in several for name in each.binds}
    bound = {(path, name) for path, several in chosen.items() for each in several for name in each.binds}
    for path, statement in ((path, each) for path, several in chosen.items() for each in several):
        for name in statement.reads:
            imported = imports.get((path, name))
            meant = path if (path, name) in bound else imported.origin if imported else None
            if owners.get(name) != meant:
                raise ReportError(f"{name} in {path} stands for two things in a script.", "Rename one of them.")
    lines: dict[Path, list[str]] = {}
    for (_, name), each in imports.items():
        if each.file and name != each.attribute:
            lines.setdefault(each.file, []).append(f'{name} = {each.attribute or f"""module("{name}")"""}')
    *before, last = chosen
    fixtures = {name for path, name in bound if path in before and path.name == "conftest.py"}
    if any((last, name) in bound for name in fixtures):
        lines.setdefault(before[-1], []).append('conftest = module("conftest")')
    return {path: [*dict.fromkeys(several)] for path, several in lines.items()}


def section(file: Path, chosen: Sequence[Statement], end: Sequence[str]) -> str:
    """The statements of a file, with the space between them that formatters leave."""
    parts = []
    for before, statement in zip([None, *chosen], chosen, strict=False):
        if before:
            parts.append("\n\n\n" if BLOCK.search(f"{before.text}\n{statement.text}") else "\n")
        parts.append(statement.text)
    text = re.sub(r"(?<![.\w])__file__\b", f'FILES, "{file.as_posix()}"', "".join(parts))
    return "\n\n\n".join(filter(None, [text, "\n".join(end)]))


def import_text(symbols: Iterable[Symbol], root: Path) -> str:
    """The import statements of what is installed: the standard library's first."""
    lines: dict[tuple[bool, str], set[str]] = {}
    for name, each in ((symbol[1], each) for symbol in symbols for each in imports_of(symbol, root) if not each.file):
        top = each.module.split(".")[0]
        alias = "" if name == (each.attribute or top) else f" as {name}"
        key = top not in sys.stdlib_module_names, f"from {each.module} import" if each.attribute else "import"
        lines.setdefault(key, set()).add(f"{each.attribute or each.module}{alias}")
    groups: dict[bool, list[str]] = {False: [], True: []}
    for (installed, start), several in sorted(lines.items(), key=lambda item: (item[0][1] != "import", item[0][1])):
        each_alone = sorted(several) if start == "import" else [", ".join(sorted(several))]
        groups[installed] += [f"{start} {names}" for names in each_alone]
    return "\n\n".join("\n".join(group) for group in groups.values() if group)
