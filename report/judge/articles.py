"""The articles: their metadata, the place of each claim in them, and the claims that each sentence states.

This repository keeps no text of an article. `sentences.toml` names a sentence by its hash, in a table for each question
(`[q11]`; `[intro]` holds what precedes the first question). The value of a hash is its account (see `accounts`), which
refers to a claim as `name` in the question's own module, or as `article/module::name`. A sentence that is right may
name the correction that proves it; the correction then counts as a claim of this answer.

`[contradictions]` maps a claim to one that states the opposite, both as `article/module::name`. `[printed]` names the
pieces of code that claims read from a copy: the first and last of their *lines*, and the *sha256* of those lines.
`[topics]` has the topic, in our words, of each question without a module of its own: `q24 = "Where to deploy"`.
`title` and `questions` (their number) are required. `answer` is the word for one of its answers, if that is another:
`answer = "section"`. `layout` says how the reader divides the file, as `report outline` names it; `begins` is a regular
expression for the first lines of questions, if the reader cannot recognise them. `url`, `author` and `licence` say
where the article stands, whose it is, and on what terms it may be used. `published` is its date, as precise as it is
known: `2020`, `2020-05` or `2020-05-16`. `source` says which source distribution has its text (see `Source`), from
where `report copy` brings it. `[mended]` maps refuted claims that the author has mended to what they said (see
`Mended`); `report update` writes it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from report import reader
from report.errors import UNREADABLE, DamagedFileError, ReportError
from report.files import read_toml
from report.judge.accounts import Account, account_table
from report.reader.reading import LAYOUT_OF_SUFFIX
from report.settings import Settings

CLAIM_ID = re.compile(r"(?:.*/)?(?P<article>[^/]+)/q(?P<question>\d+)_[^/]*\.py::")
QUESTION_TABLE = re.compile(r"intro|q(?P<question>\d+)")
SUFFIXES = (".txt", *LAYOUT_OF_SUFFIX)  # of copies
OTHER_TABLES = {"contradictions", "mended", "printed", "source", "topics"}  # the tables that belong to no question
HINT = "report/judge/articles.py describes its fields."

QuestionCount = Annotated[int, msgspec.Meta(ge=1, le=9999)]
AnswerWord = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+\Z", max_length=30)]
PartialDate = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d{2}){0,2}\Z")]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s\"<>]+\Z", max_length=2000)]


@dataclass(frozen=True)
class Source:
    """Where an article's text is: a *member* of a distribution's sources, and the member with the terms of its use."""

    distribution: str
    version: str
    member: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    licence: str | None = None


@dataclass(frozen=True)
class Mended:
    """A refuted claim that no sentence states since the author's new version, which was read *on* a day (ISO 8601).

    *question* is the answer that stated it (0: it is gone, too), *was* the claim's verdict in words.
    """

    question: int
    statement: str
    was: str
    on: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of an article: its question (0: outside of all), how it reads, and its hash (12 hexadecimal digits).

    *line* is its line in the copy, counted from 1. *claims* are the ids of the claims that it states, *reason* is why
    it, or its rest, states none. *unchecked* says why parts of it cannot be checked here, *todo* is the number of parts
    that are not yet checked. A sentence with none of these is not accounted for. *label* stands before it: `Answer:`.
    """

    question: int
    text: str
    hash: str
    line: int = 1
    claims: tuple[str, ...] = ()
    reason: str | None = None
    label: str = ""
    unchecked: tuple[str, ...] = ()
    todo: int = 0

    @property
    def accounted(self) -> bool:
        """Whether anything is known of it, if only that it is not yet checked."""
        return bool(self.claims or self.unchecked or self.todo) or self.reason is not None


