"""From records and the ledger to a result: each claim in its answer, with its verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from packaging.version import Version

from report.judge import changes
from report.judge.articles import About, place, refers
from report.judge.changes import Cause
from report.judge.judgements import Judgements
from report.judge.results import (
    SCHEMA,
    Answer,
    Article,
    Claim,
    Correction,
    Count,
    Drift,
    Release,
    Result,
    Subject,
)
from report.judge.verdicts import judge, worst
from report.measure.kills import Kills
from report.measure.ledger import Ledger, merge, only
from report.measure.records import Record
from report.model import Cell, Environment, EnvironmentName, Mark, Verdict, counted, outcomes


def records_of(told: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Records as they came from pytest's reports, in the order in which the claims are written."""
    found = [msgspec.convert(one, Record) for one in told]
    return sorted(found, key=lambda record: (record.id.split("::")[0], record.line))


@dataclass(frozen=True)
class Run:
    """One complete run of the claims: on what, when (ISO 8601), and beside which knowledge of other releases."""

    subject: Subject
    measured: str
    environment: Environment
    records: Sequence[Record]
    ledger: Ledger
    releases: Sequence[Release]
    causes: Sequence[Cause] = ()
    falsified: Kills = field(default_factory=Kills)
    judgements: Judgements = field(default_factory=Judgements)

    def merged(self) -> Ledger:
        """The ledger with this run's outcomes in it, and without the claims that are no more."""
        known = merge(self.ledger, self.subject.version, self.environment, self.seen())
        return only(known, [record.id for record in self.records])

    def seen(self) -> dict[str, tuple[str, Cell]]:
        """What the ledger takes from this run: of a broken test nothing; where a component lacks, what was known."""
        cells = {one.id: (one.fingerprint, one.cell) for one in self.records if one.outcome != "untried"}
        lacking = [one for one in self.records if one.lacking]
        return cells | {one.id: (one.fingerprint, self.before(one) or one.cell) for one in lacking}

    def verdict(self, cells: Mapping[str, Cell]) -> Verdict:
        """The verdict on a claim that did *cells*."""
        found = judge(outcomes(cells), self.subject.version, [release.version for release in self.releases])
        now = cells.get(self.subject.version)
        return replace(found, reason=now.reason) if found.mark == "untried" and now and now.reason else found

    def before(self, record: Record) -> Cell | None:
        """What the ledger knows of the record's claim on the release that is run now."""
        cell = self.ledger.cells(record.id, record.fingerprint).get(self.subject.version)
        return cell if cell and cell.outcome != "untried" else None


def assemble(run: Run, articles: Sequence[About]) -> Result:
    """The result of *run*: every claim in its answer, every answer in its article, in the articles' order."""
    known = run.merged()
    corrections: dict[str, list[Correction]] = {}
    for record in run.records:
        for target in record.corrects:
            corrections.setdefault(target, []).append(_correction(record, _cells(record, run, known), run))
    claims = [
        _claim(record, _cells(record, run, known), run, corrections.get(record.id, []))
        for record in run.records
        if not record.corrects
    ]
    topics = {place(record.id): record.topic for record in run.records}
    found = tuple(_article(about, contradicting(claims, articles), topics) for about in articles)
    result = Result(
        schema=SCHEMA,
        subject=run.subject,
        measured=run.measured,
        releases=tuple(run.releases),
        articles=found,
        count=sum((article.count for article in found), Count()),
    )
    return replace(result, drift=tuple(drift(result, run.ledger)))


def _cells(record: Record, run: Run, known: Ledger) -> dict[str, Cell]:
    """What the claim did on each release; where a component is lacking here, the ledger's last outcome stands."""
    cells = {
        name: replace(cell, python=known.environments[name].python)
        for name, cell in counted(known.cells(record.id, record.fingerprint)).items()
    }
    here = run.subject.version
    if record.lacking and run.before(record):
        python = run.ledger.environments[here].python
        cells[here] = replace(cells[here], python=python, reason=f"measured before; here it {record.reason}")
    elif record.outcome == "untried":
        cells[here] = Cell("untried", record.reason, python=run.subject.python)
    return dict(sorted(cells.items(), key=lambda item: Version(item[0])))


def _checked(record: Record, cells: Mapping[str, Cell], run: Run) -> dict[str, Any]:
    now = cells[run.subject.version]
    did = outcomes(cells)
    return {
        "id": record.id,
        "statement": record.statement,
        "outcomes": did,
        "cells": cells,
        "verdict": run.verdict(cells),
        "evidence": now.evidence,
        "source": record.source,
        "line": record.line,
        "fingerprint": record.fingerprint,
        "changes": changes.of(record.id, did, run.causes),
        "seen_to_fail": run.falsified.how(record.id, record.fingerprint, did),
    }


