"""The names that Python code uses, each with what the code itself says of its receiver.

Considered: jedi, which resolves against what is installed here, not against each release.
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate

Word = tuple[str, int, int]  # a name, and where it begins and ends
Bindings = dict[str, str | None]  # what a name (with brackets: a call) refers to; None: something unknown
KEYS = ("update", "from_mapping", "setdefault", "get", "pop")  # methods of the configuration that take keys
GUARD = re.compile(r"except.*\b(?:ImportError|ModuleNotFoundError|AttributeError)\b")
GUARDED_IMPORT = re.compile(rf"{GUARD.pattern}|except(?:\s*:|.*\bException\b)")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
PLACEHOLDER = re.compile(r"(?<=[(=,\s\[])<[A-Za-z_][\w .-]*>")  # for a value, as in `run(port=<port>)`
OPTIONAL = re.compile(r"\[(\s*,[^\[\]]*)\]")  # arguments, as in `set_cookie(key[, value])`
LAST = re.compile(r"(?<=_)[^_]+\Z|(?<=[a-z])[A-Z][a-z]+\Z")  # the last word of a name of several
SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
LIKELY = "*"  # ends the path of what something likely is, or is a kind of: it may have more, and less


@dataclass(frozen=True)
class Use:
    """A dotted name in code: *attributes* of what *base* names; each ends at its place in *ends*.

    *base* is empty for the name of a module. *proven*: the code, not a convention, says what it is. *bound*: the code
    sets the name. A parameter is an attribute in brackets.
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
    """What is commonly meant about a *subject*: as `[tool.report]` says, and as the index and the article at hand do.

    *receivers*: what names refer to; *types*: what an attribute or (with brackets) a call is one of. One that ends with
    a dot is the beginning of the names of modules, which begin otherwise now. *programs*: the commands of shell lines.
    *namespaces*: where a name without a receiver is looked for.
    """

    subject: str = ""
    receivers: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    is_class: Callable[[str], bool] = bool
    exists: Callable[[str], bool] = bool
    returned: Callable[[str], str | None] = lambda _: None  # the class of what a function returns
    is_own: Callable[[str], bool] = bool  # whether a module is one of the article's own files
    meant: Callable[[str, list[str]], str | None] = lambda *_: None  # the module for which one stands that has names
    place: Callable[[str], str | None] = lambda _: None  # where the index has a name without a receiver

    def meaning(self, name: str, bindings: Bindings) -> str | None:
        """What a name refers to: as the code says, or else by convention, also that of its last word (`auth_bp`)."""
        usual, word = self.receivers.get(name), LAST.search(name)
        last = self.receivers.get(word[0].lower()) if word else None
        last = last if last and (last.endswith(LIKELY) or not name[0].isupper()) else None
        if name in bindings:
            path = bindings[name] or (usual if usual and usual.endswith(LIKELY) else None)
            is_unknown = not path or not self.exists(path.partition(".")[0])
            return likely(last) if is_unknown and last and name[0].isupper() else path  # a class of another file
        return usual or likely(self.place(name) or last)

    def module(self, name: str) -> str:
        """The name that a module has now."""
        start, stop, last = name.rpartition(".")
        return self.types.get(f"{start}.", start + stop) + last


def likely(path: str | None) -> str | None:
    """The path of what is likely that, or a kind of that."""
    return path and path.rstrip(LIKELY) + LIKELY


