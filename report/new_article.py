"""A new article: its folder in the claims, with an account for each of its sentences, to be filled in."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from report.errors import ReportError
from report.files import write_whole
from report.judge import articles
from report.judge.accounts import Account, Part, quoted, written
from report.judge.articles import ArticleInfo, place
from report.judge.proposals import Claims, Proposal
from report.judge.references import qualified
from report.measure.records import Record
from report.reader.outline import Outline, Question, Sentence
from report.settings import Settings

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
COPIES = {".markdown": ".md", ".xhtml": ".html", ".rest": ".rst"}  # other endings of the layouts that the reader knows
METADATA = (("url", "https://…"), ("author", "…"), ("licence", "…"), ("published", "2020-05"))
TODO = Account((Part(todo=True),))


@dataclass(frozen=True)
class Draft:
    """A new article: the id, what the folder will contain, the file of the author's text, and where its copy goes.

    *known* sentences have an account of another article, *proposed* ones have proposals, of *sentences* in all.
    """

    id: str
    folder: Path
    texts: Mapping[str, str]
    source: Path
    copy: Path
    sentences: int
    known: int
    proposed: int

    def summary(self) -> Iterator[str]:
        """What is known, in a few lines."""
        left = self.sentences - self.known
        yield f"{self.id}: {self.sentences} different sentences; {self.known} are accounted for in other articles,"
        yield f"{left} are not yet checked, {self.proposed} of these with claims that they may state."


def draft(config: Settings, file: Path, name: str | None, outline: Outline, begins: str | None,
          records: Sequence[Record]) -> Draft:  # fmt: skip
    """What is made for the article in *file*, whose *outline* has been read; *name* is its id, or else the file's.

    Raises:
        ReportError: the id is no name of a package, or it is taken, or another copy of this name exists.
    """
    name = name or re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    suffix = (
        file.suffix.lower() if file.suffix.lower() in articles.SUFFIXES else COPIES.get(file.suffix.lower(), ".txt")
    )
    folder, copy = config.claims / name, config.articles / f"{name}{suffix}"
    if not NAME.match(name):
        raise ReportError(f"{name!r} is no id of an article.", "Use --id with letters a–z, digits and underscores.")
    if folder.exists() or folder.with_suffix(".py").exists():
        raise ReportError(f"{folder} exists; nothing is overwritten.", "Choose another --id, or delete it first.")
    copies = (config.articles / f"{name}{suffix}" for suffix in articles.SUFFIXES)
    if other := next((path for path in copies if path.exists() and path.read_bytes() != file.read_bytes()), None):
        raise ReportError(f"{other} is another text; nothing is overwritten.", "Choose another --id, or remove it.")
    writer = _Writer(articles.read(config.claims), records)
    text = "\n".join(writer.lines(name, outline, begins)) + "\n"
    init = f'"""An article of {len(outline.questions)} questions; sentences.toml says what is checked of it."""\n'
    counts = len({(number, one.hash) for number, one in outline.sentences()}), writer.known, writer.proposed
    return Draft(name, folder, {"__init__.py": init, "sentences.toml": text}, file, copy, *counts)


def make(made: Draft) -> None:
    """Make the folder whole or not at all, and the copy of the article. Raises OSError, and then nothing is left."""
    copied = not made.copy.exists()
    temporary = Path(tempfile.mkdtemp(prefix=f".{made.id}.", dir=made.folder.parent.parent))
    try:
        for name, text in made.texts.items():
            write_whole(temporary / name, text)
        temporary.chmod(0o755)
        if copied:
            made.copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made.source, made.copy)
        temporary.rename(made.folder)
    except OSError:
        if copied:
            made.copy.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class _Writer:
    """Writes `sentences.toml`; counts the sentences that are known already, and those with proposals."""

    def __init__(self, others: Sequence[ArticleInfo], records: Sequence[Record]) -> None:
        modules = {place(record.id): qualified(record.id).partition("::")[0] for record in records}
        self.accounts = {
            digest: _qualified(account, modules.get((article.id, question)))
            for article in reversed(others)
            for question, accounts in article.accounts.items()
            for digest, account in accounts.items()
            if not account.todo
        }
        self.claims = Claims(records)
        self.known = self.proposed = 0

    def lines(self, name: str, outline: Outline, begins: str | None) -> Iterator[str]:
        """The lines of the file."""
        yield f"title = {quoted(outline.title or name)}"
        yield f"questions = {len(outline.questions)}"
        if begins:
            yield f"begins = {quoted(begins)}"
        yield "# Fill in what is known, and remove the # before it:"
        yield from (f"# {field} = {quoted(example)}" for field, example in METADATA)
        yield from ("", "# What each sentence states, by its hash; report/judge/accounts.py describes the values.")
        yield f"# `python -m report sentences {name} --open` prints the texts of those that are open."
        for part in (outline.outside, *outline.questions):
            if part.sentences or part.number:
                yield from ("", f"[q{part.number:02}]  # line {part.line}" if part.number else "[intro]")
                yield from self._table(part)

    def _table(self, question: Question) -> Iterator[str]:
        """The accounts of a question; a sentence that stands there twice has one."""
        firsts: dict[str, Sentence] = {}
        for sentence in question.sentences:
            firsts.setdefault(sentence.hash, sentence)
        for sentence in firsts.values():
            account = self.accounts.get(sentence.hash)
            self.known += account is not None
            yield f"{sentence.hash} = {written(account or TODO)}  # line {sentence.line}"
            if account is None:
                yield from self._proposals(sentence, question)

    def _proposals(self, sentence: Sentence, question: Question) -> Iterator[str]:
        if question.heading.startswith(sentence.shown):
            yield (
                '#   near: [{none = "question"}]' if sentence.shown.endswith("?") else '#   near: [{none = "heading"}]'
            )
        found: list[Proposal] = self.claims.near(sentence.shown, question.heading)
        self.proposed += bool(found)
        yield from (f'#   near: "{one.reference}" ({one.score}) {one.statement}' for one in found)


def _qualified(account: Account, module: str | None) -> Account | None:
    """The account with references that lead there from every article; None if a reference cannot be written so."""
    if module is None and any("::" not in reference for reference in account.claims):
        return None
    claims = (tuple(one if "::" in one else f"{module}::{one}" for one in part.claims) for part in account.parts)
    return Account(tuple(replace(part, claims=here) for part, here in zip(account.parts, claims, strict=True)))
