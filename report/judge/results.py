"""The result of a run, as data: the input of every report, and the content of `results.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec
from packaging.version import Version

from report.files import read_text, reading
from report.judge import result_file
from report.judge.articles import AnswerWord, Mended, QuestionCount, WebAddress, place
from report.model import Cell, Evidence, Mark, Mutant, Outcome, Verdict

SCHEMA: Literal[4] = 4
Gravity = Literal["fails", "unsafe", "misleads", "imprecise"]  # the gravest first


@dataclass(frozen=True)
class Subject:
    """The distribution that the answers are about: its version and date (ISO 8601), and the Python that ran it."""

    name: str
    version: str
    released: str | None
    python: str


@dataclass(frozen=True)
class Release:
    """A release on which the claims run, and its publication date (ISO 8601)."""

    version: str
    released: str | None


@dataclass(frozen=True)
class Change:
    """A release on which a claim's outcome changed.

    *by*: the package and version that caused the change; *link*: its changelog; *note*: the cause in one sentence.
    """

    release: str
    by: str | None = None
    link: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The fields that claims and corrections share: a statement, its test, and the test's outcome on each release.

    *seen_to_fail* says what made the test fail: `release`, the newest release that refuted it; `mutant`, a changed line
    of a package, and `seen` (the values in the test); or `waived`, the reason why nothing can refute it. In schema 3,
    `mutant` is a text, and `change` says the change. None: the test has not been seen to fail.
    """

    id: str
    statement: str
    outcomes: Mapping[str, Outcome]
    cells: Mapping[str, Cell]
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    reason: str | None
    source: str
    line: int
    fingerprint: str
    changes: tuple[Change, ...]
    seen_to_fail: Mapping[str, str | Mutant] | None = None


@dataclass(frozen=True, kw_only=True)
class Correction(Checked):
    """The true statement that replaces a refuted claim; *outcome* is its outcome on the current release."""

    outcome: Outcome


class Contested(msgspec.Struct, frozen=True):
    """The two readings of a contested claim: how it was *read*, the *other* one, and the reason for the first."""

    read: str
    other: str
    because: str


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The human judgement about a claim (see `judgements`); *follows* is a claim that fails for the same cause."""

    gravity: Gravity | None = None
    happened: str | None = None
    reply: str | None = None
    rebuttal: str | None = None
    contested: Contested | None = None
    follows: str | None = None


@dataclass(frozen=True, kw_only=True)
class Claim(Checked):
    """A statement of an answer, its verdict (see `model.Verdict`), and the claims that state the opposite."""

    kind: Literal["technical", "editorial"]
    data: bool
    corrections: tuple[Correction, ...]
    contradicts: tuple[str, ...] = ()
    judged: Judged = field(default_factory=Judged)

    @property
    def corrected(self) -> bool:
        """Whether the claim has a correction, and all its corrections held on the current release."""
        return bool(self.corrections) and all(correction.outcome == "held" for correction in self.corrections)


@dataclass(frozen=True)
class Count:
    """Four numbers of an answer, an article or a result.

    *statements*: its technical claims; each row of a table is one. *hold*: those of them that hold on the current
    release. *slips*: its refuted editorial claims, which are no statements. *todo*: the parts of its sentences that
    are not yet checked; an article's also counts those of answers without claims.
    """

    statements: int = 0
    hold: int = 0
    slips: int = 0
    todo: int = 0

    @property
    def faults(self) -> int:
        """The number of refuted claims: statements that do not hold, and slips."""
        return self.statements - self.hold + self.slips

    def __add__(self, other: "Count") -> "Count":
        statements, hold = self.statements + other.statements, self.hold + other.hold
        return Count(statements, hold, self.slips + other.slips, self.todo + other.todo)


@dataclass(frozen=True)
class Answer:
    """The answer to a numbered question: its mark, and its claims in the order of the source."""

    question: int
    topic: str
    verdict: Mark
    claims: tuple[Claim, ...]
    count: Count = Count()

    @property
    def settled(self) -> bool:
        """Whether the answer is confirmed, and every part of it is checked."""
        return self.verdict == "confirmed" and not self.count.todo


@dataclass(frozen=True)
class Unmarked:
    """An answer that states nothing that can be checked: it has no mark, and is neither confirmed nor untried."""

    question: int
    topic: str = ""


@dataclass(frozen=True)
class Article:
    """A published list; *questions* is how many it has, *answers* are those that have claims.

    *unmarked* are the answers that state nothing that can be checked.
    *published* is the date, as precise as it is known; *count* is the sum over the answers. *url*, *author* and
    *licence* are those of the article. *answer* is the word for one of its answers, such as `section`.
    *mended* are the refuted claims that the author has mended: none of the answers has them any more.
    """

    id: str
    title: str
    questions: QuestionCount
    answers: tuple[Answer, ...]
    published: str | None = None
    count: Count = Count()
    url: WebAddress | None = None
    author: str | None = None
    licence: str | None = None
    answer: AnswerWord = "answer"
    unmarked: tuple[Unmarked, ...] = ()
    mended: tuple[Mended, ...] = ()

    @property
    def unchecked(self) -> int:
        """The number of answers that are not yet checked."""
        return self.questions - len(self.answers) - len(self.unmarked)

    def nth(self, question: int) -> str:
        """The name of an answer: `section 5`."""
        return f"{self.answer} {question}"


@dataclass(frozen=True)
class Drift:
    """A difference between the ledger's verdict (*was*) and the verdict of this run (*now*), in words."""

    claim: str
    was: str
    now: str