def parse(source: str) -> ast.Module:
    """The tree of a piece of code, without its warnings; raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source.replace("\r", " "))
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error), ("", 1, 1, "")) from error


class Reader(ast.NodeVisitor):
    """Collects the *uses* of names in a piece of code, and the *keys* of the configuration that it names.

    *bindings* says what names refer to, from the start and after; *own*: names from the article's own modules. *bare*:
    names that are called or decorate, and that nothing binds; *words*: others that nothing binds. The bindings also say
    what attributes of the article's own classes likely are, by their names with a dot before. Raises SyntaxError.
    """

    def __init__(self, source: str, bindings: Bindings, conventions: Conventions) -> None:
        self.source = NOT_ASCII.sub("x", source)  # so that columns, which count bytes, count characters
        self.starts = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
        self.bindings, self.conventions = {**bindings}, conventions
        self.uses: list[Use] = []
        self.keys: list[Word] = []
        self.bare: list[Word] = []
        self.words: list[Word] = []
        self.own: set[str] = set()
        self.given: list[str | None] | None = None  # what the function at hand returns or yields
        self.kinds: list[str] = []  # what the objects of the class at hand likely are
        self.guarded = False
        try:
            tree = parse(self.source)
        except SyntaxError:  # perhaps it shows how a call is made
            tree = parse(OPTIONAL.sub(r" \1 ", PLACEHOLDER.sub(lambda match: "x" * len(match[0]), self.source)))
        self.visit(tree)

    def _span(self, node: ast.expr | ast.alias | ast.stmt | ast.keyword) -> tuple[int, int]:
        last = (node.end_lineno or node.lineno) - 1
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[last] + (node.end_col_offset or 0)

    def _use(self, base: str, name: str, start: int, **more: bool) -> None:
        """Note a name that is written from *start* on, unless the code is ready for its absence."""
        parts = tuple(name.split("."))
        ends = tuple(start + size - 1 for size in accumulate(len(part.strip("()")) + 1 for part in parts))
        if not self.guarded and start >= 0:
            self.uses.append(Use(base, parts, start, ends, **more))

    # Names are bound

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._use("", alias.name, self._span(alias)[0])
            root = alias.name.partition(".")[0]
            self.bindings[alias.asname or root] = self.conventions.module(alias.name) if alias.asname else root

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "" if node.level else node.module or ""
        names = [alias.asname or alias.name for alias in node.names]
        start = self.source.find(module, self._span(node)[0])
        meant = self.conventions.meant(module, [alias.name for alias in node.names]) if module else None
        if meant:
            if not self.guarded and start >= 0:
                self.uses.append(Use("", (module,), start, (start + len(module),)))
        elif not module or self.conventions.is_own(module):  # they are what another block says
            self.own.update(names)
            unknown = dict.fromkeys(name for name in names if name not in self.conventions.receivers)
            self.bindings = {**unknown, **self.bindings}
            return
        else:
            self._use("", module, start)
            meant = self.conventions.module(module)
        module = meant
        for alias, name in zip(node.names, names, strict=True):
            is_known = self.conventions.exists(module.partition(".")[0])  # else perhaps one of the author's
            self.bindings[name] = (not is_known and likely(self.bindings.get(name))) or f"{module}.{alias.name}"
            if alias.name != "*":
                self._use(module, alias.name, self._span(alias)[0])

    def visit_Try(self, node: ast.Try) -> None:
        imports = any(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in node.body)
        guard = GUARDED_IMPORT if imports else GUARD
        before = self.guarded
        self.guarded = any(guard.match(ast.unparse(handler)) for handler in node.handlers)
        for part in (*node.body, *node.handlers):
            self.visit(part)
        self.guarded = before
        for part in (*node.orelse, *node.finalbody):
            self.visit(part)

    def _bind(self, target: ast.expr | None, value: ast.expr | None) -> None:
        path = self.path(value) if value else None
        if target:
            self.visit(target)
        if isinstance(target, ast.Attribute):
            self._keep(target.attr, path)
        if isinstance(target, ast.Name):
            self.bindings[target.id] = path or (self._usual(target.id) if self._is_own_call(value) else None)
            if self.given is None and target.id.isupper():
                (self.keys if SETTING.fullmatch(target.id) else self.words).append((target.id, *self._span(target)))

    def _keep(self, attribute: str, path: str | None) -> None:
        """Note what an attribute of the article's own objects is, if it has a class."""
        name = (path or "").rstrip(LIKELY)
        if self.conventions.is_class(name) and self.conventions.exists(name):
            self.bindings[f".{attribute}"] = likely(path)

    def _usual(self, name: str) -> str | None:
        return likely(self.conventions.receivers.get(name))

    def _is_own_call(self, node: ast.expr | None) -> bool:
        """Whether an expression calls a function (no class) of which the code says nothing else."""
        function = node.func if isinstance(node, ast.Call) else None
        return isinstance(function, ast.Name) and function.id.islower() and not self.bindings.get(function.id)

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """Names that are bound inside mean nothing after it; but attributes do."""
        outer, self.bindings = self.bindings, {**self.bindings}
        yield
        self.bindings = outer | {name: path for name, path in self.bindings.items() if name.startswith(".")}

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign | ast.NamedExpr) -> None:
        if node.value:
            self.visit(node.value)
        self._bind(node.target, node.value)

    visit_NamedExpr = visit_AnnAssign

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        self._bind(node.optional_vars, node.context_expr)

    def visit_Name(self, node: ast.Name, called: bool = False) -> None:
        module, _, name = (self.bindings.get(node.id) or "").rpartition(".")
        if not isinstance(node.ctx, ast.Load):
            self.bindings[node.id] = None
        elif name == node.id:  # as it was imported
            self._use(module, name, self._span(node)[0])
        elif node.id not in self.bindings and not self.guarded:
            (self.bare if called else self.words).append((node.id, *self._span(node)))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and SETTING.fullmatch(node.value):
            start, end = self._span(node)
            self.words.append((node.value, start + 1, end - 1))

    def visit_arg(self, node: ast.arg) -> None:
        said = self.path(node.annotation) if node.annotation else None
        if node.annotation:
            self.visit(node.annotation)
        fixture = self.bindings.get(f"{node.arg}()")
        self.bindings[node.arg] = said or fixture or (None if node.arg == "self" else self._usual(node.arg))

    def visit_Lambda(self, node: ast.Lambda) -> None:
        with self._scope():
            self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = (likely(self.path(base)) or "" for base in node.bases)
        outer, self.kinds = self.kinds, [path for path in bases if self.conventions.exists(path.rstrip(LIKELY))]
        with self._scope():
            self.generic_visit(node)
            for statement in (each for each in node.body if isinstance(each, ast.Assign)):
                for target in (each for each in statement.targets if isinstance(each, ast.Name)):
                    if "_" in target.id and (kind := self._heir(target.id)):
                        self._use(kind, target.id, self._span(target)[0], bound=True)
                    self._keep(target.id, self.path(statement.value))
        self.bindings[node.name], self.kinds = next(iter(self.kinds), None), outer

    def _heir(self, name: str) -> str | None:
        """The base from which the class at hand has a name."""
        paths = ((kind, f"{kind.rstrip(LIKELY)}.{name}") for kind in self.kinds)
        types, exists = self.conventions.types, self.conventions.exists
        return next((kind for kind, path in paths if path in types or exists(path)), None)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit_Name(decorator, called=True) if isinstance(decorator, ast.Name) else self.visit(decorator)
        if kind := self._heir(node.name):  # it overrides that
            self._use(kind, node.name, self.source.find(f" {node.name}", self._span(node)[0]) + 1, bound=True)
        before, self.given = self.given, []
        with self._scope():
            self.visit(node.args)
            begin = f"{node.name.partition('_')[0]}_"
            if kind := self._heir(begin):  # it is called because of how its name begins
                path = self.conventions.types.get(f"{kind.rstrip(LIKELY)}.{begin}")
                self.bindings |= {each.arg: path for each in node.args.args[1:] if not self.bindings[each.arg]}
            if "self" in self.bindings:
                self.bindings["self"] = next(iter(self.kinds), None)
            for part in node.body:
                self.visit(part)
            said = self.path(node.returns) if node.returns else None
            given = {said} if said else {*self.given}
        if not node.args.args or node.args.args[0].arg != "self":  # else it is no method, printed without its class
            self.bindings[node.name] = None
        if len(given) == 1:
            self.bindings[f"{node.name}()"] = given.pop()
        self.given = before

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Return(self, node: ast.Return | ast.Yield) -> None:
        self.generic_visit(node)
        if self.given is not None and node.value:
            self.given.append(self.path(node.value))

    visit_Yield = visit_Return

    # Names are used

    def visit_Attribute(self, node: ast.Attribute, called: bool = False) -> None:
        chain: list[ast.Attribute] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            chain.insert(0, root)
            root = root.value
        name = root.id if isinstance(root, ast.Name) and root.id not in self.bindings else ""
        if not name or name.startswith("_") or self.conventions.place(name):
            self.visit(root)
        names, ends = tuple(part.attr for part in chain), tuple(self._span(part)[1] for part in chain)
        bound = not isinstance(node.ctx, ast.Load)
        base, (start, end) = self.path(root) or "?", self._span(root)
        if not self.guarded and not (bound and base == "?"):
            if name and base in ("?", name):
                base, names, ends = "", (name, *names), (end, *ends)  # a module, perhaps
            own = [(len(chain) - at, path) for at, part in enumerate(chain[:-1], 1) if (path := self._own(part))]
            for left, path in own[-1:]:
                base, names, ends = path, names[-left:], ends[-left:]
            self.uses.append(Use(base, names, start, ends, self._is_proven(root), called, bound))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self.visit_Attribute(node.func, called=True)
        elif isinstance(node.func, ast.Name):
            self.visit_Name(node.func, called=True)
        else:
            self.visit(node.func)
        path = self.path(node.func)
        for part in (*node.args, *node.keywords):
            self.visit(part)
        if path:
            self._parameters(node, path)
        parent, _, method = (path or "").rstrip(LIKELY).rpartition(".")
        if method in KEYS and parent == self.conventions.receivers.get("config"):
            for keyword in (keyword for keyword in node.keywords if keyword.arg):
                start = self._span(keyword)[0]
                self.keys.append((keyword.arg or "", start, start + len(keyword.arg or "")))
            for argument in node.args[:1]:
                for key in argument.keys if isinstance(argument, ast.Dict) else [argument]:
                    self._key(key)

    def _parameters(self, node: ast.Call, path: str) -> None:
        """Note the keywords of a call, and the arguments that have the name of a parameter, as in a signature."""
        for keyword in node.keywords:
            if keyword.arg:
                self._use(path, f"({keyword.arg})", self._span(keyword)[0], proven=self._is_proven(node.func))
        for argument in node.args:
            if isinstance(argument, ast.Name) and self.conventions.exists(f"{path.rstrip(LIKELY)}({argument.id})"):
                self._use(path, f"({argument.id})", self._span(argument)[0])

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        path = self.path(node.value)
        if path and path.rstrip(LIKELY) == self.conventions.receivers.get("config"):
            self._key(node.slice)

    def _key(self, node: ast.expr | None) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            start, end = self._span(node)
            self.keys.append((node.value, start + 1, end - 1))

    # What an expression is

    def _is_proven(self, node: ast.expr) -> bool:
        while isinstance(node, (ast.Attribute, ast.Call)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self.bindings

    def _own(self, node: ast.Attribute) -> str | None:
        """What an attribute of an object of the article's own classes likely is."""
        parent = self.path(node.value)
        if parent and not parent.endswith(LIKELY):
            return None
        is_self = isinstance(node.value, ast.Name) and node.value.id == "self"
        return self.bindings.get(f".{node.attr}") or (self._usual(node.attr) if is_self else None)

    def path(self, node: ast.expr) -> str | None:
        """The dotted name of what an expression is, or None: an instance has the name of its class."""
        types = self.conventions.types
        if isinstance(node, ast.Name):
            is_module = node.id not in self.bindings and self.conventions.exists(node.id)
            return self.conventions.meaning(node.id, self.bindings) or (node.id if is_module else None)
        if isinstance(node, ast.Attribute):
            parent = self.path(node.value) or ""
            name, is_likely = f"{parent.rstrip(LIKELY)}.{node.attr}", not parent or parent.endswith(LIKELY)
            path = types.get(name, (is_likely and types.get(f"*.{node.attr}")) or (parent and name))
            return self._own(node) or (likely(path) if parent.endswith(LIKELY) else path or None)
        if isinstance(node, ast.Call):
            called = self.path(node.func)
            if isinstance(node.func, ast.Name) and f"{node.func.id}()" in self.bindings:
                return self.bindings[f"{node.func.id}()"]
            name = (called or "").rstrip(LIKELY)
            if self.conventions.is_class(name):
                return called
            return types.get(f"{name}()") or (likely(self.conventions.returned(name)) if called else None)
        if isinstance(node, ast.Subscript):
            return types.get(f"{self.path(node.value)}[]")
        return None
