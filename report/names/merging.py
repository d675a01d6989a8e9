"""Adding what a package has at one version to the index.

The versions come newest first, so that a name is stored where the newest version has it; what older versions have under
other paths becomes an alias. A new version that comes later keeps the paths that are there.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.version import Version

from report.names.announcements import named
from report.names.facts import Fact, Facts
from report.names.store import Name, Owner, Package, Store, decode, encode


@dataclass
class Node:
    """A stored name with the sets of versions that the file has as runs."""

    kind: str = "attribute"
    versions: set[str] = field(default_factory=set)
    alias: str | None = None
    type: str | None = None
    default: str | None = None
    deprecated: str | None = None
    message: str | None = None
    open: bool = False
    also: set[str] = field(default_factory=set)
    bases: dict[str, set[str]] = field(default_factory=dict)
    parameters: dict[str, "Node"] = field(default_factory=dict)
    members: dict[str, "Node"] = field(default_factory=dict)

    def add(self, fact: Fact, version: str) -> None:
        """Add what one version has; the newest version decides about details."""
        is_newest = all(Version(version) >= Version(other) for other in self.versions)
        is_first = not self.versions
        self.versions.add(version)
        if is_newest:
            self.kind, self.alias = fact.kind, fact.alias
            self.type, self.default = self.type if fact.type is None else fact.type, fact.default
            self.message = fact.message or (self.message if fact.is_deprecated else None)
        if is_newest and not is_first:
            self.deprecated = (self.deprecated or version) if fact.is_deprecated else None
        elif fact.is_deprecated and (is_first or self.deprecated):
            self.deprecated = min(filter(None, [self.deprecated, version]), key=Version)
        self.type = fact.type if self.type is None else self.type
        self.open |= fact.open
        self.also |= fact.also
        for base in fact.bases:
            self.bases.setdefault(base, set()).add(version)
        for ours, theirs in ((self.parameters, fact.parameters), (self.members, fact.members)):
            for name, member in theirs.items():
                ours.setdefault(name, Node()).add(member, version)


def add(store: Store, package: str, version: str, facts: Facts) -> None:
    """Add the facts of one version of a package to the store."""
    listed = store.packages.setdefault(package, Package(name=package, versions=[]))
    nodes = {key[1]: loaded(owner, listed.versions) for key, owner in store.owners.items() if key[0] == package}
    listed.versions = sorted({*listed.versions, version}, key=Version)
    for name, fact in {**facts.modules, **facts.namespaces}.items():
        nodes.setdefault(name, Node()).add(fact, version)
    stored = stored_paths(facts, nodes)
    for definition, path in stored.items():
        fact = facts.objects[definition]
        fact.bases = [stored.get(base, base) for base in fact.bases]
        for item in (fact, *fact.members.values()):
            item.type = stored.get(item.type or "", item.type)
        if fact.kind == "class":
            nodes.setdefault(path, Node()).add(announced(fact, facts, path), version)
    for path, definition in facts.places.items():
        owner, _, name = path.rpartition(".")
        target = stored.get(definition, definition)
        if target != path:
            fact = announced(Fact(alias=target), facts, path)
        elif facts.objects[definition].kind == "class":
            continue
        else:
            fact = announced(facts.objects[definition], facts, path)
        nodes.setdefault(owner, Node("module")).members.setdefault(name, Node()).add(fact, version)
    for name, node in nodes.items():
        store.owners[package, name] = Owner(name=name, package=package, **fields(node, listed.versions))


def announced(fact: Fact, facts: Facts, path: str) -> Fact:
    """The fact, deprecated if using it at this path is."""
    if path in facts.announced:
        fact.is_deprecated, fact.message = True, named(facts.announced[path], path.rpartition(".")[2])
    return fact


def stored_paths(facts: Facts, nodes: Mapping[str, Node]) -> dict[str, str]:
    """Under which public path each definition is stored: where it is stored already, or the shortest."""
    places: dict[str, list[str]] = {}
    for path, definition in facts.places.items():
        if definition in facts.objects:
            places.setdefault(definition, []).append(path)

    def rank(path: str, definition: str) -> tuple[bool, bool, int, int, str]:
        owner, _, name = path.rpartition(".")
        member = nodes[owner].members.get(name) if owner in nodes else None
        is_stored = path in nodes or (member is not None and member.alias is None)
        is_above = definition.startswith(f"{owner}.")  # a package that offers what its modules define
        return not is_stored, not is_above, path.count("."), len(path), path

    return {definition: min(paths, key=lambda path: rank(path, definition)) for definition, paths in places.items()}


def loaded(name: Name, universe: list[str]) -> Node:
    """A stored name, with its runs as sets."""
    versions = decode(name.within, universe)
    return Node(
        name.kind, {*versions}, name.alias, name.type, name.default, name.deprecated, name.message, name.open,
        {*name.also},
        {base: {*decode(text, versions)} for base, text in name.bases.items()},
        {key: loaded(member, versions) for key, member in name.parameters.items()},
        {key: loaded(member, versions) for key, member in name.members.items()},
    )  # fmt: skip


def fields(node: Node, universe: list[str]) -> dict[str, Any]:
    """The fields of a stored name."""
    versions = [version for version in universe if version in node.versions]
    return {
        "kind": sys.intern(node.kind),  # msgspec omits a default that is the same object
        "within": encode(versions, universe),
        **{key: getattr(node, key) for key in ("alias", "type", "default", "deprecated", "message", "open")},
        "also": sorted(node.also),
        "bases": {base: encode(found, versions) for base, found in sorted(node.bases.items())},
        "parameters": {key: Name(**fields(item, versions)) for key, item in node.parameters.items()},
        "members": {key: Name(**fields(item, versions)) for key, item in sorted(node.members.items())},
    }
