"""Checks the text of an article: names, code as printed, statements."""

import builtins
import contextlib
import re
import sys
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from report.check import printed, prose, shell, statements
from report.check.code import LIKELY, Bindings, Conventions, Reader
from report.check.model import PAST, Finding, Names, Remark, Report, Subject
from report.check.names import Index, is_long
from report.check.passages import Passage, Places, passages
from report.check.statements import Match, Statements
from report.reader.hashes import digest

if TYPE_CHECKING:
    from report.names import index

# Words of a sentence that says itself that something is of the past: what it names may be gone.
HISTORY = re.compile(
    r"\b(?:removed|deprecated|no longer|renamed|replaced|dropped|obsolete|legacy|formerly|previously|used to|instead of"
    r"|historically|originally|in the past|added|introduced|prior to"
    r"|do(?:es)?(?: not|n['’]t) (?:exist|work)"
    r"|(?:earlier|older|previous) (?:versions?|releases?))\b",
    re.IGNORECASE,
)
FILE = re.compile(r"\b([a-z_]\w*)(?:\.py\b|[/\\])")  # or folder, which the article names
READ = re.compile(r"(?:getenv|environ\.get|environ)[(\[][\"'](\w+)[\"'](?!\]\s*=[^=])")  # a variable
ENVIRON = re.compile(r"\b(?:environ|getenv)\b")
SPOKEN = r"(?<![\w./`-])(?:{})(?: -{{0,2}}[a-z][a-z-]*){{1,4}}"  # the words of a command in a sentence
COMMENT = re.compile(r"#.*|(?s:\"\"\".*?\"\"\"|'''.*?''')")
BUILTINS = frozenset(dir(builtins))
NEARBY = 200  # characters before a sentence in which what `it` refers to is named


def check(
    text: str, name: str, index: "index.Index", stated: Statements, release: str, conventions: Conventions,
    suggest: bool = False,
) -> Report:  # fmt: skip
    """Check the *text* of the file called *name*, as of a *release*; raises ReportError if it cannot be read."""
    checker = Checker(text, Index(index, release, conventions), stated)
    blocks = [*passages(text, name)]
    found = {(finding.start, finding.end, finding.layer): finding for finding in checker.read(blocks)}
    ordered = tuple(found[key] for key in sorted(found))
    suggested = tuple(checker.suggestions(blocks)) if suggest else ()
    return Report(
        name, Subject(conventions.subject, release), ordered, Names(checker.resolved, checker.silent), suggested
    )


def is_own(module: str, files: Container[str], index: Index) -> bool:
    """Whether a module is the author's own: one of the article's *files*, or one that is in no package known here."""
    root = module.partition(".")[0]
    return root in files or (root == module and index.find(root) is None and root not in sys.stdlib_module_names)


