"""One text of the statements that bind some names in several files: the source of a script (`report/script.py`).

The modules of the project become one module: `real.fetch` becomes `fetch`, and a name that two of them bind gets the
name of its module as a prefix in one of them.

Library considered: stickytape and pinliner keep modules whole, as strings that nobody can read.
"""

import ast
import functools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import resolve_name
from pathlib import Path

from report.errors import ReportError
from report.probe import fingerprint
from report.probe.fingerprint import Symbol

UNPACKING = {("os", "", ""), ("tempfile", "", ""), ("pathlib", "Path", "")}  # what unpacks the files that a claim reads
Imports = set[tuple[str, str, str]]  # module, attribute ("" for the module itself), the name that it gets ("" for none)


@dataclass(frozen=True)
class Module:
    """A file: its statements, and its text as lines of UTF-8, as syntax trees count columns."""

    path: Path
    statements: Sequence[ast.stmt]
    lines: Sequence[bytes]

    @property
    def topic(self) -> str:
        """The first line of its docstring."""
        return (ast.get_docstring(ast.Module([*self.statements], [])) or self.path.stem).split("\n")[0]


@dataclass(frozen=True)
class Flat:
    """The text: the *imports*, then for each file its statements; *packages* are the top-level names that it imports.

    *reads_files*: it reads files of the project, which it expects in a folder called `FILES`.
    """

    imports: str
    sections: Mapping[Path, str]
    packages: frozenset[str]
    reads_files: bool


@functools.cache
def read(path: Path) -> Module:
    """The module in a file."""
    text = path.read_text(encoding="utf-8")
    return Module(path, ast.parse(text).body, text.encode().split(b"\n"))


def flatten(symbols: Iterable[Symbol], runner: Iterable[Symbol], root: Path) -> Flat:
    """The statements that bind *symbols*, and then *runner*, in the order in which their files import each other.

    Raises:
        ReportError: a name stands for two things, and neither can be renamed.
    """
    reached = {*symbols}
    reached |= fingerprint.reachable_symbols([*configuration(reached, root)], root)
    files = in_order({path for path, _ in reached}, root)
    runner = {*runner}
    files += in_order({path for path, _ in runner} - {*files}, root)
    reached |= runner
    chosen = {path: [*statements(path, reached, root)] for path in files}
    imports: Imports = set()
    for path in files:
        imports |= imports_of(path, chosen[path], root)
    reads_files = any("__file__" in names_read(each) for each in statements_of(chosen))
    imports |= UNPACKING if reads_files else set()
    imports -= {("collections.abc", name, alias) for module, name, alias in imports if module == "typing"}
    flattening = Flattening(root, names_of(reached, chosen, imports, {*hiding(chosen, root)}))
    sections = {path: flattening.section(path, chosen[path]) for path in files}
    packages = frozenset(module.split(".")[0] for module, _, _ in imports)
    kept = {path: text for path, text in sections.items() if text}
    return Flat(import_text(imports), kept, packages, reads_files)


def statements_of(chosen: Mapping[Path, Sequence[ast.stmt]]) -> Iterator[ast.stmt]:
    """All the chosen statements, without the last file's."""
    yield from (each for path in chosen for each in chosen[path] if "probe" not in path.parts)


