"""What the index of names says of a name on a release."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from packaging.version import Version

from report.check.code import LIKELY, Conventions, Use
from report.check.model import Remark

if TYPE_CHECKING:
    from report.names import index

ALIKE = 0.8  # how alike two names are, from 0 to 1, if one is meant by the other
SHORTEST = 3  # characters of a name that is taken for another one misspelt
SUFFIXES = frozenset(["conf", "htm", "html", "js"])  # of files; like names of an index


class Index:
    """Asks the index *of* names as of a *release*; *certain* are the namespaces without `*` at the end."""

    def __init__(self, of: "index.Index", release: str, conventions: Conventions) -> None:
        self.of, self.release, self.types = of, release, conventions.types
        self.conventions = replace(conventions, is_class=self.is_class)
        self.namespaces = [space.rstrip(LIKELY) for space in conventions.namespaces]
        self.certain = [space for space in conventions.namespaces if not space.endswith(LIKELY)]
        self.find, self.members, self.is_open = cache(of.find), cache(of.members), cache(of.is_open)
        self.own: set[str] = set()  # dotted names that the article's code sets

    def exists(self, name: str) -> bool:
        """Whether the release has a name."""
        entry = self.find(name)
        return entry is not None and self.of.exists(entry, self.release) is True

    def is_class(self, name: str) -> bool:
        """Whether a name is that of a class."""
        entry = self.find(name)
        return entry is not None and entry.kind == "class"

    def any(self, names: Iterable[str], first: int, last: int) -> Remark:
        """What is known of a name that may stand for several: it has gone only where none of them exists."""
        remarks = [self.judge(entry, first, last) for name in names if (entry := self.find(name))]
        known = [remark for remark in remarks if remark.known]
        return min(known, key=lambda remark: remark.verdict is not None, default=Remark(first, last, known=False))

    def uses(self, uses: Iterable[Use], shown: str) -> Iterator[Remark]:
        """What is known of each use of a dotted name, up to its first part that is not as it should be."""
        for use in uses:
            base = self.find(use.base)
            if base and self.of.exists(base, self.release) is False:
                continue  # a finding of its own
            yield self._use(use, shown)

    def _use(self, use: Use, shown: str) -> Remark:
        """What is known of a use; of what its base only likely is, no more than that it exists."""
        path, found = self.types.get(use.base, use.base), Remark(use.start, use.ends[0], known=False)
        for attribute, end in zip(use.attributes, use.ends, strict=True):
            is_likely, parent = path.endswith(LIKELY), path.rstrip(LIKELY)
            path = join(parent, attribute)
            remark = self._attribute(use, parent, attribute, end, shown[use.start : end])
            if is_likely and remark.verdict:
                remark = Remark(use.start, end, known=False)
            if remark.known or not found.known:
                found = remark
            if remark.verdict or not remark.known:
                break
            entry = self.find(path)
            path = self.types.get(path, self.types.get(entry.name, path) if entry else path)
            path += LIKELY if is_likely else ""
        return found if found.known or use.base not in ("", "?") else self._alone(use, shown)

    def _alone(self, use: Use, shown: str) -> Remark:
        """What is known of attributes of something unknown: that they exist, if hardly anything else has such names."""
        first, found = use.attributes[0], Remark(use.start, use.ends[-1], known=False)
        owner = next((f"{space}.{first}" for space in self.namespaces if self.is_class(f"{space}.{first}")), None)
        if not use.base and owner and len(use.ends) > 1:
            return self._use(replace(use, base=owner + LIKELY, attributes=use.attributes[1:], ends=use.ends[1:]), shown)
        for at, (attribute, end) in enumerate(zip(use.attributes, use.ends, strict=True), 1):
            if path := self.types.get(f"*.{attribute}"):
                rest = replace(use, base=path, attributes=use.attributes[at:], ends=use.ends[at:])
                more = self._use(rest, shown) if rest.ends else found
                return more if more.known else Remark(use.start, end)
            if "_" in attribute.strip("_(") and self.exists_somewhere(attribute):
                found = Remark(use.start, end)
        return found

    def is_telling(self, name: str) -> bool:
        """Whether a name can hardly be that of something else: it is no plain word, and no module has it any more."""
        is_word = name.islower() and "_" not in name
        return not is_word and not any(self.exists(f"{module}.{name}") for module in self.of.modules())

    def measured(self, package: str) -> str:
        """The releases of a package that the index knows; there may be older ones."""
        versions = self.of.versions(package)
        return f"{package} {versions[0]} to {versions[-1]}, the releases in the index"

    def exists_somewhere(self, name: str) -> bool:
        """Whether a namespace has a name or, in brackets, a parameter."""
        return any(join(space, name) in self.types or self.exists(join(space, name)) for space in self.namespaces)

    def _attribute(self, use: Use, parent: str, attribute: str, end: int, shown: str) -> Remark:
        """What is known of an attribute of *parent*, written as the end of what is *shown*."""
        path = join(parent, attribute)
        if path in self.types and not self.find(path):
            return Remark(use.start, end)  # the settings say so
        if entry := self.find(path):
            remark = self.judge(entry, use.start, end)
            before = shown[: len(shown) - len(attribute.strip("()"))]
            return replace(remark, fix=before + remark.fix) if remark.fix else remark
        return self._never(use, parent, attribute, end, shown)

    def judge(self, entry: "index.Entry", first: int, last: int) -> Remark:
        """What is known of an entry, written at *first* to *last*; not known if its package is not measured."""
        version = self.of.version_at(entry.package, self.release)
        exists = self.of.exists(entry, self.release)
        if exists is None or version is None or (not exists and self._is_added(entry)):
            return Remark(first, last, known=False)
        name, since = f"`{entry.name.partition(':')[2] or entry.name}`", entry.ranges[0][0]
        before = [end for start, end in entry.ranges if Version(start) <= Version(version)]
        if exists:
            if entry.deprecated is None or Version(entry.deprecated) > Version(version):
                return Remark(first, last)
            said = f"{name} is deprecated since {entry.package} {entry.deprecated}."
            return self._advised(Remark(first, last, "deprecated", said), entry)
        if before and self._may_go_on(entry):
            return Remark(first, last, known=False)
        if before:
            said = f"{name} is gone: {entry.package} {before[-1]} was the last release that had it."
            return self._advised(Remark(first, last, "gone", said, since=since, until=before[-1]), entry)
        if entry.kind == "parameter" and self.is_open(entry.name.partition("(")[0]):
            return Remark(first, last, known=False)  # the function took it along with any other
        said = f"{name} is not in {entry.package} {version}: it came with {since}."
        return Remark(first, last, "never", said, since=since)

    def _may_go_on(self, entry: "index.Entry") -> bool:
        """Whether its object may still have it: by `__getattr__`, say, of which the index knows no names."""
        owner = self.find(entry.name.partition("(")[0].rpartition(".")[0])
        return owner is not None and owner.kind in ("class", "attribute") and self.is_open(owner.name)

    def _is_added(self, entry: "index.Entry") -> bool:
        """Whether it is a command that another package adds to the program: perhaps only while the program runs."""
        kind, _, words = entry.name.partition(":")
        program = self.find("command:" + words.split(" ")[0]) if kind in ("command", "option") else None
        return program is not None and program.package != entry.package

    def _advised(self, remark: Remark, entry: "index.Entry") -> Remark:
        """The remark with the names in the announcement; one that only spells the name otherwise is a fix."""
        if not entry.message:
            return remark
        parent, _, own = entry.name.rpartition(".")
        last = entry.message.rpartition(".")[2]
        same = _spelt(last) == _spelt(own) and self.exists(f"{parent}.{last}")
        message = f"{remark.message} Its announcement names `{entry.message.replace(', ', '`, `')}`."
        return replace(remark, message=message, instead=entry.message, fix=last if same else None)

    def _never(self, use: Use, parent: str, attribute: str, end: int, shown: str) -> Remark:
        """That no release has a name: only where the index knows all that its parent has."""
        package = attribute.casefold()
        if not parent and use.proven and attribute != package and self.exists(package):
            remark = Remark(use.start, end, "never", f"There is no module `{attribute}`.")
            return self.misspelt(remark, [package], "{}")
        name, is_parameter = attribute.strip("()"), attribute.startswith("(")
        owner = f"{parent}()" if is_parameter and self.is_class(parent) else parent
        siblings = [sibling.strip("()") for sibling in self.members(owner)]
        is_own = name.startswith("_") or name in siblings or use.bound or join(parent, attribute) in self.own
        is_file = not use.called and name in SUFFIXES
        entry = None if not siblings or is_own or is_file or self.is_open(owner) else self.find(parent)
        near = close(name, siblings) if entry else []
        is_strict = entry and use.proven and (use.called or is_parameter or entry.kind == "module")
        if not entry or not (near or is_strict):
            return Remark(use.start, end, known=False)
        said = f"`{join(parent, attribute)}` is not in {self.measured(entry.package)}."
        path = join(parent, "({})" if is_parameter else "{}")
        return self.misspelt(Remark(use.start, end, "never", said), near, path, shown[: len(shown) - len(name)])

    def misspelt(self, remark: Remark, near: Sequence[str], path: str, before: str = "") -> Remark:
        """The remark with the nearest name, *before* which stands the same; a fix, if it is the only one and exists."""
        if not near:
            return remark
        fix = before + near[0] if len(near) == 1 and self.exists(path.format(near[0])) else None
        message = f"{remark.message} Did you mean `{before}{near[0]}`?"
        return replace(remark, message=message, instead=before + near[0], fix=fix)


def close(name: str, names: Iterable[str]) -> list[str]:
    """The names, at most two, of which one may be meant by *name*, the likest first."""
    return get_close_matches(name, [*names], 2, ALIKE) if len(name) >= SHORTEST else []


def _spelt(name: str) -> str:
    """A name without what another spelling changes: capitals and underscores."""
    return name.replace("_", "").casefold()


def join(parent: str, name: str) -> str:
    """The dotted name of a member or, in brackets, of a parameter."""
    return f"{parent}{name}" if name.startswith("(") else f"{parent}.{name}" if parent else name