def likely(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """The remarks that a name exists or existed, of what may be names or other words."""
    known = (remark for remark in remarks if remark.known and remark.verdict in (None, *PAST))
    return (Remark(remark.first, remark.last) for remark in known)


class Checker:
    """Collects the findings in a text, and counts the names that it knows and those about which it is silent."""

    def __init__(self, text: str, index: Index, stated: Statements) -> None:
        self.text, self.places, self.index, self.stated = text, Places(text), index, stated
        files = {name for name in FILE.findall(text) if index.find(name) is None}
        self.conventions = replace(
            index.conventions,
            is_own=lambda module: is_own(module, files, index),
            meant=lambda module, names: None if module.partition(".")[0] in files else index.meant(module, names),
        )
        self.bindings: Bindings = {}
        self.resolved = self.silent = 0
        self.counted: set[tuple[int, int]] = set()
        self.variables: set[str] = set()  # of the environment, that the article's own code reads

    def read(self, blocks: Sequence[Passage]) -> Iterator[Finding]:
        """Every finding, layer by layer."""
        self.variables = {name for passage in blocks for name in READ.findall(passage.shown)}
        code = [(passage, printed.read(passage)) for passage in blocks if passage.code]
        python = [parsed for _, parsed in code if parsed]
        sources = [parsed.readable for parsed in python if parsed.readable]
        for parsed in python:
            yield from (self.places.finding("code", parsed.passage, problem) for problem in parsed.problems)
        self._bind(sources)
        self._bind_spans(passage for passage in blocks if not passage.code)
        for passage in sources:
            yield from self._named(self._python(passage), passage)
        for passage in (passage for parsed in python for passage in parsed.unread):
            yield from self._named(self._loosely(passage), passage)
        for passage in (passage for passage, parsed in code if not parsed):
            yield from self._other(passage)
        for passage in (passage for passage in blocks if not passage.code):
            yield from self._named(self._prose(passage), passage)
        if "{{" in self.text:  # in an attribute of HTML, which no block shows
            whole = Passage(self.text, [(at, at + 1) for at in range(len(self.text))], False)
            yield from self._named(self._expressions(whole), whole)
        yield from self._statements(blocks)

    def _bind(self, sources: Iterable[Passage]) -> None:
        """Take what the article's code says its names refer to.

        If two blocks say different things, it is unknown, or likely what the only one says that is known here; but a
        name that is imported under a conventional name is what the convention says: another may show how it is made.
        """
        meanings: dict[str, set[str | None]] = defaultdict(set)
        for passage in sources:
            reader = Reader(passage.shown, {}, self.conventions)
            self.index.own.update(f"{use.base}.{use.attributes[-1]}" for use in reader.uses if use.bound)
            for name, path in reader.bindings.items():
                if name not in reader.own:
                    meanings[name].add(path)
        for name, paths in meanings.items():
            known = {path.rstrip(LIKELY) for path in paths if path and self.index.find(path.partition(".")[0])}
            imported = [path for path in known if path.endswith(f".{name}")]
            if len(paths) == 1:
                self.bindings[name] = paths.pop()
            elif len(imported) != 1 or name not in self.conventions.receivers:
                self.bindings[name] = f"{known.pop()}{LIKELY}" if len(known) == 1 else None

    def _bind_spans(self, blocks: Iterable[Passage]) -> None:
        """Take what an assignment or an import in prose says, where no block says anything of its name."""
        for passage in blocks:
            for first, last in prose.statements(passage):
                source = passage.part(first, last).shown
                with contextlib.suppress(SyntaxError):
                    is_said = "=" in source or "import " in source
                    found = Reader(source, {}, self.conventions).bindings if is_said else {}
                    found = {name: path for name, path in found.items() if path and not self.index.find(name)}
                    self.bindings = found | self.bindings

    def _named(self, remarks: Iterable[Remark], passage: Passage) -> Iterator[Finding]:
        """The findings about names, which are counted."""
        for remark in remarks:
            place = passage.place(remark.first, remark.last)
            is_new = place not in self.counted
            self.counted.add(place)
            self.resolved += is_new and remark.known
            self.silent += is_new and not remark.known
            if remark.verdict and not self._is_known_to_author(remark, passage):
                yield self.places.finding("name", passage, remark)

    def _is_known_to_author(self, remark: Remark, passage: Passage) -> bool:
        """Whether the comment after a name says that it is gone, or the name is of a variable of the article's own."""
        comment = passage.shown[remark.last :].partition("\n")[0].partition("#")[2] if passage.code else ""
        is_past = remark.until is not None and HISTORY.search(comment) is not None
        return is_past or passage.shown[remark.first : remark.last] in self.variables

    def _python(self, passage: Passage) -> Iterator[Remark]:
        reader = Reader(passage.shown, self.bindings, self.conventions)
        yield from self.index.uses(reader.uses, passage.shown)
        yield from (self.index.any([f"config:{key}"], *place) for key, *place in reader.keys)
        yield from (self._bare(name, *place) for name, *place in reader.bare)
        for name, *place in reader.words:
            remark = self._word(name, *place)
            is_certain = name.startswith("_") and remark.known  # hardly the article's own
            yield from [remark] if is_certain else likely([remark])
        for said in COMMENT.finditer(passage.shown):
            for remark in likely(self._words(passage.part(*said.span()))):
                yield replace(remark, first=remark.first + said.start(), last=remark.last + said.start())

    def _other(self, passage: Passage) -> Iterator[Finding]:
        """What is found in a block that is not Python."""
        from report.check import templates  # imports Jinja2

        if templates.is_template(passage):
            tree = templates.parse(passage.shown)
            if isinstance(tree, Remark):
                yield self.places.finding("code", passage, tree)
            if tree and not isinstance(tree, Remark) and not templates.RAW.search(passage.shown):
                remarks = templates.find(tree, passage.shown, self.index, self.conventions, self.text)
                yield from self._named(remarks, passage)
            else:
                yield from self._named(self._expressions(passage), passage)
        elif shell.is_shell(passage, self.conventions.programs):
            yield from self._named(shell.find(passage.shown, self.index, self.conventions.programs), passage)
            yield from self._named(likely(self._words(passage)), passage)  # it may be Python, too
        elif passage.language in ("", "text"):
            yield from self._named(self._loosely(passage), passage)

    def _loosely(self, passage: Passage) -> Iterator[Remark]:
        """The names in code that cannot be parsed, and in output: only that they exist."""
        yield from likely(self._words(passage))
        yield from likely(shell.find(passage.shown, self.index, self.conventions.programs))
        yield from self._expressions(passage)

    def _expressions(self, passage: Passage) -> Iterator[Remark]:
        """The names in expressions of templates: only that they exist."""
        from report.check import templates

        if tree := templates.excerpt(passage.shown):
            yield from likely(templates.find(tree, passage.shown, self.index, self.conventions, self.text))

    def _prose(self, passage: Passage) -> Iterator[Remark]:
        programs, spans = self.conventions.programs, passage.spans
        spoken = [match.span() for match in re.finditer(SPOKEN.format("|".join(programs)), passage.shown)]
        for start, end in [*spans, *spoken]:
            source = passage.shown[start:end]
            prompt = 2 * source.startswith("$ ")
            found = shell.find(source[prompt:], self.index, programs) if source[prompt:].startswith(programs) else ()
            for remark in found if (start, end) in spans else likely(found):
                yield replace(remark, first=start + prompt + remark.first, last=start + prompt + remark.last)
        yield from self._expressions(passage)
        past = [span for span in passage.sentences if HISTORY.search(passage.shown[slice(*span)])]
        for remark in self._words(passage):
            is_past = remark.until and any(first <= remark.first < last for first, last in past)
            yield Remark(remark.first, remark.last) if is_past else remark

    def _words(self, passage: Passage) -> Iterator[Remark]:
        names = prose.Names(passage, self.bindings, self.conventions)
        yield from self.index.uses(names.uses, passage.shown)
        for name, first, last in names.bare:
            remark, is_decorator = self._bare(name, first, last), names.shown[:first].endswith("@")
            is_used = is_decorator or names.shown[last : last + 1] == "("
            is_slip = is_used and not remark.known and name not in self.bindings and name not in BUILTINS
            yield self.index.slip(name, first, last, is_decorator) if is_slip else remark
        is_read = ENVIRON.search(names.shown)
        for name, first, last in names.constants:
            remark = self._constant(name, first, last)
            yield Remark(first, last, known=remark.known) if is_read else remark
        yield from likely(self._word(name, *place) for name, *place in names.likely)

    def _word(self, name: str, first: int, last: int) -> Remark:
        """What is known of a word that may be a name, or of a parameter in brackets."""
        if name.startswith("("):
            return Remark(first, last, known=self.index.exists_somewhere(name))
        kind, _, rest = name.rpartition(":")
        if kind:
            every = self.index.members(f"{kind}:") if kind in ("command", "option") else [rest]
            every = [each for each in every if f" {each}".endswith(f" {rest}")]
            named = (f"{kind}:{each}" for each in every if each.rpartition(" ")[0] in self.text)
            return self.index.any(named, first, last)
        constant = self._constant(name, first, last) if name.isupper() else None
        return constant if constant and constant.known else self._bare(name, first, last)

    def _constant(self, name: str, first: int, last: int) -> Remark:
        return self.index.any([f"config:{name}", f"env:{name}"], first, last)

    def _bare(self, name: str, first: int, last: int) -> Remark:
        """What is known of a name without a receiver: what the article's code says that it is, or a common one."""
        if name in BUILTINS and name not in self.bindings:
            return Remark(first, last, known=False)
        path = self.bindings.get(name, self.conventions.receivers.get(name))
        if path and not path.endswith(LIKELY):
            return self.index.any([path], first, last)
        if name in self.bindings:  # the article's own, perhaps quoted, or what a decorator of that name registers
            is_registered = path is None and is_long(name) and self.index.exists_somewhere(name)
            is_imported = path is not None and path.endswith(f".{name}{LIKELY}") and self.index.exists(path[:-1])
            return Remark(first, last, known=is_registered or is_imported)
        remark = self.index.any([name, *(f"{space}.{name}" for space in self.index.certain)], first, last)
        if remark.known and not remark.verdict:
            return remark
        is_gone = remark.verdict and is_long(name) and not self.index.is_known(name, ever=False)
        return remark if is_gone else Remark(first, last, known=self.index.is_known(name))

    def _statements(self, blocks: Iterable[Passage]) -> Iterator[Finding]:
        """The worst verdict on what each sentence states."""
        copied = False  # whether the sentence before has an account
        for passage in blocks:
            for first, last in passage.sentences:
                key = digest(passage.pieces(first, last), passage.header)
                before = passage.shown[max(first - NEARBY, 0) : first]
                matches = self.stated.made(passage.shown[first:last], key, before, copied)
                copied = key in self.stated.accounts
                found = [*self._judged(matches, Remark(first, last), "This looks like")]
                worst = sorted(found, key=lambda remark: (remark.verdict == "confirmed", -(remark.score or 0)))[:1]
                yield from (self.places.finding("statement", passage, remark) for remark in worst)

    def suggestions(self, blocks: Iterable[Passage]) -> Iterator[Finding]:
        """The statements that sentences may make, up to five each."""
        for passage in blocks:
            for first, last in passage.sentences:
                near = self.stated.near(passage.shown[first:last])
                for remark in self._judged(near, Remark(first, last), "This may be like"):
                    yield self.places.finding("statement", passage, remark)

    def _judged(self, matches: Iterable[Match], place: Remark, how: str) -> Iterator[Remark]:
        """What there is to say of each statement that was tried on the release, or before."""
        for match in matches:
            statement, (verdict, until) = match.statement, match.statement.verdict(self.index.release)
            if verdict:
                begin = "An article that was checked has this sentence; for it was tested:" if match.tested else how
                message = f"{begin} {statements.in_words(statement, verdict, until)}"
                instead = statement.correction if verdict != "confirmed" else None
                yield replace(
                    place, verdict=verdict, message=message, until=until, instead=instead, claim=statement.id,
                    score=match.score,
                )  # fmt: skip