def hiding(chosen: Mapping[Path, Sequence[ast.stmt]], root: Path) -> Iterator[Symbol]:
    """What a statement refers to as `module.name` while it has a variable called `name`."""
    for path, statement in ((file, each) for file, several in chosen.items() for each in several):
        local = bound_within(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in local:
                found = fingerprint.resolve(path, f"{node.value.id}.{node.attr}", root)
                yield from (symbol for symbol in found if symbol[0] != path)


def names_read(statement: ast.stmt) -> set[str]:
    """The first parts of the names that a statement reads."""
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def configuration(reached: set[Symbol], root: Path) -> Iterator[Symbol]:
    """What the statements that configure a package read (see `configures`)."""
    for path in sorted({file for file, _ in reached}):
        for statement in read(path).statements:
            if configures(path, statement, reached, root):
                yield from (
                    (path, name) for name in names_read(statement) if name in fingerprint.top_level_bindings(path)
                )


def configures(path: Path, statement: ast.stmt, reached: set[Symbol], root: Path) -> bool:
    """Whether a statement that binds nothing calls a third-party package that the other reached files import."""
    if not isinstance(statement, (ast.Expr, ast.If)) or isinstance(getattr(statement, "value", None), ast.Constant):
        return False
    own = {module.split(".")[0] for module, _, _ in imports_of(path, [statement], root)}
    used = {
        binding.imported[0].split(".")[0]
        for other, name in reached
        if other != path
        for binding in fingerprint.top_level_bindings(other).get(name, ())
        if binding.imported
    }
    return bool((own & used) - sys.stdlib_module_names - {"pytest"})


def statements(path: Path, reached: set[Symbol], root: Path) -> Iterator[ast.stmt]:
    """The statements of a file that bind what is reached, those that configure a package, and conditional imports."""
    names = {name for file, name in reached if file == path}
    bodies = [each for each in read(path).statements if not isinstance(each, (ast.Import, ast.ImportFrom))]
    wanted = [
        each
        for each in bodies
        if names & {*fingerprint.names_bound(each, [*ast.walk(each)])} or configures(path, each, reached, root)
    ]
    needed = {name for each in wanted for name in names_read(each)}
    yield from (each for each in bodies if each in wanted or needed & conditional_imports(each))


def conditional_imports(statement: ast.stmt) -> set[str]:
    """The names that the imports within a top-level `if` or `try` bind."""
    if not isinstance(statement, (ast.If, ast.Try)):
        return set()
    return {
        name for node in ast.walk(statement) if isinstance(node, ast.stmt) for name in fingerprint.imported_names(node)
    }


def in_order(files: set[Path], root: Path) -> list[Path]:
    """*files*, each after those that it imports."""
    ordered: list[Path] = []

    def add(path: Path) -> None:
        for binding in (each for bound in fingerprint.top_level_bindings(path).values() for each in bound):
            for file in imported_files(path, binding, root):
                if file in files and file != path and file not in ordered:
                    add(file)
        if path not in ordered:
            ordered.append(path)

    for path in sorted(files, key=lambda path: (path.name != "conftest.py", path)):
        add(path)
    return ordered


def imported_files(path: Path, binding: fingerprint.Binding, root: Path) -> list[Path]:
    """The project's files that an import names."""
    if binding.imported is None:
        return []
    module, name = absolute(path, binding.imported, root)
    found = (fingerprint.module_file(each, root) for each in (module, f"{module}.{name}".strip(".")))
    return [file for file in found if file]


def absolute(path: Path, imported: tuple[str, str], root: Path) -> tuple[str, str]:
    """The module, and the attribute, of an import in a file."""
    package = ".".join(path.relative_to(root).parts[:-1])
    return resolve_name(imported[0], package), imported[1]


def imports_of(path: Path, chosen: Iterable[ast.stmt], root: Path) -> Imports:
    """What the *chosen* statements of a file need of the imports at its top, the project's own left out."""
    needed = {name for each in chosen for name in names_read(each)}
    found: Imports = set()
    for statement in read(path).statements:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        for alias in statement.names:
            bound = alias.asname or alias.name.split(".")[0]
            module = statement.module or "" if isinstance(statement, ast.ImportFrom) else alias.name
            attribute = alias.name if isinstance(statement, ast.ImportFrom) else ""
            ours = getattr(statement, "level", 0) or fingerprint.module_file(module.split(".")[0], root)
            if bound in needed and not ours and module != "__future__":
                found.add((module, attribute, alias.asname or ""))
    return found


def names_of(
    reached: set[Symbol], chosen: Mapping[Path, Sequence[ast.stmt]], imports: Imports, hidden: set[Symbol]
) -> dict[Symbol, str]:
    """The name of each reached symbol in the text: its own, unless an import or a file with precedence has it.

    The file that imports the others has precedence over them: it has the fixtures and the claim. What is
    *hidden* by a variable is renamed.
    """
    owners: dict[str, object] = dict.fromkeys(alias or name or module.split(".")[0] for module, name, alias in imports)
    names = {}
    backwards = [*chosen][::-1]
    for path in sorted(backwards, key=lambda file: "probe" in file.parts):
        bound = {name for each in chosen[path] for name in fingerprint.names_bound(each, [*ast.walk(each)])}
        for name in sorted(bound):
            stem = path.parent.name if path.stem == "__init__" else path.stem
            free = name if name not in owners and (path, name) not in hidden else f"{stem}_{name}"
            owners.setdefault(free, path)
            if owners[free] != path:
                raise ReportError(f"{name} of {path} has no name of its own in a script.", "Rename it.")
            names[path, name] = free
    return {symbol: name for symbol, name in names.items() if symbol in reached}


def import_text(imports: Imports) -> str:
    """The import statements: the standard library's first."""
    lines: dict[bool, list[str]] = {True: [], False: []}
    for module, name, alias in sorted(imports, key=lambda each: (each[0].lower(), each[0])):
        if not name:
            lines[module.split(".")[0] in sys.stdlib_module_names].append(
                f"import {module} as {alias}" if alias else f"import {module}"
            )
    froms: dict[str, list[str]] = {}
    for module, name, alias in sorted(imports):
        if name:
            froms.setdefault(module, []).append(f"{name} as {alias}" if alias else name)
    for module in sorted(froms, key=str.lower):
        lines[module.split(".")[0] in sys.stdlib_module_names].append(
            f"from {module} import {', '.join(froms[module])}"
        )
    return "\n\n".join("\n".join(group) for group in (lines[True], lines[False]) if group)


@dataclass(frozen=True)
class Flattening:
    """Writes statements with the *names* that the symbols have in the text."""

    root: Path
    names: Mapping[Symbol, str]

    def section(self, path: Path, chosen: Sequence[ast.stmt]) -> str:
        """The statements of a file, with the space between them that formatters leave."""
        parts: list[str] = []
        for before, statement in zip([None, *chosen], chosen, strict=False):
            blocks = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            if before is not None:
                parts.append("\n\n\n" if isinstance(statement, blocks) or isinstance(before, blocks) else "\n")
            parts.append(self.text(path, statement))
        return "".join(parts)

    def text(self, path: Path, statement: ast.stmt) -> str:
        """A statement with the comments above it, and the names that the text gives to what it refers to."""
        lines = [*read(path).lines]
        for line, start, end, new in sorted(self.edits(path, statement), reverse=True):
            lines[line - 1] = lines[line - 1][:start] + new.encode() + lines[line - 1][end:]
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
        while first > 1 and lines[first - 2].startswith(b"#"):
            first -= 1
        return b"\n".join(lines[first - 1 : statement.end_lineno]).decode()

    def edits(self, path: Path, statement: ast.stmt) -> Iterator[tuple[int, int, int, str]]:
        """The places of names that change: line, first and last column, and the new name."""
        local = bound_within(statement)
        own = getattr(statement, "name", None)
        overridden = self.overridden(path, own) if own in local else None
        dotted = {id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
        for node in ast.walk(statement):
            if overridden and own and isinstance(node, (ast.arg, ast.Name)) and own == name_of(node):
                yield node.lineno, node.col_offset, node.col_offset + len(own), overridden
            elif isinstance(node, ast.Name) and node.id not in local:
                if not (id(node) in dotted and self.is_module(path, node.id)):
                    yield from self.edit(path, node, node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in local:
                yield from self.edit(path, node, f"{node.value.id}.{node.attr}")
        if own and (new := self.names.get((path, own), own)) != own:
            line = read(path).lines[statement.lineno - 1]
            start = line.index(f" {own}".encode()) + 1
            yield statement.lineno, start, start + len(own.encode()), new

    def edit(self, path: Path, node: ast.expr, name: str) -> Iterator[tuple[int, int, int, str]]:
        """The change of one name, or of `module.name`; none if it stays."""
        if name == "__file__" and "probe" not in path.parts:
            file = path.relative_to(self.root).as_posix()
            yield node.lineno, node.col_offset, node.end_col_offset or 0, f'FILES, "{file}"'
            return
        found = [symbol for symbol in fingerprint.resolve(path, name, self.root) if symbol in self.names]
        dotted = isinstance(node, ast.Attribute)
        if len(found) != 1 or (dotted and found[0][0] == path) or self.names[found[0]] == name:
            return
        line = read(path).lines[node.lineno - 1]
        if node.lineno != node.end_lineno or line[node.col_offset : node.end_col_offset] != name.encode():
            raise ReportError(f"{name} in {path}:{node.lineno} cannot be renamed.", "Write it outside of an f-string.")
        yield node.lineno, node.col_offset, node.end_col_offset or 0, self.names[found[0]]

    def is_module(self, path: Path, name: str) -> bool:
        """Whether *name* stands for a module of the project."""
        imports = (each.imported for each in fingerprint.top_level_bindings(path).get(name, ()) if each.imported)
        modules = (".".join(absolute(path, imported, self.root)) for imported in imports)
        return any(fingerprint.module_file(module.strip("."), self.root) for module in modules)

    def overridden(self, path: Path, name: str) -> str | None:
        """The name, in the text, of the fixture that the fixture *name* of a file overrides and requests."""
        others = [new for (file, old), new in self.names.items() if old == name and file != path and new != name]
        return others[0] if others else None


def name_of(node: ast.arg | ast.Name) -> str:
    """The name of a parameter or of a variable."""
    return node.arg if isinstance(node, ast.arg) else node.id


def bound_within(statement: ast.stmt) -> set[str]:
    """The names that a statement binds in scopes of its own: parameters, variables, inner functions and imports."""
    names: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and not isinstance(statement, (ast.Assign, ast.AnnAssign))
        ):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node is not statement:
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {*fingerprint.imported_names(node)}
    return names
