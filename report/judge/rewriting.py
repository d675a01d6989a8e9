"""`sentences.toml` for an article, or for its new version: the accounts follow their sentences, and none is lost.

A sentence without an account gets that of the same sentence in another article, or proposals.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

import msgspec
from msgspec.structs import replace

from report.errors import DamagedFileError
from report.judge.account_file import AccountFile, Entry, Table, at_line
from report.judge.accounts import Account, Part, account_table, as_toml, written
from report.judge.articles import ArticleInfo, place, question_of, table_name
from report.judge.proposals import Claims, Proposal
from report.judge.references import qualified
from report.judge.revision import New, Old, Revision
from report.measure.records import Record
from report.reader.outline import Outline, Question, Sentence

HEADER = re.compile(r"^\[[^\]\n]*\]", re.MULTILINE)
TODO = Account((Part(todo=True),))
PROPOSAL = "#   near: "


class Drafts:
    """Drafts an account of each sentence; counts the sentences accounted for already, and those with proposals."""

    def __init__(self, others: Sequence[ArticleInfo], records: Sequence[Record]) -> None:
        modules = {place(record.id): qualified(record.id).partition("::")[0] for record in records}
        self.accounts = {
            digest: with_modules(account, modules.get((article.id, question)))
            for article in reversed(others)
            for question, accounts in article.accounts.items()
            for digest, account in accounts.items()
            if not account.todo
        }
        self.claims = Claims(records)
        self.accounted = self.proposed = 0

    def entry(self, sentence: Sentence, question: Question, was: str = "") -> Entry:
        """The account of a sentence; proposals, and what it *was* before the author changed it, are comments."""
        account = self.accounts.get(sentence.hash)
        self.accounted += account is not None
        text = f"{sentence.hash} = {written(account or TODO)}  # line {sentence.line}\n"
        comments = [f"#   was: {line}" for line in was.splitlines()]
        comments += self._proposals(sentence, question) if account is None else ()
        return Entry(sentence.hash, text, after="".join(f"{line}\n" for line in comments))

    def _proposals(self, sentence: Sentence, question: Question) -> Iterator[str]:
        if reason := suggested(sentence, question):
            yield f'{PROPOSAL}[{{none = "{reason}"}}]'
        found: list[Proposal] = self.claims.near(sentence.shown, question.heading)
        self.proposed += bool(found)
        yield from (f'{PROPOSAL}"{proposal.reference}" ({proposal.score}) {proposal.statement}' for proposal in found)


class Rewriter:
    """Writes the tables of the new version; *modules* are the references to those of the old questions."""

    def __init__(self, file: AccountFile, article: ArticleInfo, modules: Mapping[int, str], path: Path) -> None:
        self.file, self.article, self.modules = file, article, modules
        self.tables = {number: table for table in file.tables if (number := question_of(table.name)) is not None}
        self.entries = {(number, entry.key): entry for number, table in self.tables.items() for entry in table.entries}
        keys = {(number, digest) for number, accounts in article.accounts.items() for digest in accounts}
        if stray := next(iter(keys ^ {*self.entries}), None):
            why = f"the account {stray[1]} of question {stray[0]} is not an entry of its own"
            raise DamagedFileError(path, why, "Write each as `hash = value` below a header such as [q07].")

    def rewrite(self, declared: ArticleInfo, outline: Outline, revision: Revision, drafts: Drafts) -> None:
        """Give the file a table for each question of the new version, as it is *declared*."""
        self._declare(declared)
        numbers = {after: before for before, after in revision.questions.items()}
        made: dict[int, Table] = {}
        old = {new.key: before for before, new in (*revision.stayed, *revision.moved, *revision.changed)}
        for part in outline.parts:
            news = [New(part, sentence) for sentence in part.distinct()]
            if news or part.number:
                table = made[part.number] = self._table(part, numbers.get(part.number))
                table.entries += [self._entry(new, old.get(new.key), revision, drafts) for new in news]
        self._keep(revision, made)
        others = [table for table in self.file.tables if question_of(table.name) is None]
        head = [*takewhile(lambda table: question_of(table.name) is None, self.file.tables)]
        self.file.tables = [*head, *made.values(), *others[len(head) :]]

    def _declare(self, declared: ArticleInfo) -> None:
        """Write how many questions there are, and what begins one."""
        metadata = self.file.tables[0]
        for entry in metadata.entries:
            if entry.key == "questions":
                entry.text = re.sub(r"\d+", str(declared.questions), entry.text, count=1)
        if declared.begins != self.article.begins and declared.begins is not None:
            metadata.entries = [entry for entry in metadata.entries if entry.key != "begins"]
            metadata.entries.append(Entry("begins", f"begins = {as_toml(declared.begins)}\n"))

    def _table(self, question: Question, old: int | None) -> Table:
        """A table without entries: that of the *old* number with its comments, or a new one."""
        number, name = question.number, table_name(question.number)
        table = self.tables.get(-1 if old is None else old)
        if table is None:
            return Table(name, f"\n[{name}]  # line {question.line}\n" if number else f"\n[{name}]\n")
        header = table.header if number == old else HEADER.sub(f"[{name}]", table.header)
        return Table(name, at_line(header, question.line))

    def _entry(self, new: New, old: Old | None, revision: Revision, drafts: Drafts) -> Entry:
        """The entry of a sentence: as it stands, or a draft that says what it was."""
        entry = self.entries.get((old.question, old.hash)) if old else None
        if old is None or entry is None:
            return drafts.entry(new.sentence, new.question)
        here = revision.questions.get(old.question) == new.question.number
        text, account = entry.text, self.article.accounts[old.question][old.hash]
        if not here:
            text = self._qualified(text, account, self.modules.get(old.question))
        if old.hash == new.sentence.hash:
            return Entry(entry.key, at_line(text, new.sentence.line), entry.before, entry.after)
        drafted = drafts.entry(new.sentence, new.question, "" if account == TODO else text)
        comments = (line for line in entry.after.splitlines(keepends=True) if not line.startswith(PROPOSAL))
        return Entry(drafted.key, drafted.text, entry.before, drafted.after + "".join(comments))

    @staticmethod
    def _qualified(text: str, account: Account, module: str | None) -> str:
        """The *text* of an entry that moves to another question: its references name *module*; its layout stays."""
        wanted = with_modules(account, module)
        if wanted is None or wanted == account:
            return text
        found = text
        for claim in dict.fromkeys(account.claims):
            if "::" not in claim:
                found = found.replace(as_toml(claim), as_toml(f"{module}::{claim}"))
        (key, value), *_ = tomllib.loads(found).items()
        same = msgspec.convert(account_table(value), Account) == wanted
        return found if same else f"{key} = {written(wanted)}\n"

    def _keep(self, revision: Revision, made: Mapping[int, Table]) -> None:
        """Keep as comments what belongs to sentences or questions that went."""
        went = {(sentence.question, sentence.hash) for sentence in revision.went}
        for number, table in self.tables.items():
            comments = "" if revision.questions.get(number) in made else table.header
            comments = "".join(line for line in comments.splitlines(keepends=True) if line.startswith("#"))
            entries = [str(entry) for entry in table.entries if (number, entry.key) in went]
            if comments or entries:
                self.file.keep(table.name, [comments, *entries])


def suggested(sentence: Sentence, question: Question) -> str | None:
    """Why a sentence states no claim: it is the question itself, or a heading; None if it may state one."""
    if not question.heading.startswith(sentence.shown):
        return None
    return "question" if sentence.shown.endswith("?") else "heading"


def with_modules(account: Account, module: str | None) -> Account | None:
    """The account, its references with *module* where they have none; None if one has none and *module* is None."""
    if module is None and any("::" not in reference for reference in account.claims):
        return None
    claims = (
        tuple(claim if "::" in claim else f"{module}::{claim}" for claim in part.claims) for part in account.parts
    )
    return Account(tuple(replace(part, claims=here) for part, here in zip(account.parts, claims, strict=True)))
