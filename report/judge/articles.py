"""The articles: their metadata, the place of each claim in them, and the claims that each sentence states.

This repository keeps no text of an article. `sentences.toml` names a sentence by its hash, in a table for each question
(`[q11]`; `[intro]` holds what precedes the first question). The value of a hash is one of:

- a list of the claims that the sentence states: `name` in the question's own module, or `article/module::name`;
- a string: the reason why it states no claim;
- both, for a sentence in two parts: `{claims = […], rest = "why the other part states none"}`.

`[contradictions]` maps a claim to one that states the opposite, both as `article/module::name`. `[printed]` names the
pieces of code that claims read from a copy: the first and last of their *lines*, and the *sha256* of those lines.
`published` is the article's date, as precise as it is known: `2020`, `2020-05` or `2020-05-16`.
"""

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text

CLAIM_ID = re.compile(r"(?:.*/)?(?P<article>[^/]+)/q(?P<question>\d+)_[^/]*\.py::")
QUESTION_TABLE = re.compile(r"intro|q(?P<question>\d+)")
# A sentence ends before white space and a capital, or before a capital that follows its full stop directly.
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[\"“‘'A-Z])|(?<=\w[.!?])(?=[A-Z][a-z])")
DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
MAX_QUESTIONS = 9999
LIST_MARKER = re.compile(r"^\s*(?:[•*-]|\d+[.)])\s+")

OTHER_TABLES = {"contradictions", "printed"}  # the tables that belong to no question


@dataclass(frozen=True)
class Account:
    """References to the claims that a sentence states, and the reason why the sentence, or its rest, states none."""

    claims: tuple[str, ...] = ()
    reason: str | None = None

    @classmethod
    def parse(cls, value: object) -> "Account":
        """Parse a value of `sentences.toml`: a list, a string, or a table of both.

        Raises:
            ValueError: the value has another form.
        """
        if isinstance(value, str):
            account = cls(reason=value)
        elif isinstance(value, list):
            account = cls(tuple(map(str, value)))
        elif isinstance(value, dict) and value.keys() == {"claims", "rest"}:
            account = cls(tuple(map(str, value["claims"])), str(value["rest"]))
        else:
            raise ValueError(f"an account is a list, a string or {{claims, rest}}, not {value!r}")
        return account


@dataclass(frozen=True)
class Sentence:
    """A sentence of an article: its question (0: the introduction), its text, and its hash (12 hexadecimal digits).

    *line* and *column* are its position in the copy, both counted from 1.
    """

    question: int
    text: str
    hash: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class AccountedSentence:
    """A sentence, the ids of the claims that it states, and the reason why it, or its rest, states none.

    A sentence with neither is not accounted for.
    """

    sentence: Sentence
    claims: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class ArticleInfo:
    """What `sentences.toml` says about an article: title, number of questions, and accounts by question and hash.

    The regular expression *begins* matches the first line of a question. *contradictions* maps references to claims.
    *published* is the date, as precise as it is known (`2020`, `2020-05`).
    """

    id: str
    title: str
    questions: int
    begins: str = r"^\d+[.)] "
    accounts: Mapping[int, Mapping[str, Account]] = field(default_factory=dict)
    contradictions: Mapping[str, str] = field(default_factory=dict)
    published: str | None = None

    def shared_claims(self, question: int, claims: Iterable[str]) -> list[str]:
        """Those of *claims* that stand in other modules and that the answer to *question* states, too."""
        accounts = self.accounts.get(question, {}).values()
        references = {reference for account in accounts for reference in account.claims if "::" in reference}
        return [claim for claim in claims if any(refers(reference, claim) for reference in references)]


def refers(reference: str, claim: str, answer: tuple[str, int] | None = None) -> bool:
    """Whether *reference* names the claim with the id *claim*; the name of a table names each of its rows.

    A reference without a module names a claim of *answer* (article, question), the answer that contains it.
    """
    module, _, name = reference.rpartition("::")
    claim_name = claim.partition("::")[2]
    if name not in (claim_name, claim_name.partition("[")[0]):
        return False
    return f"/{module}.py::" in f"/{claim}" if module else place(claim) == answer


