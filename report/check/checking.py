"""Checks the text of an article: names, code as printed, statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from report.check import printed, prose, shell, templates
from report.check.code import Bindings, Conventions, Reader, Use
from report.check.model import Finding, Names, Report, Subject
from report.check.names import Judgement
from report.check.names import Names as Asker
from report.check.passages import Passage, Places, passages
from report.check.statements import Match, Statements
from report.reader.hashes import digest

if TYPE_CHECKING:
    from report.names.index import Index


@dataclass(frozen=True)
class Settings:
    """What a check needs to know of its *subject*: conventions, the *programs* of shell lines, *namespaces*.

    Namespaces are where a name without a receiver is looked for.
    """

    subject: str
    conventions: Conventions = field(default_factory=Conventions)
    programs: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()


def check(
    text: str, name: str, index: "Index", statements: Statements, release: str, config: Settings, suggest: bool = False
) -> Report:
    """Check the *text* of the file called *name*, as of a *release* of the subject.

    Raises:
        ReportError: the text cannot be read.
    """
    checker = Checker(text, index, statements, release, config)
    blocks = [*passages(text, name)]
    found = checker.read(blocks)
    suggested = checker.suggestions(blocks) if suggest else ()
    ordered = sorted({(one.start, one.end, one.layer, one.text): one for one in found}.values(), key=_order)
    names = Names(checker.resolved, checker.silent)
    return Report(name, Subject(config.subject, release), tuple(ordered), names, tuple(suggested))


def _order(finding: Finding) -> tuple[int, int]:
    return finding.start, finding.end


class Checker:
    """Collects the findings in a text, and counts the names that it knows and those about which it is silent."""

    def __init__(self, text: str, index: "Index", statements: Statements, release: str, config: Settings) -> None:
        self.text, self.places, self.statements, self.config = text, Places(text), statements, config
        self.own: set[str] = set()  # dotted names that the article's code sets
        self.names = Asker(index, release, config.conventions.types, self.own)
        self.release = release
        self.resolved = self.silent = 0

    def read(self, blocks: Iterable[Passage]) -> Iterator[Finding]:
        """Every finding, layer by layer."""
        code = [(passage, printed.read(passage)) for passage in blocks if passage.code]
        trees = [parsed for _, parsed in code if parsed is not None]
        for parsed in trees:
            for one in parsed.problems:
                yield self.places.finding(
                    "code", "error", parsed.passage, one.first, one.last, one.message, fix=one.fix
                )
        bindings = self._bindings(trees)
        for parsed in trees:
            yield from self._python(parsed, bindings)
        for passage in (passage for passage, parsed in code if parsed is None):
            yield from self._other(passage)
        for passage in blocks:
            if not passage.code:
                yield from self._prose(passage, bindings)
                yield from self._statements(passage)

    def _reader(self, source: str, bindings: Bindings) -> Reader:
        return Reader(source, {**bindings}, self.config.conventions, self.names.is_class)

    def _bindings(self, trees: Iterable[printed.Parsed]) -> Bindings:
        """What the article's code says its names refer to; unknown, if two blocks say different things."""
        meanings: dict[str, set[str | None]] = defaultdict(set)
        for parsed in trees:
            if parsed.tree:
                reader = self._reader(parsed.passage.shown, {})
                reader.visit(parsed.tree)
                self.own.update(f"{use.base}.{use.attributes[-1]}" for use in reader.uses if use.bound)
                for name, path in reader.bindings.items():
                    meanings[name].add(path)
        return {name: next(iter(paths)) if len(paths) == 1 else None for name, paths in meanings.items()}

    def _python(self, parsed: printed.Parsed, bindings: Bindings) -> Iterator[Finding]:
        if parsed.tree is None:
            return
        reader = self._reader(parsed.passage.shown, bindings)
        reader.visit(parsed.tree)
        yield from self._uses(reader.uses, parsed.passage)
        for key, start, end in reader.keys:
            yield from self._plain([f"config:{key}"], start, end, parsed.passage)

    def _uses(self, uses: Iterable[Use], passage: Passage) -> Iterator[Finding]:
        for use in uses:
            found = self.names.use(use, passage.shown[use.start : use.ends[-1]])
            last = use.ends[found.depth - 1] if found else 0
            size = len(use.attributes[found.depth - 1].strip("()")) if found else 0
            yield from self._named(found, use.start, last, passage, size)

    def _named(
        self, found: Judgement | None, first: int, last: int, passage: Passage, size: int | None = None
    ) -> Iterator[Finding]:
        """A finding about what is known of a name, whose last *size* characters a fix replaces."""
        self.resolved += found is not None
        self.silent += found is None
        if found is None or found.verdict is None:
            return
        kept = passage.shown[first : last - (last - first if size is None else size)]
        fix = kept + found.fix if found.fix else None
        yield self.places.finding(
            "name", found.verdict, passage, first, last, found.message,
            since=found.since, until=found.until, instead=found.instead, fix=fix,
        )  # fmt: skip

    def _plain(self, candidates: Iterable[str], first: int, last: int, passage: Passage) -> Iterator[Finding]:
        """Ask about a name that may stand for several: it has gone only where none of them exists."""
        entries = [entry for name in candidates if (entry := self.names.index.find(name))]
        judged = [one for entry in entries if (one := self.names.entry(entry))]
        best = next((one for one in judged if one.verdict is None), judged[0] if judged else None)
        yield from self._named(best, first, last, passage)

    def _other(self, passage: Passage) -> Iterator[Finding]:
        if templates.is_template(passage):
            problem = templates.error(passage.shown)
            if problem:
                lines = passage.shown.split("\n")
                first = sum(len(line) + 1 for line in lines[: problem[1]])
                last = first + len(lines[problem[1]].rstrip())
                message = f"Jinja cannot parse this template: {problem[0]}."
                yield self.places.finding("code", "error", passage, first, last, message)
            for found, first, last in templates.find(passage.shown, self.names, self.config.conventions, self.text):
                size = len(found.name.rpartition(".")[2]) if found and found.name.startswith("flask.") else None
                yield from self._named(found, first, last, passage, size)
        elif shell.is_shell(passage, self.config.programs):
            for found, first, last in shell.find(passage.shown, self.names, self.config.programs):
                yield from self._named(found, first, last, passage)

    def _prose(self, passage: Passage, bindings: Bindings) -> Iterator[Finding]:
        commands = [span for span in passage.spans if passage.shown[slice(*span)].split(" ")[0] in self.config.programs]
        for start, end in commands:
            for found, first, last in shell.find(passage.shown[start:end], self.names, self.config.programs, False):
                yield from self._named(found, start + first, start + last, passage)
        named = prose.find(passage, bindings, self.config.conventions, self.names.is_class)
        yield from self._uses(named.uses, passage)
        for name, first, last in named.bare:
            spaces = [name] if bindings.get(name, "") is None else [f"{one}.{name}" for one in self.config.namespaces]
            yield from self._plain(spaces, first, last, passage)
        for name, first, last in named.constants:
            yield from self._plain([f"config:{name}", f"env:{name}"], first, last, passage)

    def _statements(self, passage: Passage) -> Iterator[Finding]:
        for first, last in passage.sentences:
            pieces = [(passage.shown[a:b], code) for a, b, code in _pieces(passage, first, last)]
            matches = self.statements.made(passage.shown[first:last], digest(pieces, passage.header))
            judged = self._judged(matches, (passage, first, last), "looks")
            yield from sorted(judged, key=lambda one: (one.verdict == "confirmed", -(one.score or 0)))[:1]

    def suggestions(self, blocks: Iterable[Passage]) -> list[Finding]:
        """The statements that sentences may make, up to five each."""
        places = [(passage, *span) for passage in blocks for span in passage.sentences]
        near = ((place, self.statements.near(place[0].shown[place[1] : place[2]])) for place in places)
        return [one for place, matches in near for one in self._judged(matches, place, "may be")]

    def _judged(self, matches: Iterable[Match], place: tuple[Passage, int, int], how: str) -> Iterator[Finding]:
        """A finding for each statement that was tried on the release, or before."""
        for match in matches:
            one, (verdict, until) = match.statement, match.statement.verdict(self.release)
            if verdict is None:
                continue
            correction = one.correction if verdict != "confirmed" else None
            said = f"outdated: it held until {until}" if until else verdict
            message = f"This {how} like “{one.text}”, which is {said}."
            message += f" Correct is: {correction}" if correction else ""
            found = self.places.finding("statement", verdict, *place, message)
            yield replace(found, until=until, instead=correction, claim=one.id, score=match.score)


def _pieces(passage: Passage, first: int, last: int) -> Iterator[tuple[int, int, bool]]:
    """The stretches of a sentence that are code spans, or not."""
    at = first
    for start, end in passage.spans:
        if first <= start and end <= last:
            yield from [(at, start, False)] if at < start else []
            yield start, end, True
            at = end
    yield from [(at, last, False)] if at < last else []