@dataclass(frozen=True)
class Result:
    """A complete run: *measured* is its date (ISO 8601), *releases* are in the order of their versions.

    *warnings* are the deprecation warnings that each claim raised, by its id: a later release may change its outcome.
    *count* is the sum over the articles: a statement that two answers make counts twice.
    """

    schema: Literal[4]
    subject: Subject
    measured: str
    releases: tuple[Release, ...]
    articles: tuple[Article, ...]
    drift: tuple[Drift, ...] = ()
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    count: Count = Count()

    @property
    def claims(self) -> list[Claim]:
        """Every claim once, even if several answers make it."""
        claims = (claim for article in self.articles for answer in article.answers for claim in answer.claims)
        return list({claim.id: claim for claim in claims}.values())

    @property
    def corrections(self) -> list[Correction]:
        """Every correction; one that corrects several claims is listed for each."""
        return [correction for claim in self.claims for correction in claim.corrections]

    def only(self, article: str) -> "Result":
        """The result of one article (an id), with its own count and drift."""
        found = tuple(each for each in self.articles if each.id == article)
        alone = replace(self, articles=found, count=sum((each.count for each in found), Count()))
        names = {checked.id for checked in (*alone.claims, *alone.corrections)}
        return replace(alone, drift=tuple(drift for drift in self.drift if drift.claim in names))


def read(path: Path) -> Result:
    """Read `results.json`; raises DamagedFileError if it is missing, truncated, of another schema, or inconsistent."""
    with reading(path, "Make it again with `uv run pytest claims`."):
        data = msgspec.json.decode(read_text(path))
        schema = data.get("schema") if isinstance(data, dict) else None
        if schema == 3:  # nothing was packed
            data["schema"] = SCHEMA
        elif schema == SCHEMA:
            data = result_file.unpack(data)
        result = msgspec.convert(data, Result)
        _check(result)
    return result


def _check(result: Result) -> None:
    """Check what a schema cannot: names refer to existing claims, releases and questions; verdicts match outcomes."""
    order = [release.version for release in result.releases]
    if order != sorted(order, key=Version):
        raise ValueError("its releases are not in the order of their versions")
    measured = {*order}
    mentioned: set[str | None] = set()
    for checked in (*result.claims, *result.corrections):
        place(checked.id)
        measured |= {*checked.outcomes, *checked.cells}
        verdict = checked.verdict
        mentioned |= {*(change.release for change in checked.changes), verdict.since, verdict.until, verdict.gone}
    for version in {*measured, result.subject.version}:
        Version(version)
    if unknown := mentioned - measured - {None}:
        raise ValueError(f"{min(unknown, key=str)!r} is none of its releases")
    for claim in result.claims:
        if not _matches_outcomes(claim):
            raise ValueError(f"the verdict on {claim.id} does not match its outcomes")


def _matches_outcomes(claim: Claim) -> bool:
    """Whether the outcomes contain what the verdict says, and the change that it names."""
    verdict = claim.verdict
    if verdict.refuted and "refuted" not in claim.outcomes.values():
        return False
    if verdict.since is not None:
        since = Version(verdict.since)
        return any(outcome == "refuted" and Version(name) < since for name, outcome in claim.outcomes.items())
    held = claim.outcomes.get(verdict.until or "") == "held"
    return verdict.mark != "outdated" or (held and verdict.gone is not None)


def text(result: Result) -> str:
    """The content of `results.json`."""
    return result_file.Packer(result).text()