def read(folder: Path) -> list[ArticleInfo]:
    """Read every article of a folder of claims, in the order of their ids.

    Raises:
        DamagedFileError: a `sentences.toml` lacks its title or its number of questions, or has an unknown table.
    """
    return [_read_article(path) for path in sorted(folder.glob("*/sentences.toml"))]


def _read_article(path: Path) -> ArticleInfo:
    try:
        data = tomllib.loads(read_text(path))
        accounts = dict(_accounts({name: value for name, value in data.items() if name not in OTHER_TABLES}))
        return ArticleInfo(
            id=path.parent.name,
            title=str(data["title"]),
            questions=checked_question_count(int(data["questions"])),
            begins=re.compile(str(data.get("begins", ArticleInfo.begins))).pattern,
            accounts=accounts,
            contradictions={claim: str(opposite) for claim, opposite in data.get("contradictions", {}).items()},
            published=_date(data.get("published")),
        )
    except (*UNREADABLE, re.error) as error:
        raise DamagedFileError(path, repr(error), "It begins with `title` and `questions`.") from error


def _date(value: object) -> str | None:
    """Parse a date that may lack its day and its month.

    Raises:
        ValueError: the value is no such date.
    """
    if value is not None and not DATE.fullmatch(str(value)):
        raise ValueError(f"published is a date such as 2020-05-16, 2020-05 or 2020, not {value!r}")
    return None if value is None else str(value)


def checked_question_count(questions: int) -> int:
    """The number of an article's questions.

    Raises:
        ValueError: the number is out of range.
    """
    if not 0 < questions <= MAX_QUESTIONS:
        raise ValueError(f"an article has 1 to {MAX_QUESTIONS} questions, not {questions}")
    return questions


def _accounts(data: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Account]]]:
    for name, table in data.items():
        if isinstance(table, dict):
            match = QUESTION_TABLE.fullmatch(name)
            if not match:
                raise ValueError(f"[{name}] is neither [intro] nor a question like [q11]")
            yield int(match["question"] or 0), {digest: Account.parse(value) for digest, value in table.items()}


def place(claim: str) -> tuple[str, int]:
    """The article and the question that the id of a claim names.

    Raises:
        ValueError: the claim stands in no question's module.
    """
    match = CLAIM_ID.match(claim)
    if not match:
        raise ValueError(f"{claim} does not stand in a module named after a question")
    return match["article"], int(match["question"])


def sentences(text: str, article: ArticleInfo) -> list[Sentence]:
    """Split an article into its sentences, each with the question that it belongs to."""
    result, question = [], 0
    for line_number, line in enumerate(text.splitlines(), start=1):
        heading = re.match(article.begins, line)
        number = re.search(r"\d+", heading[0]) if heading else None
        if number and question < article.questions and int(number[0]) == question + 1:
            question += 1
        column = 0
        for sentence in filter(normalised, split_sentences(line)):
            column = line.index(sentence, column)
            result.append(Sentence(question, sentence, digest(sentence), line_number, column + 1))
            column += len(sentence)
    return result


def accounted_sentences(text: str, article: ArticleInfo, claims: Collection[str]) -> list[AccountedSentence]:
    """Split an article into its sentences; of the claims that a sentence states, only those in *claims* (ids) count."""
    return [_with_account(sentence, article, claims) for sentence in sentences(text, article)]


def _with_account(sentence: Sentence, article: ArticleInfo, claims: Collection[str]) -> AccountedSentence:
    account = article.accounts.get(sentence.question, {}).get(sentence.hash, Account())
    answer = article.id, sentence.question
    stated = [claim for reference in account.claims for claim in claims if refers(reference, claim, answer)]
    return AccountedSentence(sentence, tuple(dict.fromkeys(stated)), account.reason)


def split_sentences(line: str) -> list[str]:
    """The sentences of a line, without the marker of a list."""
    return [part.strip() for part in SENTENCE_END.split(LIST_MARKER.sub("", line)) if part.strip()]


def normalised(text: str) -> str:
    """*text* in the form that is hashed: case-folded words, separated by single spaces."""
    return re.sub(r"\W+", " ", text).strip().casefold()


def digest(text: str) -> str:
    """The hash of a sentence: 12 hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:12]
