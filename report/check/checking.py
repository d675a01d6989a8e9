"""Checks the text of an article: names, code as printed, statements."""

import builtins
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from report.check import printed, prose, shell, statements, templates
from report.check.code import Bindings, Conventions, Reader
from report.check.model import Finding, Names, Report, Subject
from report.check.names import Index, Judgement, Known
from report.check.passages import Passage, Places, passages
from report.check.statements import Match, Statements
from report.reader.hashes import digest

if TYPE_CHECKING:
    from report.names import index

# Words of a sentence that says itself that something is of the past: what it names may be gone.
HISTORY = re.compile(
    r"\b(?:removed|deprecated|no longer|renamed|replaced|dropped|obsolete|legacy|formerly|previously|used to|instead of"
    r"|added|introduced|(?:earlier|older|previous) (?:versions?|releases?)|prior to)\b",
    re.IGNORECASE,
)
FILE = re.compile(r"\b([a-z_]\w*)(?:\.py\b|[/\\])")  # or folder, which the article names
BUILTINS = frozenset(dir(builtins))
NEARBY = 200  # characters before a sentence in which what `it` refers to is named


@dataclass(frozen=True)
class Settings:
    """What a check needs to know of its *subject*: conventions, and the *programs* of shell lines.

    *namespaces* are where a name without a receiver is looked for.
    """

    subject: str
    conventions: Conventions = field(default_factory=Conventions)
    programs: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()


def check(
    text: str,
    name: str,
    index: "index.Index",
    stated: Statements,
    release: str,
    config: Settings,
    suggest: bool = False,
) -> Report:
    """Check the *text* of the file called *name*, as of a *release* of the subject.

    Raises:
        ReportError: the text cannot be read.
    """
    checker = Checker(text, Index(index, release, config.conventions.types), stated, config)
    blocks = [*passages(text, name)]
    found = {(one.start, one.end, one.layer): one for one in checker.read(blocks)}
    ordered = tuple(found[key] for key in sorted(found))
    suggested = tuple(checker.suggestions(blocks)) if suggest else ()
    return Report(name, Subject(config.subject, release), ordered, Names(checker.resolved, checker.silent), suggested)


