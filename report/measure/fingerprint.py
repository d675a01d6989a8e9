"""A fingerprint of a claim's test: of its source and of all that it refers to in the project.

An outcome is good as long as the test that gave it stands. The text itself is hashed, not a syntax tree,
so that every Python gives the same fingerprint; docstrings and comments do not count.
"""

import ast
import functools
import hashlib
import inspect
from pathlib import Path


def fingerprint(item, function):
    """Twelve hexadecimal digits over *function*, its decorators, and the fixtures and helpers it reaches."""
    root = item.config.rootpath
    fixtures = [
        definition[-1].func
        for name, definition in item._fixtureinfo.name2fixturedefs.items()
        if name in item.fixturenames
    ]
    wanted = [(path_of(one), one.__name__) for one in map(inspect.unwrap, [function, *fixtures])]
    texts = reach([(path, name) for path, name in wanted if is_ours(path, root)], root)
    return hashlib.sha256("\0".join(sorted(texts)).encode()).hexdigest()[:12]


def is_ours(path, root):
    """Tell whether *path* is the project's own and not an installed package's."""
    return root in path.parents and "site-packages" not in path.parts


def path_of(function):
    """The file in which *function* is written."""
    return Path(function.__code__.co_filename)


def reach(wanted, root):
    """The texts of the named top-level statements, and of those that they name in turn."""
    seen, queue, texts = set(), list(wanted), set()
    while queue:
        path, name = queue.pop()
        if (path, name) in seen:
            continue
        seen.add((path, name))
        for text, names, imports in module(path).get(name, ()):
            texts.add(text)
            queue.extend((path, other) for other in names)
            queue.extend(target for imported in imports for target in locate(imported, root))
    return texts


def locate(imported, root):
    """Where `from module import name` leads, if it stays within the project: one statement, or a whole module."""
    origin, name = imported
    for path, wanted in ((origin, name), (f"{origin}.{name}", None)):
        file = root / (path.replace(".", "/") + ".py")
        if not file.is_file():
            file = root / path.replace(".", "/") / "__init__.py"
        if file.is_file() and (wanted is None or wanted in module(file)):
            return [(file, wanted)] if wanted else [(file, one) for one in module(file)]
    return []


@functools.lru_cache(maxsize=None)
def module(path):
    """Each top-level name of a file: the texts that bind it, the names those use, what those import."""
    lines = path.read_text(encoding="utf-8").splitlines()
    bound = {}
    for node in ast.parse("\n".join(lines)).body:
        entry = (text_of(node, lines), names_in(node), imports_of(node))
        for name in names_bound(node):
            bound.setdefault(name, []).append(entry)
    return bound


def text_of(node, lines):
    """The lines of *node* from its first decorator on, without docstrings, comment lines and blank lines."""
    dropped = set()
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(inner):
            dropped.update(range(inner.body[0].lineno, inner.body[0].end_lineno + 1))
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    kept = (lines[number - 1].rstrip() for number in range(first, node.end_lineno + 1) if number not in dropped)
    return "\n".join(line for line in kept if line and not line.lstrip().startswith("#"))


def names_in(node):
    """Every name that *node* reads."""
    return frozenset(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def names_bound(node):
    """The names that a top-level statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.split(".")[0] for alias in node.names]
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)]


def imports_of(node):
    """What an import statement brings: pairs of a module and a name in it."""
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [(node.module, alias.name) for alias in node.names]
    if isinstance(node, ast.Import):
        return [tuple(alias.name.rpartition(".")[::2]) for alias in node.names if "." in alias.name]
    return []
