"""What an environment's packages have when they are imported. Runs inside that environment; prints JSON.

Static analysis alone misses what a package builds while it is imported: re-exports, names that a module's `__getattr__`
offers, inherited members, signals, commands. Any Python from 3.6 can run it, without anything but the standard library.
"""

# ruff: noqa: UP006, UP032, UP035

import ast
import importlib
import inspect
import json
import pkgutil
import sys
import sysconfig
import types
import warnings
from typing import Any, Dict, List, Optional, Tuple

Json = Dict[str, Any]
SKIPPED = ("__main__", "tests", "testsuite", "conftest", "examples")
LIBRARY = sysconfig.get_paths()["stdlib"]
TABLES = {"DEFAULT_FILTERS": "filter", "DEFAULT_TESTS": "test", "DEFAULT_NAMESPACE": "global"}  # of template engines


def look(roots: List[str], programs: List[Tuple[str, str, str]]) -> Json:
    """Everything in the top-level modules *roots*, and the commands of *programs* (command, module, attribute).

    A command `*` has the name of the group.
    """
    found: Json = {"modules": {}, "classes": {}, "failed": {}, "commands": {}, "prefixes": {}, "special": {}}
    for root in roots:
        names = module_names(root, found["failed"])  # not those in a folder without __init__.py, but these are loaded
        loaded = [name for name in sys.modules if name.startswith(root + ".") and not {*name.split(".")} & {*SKIPPED}]
        for name in sorted({*names, *loaded}):
            module = imported(name, found["failed"])
            if module is not None:
                found["modules"][name] = module_facts(module, roots, found)
    for command, name, attribute in programs:
        module = imported(name, found["failed"])
        for group in groups_of(module, attribute):
            add_commands(found, command.replace("*", str(group.name)), group)
    return found


def module_names(root: str, failed: Dict[str, str]) -> List[str]:
    """The root and all its submodules, without tests."""
    module = imported(root, failed)
    path = getattr(module, "__path__", None) or []
    names = [root]
    for found in pkgutil.iter_modules(path):
        if found.name not in SKIPPED:
            names += module_names(root + "." + found.name, failed) if found.ispkg else [root + "." + found.name]
    return names


def imported(name: str, failed: Dict[str, str]) -> Optional[types.ModuleType]:
    """The module, or None if it cannot be imported."""
    try:
        return importlib.import_module(name)
    except BaseException as error:
        failed[name] = "{}: {}".format(type(error).__name__, " ".join(str(error).split())[:200])
        return None


def module_facts(module: types.ModuleType, roots: List[str], found: Json) -> Json:
    """The names of a module: for each its kind, its definition if that has another path, and its deprecation."""
    offered, is_open = offered_names(module)
    names = {}
    for name in sorted({*dir(module), *map(str, getattr(module, "__all__", None) or ()), *offered}):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value = getattr(module, name)
            except BaseException:  # noqa: S112
                continue  # a lazy name whose import fails
        announced = [str(item.message) for item in caught if is_deprecation(item.category)]
        if not name.startswith("__") or name == "__version__":
            names[name] = [kind_of(value), definition(value), announced[0] if announced else None]
        if issubclass(type(value), type):  # not isinstance: a lazy object would load what it stands for
            add_class(value, roots, found)
        if name in TABLES and issubclass(type(value), dict):
            found["special"].setdefault(TABLES[name], []).extend(sorted(map(str, value)))
    return {"names": names, "open": is_open}


def is_deprecation(category: type) -> bool:
    """Whether a warning announces that something will go."""
    return issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)) or (
        category.__name__.endswith("DeprecationWarning")
    )


def offered_names(module: types.ModuleType) -> Tuple[List[str], bool]:
    """The names that the module's `__getattr__` compares with, and whether it offers others too."""
    function = vars(module).get("__getattr__") or getattr(type(module), "__getattr__", None)
    if function is None:
        return [], False
    try:
        tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return [], True
    texts = [
        getattr(part, "s", None) or getattr(part, "value", None)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Compare, ast.Dict))
        for part in ast.walk(node)
    ]
    for node in ast.walk(tree):
        for named in node.comparators if isinstance(node, ast.Compare) else ():
            listed = vars(module).get(named.id) if isinstance(named, ast.Name) else None
            texts += listed if isinstance(listed, (dict, list, tuple, set, frozenset)) else ()
    names = [text for text in texts if isinstance(text, str) and text.isidentifier()]
    lazy = getattr(module, "__all__", None)  # a lazy module lists what it offers
    return names, not (names or lazy)


