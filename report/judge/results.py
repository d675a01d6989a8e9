"""The result of a run, as data: what every report is made from, and `results.json`."""

import inspect
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
from packaging.version import Version

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text, write_whole
from report.judge.articles import bounded, place
from report.judge.verdicts import judge
from report.model import Cell, Evidence, Mark, Outcome, Verdict

SCHEMA: Literal[2] = 2
Gravity = Literal["fails", "unsafe", "misleads", "imprecise"]  # in this order: the gravest first


@dataclass(frozen=True)
class Subject:
    """What the answers are about: the distribution, its version and date (ISO 8601), and the Python it ran on."""

    name: str
    version: str
    released: str | None
    python: str


@dataclass(frozen=True)
class Release:
    """A release that the claims are run on, and the date (ISO 8601) on which it came out."""

    version: str
    released: str | None


@dataclass(frozen=True)
class Change:
    """A release on which a claim's outcome changed, *by* what it came, the *link* to its changelog, and a *note*."""

    release: str
    by: str | None = None
    link: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What claims and corrections share: a statement, its test, what that did on each release, how it was seen to fail.

    *seen_to_fail* has `release`, the newest that refuted it; or `sabotage`, a file and a line, `change`, what was
    changed there, and `seen`, what the test saw; or `excused`, why nothing can refute it. None: it never failed.
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
    seen_to_fail: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Correction(Checked):
    """What the answer says instead; *outcome* is that on the current release."""

    outcome: Outcome


@dataclass(frozen=True)
class Contested:
    """A claim that could be judged otherwise: how it was *read*, the *other* reading, and why the first."""

    read: str
    other: str
    because: str


@dataclass(frozen=True)
class Judged:
    """What people judged about a claim (see `judgements`); *follows* is the claim that fails from the same cause."""

    gravity: Gravity | None = None
    happened: str | None = None
    reply: str | None = None
    rebuttal: str | None = None
    contested: Contested | None = None
    follows: str | None = None


@dataclass(frozen=True, kw_only=True)
class Claim(Checked):
    """One thing that an answer says, its verdict (see `verdicts.Verdict`), and the claims that say the opposite."""

    kind: Literal["technical", "editorial"]
    data: bool
    corrections: tuple[Correction, ...]
    contradicts: tuple[str, ...] = ()
    judged: Judged = field(default_factory=Judged)

    @property
    def corrected(self) -> bool:
        """Whether there is a correction, and every one held on the current release."""
        return bool(self.corrections) and all(one.outcome == "held" for one in self.corrections)


@dataclass(frozen=True)
class Count:
    """How many *statements* (technical claims, each row of a table one) are made, and how many *hold* now.

    *slips* are the editorial claims that are refuted: they are counted apart.
    """

    statements: int = 0
    hold: int = 0
    slips: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.statements + other.statements, self.hold + other.hold, self.slips + other.slips)


@dataclass(frozen=True)
class Answer:
    """One numbered question's answer: its mark, and its claims in the order in which they are written."""

    question: int
    topic: str
    verdict: Mark
    claims: tuple[Claim, ...]
    count: Count = Count()


@dataclass(frozen=True)
class Article:
    """A published list; *questions* is how many it has, *answers* those that have claims.

    *published* is its date, or as much of it as is known; *count* is that of its answers together.
    """

    id: str
    title: str
    questions: int
    answers: tuple[Answer, ...]
    published: str | None = None
    count: Count = Count()


@dataclass(frozen=True)
class Drift:
    """A verdict that is not the ledger's any more, in words."""

    claim: str
    was: str
    now: str


@dataclass(frozen=True)
class Result:
    """A whole run: *measured* is its date (ISO 8601), *releases* are in the order of their versions.

    *warnings* are the deprecations that each claim met, by its id: what they announce may turn it one day. *count* is
    that of its articles together: a statement that two answers make is counted in both.
    """

    schema: Literal[2]
    subject: Subject
    measured: str
    releases: tuple[Release, ...]
    articles: tuple[Article, ...]
    drift: tuple[Drift, ...] = ()
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    count: Count = Count()

    @property
    def claims(self) -> list[Claim]:
        """Every claim, once, though several answers may make it."""
        claims = (claim for article in self.articles for answer in article.answers for claim in answer.claims)
        return list({claim.id: claim for claim in claims}.values())


def read(path: Path) -> Result:
    """Read `results.json`.

    Raises:
        DamagedFileError: it is not there, cut off, not of this schema, or contradicts itself.
    """
    hint = "Make it anew with `uv run pytest claims`."
    try:
        result = msgspec.convert(_upgraded(msgspec.json.decode(read_text(path))), Result)
        _check(result)
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), hint) from error
    return result


def _upgraded(told: Any) -> Any:
    """A result of schema 1 as schema 2 has it: there a claim's verdict was spread over it, and corrections had none."""
    if not isinstance(told, dict) or told.get("schema") != 1:
        return told
    order = [one["version"] for one in told["releases"]]
    for claim in (claim for article in told["articles"] for answer in article["answers"] for claim in answer["claims"]):
        claim["verdict"] = {name: claim.get(name) for name in ("since", "until", "gone")} | {"mark": claim["verdict"]}
        for one in claim["corrections"]:
            one["verdict"] = asdict(judge(one["outcomes"], told["subject"]["version"], order))
    return told | {"schema": SCHEMA}


def _check(result: Result) -> None:
    """See to it that what a schema cannot say is so, too: what names a claim, a release or a question names one."""
    order = [one.version for one in result.releases]
    if order != sorted(order, key=Version):
        raise ValueError("its releases are not in the order of their versions")
    known = {*order}
    checked = [one for claim in result.claims for one in (claim, *claim.corrections)]
    for one in checked:
        place(one.id)
        known |= {*one.outcomes, *one.cells}
    for version in {*known, result.subject.version}:
        Version(version)
    named = {one.release for each in checked for one in each.changes}
    verdicts = [one.verdict for one in checked]
    named |= {one for each in verdicts for one in (each.since, each.until, each.gone) if one is not None}
    if named - known:
        raise ValueError(f"{min(named - known)!r} is none of its releases")
    for claim in result.claims:
        if not _is_founded(claim):
            raise ValueError(f"the verdict on {claim.id} is not that of its outcomes")
    for article in result.articles:
        bounded(article.questions)


def _is_founded(claim: Claim) -> bool:
    """Whether the outcomes have the turn that a verdict speaks of."""
    verdict = claim.verdict
    if verdict.since is not None:
        since = Version(verdict.since)
        return any(outcome == "refuted" and Version(name) < since for name, outcome in claim.outcomes.items())
    held = claim.outcomes.get(verdict.until or "") == "held"
    return verdict.mark != "outdated" or (held and verdict.gone is not None)


def write(path: Path, result: Result) -> None:
    """Write `results.json`, whole or not at all."""
    write_whole(path, text(result))


def text(result: Result) -> str:
    """What `results.json` holds."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1).decode() + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `results.json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_dedented(msgspec.json.schema(Result))}


def _dedented(told: Any) -> Any:
    """*told* with its texts as Python 3.13 keeps docstrings: without the indentation of the source."""
    if isinstance(told, dict):
        return {name: _dedented(one) for name, one in told.items()}
    if isinstance(told, list):
        return [_dedented(one) for one in told]
    return inspect.cleandoc(told) if isinstance(told, str) else told
