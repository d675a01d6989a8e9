"""What the index of names says of a name on a release."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from packaging.version import Version

from report.check.code import LIKELY, Conventions, Use
from report.check.model import PAST, Remark

if TYPE_CHECKING:
    from report.names import index

ALIKE = 0.8  # how alike two names are, from 0 to 1, if one is meant by the other
SHORTEST = 3  # characters of a name that is taken for another one misspelt
SLIP, LONG = 0.9, 9  # how alike a module and its misspelt name are; letters of one that is taken for misspelt
PLACED = ("class", "function", "module", "signal")  # what is looked for without a receiver
SUFFIXES = frozenset(
    ["cfg", "conf", "css", "db", "env", "htm", "html", "js", "json", "py", "sql", "txt", "yml"]
)  # of files; like names of an index


class Index:
    """Asks the index *of* names as of a *release*; *certain* are the namespaces without `*` at the end."""

    def __init__(self, of: "index.Index", release: str, conventions: Conventions) -> None:
        self.of, self.release, self.types = of, release, conventions.types
        self.conventions = replace(
            conventions, is_class=self.is_class, exists=self.exists, place=cache(self.place), returned=of.returned
        )
        self.namespaces = [space.rstrip(LIKELY) for space in conventions.namespaces]
        self.certain = [space for space in conventions.namespaces if not space.endswith(LIKELY)]
        self.find, self.members, self.is_open = cache(of.find), cache(of.members), cache(of.is_open)
        self.own: set[str] = set()  # dotted names that the article's code sets
        self.named: set[str] = set()  # classes and functions that the article names
        self.misspelt_modules: dict[str, str] = {}  # in the article, with those that are meant

    def exists(self, name: str) -> bool:
        """Whether the release has a name."""
        entry = self.find(name)
        return entry is not None and self.of.exists(entry, self.release) is True

    def is_class(self, name: str) -> bool:
        """Whether a name is that of a class."""
        return self._kind(name) == "class"

    def place(self, name: str) -> str | None:
        """Where a module has a class or a function: one of the namespaces, or any, if the name says enough."""
        anywhere = self.of.places.get(name, ()) if is_long(name) else ()
        paths = (join(space, name) for space in [*self.namespaces, *anywhere] if self._kind(space) == "module")
        found = (path for path in paths if self._kind(path) in PLACED and self.exists(path))
        return None if self.find(name) else next(found, None)

    def _kind(self, name: str) -> str:
        entry = self.find(name)
        return entry.kind if entry else ""

    def meant(self, module: str, names: Sequence[str]) -> str | None:
        """The module that has these names for which one that does not exist stands: misspelt, or with a slip."""
        moved = [(old, new) for old, new in self.types.items() if old.endswith(".")]
        if self.find(module) or any(module.startswith(old) for old, _ in moved):
            return None
        spelt, every = _spelt(module), {_spelt(name): name for name in self.of.modules()}
        for old, new in moved:
            every |= {_spelt(name.replace(new, old, 1)): name for name in every.values() if name.startswith(new)}
        near = get_close_matches(spelt, every, 1, ALIKE if len(names) > 1 else SLIP)
        # Neither longer, nor its beginning, nor its end: that may be another package.
        slips = (name for name in near if len(name) >= len(spelt) and spelt not in name)
        meant = every.get(spelt) or (every.get(next(slips, "")) if len(names) > 1 or len(spelt) >= LONG else None)
        is_own = meant is not None and meant == module.replace("_", ".")  # such as `flask_app`, which is no `flask.app`
        if meant is None or is_own or not all(self.exists(f"{meant}.{name}") for name in names):
            return None
        self.misspelt_modules[module] = meant
        return meant

    def any(self, names: Iterable[str], first: int, last: int) -> Remark:
        """What is known of a name that may stand for several: it has gone only where none of them exists."""
        found = [(name, self.judge(entry, first, last)) for name in names if (entry := self.find(name))]
        known = [remark for _, remark in found if remark.known]
        self.named |= {name for name, remark in found if remark.known and not remark.verdict}
        return min(known, key=lambda remark: remark.verdict is not None, default=Remark(first, last, known=False))

    def uses(self, uses: Iterable[Use], shown: str) -> Iterator[Remark]:
        """What is known of each use of a dotted name, up to its first part that is not as it should be."""
        for use in uses:
            base = self.find(use.base)
            if base and self.of.exists(base, self.release) is False:  # a finding of its own
                remark = self._use(replace(use, base=use.base + LIKELY), shown)
                yield from [remark] if remark.known else []
                continue
            owner, _, last = use.base.rpartition(".")
            if base is None and use.attributes[0].startswith("(") and (near := close(last, self.members(owner))):
                use = replace(use, base=f"{owner}.{near[0]}{LIKELY}")  # the parameter of what is misspelt
            yield (remark := self._use(use, shown))
            root = shown[use.start : use.ends[0]].removesuffix(f".{use.attributes[0]}")
            is_meant = use.base in (self.conventions.receivers.get(root), f"{self.conventions.subject}.{root}")
            if not remark.known and is_meant and self.exists(f"{self.conventions.subject}.{root}"):
                yield Remark(use.start, use.start + len(root))

    def _use(self, use: Use, shown: str) -> Remark:
        """What is known of a use; of what its base only likely is, no more than that it exists."""
        path, found = self.types.get(use.base, use.base), Remark(use.start, use.ends[0], known=False)
        for at, (attribute, end) in enumerate(zip(use.attributes, use.ends, strict=True), 1):
            is_likely, parent = path.endswith(LIKELY), path.rstrip(LIKELY)
            if not path and not self.find(attribute) and attribute not in self.misspelt_modules:
                is_likely, attribute = True, attribute.lower()  # perhaps a package in capitals
            is_said = join(parent, attribute) in self.types or self.find(join(parent, attribute))
            other = "" if is_said else self.types.get(f"{parent}.*", "")
            if other.endswith(".*"):  # it hands on what that has
                is_likely, parent = True, other.removesuffix(".*")
            elif other and is_likely:
                path = other
                continue
            path = join(parent, attribute)
            remark = self._attribute(use, parent, attribute, end, shown[use.start : end])
            if (moved := self.types.get(f"{path}.")) and remark.verdict and at < len(use.ends):
                module = self.types.get(join(path, use.attributes[at]), moved + use.attributes[at])
                remark = self._moved(remark, module, use.ends[at])
            if is_likely and remark.verdict:
                remark = Remark(use.start, end, known=remark.verdict in PAST)
            if remark.known or not found.known:
                found = remark
            if remark.known and not remark.verdict:
                self.named.add(path)
            if remark.verdict or not remark.known:
                break
            entry = self.find(path)
            path = self.types.get(path, self.types.get(entry.name, path) if entry else path)
            path += LIKELY if is_likely else ""
        is_unknown = use.base in ("", "?") or use.base.endswith(LIKELY)
        return self._alone(use, shown) if is_unknown and not found.known else found

    def _moved(self, remark: Remark, module: str, last: int) -> Remark:
        """The remark about where modules were, with one of them, and with its name now, which may be only likely."""
        if not self.exists(module):
            return replace(remark, last=last, message=f"{remark.message} Perhaps it is `{module.rstrip(LIKELY)}` now.")
        return replace(remark, last=last, message=f"{remark.message} Write `{module}`.", instead=module, fix=module)

    def _alone(self, use: Use, shown: str) -> Remark:
        """What is known of attributes of something unknown: that they exist, if hardly anything else has such names."""
        found = Remark(use.start, use.ends[-1], known=False)
        for at, (attribute, end) in enumerate(zip(use.attributes, use.ends, strict=True), 1):
            if path := self.types.get(f"*.{attribute}"):
                rest = replace(use, base=path, attributes=use.attributes[at:], ends=use.ends[at:])
                more = self._use(rest, shown) if rest.ends else found
                return more if more.known else Remark(use.start, end)
            if "_" in attribute.strip("_(") and self.is_known(attribute):
                found = Remark(use.start, end)
        return found

    def slip(self, name: str, first: int, last: int, is_decorator: bool) -> Remark:
        """A name that nothing has, one letter short of one in the namespaces, or a decorator spelt another way."""
        every = {member for space in self.certain for member in self.members(space) if self.exists(f"{space}.{member}")}
        near = get_close_matches(name, every, 2, SLIP) if len(name) >= LONG and not self.of.places.get(name) else []
        meant = [other for other in near if len(other) > len(name) or (is_decorator and _spelt(other) == _spelt(name))]
        if not meant:
            return Remark(first, last, known=False)
        message = f"`{name}` is not in {self.conventions.subject}'s packages. Did you mean `{meant[0]}`?"
        return Remark(first, last, "never", message, fix=meant[0] if len(meant) == 1 else None, instead=meant[0])

    def measured(self, package: str) -> str:
        """The releases of a package that the index knows; there may be older ones."""
        versions = self.of.versions(package)
        return f"{package} {versions[0]} to {versions[-1]}, the releases in the index"

    def exists_somewhere(self, name: str) -> bool:
        """Whether a namespace has a name or, in brackets, a parameter."""
        spaces = [] if name.startswith("__") else [*self.namespaces, *self.named]
        call = "()" if name.startswith("(") else ""
        having = (space for space in spaces if name.strip("()") in self.members(space + call))
        is_word = name.isalpha()  # then what the article names has it, hardly a namespace
        return any(self.exists(join(space, name)) for space in having) or any(
            join(space, name) in self.types for space in spaces if not is_word or space in self.named
        )

    def is_known(self, name: str, ever: bool = True) -> bool:
        """Whether a namespace has a name or, if it says enough, anything has it or the subject *ever* had it."""
        owners = self.of.places.get(name, ()) if is_long(name) else ()
        had = ever and any(owner.partition(".")[0] == self.conventions.subject for owner in owners)
        return had or self.exists_somewhere(name) or any(self.exists(join(owner, name)) for owner in owners)

    def _attribute(self, use: Use, parent: str, attribute: str, end: int, shown: str) -> Remark:
        """What is known of an attribute of *parent*, written as the end of what is *shown*."""
        path = join(parent, attribute)
        entry = self.find(path)
        if not entry and path in self.types:
            return Remark(use.start, end)  # the settings say so
        if entry:
            remark = self.judge(entry, use.start, end)
            before = shown[: len(shown) - len(attribute.strip("()"))]
            return replace(remark, fix=before + remark.fix) if remark.fix else remark
        return self._never(use, parent, attribute, end, shown)

    def judge(self, entry: "index.Entry", first: int, last: int) -> Remark:
        """What is known of an entry, written at *first* to *last*; not known if its package is not measured."""
        version = self.of.version_at(entry.package, self.release)
        exists = self.of.exists(entry, self.release)
        is_own = not entry.name.startswith("env:") or self.conventions.subject in entry.name.casefold()  # unlike `LANG`
        if exists is None or version is None or (not exists and (self._is_added(entry) or not is_own)):
            return Remark(first, last, known=False)
        name, since = f"`{entry.name.partition(':')[2] or entry.name}`", entry.ranges[0][0]
        before = [end for start, end in entry.ranges if Version(start) <= Version(version)]
        if exists:
            if entry.deprecated is None or Version(entry.deprecated) > Version(version):
                return Remark(first, last)
            since_when = "since" if entry.package.lower() == self.conventions.subject else "at the latest since"
            said = f"{name} is deprecated {since_when} {entry.package} {entry.deprecated}."
            return self._advised(Remark(first, last, "deprecated", said), entry)
        function, _, parameter = entry.name.rstrip(")").partition("(")
        if before and parameter and self.is_open(f"{function}()"):
            return Remark(first, last, known=self._is_taken(parameter))  # it hands it on
        if before and self._may_go_on(entry):
            return Remark(first, last, known=False)
        if before:
            of_all = "" if entry.package.lower() == self.conventions.subject else " in the index"
            said = f"{name} is gone: {entry.package} {before[-1]} was the last release{of_all} that had it."
            return self._advised(Remark(first, last, "gone", said, since=since, until=before[-1]), entry)
        if parameter and self.is_open(f"{function}()"):
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
        others = ", whose values may be others" * entry.name.startswith("env:")
        message = f"{remark.message} Its announcement names `{entry.message.replace(', ', '`, `')}`{others}."
        return replace(remark, message=message, instead=entry.message, fix=last if same else None)

    def _never(self, use: Use, parent: str, attribute: str, end: int, shown: str) -> Remark:
        """That no release has a name: only where the index knows all that its parent has."""
        if not parent and (module := self.misspelt_modules.get(attribute)):
            remark = Remark(use.start, end, "never", f"There is no module `{attribute}`.")
            return self.misspelt(remark, [module], "{}")
        name, is_parameter = attribute.strip("()"), attribute.startswith("(")
        owner = f"{parent}()" if is_parameter and self.is_class(parent) else parent
        siblings = [sibling.strip("()") for sibling in self.members(owner)]
        is_own = name.startswith("_") or name in siblings or use.bound or join(parent, attribute) in self.own
        if is_parameter and self.find(parent) and self.is_open(f"{parent}()") and self._is_taken(name):
            return Remark(use.start, end)  # it hands what it takes on
        is_file = not use.called and name in SUFFIXES
        entry = None if not siblings or is_own or is_file or self.is_open(owner) else self.find(parent)
        near = close(name, siblings) if entry else []
        is_strict = entry and use.proven and (use.called or is_parameter or entry.kind == "module")
        is_strict = is_strict and not name.isupper()  # such as `request.GET`, which another framework has
        if not entry or not (near or is_strict):
            return Remark(use.start, end, known=False)
        said = f"`{join(parent, attribute)}` is not in {self.measured(entry.package)}."
        elsewhere = f"{self.conventions.subject}.{name}"
        if not is_parameter and name not in near and parent != self.conventions.subject and self.exists(elsewhere):
            return Remark(use.start, end, "never", f"{said} There is `{elsewhere}`.", instead=elsewhere)
        path = join(parent, "({})" if is_parameter else "{}")
        return self.misspelt(Remark(use.start, end, "never", said), near, path, shown[: len(shown) - len(name)])

    def _is_taken(self, parameter: str) -> bool:
        """Whether some function has a parameter, or an extension a key of the configuration for it."""
        keys = (key for key in self.members("config:") if key.partition("_")[2] == parameter.upper())
        return self.exists_somewhere(f"({parameter})") or any(keys)

    def misspelt(self, remark: Remark, near: Sequence[str], path: str, before: str = "") -> Remark:
        """The remark with the nearest name, *before* which stands the same; a fix, if it is the only one and exists."""
        if not near:
            return remark
        fix = before + near[0] if len(near) == 1 and self.exists(path.format(near[0])) else None
        message = f"{remark.message} Did you mean `{before}{near[0]}`?"
        return replace(remark, message=message, instead=before + near[0], fix=fix)


def close(name: str, names: Iterable[str]) -> list[str]:
    """The names, at most two, of which one may be meant by *name*, the likest first.

    Only one that is spelt otherwise, if there is one, or only those that differ by a slip.
    """
    near = get_close_matches(name, [*names], 2, ALIKE) if len(name) >= SHORTEST else []
    return [other for other in near if _spelt(other) == _spelt(name)] or get_close_matches(name, near, 2, SLIP) or near


def _spelt(name: str) -> str:
    """A name without what another spelling changes: capitals, underscores and dots."""
    return name.replace("_", "").replace(".", "").casefold()


def is_long(name: str) -> bool:
    """Whether a name can hardly be a word: it is made of several."""
    return "_" in name.strip("_(") or (sum(letter.isupper() for letter in name) > 1 and not name.isupper())


def join(parent: str, name: str) -> str:
    """The dotted name of a member or, in brackets, of a parameter."""
    return f"{parent}{name}" if name.startswith("(") else f"{parent}.{name}" if parent else name
