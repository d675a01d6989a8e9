"""The index of names, as readers use it: what exists, since when, until when, and what is announced to go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import msgspec

from report.names import store
from report.names.store import Name, Store, decode, runs

NAMESPACES = ("config", "command", "option", "env", "filter", "test", "global")


class Entry(msgspec.Struct, frozen=True):
    """A name, and the versions of its package that have it.

    *name* is the shortest public path, such as `flask.Flask.run`, `flask.Flask.run(port)`, `config:SERVER_NAME`,
    `command:flask run`, `option:flask run --debug`, `env:FLASK_APP`, `filter:tojson`, `test:even`, `global:url_for`.
    *kind*: module, class, function, attribute, parameter, config, command, option, env, filter, test, global, signal.
    *ranges*: first and last version of each run of known versions. *deprecated*: the first known version that announces
    that the name will go; *message*: the names in the announcement. *default*: of the newest version.
    """

    name: str
    kind: str
    package: str
    ranges: tuple[tuple[str, str], ...]
    deprecated: str | None = None
    message: str | None = None
    default: str | None = None


@dataclass(frozen=True)
class Found:
    """What a name stands for: *node* with its versions, and the *name* and *package* under which it is reported.

    *stored* and *home*: the path and the package of the module or class that *node* is, or belongs to. *own*: the
    versions of *home* that have *node*, to which the runs of its parameters refer.
    """

    name: str
    package: str
    node: Name
    versions: tuple[str, ...]
    stored: str
    home: str
    own: tuple[str, ...] = ()


class Index:
    """What every known version of every package has."""

    def __init__(self, content: Store) -> None:
        self.content = content
        self.order = sorted(content.packages, key=lambda package: len(content.packages[package].versions), reverse=True)

    @cached_property
    def owners(self) -> dict[str, list[store.Owner]]:
        """Modules, classes and namespaces by name; the package with the most versions first."""
        found: dict[str, list[store.Owner]] = {}
        for owner in sorted(self.content.owners.values(), key=lambda owner: self.order.index(owner.package)):
            found.setdefault(owner.name, []).append(owner)
        return found

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The modules and classes directly below each module."""
        found: dict[str, list[str]] = {}
        for name in self.owners:
            above, _, last = name.rpartition(".")
            found.setdefault(above, []).append(last)
        return found

    @cached_property
    def places(self) -> dict[str, list[str]]:
        """The modules and classes that have a name, the shortest first."""
        found: dict[str, list[str]] = {}
        for owner in sorted((name for name in self.owners if not name.endswith(":")), key=len):
            for name in {*self.owners[owner][0].members, *self.owners[owner][0].also, *self.children.get(owner, ())}:
                found.setdefault(name, []).append(owner)
        return found

    @cached_property
    def subclasses(self) -> dict[str, list[str]]:
        """The classes of the same package that have a class as a base."""
        found: dict[str, list[str]] = {}
        for name, (owner, *_) in self.owners.items():
            for base in owner.bases:
                stored = self.resolve(base)
                if stored and stored.home == owner.package:
                    found.setdefault(stored.stored, []).append(name)
        return found

    def find(self, name: str) -> Entry | None:
        """The entry of *name*, which may be an alias or an inherited member."""
        found = self.resolve(name)
        if found is None or not found.versions:
            return None
        is_parameter = name.endswith(")")
        universe = self.versions(found.package)
        return Entry(
            found.name,
            "parameter" if is_parameter else found.node.kind,
            found.package,
            tuple((universe[first], universe[last]) for first, last in runs(found.versions, universe)),
            found.node.deprecated,
            found.node.message,
            found.node.default,
        )

    def resolve(self, name: str) -> Found | None:
        """What a name stands for; None if the index does not have it."""
        if name.endswith(")"):
            function, _, parameter = name[:-1].partition("(")
            return self.parameter(function, parameter)
        kind, _, rest = name.partition(":")
        if rest and kind in NAMESPACES:
            every = self.named(f"{kind}:", rest, name)  # if one package keeps what another one deprecates, it is kept
            return max(every, key=lambda found: (self.recency(found), not found.node.deprecated), default=None)
        if name in self.owners:
            return self.owned(name)
        above, _, last = name.rpartition(".")
        owner = self.resolve(above) if above else None
        return (self.member(owner, last) or self.given(owner, last)) if owner else None

    def owned(self, name: str) -> Found:
        """A module or a class; if some versions have an alias at its path, with their versions too."""
        owner = self.owners[name][0]
        versions = decode(owner.within, self.versions(owner.package))
        above, _, last = name.rpartition(".")
        node: Name = owner
        for other in self.named(above, last, name):
            if owner.deprecated and other.node.alias and other.versions[-1:] > (versions[-1],):
                node = msgspec.structs.replace(owner, deprecated=None, message=None)  # its name is that of another now
            versions = sorted({*versions, *other.versions}, key=self.versions(owner.package).index)
        return Found(name, owner.package, node, tuple(versions), name, owner.package)

    def named(self, owner: str, last: str, name: str) -> Iterator[Found]:
        """What the namespaces or modules called *owner* have under *last*, reported as *name*."""
        for namespace in self.owners.get(owner, ()):
            if last in namespace.members:
                versions = decode(namespace.within, self.versions(namespace.package))
                node = namespace.members[last]
                found = tuple(decode(node.within, versions))
                yield Found(name, namespace.package, node, found, name, namespace.package, found)

    def member(self, owner: Found, last: str) -> Found | None:
        """The member *last* of what *owner* stands for: its own, an inherited one, or one of its value's class."""
        pieces = self.pieces(owner, last)
        return self.limited(self.joined(f"{owner.name}.{last}", pieces), owner) if pieces else None

    def given(self, owner: Found, last: str) -> Found | None:
        """An attribute that another package sets on such objects; never said to be gone, as any other could set it."""
        name = f"{owner.name}.{last}"
        for found in (found for key in (name, f"*.{last}") for found in self.named("given:", key, name)):
            return None if self.opens(owner, set()) else replace(found, versions=tuple(self.versions(found.package)))
        return None

    def pieces(self, owner: Found, last: str, seen: tuple[str, ...] = ()) -> list[Found]:
        """The member *last* from each class that *owner* has it from, as a class or its bases change over time."""
        name, node, found = f"{owner.name}.{last}", owner.node, list[Found]()
        if last in node.members:
            versions = tuple(decode(node.members[last].within, self.stored_versions(owner)))
            path, member = f"{owner.stored}.{last}", node.members[last]
            found.append(self.followed(Found(name, owner.home, member, versions, path, owner.home, versions)))
        elif f"{owner.stored}.{last}" in self.owners:
            found.append(self.owned(f"{owner.stored}.{last}"))
        elif last in node.also:
            found.append(replace(owner, name=name, node=Name(open=True), stored=""))
        overridden = {version for piece in found for version in piece.versions}
        for other, limits in self.above(owner):
            if overridden:
                limits = [version for version in limits or owner.versions if version not in overridden]
            if other.stored not in seen and limits != []:
                inherited = self.pieces(other, last, (*seen, owner.stored))
                found += [self.in_range(piece, limits, owner) for piece in inherited]
        return [piece for piece in found if piece.versions]

    def stored_versions(self, found: Found) -> list[str]:
        """The versions that the runs of what is below a stored module or class refer to."""
        owner = next((owner for owner in self.owners.get(found.stored, ()) if owner.package == found.home), None)
        return decode(owner.within, self.versions(found.home)) if owner else list(found.versions)

    def above(self, owner: Found) -> Iterator[tuple[Found, list[str] | None]]:
        """Where *owner* has members from, each with the versions for which that holds (None: all)."""
        bases: dict[str, tuple[Found, set[str]]] = {}
        versions = self.stored_versions(owner) if owner.node.bases else []
        for base, text in owner.node.bases.items():
            if found := self.resolve(base):  # two paths can be one class
                bases.setdefault(found.stored, (found, set()))[1].update(decode(text, versions))
        for found, limits in bases.values():
            yield found, None if {*versions} == limits else [version for version in versions if version in limits]
        if owner.node.kind == "attribute" and owner.node.type and (found := self.resolve(owner.node.type)):
            yield found, None
            for name in self.subclasses.get(found.stored, ()):
                yield self.owned(name), None

    def in_range(self, found: Found, limits: list[str] | None, owner: Found) -> Found:
        """An inherited member while its class is a base; of another package, only what that has had."""
        if limits is None:
            return found
        if found.package == owner.home:
            return replace(found, versions=tuple(version for version in found.versions if version in limits))
        is_now = limits[-1:] == list(owner.versions[-1:])
        return found if is_now else replace(found, package=owner.home, versions=tuple(limits))

    def joined(self, name: str, pieces: list[Found]) -> Found:
        """One member from several classes: that of the newest, and in its package's versions where any is there."""
        first = max(pieces, key=self.recency)
        universe, versions, announced = self.versions(first.package), set[str](), [first.node.deprecated]
        for piece in pieces:
            if piece.package == first.package:
                versions.update(piece.versions)
                announced.append(piece.node.deprecated)
            else:
                versions.update(self.translated(piece, first.package))
        node = first.node
        if node.deprecated:
            known = [version for version in announced if version in universe]
            node = msgspec.structs.replace(node, deprecated=min(known, key=universe.index, default=None))
        is_alias = len(pieces) == 1 and first.stored in self.owners  # then its own name is the shortest
        own = first.name if is_alias else name
        return replace(first, name=own, node=node, versions=tuple(sorted(versions, key=universe.index)))

    def limited(self, found: Found, by: Found) -> Found:
        """The same where also *by* exists; if that is gone from another package, in the versions of that package."""
        if by.package == found.package:
            return replace(found, versions=tuple(version for version in found.versions if version in by.versions))
        if self.recency(by) == 1:
            return found
        there = {*self.translated(found, by.package)}
        return replace(
            found, package=by.package, versions=tuple(version for version in by.versions if version in there)
        )

    def translated(self, piece: Found, package: str) -> Iterator[str]:
        """The versions of *package* in the environments that have *piece*."""
        for release in self.content.releases.values():
            if release.packages.get(piece.package) in piece.versions and package in release.packages:
                yield release.packages[package]

    def recency(self, found: Found) -> float:
        """How far the versions reach: 1 if the newest has the name."""
        universe = self.versions(found.package)
        return (universe.index(found.versions[-1]) + 1) / len(universe) if found.versions else 0.0

    def followed(self, found: Found) -> Found:
        """What an alias stands for; the same name if the alias has always been there."""
        target = self.resolve(found.node.alias) if found.node.alias else None
        if target is None:
            return found
        if target.package == found.package and {*target.versions} <= {*found.versions}:
            return target
        announced = found.node
        if target.package == found.package and target.node.deprecated in found.versions:
            announced = target.node if announced.deprecated is None else announced
        node = msgspec.structs.replace(target.node, deprecated=announced.deprecated, message=announced.message)
        return replace(found, node=node, stored=target.stored, home=target.home, own=target.own)

    def parameter(self, function: str, parameter: str) -> Found | None:
        """A parameter of a function, or of what makes an object of a class."""
        pieces = list[Found]()
        calls = self.calls(function)
        for called in calls:
            if parameter in called.node.parameters:
                node = called.node.parameters[parameter]
                had = replace(called, node=node, package=called.home, versions=tuple(decode(node.within, called.own)))
                there = {*had.versions} if called.package == called.home else {*self.translated(had, called.package)}
                versions = tuple(version for version in called.versions if version in there)
                pieces.append(replace(called, node=node, versions=versions))
        above, _, last = calls[0].name.removesuffix(".__init__").rpartition(".") if calls else ("", "", "")
        return self.joined(f"{above}.{last}({parameter})", pieces) if pieces else None

    def calls(self, function: str) -> list[Found]:
        """The functions that a call has run, over time: of a class, those that make its objects."""
        found = self.resolve(function)
        if found is None:
            return []
        if found.node.kind == "class":
            return self.pieces(found, "__init__")
        above, _, last = function.rpartition(".")
        owner = self.resolve(above)
        return [replace(piece, name=found.name) for piece in self.pieces(owner, last)] if owner else [found]

    def members(self, name: str) -> Sequence[str]:
        """The last components of what is directly below *name*; of a function, its parameters."""
        if name.rstrip(":") in NAMESPACES:
            return sorted({member for owner in self.owners.get(f"{name.rstrip(':')}:", ()) for member in owner.members})
        found = self.resolve(name.removesuffix("()"))
        if found is None:
            return []
        if found.node.kind == "function" or name.endswith("()"):
            calls = self.calls(name.removesuffix("()"))
            return sorted({parameter for called in calls for parameter in called.node.parameters})
        return sorted(self.all_members(found, set()) - {"__init__"})

    def all_members(self, found: Found, seen: set[str]) -> set[str]:
        """The own and inherited members."""
        seen.add(found.stored)
        names = {*found.node.members, *found.node.also, *self.children.get(found.stored, ())}
        for other, _ in self.above(found):
            if other.stored not in seen:
                names |= self.all_members(other, seen)
        return names

    def returned(self, name: str) -> str | None:
        """The class of what a function returns, if its annotation says so."""
        found = self.resolve(name)
        return found.node.type if found and found.node.kind == "function" else None

    def is_open(self, name: str) -> bool:
        """Whether *name* may have members, or a function parameters, that the index cannot know: say nothing of them.

        `is_open("flask.Flask()")` asks about the parameters of a class. True for a name that the index does not have.
        """
        found = self.resolve(name.removesuffix("()"))
        if found is None:
            return True
        if found.node.kind == "function" or name.endswith("()"):
            calls = self.calls(name.removesuffix("()"))
            return not calls or any(called.node.open for called in calls)
        return self.opens(found, set())

    def opens(self, found: Found, seen: set[str]) -> bool:
        """Whether what is stored, or a base of it, is open; an attribute is, unless the class of its value is known."""
        seen.add(found.stored)
        above = list(self.above(found))
        is_unknown = any(self.resolve(base) is None for base in found.node.bases) or (
            found.node.kind in ("attribute", "signal") and not above
        )
        return (
            found.node.open
            or is_unknown
            or any(self.opens(other, seen) for other, _ in above if other.stored not in seen)
        )

    def modules(self) -> Iterator[str]:
        """The modules that some version of some package has."""
        return (name for name, (owner, *_) in self.owners.items() if owner.kind == "module")

    def versions(self, package: str) -> Sequence[str]:
        """The known versions of *package*, oldest first; none if the index does not have it."""
        found = self.content.packages.get(package)
        return found.versions if found else ()

    def version_at(self, package: str, release: str) -> str | None:
        """The version of *package* in the environment of the subject's *release*."""
        found = self.content.releases.get(release)
        return found.packages.get(package) if found else None

    def exists(self, entry: Entry, release: str) -> bool | None:
        """Whether *entry* exists on the subject's *release*; None if its package is not in that environment."""
        version, universe = self.version_at(entry.package, release), self.versions(entry.package)
        if version not in universe:
            return None
        at = universe.index(version)
        return any(universe.index(first) <= at <= universe.index(last) for first, last in entry.ranges)

    def describe(self, name: str) -> Iterator[str]:
        """The lines that the terminal shows about a name."""
        entry = self.find(name)
        if entry is None:
            yield f"{name}: not in the index"
            return
        newest = self.versions(entry.package)[-1]
        spans = [f"{first} to {last}" if first != last else first for first, last in entry.ranges]
        gone = "" if entry.ranges[-1][1] == newest else f", not in {newest}"
        yield f"{entry.name}: {entry.kind} of {entry.package}, in {', '.join(spans)}{gone}"
        if entry.default is not None:
            yield f"  default: {entry.default}"
        if entry.deprecated:
            yield f"  deprecated: {entry.deprecated}{f' ({entry.message})' if entry.message else ''}"


def read(path: Path) -> Index:
    """Read the index; raises DamagedFileError if its file is missing or damaged."""
    return Index(store.read(path))