@dataclass(frozen=True)
class ArticleInfo:
    """What `sentences.toml` says about an article, with its *accounts* by question and hash.

    *contradictions* and *mended* are by references to claims, *topics* by table.
    """

    id: str
    title: str
    questions: QuestionCount
    begins: str | None = None
    accounts: Mapping[int, Mapping[str, Account]] = field(default_factory=dict)
    contradictions: Mapping[str, str] = field(default_factory=dict)
    published: PartialDate | None = None
    url: WebAddress | None = None
    author: str | None = None
    licence: str | None = None
    answer: AnswerWord = "answer"
    layout: str | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    source: Source | None = None
    mended: Mapping[str, Mended] = field(default_factory=dict)

    def topic(self, question: int) -> str:
        """The topic of a question without a module of its own; empty if none is declared."""
        return self.topics.get(table_name(question), "")

    def states_nothing(self, question: int) -> bool:
        """Whether the answer to *question* is accounted for, and states nothing that can be checked."""
        accounts = self.accounts.get(question, {}).values()
        return bool(accounts) and not any(account.claims or account.todo for account in accounts)

    def todo(self, question: int) -> int:
        """The number of parts that are not yet checked in the answer to *question* (0: outside of all)."""
        return sum(account.todo for account in self.accounts.get(question, {}).values())

    def account(self, sentence: Sentence) -> Account | None:
        """The account of a sentence; None if it has none."""
        return self.accounts.get(sentence.question, {}).get(sentence.hash)

    def stated(self, question: int, claims: "Names", shared: bool = False) -> list[str]:
        """Those of *claims* that the answer to *question* states; if *shared*, only by references with a module."""
        accounts = self.accounts.get(question, {}).values()
        references = {reference for account in accounts for reference in account.claims}
        return claims.named((each for each in references if "::" in each or not shared), (self.id, question))


def refers(reference: str, claim: str, answer: tuple[str, int] | None = None) -> bool:
    """Whether *reference* names the claim with the id *claim*; the name of a table names each of its rows.

    A reference without a module names a claim of *answer* (article, question), the answer that contains it.
    """
    module, _, name = reference.rpartition("::")
    claim_name = claim.partition("::")[2]
    if name not in (claim_name, claim_name.partition("[")[0]):
        return False
    return f"/{module}.py::" in f"/{claim}" if module else place(claim) == answer


class Names:
    """The claims and corrections (ids) that references may name, by name: a reference is not compared with all."""

    def __init__(self, claims: Iterable[str] = ()) -> None:
        self.ranks = {claim: rank for rank, claim in enumerate(claims)}
        self.by_name: dict[str, list[str]] = {}
        for claim in self.ranks:
            name = claim.partition("::")[2]
            for key in {name, name.partition("[")[0]}:
                self.by_name.setdefault(key, []).append(claim)

    def of(self, reference: str, answer: tuple[str, int] | None = None) -> list[str]:
        """Those that *reference* names in *answer* (see `refers`), in their order."""
        found = self.by_name.get(reference.rpartition("::")[2], ())
        return [claim for claim in found if refers(reference, claim, answer)]

    def named(self, references: Iterable[str], answer: tuple[str, int] | None = None) -> list[str]:
        """Those that any of *references* names in *answer*, each once, in their order."""
        return sorted({claim for each in references for claim in self.of(each, answer)}, key=self.ranks.__getitem__)


NO_NAMES = Names()


def read(folder: Path) -> list[ArticleInfo]:
    """Every article of a folder of claims, by id; raises DamagedFileError, which names the file and the reason."""
    paths = sorted(folder.glob("*/sentences.toml"))
    return [converted(read_toml(path, dict[str, Any], HINT), path) for path in paths]


def converted(data: dict[str, Any], path: Path) -> ArticleInfo:
    """The article that the *data* of its `sentences.toml` at *path* describe; raises DamagedFileError."""
    try:
        if "published" in data:
            data["published"] = str(data["published"])
        article = msgspec.convert({**data, "id": path.parent.name, "accounts": dict(_accounts(data))}, ArticleInfo)
        re.compile(article.begins or "")
    except (*UNREADABLE, re.error) as error:
        raise DamagedFileError(path, str(error), HINT) from error
    return article