def kind_of(value: Any) -> str:
    """The kind of a module's member; by its type, as a proxy pretends to be what it stands for."""
    kind = type(value)
    if issubclass(kind, type):
        return "class"
    if issubclass(kind, types.ModuleType):
        return "module"
    if issubclass(kind, (types.FunctionType, types.BuiltinFunctionType)):
        return "function"
    return "signal" if kind.__name__ in ("NamedSignal", "_FakeSignal") else "attribute"


def definition(value: Any) -> Optional[str]:
    """The path of the module or class or function that *value* is; None if it is something else."""
    if issubclass(type(value), types.ModuleType):
        return str(value.__name__)
    if not issubclass(type(value), (type, types.FunctionType, types.BuiltinFunctionType)):
        return None
    found: Any = sys.modules.get(str(value.__module__))
    for part in value.__qualname__.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    return "{}.{}".format(value.__module__, value.__qualname__) if found is value else None


def add_class(cls: type, roots: List[str], found: Json) -> None:
    """Add the facts of a class of *roots*, and of its bases there."""
    path = definition(cls)
    if path is None or path in found["classes"] or path.split(".")[0] not in roots:
        return
    facts: Json = {"bases": [], "names": {}, "also": [], "open": opens(cls)}
    found["classes"][path] = facts
    for name, value in vars(cls).items():
        if not name.startswith("__"):
            is_function = isinstance(value, (types.FunctionType, classmethod, staticmethod))
            facts["names"][name] = "function" if is_function else "attribute"
        if name == "default_config" and isinstance(value, dict):
            defaults = {key: repr(value[key]) for key in value if isinstance(key, str) and key.isupper()}
            found["special"].setdefault("config", {}).update(defaults)
    for base in cls.__bases__:
        if is_standard(base) or definition(base) is None:
            facts["also"] += [name for name in dir(base) if not name.startswith("_") and name != "add_note"]
        else:
            facts["bases"].append(definition(base))
            add_class(base, roots, found)


def opens(cls: type) -> bool:
    """Whether objects of a class have names that it does not list: it computes them, or a subclass must add some."""
    hooks = ("__getattr__", "__getattribute__")
    return (
        inspect.isabstract(cls)
        or any(hook in vars(cls) for hook in hooks)
        or any("__getattr__" in vars(meta) for meta in inspect.getmro(type(cls)) if meta is not type)
    )


def is_standard(cls: type) -> bool:
    """Whether a class is built in or of the standard library."""
    module = sys.modules.get(cls.__module__)
    path = getattr(module, "__file__", None)
    return path is None or (path.startswith(LIBRARY) and "site-packages" not in path)


def groups_of(module: Optional[types.ModuleType], attribute: str) -> List[Any]:
    """The command named *attribute*; if that is a plain function, the module's groups of commands."""
    values = [getattr(module, attribute, None), *(vars(module).values() if module else ())]
    commands = [value for value in values if {"Command", "Group"} & {base.__name__ for base in type(value).__mro__}]
    return commands[:1] if commands and commands[0] is values[0] else [x for x in commands if hasattr(x, "commands")]


def add_commands(found: Json, command: str, group: Any) -> None:
    """Add a command, its options (with the variable that each reads), and its subcommands."""
    options = found["commands"].setdefault(command, {"--help": None})
    for parameter in group.params:
        for option in [*parameter.opts, *parameter.secondary_opts]:
            if option.startswith("-"):
                options[option] = [parameter.name, parameter.envvar if isinstance(parameter.envvar, str) else None]
    prefix = (getattr(group, "context_settings", None) or {}).get("auto_envvar_prefix")
    if prefix:
        found["prefixes"][command] = prefix
    for name, child in sorted(getattr(group, "commands", {}).items()):
        add_commands(found, command + " " + name, child)


def main() -> None:
    """Read the question from standard input; print the answer to standard output, where no import can print."""
    output, sys.stdout = sys.stdout, sys.stderr
    warnings.simplefilter("ignore")
    question = json.load(sys.stdin)
    json.dump({name: look(asked["roots"], asked["programs"]) for name, asked in question.items()}, output)


if __name__ == "__main__":
    main()
