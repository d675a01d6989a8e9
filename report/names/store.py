"""The file of the index: one line for each package, each release of the subject, each module and each class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from packaging.version import Version

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_lines, write_whole


class Name(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"within": "in"}):
    """What is stored of a name.

    *within*: the versions that have it, as runs `first..last` of the versions of what it belongs to; an open end means
    to the oldest or newest of these, and nothing means all. *alias*: what it is another name for; *type*: the class of
    an attribute's value, or of what a function returns; empty if an attribute's annotation names no class of the index.
    *open*: it can have members (a function: parameters) that the index does not know. *also*: members from elsewhere,
    without details. *bases*: runs by class.
    """

    kind: str = "attribute"
    within: str = ""
    alias: str | None = None
    type: str | None = None
    default: str | None = None
    deprecated: str | None = None
    message: str | None = None
    open: bool = False
    also: list[str] = []
    bases: dict[str, str] = {}
    parameters: dict[str, "Name"] = {}
    members: dict[str, "Name"] = {}


class Owner(Name, kw_only=True, tag_field="line", tag="names"):
    """A module, a class, or (with a name such as `config:`) a namespace of a package."""

    name: str
    package: str


class Package(msgspec.Struct, kw_only=True, tag_field="line", tag="package"):
    """A package and its known versions, oldest first."""

    name: str
    versions: list[str]


class Release(msgspec.Struct, kw_only=True, tag_field="line", tag="release"):
    """A release of the subject, and the version of each package in its environment."""

    name: str
    packages: dict[str, str]


@dataclass
class Store:
    """The index as the file has it; *owners* by package and name."""

    packages: dict[str, Package] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    owners: dict[tuple[str, str], Owner] = field(default_factory=dict)


DECODER = msgspec.json.Decoder(Package | Release | Owner)


def read(path: Path) -> Store:
    """Read the file; raises DamagedFileError if it is missing or damaged."""
    store, number = Store(), 0
    try:
        for text in read_lines(path):
            number += 1
            match DECODER.decode(text):
                case Package() as package:
                    store.packages[package.name] = package
                case Release() as release:
                    store.releases[release.name] = release
                case Owner() as owner:
                    store.owners[owner.package, owner.name] = owner
    except UNREADABLE as error:
        hint = "Make it again: `python -m report names --make`."
        raise DamagedFileError(path, f"line {number}: {error}", hint) from error
    return store


def write(path: Path, store: Store) -> None:
    """Write the file: packages, releases, then names, each in a fixed order."""
    releases = sorted(store.releases.values(), key=lambda release: Version(release.name))
    owners = [store.owners[key] for key in sorted(store.owners)]
    lines = [*(store.packages[name] for name in sorted(store.packages)), *releases, *owners]
    write_whole(path, "".join(msgspec.json.encode(line, order="deterministic").decode() + "\n" for line in lines))


def runs(versions: Iterable[str], universe: Sequence[str]) -> list[tuple[int, int]]:
    """The runs of *versions* in *universe*, as first and last position."""
    wanted, found = set(versions), list[tuple[int, int]]()
    for position, version in enumerate(universe):
        if version in wanted:
            if found and found[-1][1] == position - 1:
                found[-1] = (found[-1][0], position)
            else:
                found.append((position, position))
    return found


def encode(versions: Iterable[str], universe: Sequence[str]) -> str:
    """The text of *versions*; empty if they are all of *universe*."""
    last = len(universe) - 1
    texts = [
        f"{universe[start] if start else ''}..{universe[end] if end < last else ''}"
        for start, end in runs(versions, universe)
    ]
    return "" if texts == [".."] else " ".join(texts)


def decode(text: str, universe: Sequence[str]) -> list[str]:
    """The versions of *universe* in the runs that *text* names; raises ValueError if it names another version."""
    if not text:
        return list(universe)
    found: list[str] = []
    for run in text.split(" "):
        first, last = run.split("..")
        start = universe.index(first) if first else 0
        end = universe.index(last) if last else len(universe) - 1
        found += universe[start : end + 1]
    return found
