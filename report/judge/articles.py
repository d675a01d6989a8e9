"""The articles: what is known of each, where in them a claim belongs, and what each of their sentences states.

No text of an article is kept here: a sentence is known by its hash, and accounted for in `sentences.toml`, a table for
each question (`[q11]`, and `[intro]` for what comes before the first). There a hash leads to the claims that the
sentence states (a list: `name` in the question's own module, or `article/module::name`), to why it states none (a
string), or to both (`{claims = […], rest = "why its other part states none"}`).
In `[contradictions]` two claims, as `article/module::name`, stand for each other's opposite. `[printed]` names the
pieces of code that claims read from a copy: the first and last of their *lines*, and the *sha256* of those.
`published`, if known, is the article's date, or as much of it as is known (`2020`, `2020-05`).
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

PLACE = re.compile(r"(?:.*/)?(?P<article>[^/]+)/q(?P<question>\d+)_[^/]*\.py::")
TABLE = re.compile(r"intro|q(?P<question>\d+)")
# A sentence ends before white space and a capital, or where the next one was glued to it without a space.
ENDS = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[\"“‘'A-Z])|(?<=\w[.!?])(?=[A-Z][a-z])")
DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
MOST = 9999  # questions of an article
MARKER = re.compile(r"^\s*(?:[•*-]|\d+[.)])\s+")

TABLES = {"contradictions", "printed"}  # beside those of the questions


@dataclass(frozen=True)
class Account:
    """The references to the claims that a sentence states, and why it, or the rest of it, states none."""

    claims: tuple[str, ...] = ()
    reason: str | None = None

    @classmethod
    def read(cls, written: object) -> "Account":
        """An account as `sentences.toml` has it: a list, a string, or a table of both.

        Raises:
            ValueError: it is something else, or says nothing.
        """
        if isinstance(written, str):
            found = cls(reason=written)
        elif isinstance(written, list):
            found = cls(tuple(map(str, written)))
        elif isinstance(written, dict) and written.keys() == {"claims", "rest"}:
            found = cls(tuple(map(str, written["claims"])), str(written["rest"]))
        else:
            raise ValueError(f"an account is a list, a string or {{claims, rest}}, and not {written!r}")
        return found


@dataclass(frozen=True)
class Sentence:
    """A sentence of an article: its question (0: the introduction), its text, and its hash (12 hexadecimal digits).

    *line* and *column* say where in the copy it begins, both counted from 1.
    """

    question: int
    text: str
    hash: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Stated:
    """A sentence and its account: the ids of the claims that it states, or why it (or a rest of it) states none.

    Neither is a gap.
    """

    sentence: Sentence
    claims: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class About:
    """An article's own title, how many questions it has, how their lines begin, and the accounts by question.

    *published* is its date, or as much of it as is known (`2020`, `2020-05`).
    """

    id: str
    title: str
    questions: int
    begins: str = r"^\d+[.)] "
    accounts: Mapping[int, Mapping[str, Account]] = field(default_factory=dict)
    contradictions: Mapping[str, str] = field(default_factory=dict)
    published: str | None = None

    def guests(self, question: int, claims: Iterable[str]) -> list[str]:
        """The claims of other modules that an answer makes too, in their order."""
        named = {one for account in self.accounts.get(question, {}).values() for one in account.claims if "::" in one}
        return [claim for claim in claims if any(refers(one, self.id, question, claim) for one in named)]


def refers(reference: str, article: str, question: int, claim: str) -> bool:
    """Tell whether *reference*, made in an answer, is to *claim*: to all rows of a table, or to the one it names."""
    module, _, name = reference.rpartition("::")
    found = claim.partition("::")[2]
    if name not in (found, found.partition("[")[0]):
        return False
    return f"/{module}.py::" in f"/{claim}" if module else place(claim) == (article, question)


def read(folder: Path) -> list[About]:
    """Every article of a folder of claims, in the order of their names.

    Raises:
        DamagedFileError: a `sentences.toml` lacks its title or its number of questions, or has a table of another name.
    """
    return [_about(path) for path in sorted(folder.glob("*/sentences.toml"))]


def _about(path: Path) -> About:
    try:
        told = tomllib.loads(read_text(path))
        accounts = dict(_accounts({name: one for name, one in told.items() if name not in TABLES}))
        begins = re.compile(str(told.get("begins", About.begins))).pattern
        opposites = {str(one): str(other) for one, other in told.pop("contradictions", {}).items()}
        return About(
            id=path.parent.name,
            title=str(told["title"]),
            questions=bounded(int(told["questions"])),
            begins=begins,
            accounts=accounts,
            contradictions=opposites,
            published=_date(told.get("published")),
        )
    except (*UNREADABLE, re.error) as error:
        raise DamagedFileError(path, repr(error), "It begins with `title` and `questions`.") from error


def _date(written: object) -> str | None:
    """A date, or as much of it as is known.

    Raises:
        ValueError: it is none.
    """
    if written is not None and not DATE.fullmatch(str(written)):
        raise ValueError(f"published is a date such as 2020-05-16, 2020-05 or 2020, and not {written!r}")
    return None if written is None else str(written)


def bounded(questions: int) -> int:
    """The number of an article's questions.

    Raises:
        ValueError: no list has so many, or so few.
    """
    if not 0 < questions <= MOST:
        raise ValueError(f"an article has 1 to {MOST} questions, and not {questions}")
    return questions


def _accounts(told: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Account]]]:
    for name, table in told.items():
        if isinstance(table, dict):
            found = TABLE.fullmatch(name)
            if not found:
                raise ValueError(f"[{name}] is neither [intro] nor a question like [q11]")
            yield int(found["question"] or 0), {key: Account.read(one) for key, one in table.items()}


def place(claim: str) -> tuple[str, int]:
    """The article and the question that a claim's id belongs to.

    Raises:
        ValueError: the claim stands in no question's module.
    """
    found = PLACE.match(claim)
    if not found:
        raise ValueError(f"{claim} does not stand in a module named after a question")
    return found["article"], int(found["question"])


def sentences(text: str, about: About) -> list[Sentence]:
    """Cut an article into its sentences, each with the question that it belongs to."""
    found, question = [], 0
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(about.begins, line)
        number_of = re.search(r"\d+", head[0]) if head else None
        if number_of and question < about.questions and int(number_of[0]) == question + 1:
            question += 1
        column = 0
        for one in filter(normalised, cut(line)):
            column = line.index(one, column)
            found.append(Sentence(question, one, digest(one), number, column + 1))
            column += len(one)
    return found


def accounted(text: str, about: About, claims: Collection[str]) -> list[Stated]:
    """Cut an article into its sentences, each with the ids of those *claims* that it states, or why it states none."""
    return [_stated(one, about, claims) for one in sentences(text, about)]


def _stated(sentence: Sentence, about: About, claims: Collection[str]) -> Stated:
    account = about.accounts.get(sentence.question, {}).get(sentence.hash, Account())
    named = [
        claim
        for reference in account.claims
        for claim in claims
        if refers(reference, about.id, sentence.question, claim)
    ]
    return Stated(sentence, tuple(dict.fromkeys(named)), account.reason)


def cut(line: str) -> list[str]:
    """The sentences of a line, without the marker of a list."""
    return [one.strip() for one in ENDS.split(MARKER.sub("", line)) if one.strip()]


def normalised(text: str) -> str:
    """*text* as it is hashed: letters, digits and single spaces, without regard to case."""
    return re.sub(r"\W+", " ", text).strip().casefold()


def digest(text: str) -> str:
    """The hash by which a sentence is known."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:12]
