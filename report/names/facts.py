"""What a package has at one version: what its sources say, joined with what is there when it is imported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from report.names.announcements import named
from report.names.static import Sources


@dataclass
class Fact:
    """A name at one version; the fields are those of `store.Name`, *bases* and *parameters* without ranges."""

    kind: str = "attribute"
    alias: str | None = None
    type: str | None = None
    default: str | None = None
    is_deprecated: bool = False
    message: str | None = None
    open: bool = False
    also: set[str] = field(default_factory=set)
    bases: list[str] = field(default_factory=list)
    parameters: dict[str, "Fact"] = field(default_factory=dict)
    members: dict[str, "Fact"] = field(default_factory=dict)


@dataclass
class Facts:
    """What a package has: *objects* by the path of their definition, and *places*, where each can be found.

    *places* has, by public path, the path of the definition, which can be in another package. *modules* and
    *namespaces* (such as `config:`) are by name.
    """

    objects: dict[str, Fact] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    modules: dict[str, Fact] = field(default_factory=dict)
    namespaces: dict[str, Fact] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)  # at a place, not at the definition
    failed: dict[str, str] = field(default_factory=dict)


class Joiner:
    """Joins both looks at a package; *indexed*: the top-level modules of all packages of the index."""

    def __init__(self, living: Mapping[str, Any], sources: Sources, roots: list[str], indexed: set[str]) -> None:
        self.living, self.sources, self.roots, self.indexed = living, sources, roots, indexed
        self.facts = Facts(failed=living["failed"])
        self.kept = self.kept_names()

    def join(self) -> Facts:
        """Everything that is public."""
        for module, found in self.living["modules"].items():
            for name, (kind, definition, text) in found["names"].items():
                self.add_place(module, name, kind, definition, text)
        for module in self.sources.members.keys() & {*self.living["failed"]}:
            for name, kind in self.sources.members[module].items():
                self.add_place(module, name, kind, None, None)
            for name in [path for path in self.sources.imports if path.rpartition(".")[0] == module]:
                self.add_place(module, name.rpartition(".")[2], "attribute", None, None)
        for module in {*self.living["modules"], *(self.living["failed"].keys() & self.sources.members.keys())}:
            if self.is_public(module):
                fact = self.facts.modules.setdefault(module, Fact("module"))
                fact.open = self.living["modules"].get(module, {}).get("open", False)
                self.announce(fact, module)
        for definition in {*self.facts.places.values()} - self.facts.modules.keys():
            if definition.split(".")[0] in self.roots:
                self.facts.objects[definition] = self.object_at(definition)
        self.add_namespaces()
        return self.facts

    def kept_names(self) -> set[str]:
        """Underscore names that the top module exports: part of what users import."""
        kept = {"__version__"}
        for root in self.roots:
            for name, (_, definition, text) in self.living["modules"].get(root, {"names": {}})["names"].items():
                target = definition or self.sources.imports.get(f"{root}.{name}", "")
                is_own = target.split(".")[0] in self.roots and not target.startswith(f"{root}._")
                if name.startswith("_") and not name.startswith("__") and (text or (is_own and target.count("."))):
                    kept.add(name)
        return kept

    def is_public(self, path: str) -> bool:
        """Whether no component of a path is private."""
        *owners, last = path.split(".")
        return not any(part.startswith("_") for part in owners) and (not last.startswith("_") or last in self.kept)

    def add_place(self, module: str, name: str, kind: str, definition: str | None, text: str | None) -> None:
        """Add what a module offers under a name: a definition, a re-export, or (without details) something else."""
        path = f"{module}.{name}"
        target = self.imported_from(path) if kind in ("attribute", "signal") or definition is None else definition
        if not self.is_public(path) or (target in self.living["modules"] and target == path):
            return
        root = target.split(".")[0]
        if root not in self.indexed:
            fact = self.facts.modules.setdefault(module, Fact("module"))
            fact.also.add(name)
            return
        if root in self.roots and target != path and "." in target and definition is None:
            owner, _, last = target.rpartition(".")
            if last not in self.living["modules"].get(owner, {"names": {last}})["names"]:
                target = path  # the import says more than there is
        if root not in self.roots and kind != "module" and path in self.sources.imports:
            target = self.imported_from(path)  # `markupsafe.escape`, not `markupsafe._speedups.escape`
        self.facts.places[path] = target
        if text:
            self.facts.announced[path] = text

    def imported_from(self, path: str) -> str:
        """Where an imported name is defined, as far as the imports of this package say; else *path* itself."""
        seen: set[str] = set()
        while path in self.sources.imports and path not in seen:
            seen.add(path)
            path = self.sources.imports[path]
        return path

    def object_at(self, path: str) -> Fact:
        """What is defined at a path of this package."""
        module, _, name = path.rpartition(".")
        if path in self.living["classes"] or path in self.sources.bases:
            fact = self.class_at(path)
        else:
            kind = self.living["modules"].get(module, {"names": {}})["names"].get(name, [None])[0]
            kind = kind or self.sources.members.get(module, {}).get(name, "attribute")
            fact = self.member_at(path, "attribute" if kind in ("class", "module") else kind)
        self.announce(fact, path)
        return fact

    def member_at(self, path: str, kind: str) -> Fact:
        """A function or attribute."""
        fact = Fact(kind)
        found = self.sources.types.get(path)
        is_known = found is not None and found.split(".")[0] in self.indexed and self.is_public(found)
        if kind == "function":
            self.add_parameters(fact, path)
            is_class = found in self.sources.bases or (found or "").split(".")[0] not in self.roots
            fact.type = found if is_known and is_class else None
        elif found is not None:
            fact.type = found if is_known else ""
        self.announce(fact, path)
        return fact

    def add_parameters(self, fact: Fact, path: str) -> None:
        """Add what a function or a class can be called with."""
        if path not in self.sources.parameters:
            fact.open = True
            return
        fact.open |= path in self.sources.open
        for name, default in self.sources.parameters[path].items():
            fact.parameters[name] = Fact(default=default)
            self.announce(fact.parameters[name], f"{path}({name})")

    def announce(self, fact: Fact, path: str) -> None:
        """Mark a fact as deprecated if the sources say so."""
        if text := self.sources.bodies.announced.get(path):
            fact.is_deprecated, fact.message = True, named(text, path.rstrip(")").replace("(", ".").split(".")[-1])

    def class_at(self, path: str) -> Fact:
        """A class with its own members, and with those of its private bases."""
        living = self.living["classes"].get(path)
        fact = Fact("class", open=path in self.sources.bodies.open)
        if path in self.sources.parameters:
            fact.members["__init__"] = Fact("function")
            self.add_parameters(fact.members["__init__"], path)
        kinds = {**self.sources.members.get(path, {}), **(living["names"] if living else {})}
        for name in kinds:
            if not name.startswith("_"):
                kind = self.sources.members.get(path, {}).get(name, kinds[name])
                fact.members[name] = self.member_at(f"{path}.{name}", kind if kind == "function" else "attribute")
        if living is not None:
            fact.open |= living["open"]
            fact.also |= set(living["also"]) - fact.members.keys()
        for base in living["bases"] if living is not None else self.sources.bases.get(path, ()):
            self.add_base(fact, base)
        return fact

    def add_base(self, fact: Fact, base: str) -> None:
        """Add a base: a link to a public class of the index, the members of a private class, or openness."""
        root = base.split(".")[0]
        if root in self.roots and base not in {*self.facts.places.values()}:
            inherited = self.class_at(base)
            for name, member in inherited.members.items():
                fact.members.setdefault(name, member)
            fact.also |= inherited.also
            fact.open |= inherited.open
            fact.bases += inherited.bases
        elif root in self.indexed and (root in self.roots or self.is_public(base)):
            fact.bases.append(base)
        elif base != "object":
            fact.open = True

    def add_namespaces(self) -> None:
        """Add configuration keys, environment variables, commands, options, and what templates can use."""
        special = self.sources.bodies.special
        living = self.living["special"]
        for kind in ("config", "env", "filter", "test", "global"):
            found = living.get(kind, {})
            defaults = dict.fromkeys(found) if isinstance(found, list) else dict(found)
            self.add_names(kind, {**special.get(kind, {}), **defaults})
        self.add_given()
        prefix = next(iter(special.get("prefix", {})), None)
        for command, options in self.living["commands"].items():
            self.add_names("command", [command])
            self.add_names("option", [f"{command} {option}" for option in options])
            root = command.split(" ")[0]
            start = self.living["prefixes"].get(root) or (prefix if command in ("", root) or root in command else None)
            middle = "_".join(command.split(" ")[1:]).replace("-", "_").upper()
            for parameter, variable in filter(None, options.values()):
                read = "_".join(filter(None, [start, middle, parameter.upper()])) if start else None
                self.add_names("env", [name for name in (variable, read) if name])

    def add_given(self) -> None:
        """Add the attributes that a package sets on what it imports, or on what it is given, such as an application."""
        for module, path in self.sources.bodies.given:
            first, _, rest = path.partition(".")
            owner = first if first == "*" else self.imported_from(f"{module}.{first}")
            if owner.split(".")[0] in self.indexed - {*self.roots} | {"*"}:
                self.add_names("given", [f"{owner}.{rest}"])

    def add_names(self, kind: str, names: Iterable[str] | Mapping[str, str | None]) -> None:
        """Add names of one kind, with their defaults."""
        owner = self.facts.namespaces.setdefault(f"{kind}:", Fact(kind, open=True))
        for name in names:
            fact = owner.members.setdefault(name, Fact("attribute" if kind == "given" else kind))
            fact.default = (names[name] if isinstance(names, Mapping) else None) or fact.default
            if text := self.sources.bodies.spoken.get(name):
                fact.is_deprecated, fact.message = True, named(text, name)
