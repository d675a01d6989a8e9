"""What the index of names says of a name on a release."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from report.check.code import Use
from report.check.model import Verdict

if TYPE_CHECKING:
    from report.names import index

ALIKE = 0.8  # how alike two names are, from 0 to 1, if one is meant by the other
KINDS = ("command", "option")
SHORTEST = 3  # characters of a name that is taken for another one misspelt
FILE_OR_HOST = re.compile(
    "py|pyc|html?|txt|md|rst|js|css|json|ya?ml|toml|ini|cfg|conf|log|db|sqlite|sql|sh|env|wsgi|sock|service|xml|csv|png"
    "|jpg|svg|pdf|com|org|net|io|dev|co|app|in|uk|de|me|ai|info|local|example|ext"
)


@dataclass(frozen=True)
class Judgement:
    """What is known of a name: *verdict* is None if it exists; *fix* is what it certainly has to be instead."""

    verdict: Verdict | None = None
    message: str = ""
    since: str | None = None
    until: str | None = None
    instead: str | None = None
    fix: str | None = None


@dataclass(frozen=True)
class Known:
    """A name at *first* to *last*, with what is known of it, if anything; a fix replaces its end or all."""

    judgement: Judgement | None
    first: int
    last: int
    replaced: int = 0


class Index:
    """Asks the index *of* names as of a *release*; *types* say what attributes are instances of."""

    def __init__(self, of: "index.Index", release: str, types: Mapping[str, str]) -> None:
        self.of, self.release, self.types, self.find = of, release, types, cache(of.find)
        self.own: set[str] = set()  # dotted names that the article's code sets

    def exists(self, name: str) -> bool:
        """Whether the release has a name."""
        entry = self.find(name)
        return entry is not None and self.of.exists(entry, self.release) is True

    def is_class(self, name: str) -> bool:
        """Whether a name is that of a class."""
        entry = self.find(name)
        return entry is not None and entry.kind == "class"

    def any(self, names: Iterable[str], first: int, last: int) -> Known:
        """What is known of a name that may stand for several: it has gone only where none of them exists."""
        entries = [entry for name in names if (entry := self.find(name))]
        judged = [one for entry in entries if (one := self.judge(entry))]
        return Known(min(judged, key=lambda one: one.verdict is not None, default=None), first, last)

    def uses(self, uses: Iterable[Use], shown: str) -> Iterator[Known]:
        """What is known of each use of a dotted name, up to its first part that is not as it should be."""
        for use in uses:
            base = self.find(use.base)
            if base and self.of.exists(base, self.release) is False:
                continue  # a finding of its own
            path, known = self.types.get(use.base, use.base), Known(None, use.start, use.ends[0])
            for attribute, end in zip(use.attributes, use.ends, strict=True):
                parent, path = path, join(path, attribute)
                entry = self.find(path)
                judged = self.judge(entry) if entry else self._never(use, parent, attribute, shown[use.start : end])
                if judged or not known.judgement:
                    known = Known(judged, use.start, end, len(attribute.strip("()")))
                if judged is None or judged.verdict:
                    break
                path = self.types.get(path, path)
            yield known

    def judge(self, entry: "index.Entry") -> Judgement | None:
        """What is known of an entry of the index; None if its package is not measured with the release."""
        version = self.of.version_at(entry.package, self.release)
        exists = self.of.exists(entry, self.release)
        if exists is None or version is None:
            return None
        name, since = f"`{entry.name.partition(':')[2] or entry.name}`", entry.ranges[0][0]
        before = [end for start, end in entry.ranges if parsed(start) <= parsed(version)]
        if not exists and self._is_added(entry):
            return None
        if exists:
            if entry.deprecated is None or parsed(entry.deprecated) > parsed(version):
                return Judgement()
            known = Judgement("deprecated", f"{name} is deprecated since {entry.package} {entry.deprecated}.")
        elif before:
            gone = f"{name} is gone: {entry.package} {before[-1]} was the last release that had it."
            known = Judgement("gone", gone, since, before[-1])
        else:
            return Judgement("never", f"{name} is not in {entry.package} {version}: it came with {since}.", since)
        return self._advised(known, entry)

    def _is_added(self, entry: "index.Entry") -> bool:
        """Whether it is a command that another package adds to the program: perhaps only while the program runs."""
        program = self.find("command:" + entry.name.partition(":")[2].split(" ")[0]) if entry.kind in KINDS else None
        return program is not None and program.package != entry.package

    def _advised(self, known: Judgement, entry: "index.Entry") -> Judgement:
        """The judgement with the names in the announcement; one that only spells the name otherwise is a fix."""
        if not entry.message:
            return known
        parent, _, own = entry.name.rpartition(".")
        last = entry.message.rpartition(".")[2]
        same = _spelt(last) == _spelt(own) and self.exists(f"{parent}.{last}")
        message = f"{known.message} Its announcement names `{entry.message.replace(', ', '`, `')}`."
        return replace(known, message=message, instead=entry.message, fix=last if same else None)

    def _never(self, use: Use, parent: str, attribute: str, shown: str) -> Judgement | None:
        """That no release has a name: only where the index knows all that its parent has."""
        name, parameter = attribute.strip("()"), attribute.startswith("(")
        owner = f"{parent}()" if parameter and self.is_class(parent) else parent
        siblings = [one.strip("()") for one in self.of.members(owner)]
        hidden = name.startswith("_") or use.bound or join(parent, attribute) in self.own
        if not siblings or hidden or self.of.is_open(owner) or (not use.called and FILE_OR_HOST.fullmatch(name)):
            return None
        near = get_close_matches(name, siblings, 2, ALIKE) if len(name) >= SHORTEST else []
        entry = self.find(parent)
        strict = use.called or parameter or (entry and entry.kind == "module")
        if not entry or not (near or (use.proven and strict)):
            return None
        message = f"`{join(parent, attribute)}` is in no release of {entry.package} that was measured."
        if not near:
            return Judgement("never", message)
        meant = shown[: len(shown) - len(name)] + near[0]
        exists = self.exists(join(parent, f"({near[0]})" if parameter else near[0]))
        fix = near[0] if len(near) == 1 and exists else None
        return Judgement("never", f"{message} Did you mean `{meant}`?", instead=meant, fix=fix)


def _spelt(name: str) -> str:
    """A name without what another spelling changes: capitals and underscores."""
    return name.replace("_", "").casefold()


def join(parent: str, name: str) -> str:
    """The dotted name of a member or, in brackets, of a parameter."""
    return f"{parent}{name}" if name.startswith("(") else f"{parent}.{name}" if parent else name


def parsed(version: str) -> Version:
    """The version, or the lowest one if it is none."""
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")