def _accounts(data: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The accounts by question and hash, as tables."""
    for name, table in data.items():
        if isinstance(table, dict) and name not in OTHER_TABLES:
            question = question_of(name)
            if question is None:
                raise ValueError(f"[{name}] is neither [intro] nor a question like [q11]")
            yield question, {digest: account_table(value) for digest, value in table.items()}


def table_name(question: int) -> str:
    """The name of a question's table."""
    return f"q{question:02}" if question else "intro"


def question_of(table: str) -> int | None:
    """The question whose table has this name (0: outside of all); None if it is of none."""
    match = QUESTION_TABLE.fullmatch(table)
    return int(match["question"] or 0) if match else None


def place(claim: str) -> tuple[str, int]:
    """The article and the question that the id of a claim names; raises ValueError if it names none."""
    match = CLAIM_ID.match(claim)
    if not match:
        raise ValueError(f"{claim} does not stand in a module named after a question")
    return match["article"], int(match["question"])


def sentences(text: str, article: ArticleInfo, claims: Names = NO_NAMES, name: str = "The copy") -> list[Sentence]:
    """The sentences of a copy of an article, whose file has this *name*; only those in *claims* count as stated.

    Raises ReportError if the reader does not find the questions that `sentences.toml` declares.
    """
    said = []
    for question, found in reader.read(text, name, article.questions, article.begins, article.layout).sentences():
        account = article.accounts.get(question, {}).get(found.hash, Account())
        stated = (claim for reference in account.claims for claim in claims.of(reference, (article.id, question)))
        of_account = (tuple(dict.fromkeys(stated)), account.reason, found.label, account.unchecked, account.todo)
        said.append(Sentence(question, found.shown, found.hash, found.line, *of_account))
    return said


def suffix(file: Path) -> str:
    """How the name of a copy of *file* ends."""
    ending = file.suffix.lower()
    return ending if ending in SUFFIXES else ".txt"


def copy_path(config: Settings, article: str) -> Path | None:
    """The path of the local copy of *article* (an id), or None."""
    return next((path for suffix in SUFFIXES if (path := config.articles / f"{article}{suffix}").is_file()), None)


def read_copy(config: Settings, article: ArticleInfo, claims: Names = NO_NAMES) -> list[Sentence] | None:
    """The sentences of the local copy of *article*, as `sentences` gives them; None without a copy.

    Raises ReportError as `sentences` does, or if the copy is not UTF-8 text.
    """
    path = copy_path(config, article.id)
    return sentences(reader.text_of(path), article, claims, path.name) if path else None


def required_copy(config: Settings, article: ArticleInfo) -> Path:
    """The path of the local copy of *article*; raises ReportError if there is none."""
    path = copy_path(config, article.id)
    if path is None:
        hint = "Put one there, or set ARTICLES_DIR to its folder."
        hint = f"Run `python -m report copy {article.id}`." if article.source else hint
        raise ReportError(f"There is no copy of {article.id} at {config.articles / article.id}.txt.", hint)
    return path


def named(config: Settings, article: str) -> ArticleInfo:
    """The article with this id; raises ReportError if there is none."""
    info = {info.id: info for info in read(config.claims)}.get(article)
    if info is None:
        raise ReportError(f"There is no article {article!r} in {config.claims}.", "`report new FILE` makes one.")
    return info


def listed(config: Settings, article: str, only_open: bool) -> Iterator[str]:
    """A line for each sentence of the copy of *article*, or *only_open* for the rest to do; raises ReportError."""
    info = named(config, article)
    required_copy(config, info)
    for sentence in read_copy(config, info) or ():
        account = info.account(sentence)
        if account is None or account.todo or not only_open:
            yield f"q{sentence.question:02} {sentence.hash} [{account or 'NOT ACCOUNTED FOR'}] {sentence.text}"
