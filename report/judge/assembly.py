"""From records and the ledger to a result: each claim in its answer, with its verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from packaging.version import Version

from report.judge import changes
from report.judge.articles import ArticleInfo, place, refers
from report.judge.project import Project
from report.judge.results import SCHEMA, Answer, Article, Claim, Correction, Count, Drift, Result, Subject, Unmarked
from report.judge.verdicts import judge, worst
from report.measure.ledger import Ledger, keep_claims, merge
from report.measure.records import Record
from report.model import Cell, Environment, Verdict, counted, outcomes


def parse_records(data: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Convert the records of pytest's reports, and sort them by module and line."""
    return sorted(msgspec.convert([*data], list[Record]), key=lambda record: (record.id.split("::")[0], record.line))


@dataclass(frozen=True)
class Run:
    """A run of the claims, its date (*measured*, ISO 8601), and the files of the project before it."""

    subject: Subject
    measured: str
    environment: Environment
    records: Sequence[Record]
    project: Project

    def updated_ledger(self) -> Ledger:
        """The ledger with the outcomes of this run, and without claims that no longer exist."""
        merged = merge(self.project.ledger, self.subject.version, self.environment, self.new_cells())
        return keep_claims(merged, [record.id for record in self.records])

    def new_cells(self) -> dict[str, tuple[str, Cell]]:
        """The fingerprints and cells that the ledger takes from this run, by claim.

        A broken test gives none. If a component is missing, the ledger's earlier cell is kept.
        """
        cells = {record.id: (record.fingerprint, record.cell) for record in self.records if record.outcome != "untried"}
        lacking = [record for record in self.records if record.lacking]
        return cells | {record.id: (record.fingerprint, self.earlier_cell(record) or record.cell) for record in lacking}

    def verdict(self, cells: Mapping[str, Cell]) -> Verdict:
        """The verdict on a claim with these *cells*."""
        verdict = judge(outcomes(cells), self.subject.version, [release.version for release in self.project.releases])
        current = cells.get(self.subject.version)
        if verdict.mark == "untried" and current and current.reason:
            return replace(verdict, reason=current.reason)
        return verdict

    def earlier_cell(self, record: Record) -> Cell | None:
        """The ledger's cell for the same test on the same release, if it was tried."""
        cell = self.project.ledger.cells(record.id, record.fingerprint).get(self.subject.version)
        return cell if cell and cell.outcome != "untried" else None


def assemble(run: Run) -> Result:
    """The result of *run*: every claim in its answer, every answer in its article, in the articles' order."""
    ledger = run.updated_ledger()
    corrections: dict[str, list[Correction]] = {}
    for record in run.records:
        for target in record.corrects:
            corrections.setdefault(target, []).append(_correction(record, _cells(record, run, ledger), run))
    claims = [
        _claim(record, _cells(record, run, ledger), run, corrections.get(record.id, []))
        for record in run.records
        if not record.corrects
    ]
    claims = with_contradictions(claims, run.project.articles)
    proofs = [_claim(record, _cells(record, run, ledger), run, []) for record in run.records if record.corrects]
    topics = {place(record.id): record.topic for record in run.records}
    assembled = tuple(_article(article, claims, proofs, topics) for article in run.project.articles)
    result = Result(
        schema=SCHEMA,
        subject=run.subject,
        measured=run.measured,
        releases=tuple(run.project.releases),
        articles=assembled,
        count=sum((article.count for article in assembled), Count()),
    )
    return replace(result, drift=tuple(drift(result, run.project.ledger)))


def _cells(record: Record, run: Run, ledger: Ledger) -> dict[str, Cell]:
    """The claim's cells by release; if a component is missing here, the ledger's last outcome stands."""
    cells = {
        name: replace(cell, python=ledger.environments[name].python)
        for name, cell in counted(ledger.cells(record.id, record.fingerprint)).items()
    }
    current = run.subject.version
    if record.lacking and run.earlier_cell(record):
        python = run.project.ledger.environments[current].python
        cells[current] = replace(cells[current], python=python, reason=f"measured before; here it {record.reason}")
    elif record.outcome == "untried":
        cells[current] = Cell("untried", record.reason, python=run.subject.python)
    return dict(sorted(cells.items(), key=lambda item: Version(item[0])))


def _shared_fields(record: Record, cells: Mapping[str, Cell], run: Run) -> dict[str, Any]:
    """The fields that claims and corrections share."""
    by_release = outcomes(cells)
    return {
        "id": record.id,
        "statement": record.statement,
        "outcomes": by_release,
        "cells": cells,
        "verdict": run.verdict(cells),
        "evidence": cells[run.subject.version].evidence,
        "source": record.source,
        "line": record.line,
        "fingerprint": record.fingerprint,
        "changes": changes.of(record.id, by_release, run.project.causes),
        "seen_to_fail": run.project.kills.refutation(record.id, record.fingerprint, by_release),
    }


