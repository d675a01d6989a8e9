"""What the index of names says of a name on a release."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from report.check.code import Use
from report.check.model import Verdict

if TYPE_CHECKING:
    from report.names.index import Entry, Index

ALIKE = 0.8  # how alike two names are, from 0 to 1, if one is meant by the other
SHORTEST = 3  # characters of a name that is taken for another one misspelt
FILE_OR_HOST = frozenset(
    re.findall(
        r"\w+",
        "py pyc html htm txt md rst js css json yaml yml toml ini cfg conf log db sqlite sql sh env wsgi sock service"
        " xml csv png jpg svg pdf com org net io dev co app in uk de me ai info local example ext",
    )
)
QUOTED = re.compile(r"['\"`]~?([A-Za-z_][\w.]*)(?:\(\))?['\"`]")
RENAMED = re.compile(r"\brenamed\b|\binstead\b|\breplaced by\b|\buse\b", re.IGNORECASE)


@dataclass(frozen=True)
class Judgement:
    """What is known of a name: *verdict* is None if it exists. *depth* attributes of a use are judged.

    *fix* replaces the last of them, if exactly one replacement is certain.
    """

    name: str
    depth: int = 1
    verdict: Verdict | None = None
    message: str = ""
    since: str | None = None
    until: str | None = None
    instead: str | None = None
    fix: str | None = None


class Names:
    """Asks the *index* as of a *release*; *types*: what attributes are; *own*: names that the article sets."""

    def __init__(
        self, index: "Index", release: str, types: Mapping[str, str] | None = None, own: Collection[str] = ()
    ) -> None:
        self.index, self.release, self.types, self.own = index, release, types or {}, own

    def use(self, use: Use, shown: str = "") -> Judgement | None:
        """What is known of the names in a use that reads *shown*; None if nothing is certain."""
        path, last = use.base, None
        for depth, attribute in enumerate(use.attributes, start=1):
            parent, path = path, join(path, attribute)
            entry = self.index.find(path)
            if entry is None:
                return self._never(use, parent, path, depth, shown) or (last if depth > 1 and last else None)
            last = self.entry(entry, depth)
            if last is None or last.verdict:
                return last
            path = self.types.get(path, path)
        return last

    def exists(self, name: str) -> bool:
        """Whether the release has a name."""
        entry = self.index.find(name)
        return entry is not None and self.index.exists(entry, self.release) is True

    def is_class(self, name: str) -> bool:
        """Whether a name is that of a class."""
        entry = self.index.find(name)
        return entry is not None and entry.kind == "class"

    def entry(self, entry: "Entry", depth: int = 1) -> Judgement | None:
        """What is known of an entry of the index; None if its package is not measured with the release."""
        exists = self.index.exists(entry, self.release)
        version = self.index.version_at(entry.package, self.release)
        if exists is None or version is None:
            return None
        if exists:
            return self._deprecated(entry, version, depth) or Judgement(entry.name, depth)
        before = [end for start, end in entry.ranges if parsed(start) <= parsed(version)]
        name = f"`{plain(entry.name)}`"
        if not before:
            since = entry.ranges[0][0]
            came = f"{name} is not in {entry.package} {version}: it came with {since}."
            return Judgement(entry.name, depth, "never", came, since=since)
        advice, instead, fix = self._advice(entry)
        gone = f"{name} is gone: {entry.package} {before[-1]} was the last release that had it.{advice}"
        return Judgement(entry.name, depth, "gone", gone, entry.ranges[0][0], before[-1], instead, fix)

    def _deprecated(self, entry: "Entry", version: str, depth: int) -> Judgement | None:
        if entry.deprecated is None or parsed(entry.deprecated) > parsed(version):
            return None
        advice, instead, fix = self._advice(entry)
        message = f"`{plain(entry.name)}` is deprecated since {entry.package} {entry.deprecated}.{advice}"
        return Judgement(entry.name, depth, "deprecated", message, instead=instead, fix=fix)

    def _advice(self, entry: "Entry") -> tuple[str, str | None, str | None]:
        """What its package says of a name that goes: in a sentence, what to write instead, and the fix if it is one."""
        said = " ".join((entry.message or "").split())
        parent, _, own = entry.name.rpartition(".")
        others = {name for name in QUOTED.findall(said) if name.rpartition(".")[2] != own}
        instead = next(iter(others)) if len(others) == 1 and RENAMED.search(said) else None
        last = (instead or "").rpartition(".")[2]
        fix = last if instead and parent and self.exists(f"{parent}.{last}") else None
        return f" It says: {said}" if said else "", instead, fix

    def _never(self, use: Use, parent: str, path: str, depth: int, shown: str) -> Judgement | None:
        """That no release has a name: only where the index knows all that its parent has."""
        attribute = use.attributes[depth - 1]
        name, parameter = attribute.strip("()"), attribute.startswith("(")
        owner = f"{parent}()" if parameter and self.is_class(parent) else parent
        siblings = [one.strip("()") for one in self.index.members(owner)]
        hidden = name.startswith("_") or use.bound or path in self.own
        if not siblings or hidden or self.index.is_open(owner):
            return None
        near = get_close_matches(name, siblings, 2, ALIKE) if len(name) >= SHORTEST else []
        file = not use.called and name in FILE_OR_HOST
        if file or not (near or (use.proven and (use.called or parameter or self._is_module(parent)))):
            return None
        words = shown[: use.ends[depth - 1] - use.start] or path
        meant = words[: len(words) - len(name)] + near[0] if near else None
        entry = self.index.find(parent)
        package = f"{entry.package} " if entry else ""
        hint = f" Did you mean `{meant}`?" if meant else ""
        message = f"`{path}` is in no release of {package}that was measured.{hint}"
        sure = (
            near[0] if len(near) == 1 and self.exists(join(parent, f"({near[0]})" if parameter else near[0])) else None
        )
        return Judgement(path, depth, "never", message, instead=meant, fix=sure)

    def _is_module(self, name: str) -> bool:
        entry = self.index.find(name)
        return entry is not None and entry.kind == "module"


def join(parent: str, name: str) -> str:
    """The dotted name of a member or, in brackets, of a parameter."""
    return f"{parent}{name}" if name.startswith("(") else f"{parent}.{name}" if parent else name


def plain(name: str) -> str:
    """A name without the kind before it: `config:SECRET_KEY` is `SECRET_KEY`."""
    return name.partition(":")[2] or name


def parsed(version: str) -> Version:
    """The version, or the lowest one if it is none."""
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")