class Checker:
    """Collects the findings in a text, and counts the names that it knows and those about which it is silent."""

    def __init__(self, text: str, index: Index, stated: Statements, config: Settings) -> None:
        self.text, self.places, self.index, self.stated, self.config = text, Places(text), index, stated, config
        files = {name for name in FILE.findall(text) if index.find(name) is None}
        self.conventions = replace(config.conventions, is_class=index.is_class, is_own=files.__contains__)
        self.bindings: Bindings = {}
        self.copied = False  # whether the sentence before has an account
        self.resolved = self.silent = 0

    def read(self, blocks: Iterable[Passage]) -> Iterator[Finding]:
        """Every finding, layer by layer."""
        code = [(passage, printed.read(passage)) for passage in blocks if passage.code]
        python = [parsed for _, parsed in code if parsed is not None]
        for parsed in python:
            for one in parsed.problems:
                found = self.places.finding("code", "error", parsed.passage, one.first, one.last, one.message, one.fix)
                yield found
        sources = [parsed.passage for parsed in python if parsed.whole]
        self._bind(sources)
        for passage in sources:
            reader = Reader(passage.shown, self.bindings, self.conventions)
            yield from self._named(self.index.uses(reader.uses, passage.shown), passage)
            yield from self._named((self.index.any([f"config:{key}"], *at) for key, *at in reader.keys), passage)
            yield from self._named((self._bare(name, *at) for name, *at in reader.free), passage)
        for passage in (passage for passage, parsed in code if parsed is None):
            yield from self._other(passage)
        for passage in blocks:
            if not passage.code:
                yield from self._named(self._prose(passage), passage)
                yield from self._statements(passage)

    def _bind(self, sources: Iterable[Passage]) -> None:
        """Take what the article's code says its names refer to; unknown, if two blocks say different things."""
        meanings: dict[str, set[str | None]] = defaultdict(set)
        for passage in sources:
            reader = Reader(passage.shown, {}, self.conventions)
            self.index.own.update(f"{use.base}.{use.attributes[-1]}" for use in reader.uses if use.bound)
            for name, path in reader.bindings.items():
                if name not in reader.own:
                    meanings[name].add(path)
        self.bindings = {name: paths.pop() if len(paths) == 1 else None for name, paths in meanings.items()}

    def _named(self, names: Iterable[Known], passage: Passage) -> Iterator[Finding]:
        """The findings about names, of which the index knows that they are not as they should be."""
        for one in names:
            known = one.judgement
            self.resolved += known is not None
            self.silent += known is None
            if known and known.verdict:
                kept = passage.shown[one.first : one.last - (one.replaced or one.last - one.first)]
                fix = kept + known.fix if known.fix else None
                found = self.places.finding("name", known.verdict, passage, one.first, one.last, known.message, fix)
                yield msgspec.structs.replace(found, since=known.since, until=known.until, instead=known.instead)

    def _other(self, passage: Passage) -> Iterator[Finding]:
        """What is found in a block that is not Python."""
        if templates.is_template(passage):
            problem = templates.error(passage.shown)
            if problem:
                yield self.places.finding("code", "error", passage, *problem)
            found = templates.find(passage.shown, self.index, self.conventions, self.text)
            yield from self._named(found, passage)
        elif shell.is_shell(passage, self.config.programs):
            yield from self._named(shell.find(passage.shown, self.index, self.config.programs), passage)

    def _prose(self, passage: Passage) -> Iterator[Known]:
        for start, end in passage.spans:
            source = passage.shown[start:end]
            if source.split(" ")[0] in self.config.programs:
                for one in shell.find(source, self.index, self.config.programs):
                    yield replace(one, first=start + one.first, last=start + one.last)
        past = [span for span in passage.sentences if HISTORY.search(passage.shown[slice(*span)])]
        for one in self._words(passage):
            known = one.judgement
            if known and known.until and any(first <= one.first < last for first, last in past):
                one = replace(one, judgement=Judgement())
            yield one

    def _words(self, passage: Passage) -> Iterator[Known]:
        names = prose.Names(passage, self.bindings, self.conventions)
        yield from self.index.uses(names.uses, passage.shown)
        for name, *at in names.bare:
            yield self._bare(name, *at)
        for name, *at in names.words:
            known = self._bare(name, *at)
            if self.bindings.get(name) or (known.judgement and not known.judgement.verdict):
                yield known
        for name, *at in names.constants:
            yield self.index.any([f"config:{name}", f"env:{name}"], *at)

    def _bare(self, name: str, first: int, last: int) -> Known:
        """What is known of a name without a receiver: what the article's code says that it is, or a common one."""
        if name in BUILTINS and name not in self.bindings:
            return Known(None, first, last)
        path = self.bindings.get(name, self.conventions.receivers.get(name))
        spaces = [f"{one}.{name}" for one in self.config.namespaces]
        return self.index.any([path] if path else [] if name in self.bindings else spaces, first, last)

    def _statements(self, passage: Passage) -> Iterator[Finding]:
        """The worst verdict on what each sentence states."""
        for first, last in passage.sentences:
            key = digest(passage.pieces(first, last), passage.header)
            before = passage.shown[max(first - NEARBY, 0) : first]
            matches = self.stated.made(passage.shown[first:last], key, before, self.copied)
            self.copied = key in self.stated.accounts
            found = [*self._judged(matches, (passage, first, last), "looks")]
            yield from sorted(found, key=lambda one: (one.verdict == "confirmed", -(one.score or 0)))[:1]

    def suggestions(self, blocks: Iterable[Passage]) -> Iterator[Finding]:
        """The statements that sentences may make, up to five each."""
        for passage in blocks:
            for first, last in passage.sentences:
                yield from self._judged(self.stated.near(passage.shown[first:last]), (passage, first, last), "may be")

    def _judged(self, matches: Iterable[Match], place: tuple[Passage, int, int], how: str) -> Iterator[Finding]:
        """A finding for each statement that was tried on the release, or before."""
        for match in matches:
            one, (verdict, until) = match.statement, match.statement.verdict(self.index.release)
            if verdict:
                correction = one.correction if verdict != "confirmed" else None
                message = f"This {how} like {statements.in_words(one, verdict, until)}"
                found = self.places.finding("statement", verdict, *place, message)
                more = {"until": until, "instead": correction, "claim": one.id, "score": match.score}
                yield msgspec.structs.replace(found, **more)