def _correction(record: Record, cells: Mapping[str, Cell], run: Run) -> Correction:
    now = cells[run.subject.version]
    return Correction(**_checked(record, cells, run), reason=now.reason, outcome=now.outcome)


def _claim(record: Record, cells: Mapping[str, Cell], run: Run, corrections: Iterable[Correction]) -> Claim:
    checked = _checked(record, cells, run)
    return Claim(
        **checked,
        kind="editorial" if record.kind == "editorial" else "technical",
        data=record.data,
        reason=cells[run.subject.version].reason or checked["verdict"].reason,
        corrections=tuple(corrections),
        judged=run.judgements.judged(record.id, [one.id for one in run.records]),
    )


def contradicting(claims: Sequence[Claim], articles: Iterable[About]) -> list[Claim]:
    """The claims, each with those that say the opposite, in whichever article."""
    opposites: dict[str, list[str]] = {}
    for one, other in (pair for about in articles for pair in about.contradictions.items()):
        for first, second in ((one, other), (other, one)):
            for claim in claims:
                if refers(first, "", 0, claim.id):
                    opposites.setdefault(claim.id, []).extend(x.id for x in claims if refers(second, "", 0, x.id))
    return [replace(claim, contradicts=tuple(opposites.get(claim.id, ()))) for claim in claims]


def _article(about: About, claims: Iterable[Claim], topics: Mapping[tuple[str, int], str]) -> Article:
    by_id = {claim.id: claim for claim in claims}
    answers: dict[int, list[Claim]] = {}
    for claim in by_id.values():
        article, question = place(claim.id)
        if article == about.id:
            answers.setdefault(question, []).append(claim)
    for question in filter(None, about.accounts):  # the introduction answers nothing
        for guest in about.guests(question, by_id):
            answers.setdefault(question, []).append(by_id[guest])
    found = tuple(_answer(about.id, number, answers[number], topics) for number in sorted(answers))
    together = sum((answer.count for answer in found), Count())
    return Article(about.id, about.title, about.questions, found, about.published, together)


def _answer(article: str, number: int, claims: Sequence[Claim], topics: Mapping[tuple[str, int], str]) -> Answer:
    return Answer(number, topic(article, number, claims, topics), mark(claims), tuple(claims), count(claims))


def count(claims: Sequence[Claim]) -> Count:
    """How many statements an answer makes, how many of them hold, and how many slips it has."""
    technical = [claim.verdict.mark for claim in claims if claim.kind == "technical"]
    slips = sum(claim.verdict.refuted for claim in claims if claim.kind == "editorial")
    return Count(len(technical), technical.count("confirmed"), slips)


def topic(article: str, question: int, claims: Sequence[Claim], topics: Mapping[tuple[str, int], str]) -> str:
    """The topic of an answer: its own module's, or where it has none that of the claims which it shares."""
    return topics.get((article, question)) or topics[place(claims[0].id)]


def mark(claims: Iterable[Claim]) -> Mark:
    """The mark of an answer, from its claims: editorial slips leave it alone."""
    return worst(claim.verdict.mark for claim in claims if claim.kind == "technical")


def drift(result: Result, ledger: Ledger) -> list[Drift]:
    """What the ledger would not have said: verdicts that turned, claims that came or went."""
    order = [name for name in ledger.environments if EnvironmentName.parse(name).python is None]
    before = max(order, key=Version, default=None)
    found = [_turned(claim, ledger, before, result) for claim in result.claims]
    here = result.subject.version
    found += [_differs(one, ledger, here) for claim in result.claims for one in claim.corrections]
    checked = {one.id for claim in result.claims for one in (claim, *claim.corrections)}
    gone = [Drift(claim, "in the ledger", "no claim any more") for claim in sorted({*ledger.entries} - checked)]
    return [*(one for one in found if one), *gone]


def _turned(claim: Claim, ledger: Ledger, before: str | None, result: Result) -> Drift | None:
    entry = ledger.entries.get(claim.id)
    if entry is None or before is None:
        return Drift(claim.id, "not in the ledger", claim.verdict.mark)
    was = judge(outcomes(counted(entry.cells)), before, [release.version for release in result.releases])
    same = replace(was, reason=None) == replace(claim.verdict, reason=None)
    return None if same else Drift(claim.id, str(was), str(claim.verdict))


def _differs(correction: Correction, ledger: Ledger, here: str) -> Drift | None:
    entry = ledger.entries.get(correction.id)
    cell = entry.cells.get(here) if entry else None
    same = cell is None or cell.outcome == correction.outcome
    return None if cell is None or same else Drift(correction.id, cell.outcome, correction.outcome)
