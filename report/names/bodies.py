"""What only the bodies of functions show: announced deprecations, attributes set on `self`, and keys that are read."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from report.names.announcements import (
    about,
    always_warned,
    constant,
    is_itself,
    strings,
    subjects,
    tested,
    warned_if,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
WORD = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
TABLES = {"filters": "filter", "tests": "test", "globals": "global"}


@dataclass
class Bodies:
    """What the bodies of a package's functions show.

    *announced*: the text of a deprecation, by path; a parameter is `path(name)`. *attributes*: set on `self`, by class.
    *special*: default (or None) by kind and name. *spoken*: upper-case names in announcements, with the text.
    """

    announced: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, set[str]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    special: dict[str, dict[str, str | None]] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    passed: list[tuple[str, str, str, str]] = field(default_factory=list)  # function, parameter, to function, parameter
    handed: list[tuple[str, str]] = field(default_factory=list)  # class whose method gives itself to a function
    setters: set[str] = field(default_factory=set)  # functions that set attributes of their first argument
    given: set[tuple[str, str]] = field(default_factory=set)  # module, and what it sets on an object of others
    prefixes: dict[str, str] = field(default_factory=dict)  # of configuration keys, by the table that has the rest
    tables: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def finish(self) -> None:
        """Add what follows from several bodies."""
        self.open |= {path for path, helper in self.handed if helper in self.setters or helper.endswith(".setattr")}
        for function, parameter, helper, name in self.passed:
            if text := self.announced.get(f"{helper}({name})"):
                self.announced.setdefault(f"{function}({parameter})", text)
        for name, table in self.tables.items():
            if name in self.prefixes or "config" in name.lower():
                prefix = self.prefixes.get(name, "")
                self.special.setdefault("config", {}).update({prefix + key: value for key, value in table.items()})
        for values in self.special.values():
            for name, default in values.items():
                values[name] = self.constants.get(default or "", default)


class Reader(ast.NodeVisitor):
    """Reads one module into *bodies*."""

    def __init__(self, module: str, bodies: Bodies) -> None:
        self.path = [module]
        self.module = module
        self.bodies = bodies
        self.function: Function | None = None

    def visit_Module(self, node: ast.Module) -> None:
        """Read the module's own announcements, its constants, then all below."""
        for text in always_warned(node.body):
            self.bodies.announced[self.module] = text
        for statement in node.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
                if isinstance(target, ast.Name):
                    self.read_constant(target.id, statement.value)
        self.generic_visit(node)

    def read_constant(self, name: str, value: ast.expr) -> None:
        """Remember a constant, and the keys of a table of configuration keys."""
        if WORD.fullmatch(name) and isinstance(value, ast.Constant | ast.Call):
            self.bodies.constants.setdefault(name, shortened(value))
        if not isinstance(value, ast.Dict | ast.List | ast.Tuple):
            return
        keys = value.keys if isinstance(value, ast.Dict) else value.elts
        defaults = value.values if isinstance(value, ast.Dict) else [None] * len(keys)
        pairs = {text: default for key, default in zip(keys, defaults, strict=True) if (text := constant(key))}
        if pairs and all(map(WORD.fullmatch, pairs)):
            self.bodies.tables[name] = {key: shortened(default) if default else None for key, default in pairs.items()}

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Read a class."""
        self.path.append(node.name)
        path, outer = ".".join(self.path), self.function
        self.function = None
        if is_itself(text := ast.get_docstring(node) or ""):
            self.bodies.announced[path] = text
        self.read_decorators(node, path)
        self.generic_visit(node)
        self.function = outer
        self.path.pop()

    def visit_FunctionDef(self, node: Function) -> None:
        """Read a function; what is inside another function has no public path."""
        is_setter = any(getattr(item, "attr", "") in ("setter", "deleter") for item in node.decorator_list)
        if self.function is None and not is_setter:
            self.function = node
            self.read_function(node, ".".join([*self.path, node.name]))
            self.generic_visit(node)
            self.function = None
        else:
            self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def read_function(self, node: Function, path: str) -> None:
        """Read what a function announces, and what it sets on its first parameter."""
        parameters = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
        self.read_decorators(node, path)
        self.read_announcements(node, path, parameters)
        if parameters and len(self.path) == 1 and f"setattr({parameters[0]}," in ast.unparse(node):
            self.bodies.setters.add(path)
        if parameters and len(self.path) > 1:
            self.read_self(node, parameters[0], ".".join(self.path))

    def read_announcements(self, node: Function, path: str, parameters: list[str]) -> None:
        """Read what a function announces of itself (of its class, if it makes the objects) and of its parameters."""
        owner = ".".join(self.path) if node.name in ("__init__", "__new__") else path
        for text in always_warned(node.body):
            self.bodies.announced[owner] = text  # says more than a docstring
            self.read_spoken(text)
        for text, test in warned_if(node.body):
            self.read_spoken(text)
            for name in about(text, parameters) or tested(test, parameters):
                self.bodies.announced.setdefault(f"{owner}({name})", text)
        if is_itself(docstring := ast.get_docstring(node) or ""):
            self.bodies.announced.setdefault(owner, docstring)
        passed = [
            (owner, keyword.value.id, f"{self.module}.{name}", keyword.arg)
            for name, call in keywords_passed(node)
            for keyword in call.keywords
            if isinstance(keyword.value, ast.Name) and keyword.arg and keyword.value.id in parameters
        ]
        self.bodies.passed += passed

    def read_decorators(self, node: Function | ast.ClassDef, path: str) -> None:
        """Read `@deprecated("…")`."""
        for item in node.decorator_list:
            if isinstance(item, ast.Call) and "deprecated" in ast.unparse(item.func):
                self.bodies.announced[path] = strings(item)

    def read_spoken(self, text: str) -> None:
        """Remember the configuration keys and environment variables that an announcement is about."""
        for name in subjects(text):
            if WORD.fullmatch(name):
                self.bodies.spoken.setdefault(name, text)

    def read_self(self, node: Function, itself: str, path: str) -> None:
        """Read the attributes that a method sets; one that sets names it computes makes the class open."""
        for item in ast.walk(node):
            if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store) and is_name(item.value, itself):
                self.bodies.attributes.setdefault(path, set()).add(item.attr)
            if isinstance(item, ast.Call) and item.args:
                if ast.unparse(item.func) == f"{itself}.__dict__.update":
                    self.bodies.open.add(path)
                if isinstance(item.func, ast.Name) and is_name(item.args[0], itself):
                    self.bodies.handed.append((path, f"{self.module}.{item.func.id}"))

    def visit_Call(self, node: ast.Call) -> None:
        """Read `config.get("X", 1)`, `os.environ.get("X")`, `os.getenv("X")`, `jinja_env.globals.update(x=…)`."""
        function, name = node.func, constant(node.args[0]) if node.args else None
        method = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        receiver = function.value if isinstance(function, ast.Attribute) else None
        default = shortened(node.args[1]) if len(node.args) > 1 else None
        if method in ("get", "setdefault", "pop", "getenv", "__getitem__") and name:
            self.add_key(receiver, name, default, method)
        if method == "setdefault" and len(node.args) == 2 and name == "auto_envvar_prefix":
            self.bodies.special.setdefault("prefix", {})[constant(node.args[1]) or ""] = None
        if method == "update" and isinstance(receiver, ast.Attribute) and receiver.attr in TABLES:
            for keyword in node.keywords:
                if keyword.arg:
                    self.bodies.special.setdefault(TABLES[receiver.attr], {})[keyword.arg] = None
        self.generic_visit(node)

    def add_key(self, receiver: ast.expr | None, name: str, default: str | None, method: str) -> None:
        """Add a key that is read from a configuration or from the environment."""
        is_variable = method == "getenv" or (receiver is not None and ast.unparse(receiver) == "os.environ")
        kind = "env" if is_variable else "config" if is_config(receiver) else ""
        if kind and WORD.fullmatch(name) and (kind == "config" or method != "pop"):
            known = self.bodies.special.setdefault(kind, {})
            known[name] = known.get(name) or default

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Read `config["X"]`, `os.environ["X"]`, and `jinja_env.filters["x"] = …`."""
        name = constant(node.slice)
        if name and isinstance(node.ctx, ast.Load):
            self.add_key(node.value, name, None, "")
        table = getattr(node.value, "attr", "")
        if name and isinstance(node.ctx, ast.Store) and table in TABLES:
            self.bodies.special.setdefault(TABLES[table], {})[name] = None
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Read `app.login_manager = …`: packages give attributes to objects of others."""
        parameters = [argument.arg for argument in self.function.args.args] if self.function else []
        for target in node.targets:
            path = ast.unparse(target)
            first, _, rest = path.partition(".")
            if isinstance(target, ast.Attribute) and re.fullmatch(r"\w+(\.[a-z]\w*)+", path):
                is_argument = first in parameters[0 if len(self.path) == 1 else 1 :] and "." not in rest
                self.bodies.given.add((self.module, f"*.{rest}" if is_argument else path))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Read `"X" in config`."""
        name = constant(node.left)
        if name and isinstance(node.ops[0], ast.In | ast.NotIn):
            self.add_key(node.comparators[0], name, None, "")
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        """Read `for key, value in TABLE.items(): config.setdefault("PREFIX_" + key, value)`."""
        table = re.fullmatch(r"(\w+)\.items\(\)", ast.unparse(node.iter))
        for item in ast.walk(node):
            if table and isinstance(item, ast.Call) and re.search(r"config\.setdefault$", ast.unparse(item.func)):
                self.bodies.prefixes[table[1]] = strings(item.args[0])
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        """Read the names that a context processor gives to templates."""
        if self.function is not None and re.search("context_processor|ctx_processor", self.function.name):
            keys: list[str | None] = []
            if isinstance(node.value, ast.Dict):
                keys = [constant(key) for key in node.value.keys if key]
            elif isinstance(node.value, ast.Call) and is_name(node.value.func, "dict"):
                keys = [keyword.arg for keyword in node.value.keywords]
            self.bodies.special.setdefault("global", {}).update({key: None for key in keys if key})
        self.generic_visit(node)


def shortened(expression: ast.expr | str) -> str:
    """An expression in at most 60 characters."""
    text = expression if isinstance(expression, str) else ast.unparse(expression)
    return text if len(text) <= 60 else f"{text[:59]}…"


def is_name(node: ast.expr | None, name: str) -> bool:
    """Whether an expression is this plain name."""
    return isinstance(node, ast.Name) and node.id == name


def is_config(node: ast.expr | None) -> bool:
    """Whether an expression, a name or an attribute, is called like the configuration of an application."""
    return getattr(node, "id", getattr(node, "attr", "")) in ("config", "_config", "cfg")


def keywords_passed(node: Function) -> Iterator[tuple[str, ast.Call]]:
    """The calls of plain functions with keywords."""
    for item in ast.walk(node):
        if isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.keywords:
            yield item.func.id, item