def _correction(record: Record, cells: Mapping[str, Cell], run: Run) -> Correction:
    current = cells[run.subject.version]
    return Correction(**_shared_fields(record, cells, run), reason=current.reason, outcome=current.outcome)


def _claim(record: Record, cells: Mapping[str, Cell], run: Run, corrections: Iterable[Correction]) -> Claim:
    fields = _shared_fields(record, cells, run)
    return Claim(
        **fields,
        kind="editorial" if record.kind == "editorial" else "technical",
        data=record.data,
        reason=cells[run.subject.version].reason or fields["verdict"].reason,
        corrections=tuple(corrections),
        judged=run.project.judgements.judged(record.id, [each.id for each in run.records]),
    )


def with_contradictions(claims: Sequence[Claim], articles: Iterable[ArticleInfo]) -> list[Claim]:
    """The claims, each with the ids of those that state the opposite, in any article."""
    opposites: dict[str, list[str]] = {}
    for left, right in (pair for article in articles for pair in article.contradictions.items()):
        for reference, opposite in ((left, right), (right, left)):
            for claim in claims:
                if refers(reference, claim.id):
                    opposites.setdefault(claim.id, []).extend(each.id for each in claims if refers(opposite, each.id))
    return [replace(claim, contradicts=tuple(opposites.get(claim.id, ()))) for claim in claims]


def _article(
    article: ArticleInfo, claims: Iterable[Claim], proofs: Iterable[Claim], topics: Mapping[tuple[str, int], str]
) -> Article:
    """An article; *proofs* are the corrections, which are claims of the answers that are right."""
    corrections = {proof.id: proof for proof in proofs}
    by_id = {claim.id: claim for claim in claims}
    by_question: dict[int, list[Claim]] = {}
    for claim in by_id.values():
        article_id, question = place(claim.id)
        if article_id == article.id:
            by_question.setdefault(question, []).append(claim)
    for question in filter(None, article.accounts):  # question 0, the introduction, has no answer
        for shared in article.shared_claims(question, by_id):
            by_question.setdefault(question, []).append(by_id[shared])
        for proof in article.stated_corrections(question, corrections):
            by_question.setdefault(question, []).append(corrections[proof])
    answers = tuple(_answer(article, question, by_question[question], topics) for question in sorted(by_question))
    total = replace(sum((answer.count for answer in answers), Count()), todo=sum(map(article.todo, article.accounts)))
    others = sorted({*article.accounts} - {0, *by_question})
    unmarked = tuple(Unmarked(each, article.topic(each)) for each in others if article.states_nothing(each))
    about = (article.published, total, article.url, article.author, article.licence, article.answer, unmarked)
    return Article(article.id, article.title, article.questions, answers, *about)


def _answer(
    article: ArticleInfo, question: int, claims: Sequence[Claim], topics: Mapping[tuple[str, int], str]
) -> Answer:
    """An answer. Its topic is that of its own module, or else the one declared, or that of its first claim's module."""
    mark = worst(claim.verdict.mark for claim in claims if claim.kind == "technical")  # slips do not change it
    topic = topics.get((article.id, question)) or article.topic(question) or topics[place(claims[0].id)]
    return Answer(question, topic, mark, tuple(claims), replace(count(claims), todo=article.todo(question)))


def count(claims: Iterable[Claim]) -> Count:
    """How many statements an answer makes, how many of them hold, and how many slips it has."""
    technical = [claim.verdict.mark for claim in claims if claim.kind == "technical"]
    slips = sum(claim.verdict.refuted for claim in claims if claim.kind == "editorial")
    return Count(len(technical), technical.count("confirmed"), slips)


def drift(result: Result, ledger: Ledger) -> list[Drift]:
    """The differences from the ledger: changed verdicts, except for their reasons, and added and removed claims."""
    releases = [release.version for release in result.releases]
    newest = max((name for name in ledger.environments if "@" not in name), key=Version, default=None)
    found = []
    for claim in result.claims:
        entry = ledger.entries.get(claim.id)
        if entry is None or newest is None:
            found.append(Drift(claim.id, "not in the ledger", claim.verdict.mark))
        else:
            was = judge(outcomes(counted(entry.cells)), newest, releases)
            found.append(Drift(claim.id, str(was), str(claim.verdict)))
    stated = {claim.id for claim in result.claims}  # a correction that another answer states is compared as a claim
    for correction in (each for each in result.corrections if each.id not in stated):
        entry = ledger.entries.get(correction.id)
        cell = entry.cells.get(result.subject.version) if entry else None
        if cell:
            found.append(Drift(correction.id, cell.outcome, correction.outcome))
    removed = sorted({*ledger.entries} - {checked.id for checked in (*result.claims, *result.corrections)})
    found += [Drift(claim, "in the ledger", "no claim any more") for claim in removed]
    return [drift for drift in found if drift.was != drift.now]
