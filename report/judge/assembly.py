"""From records and the ledger to a result: each claim in its answer, with its verdict."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from report.judge import articles, changes, judgements
from report.judge.articles import ArticleInfo, Names, place
from report.judge.changes import Cause
from report.judge.judgements import Judgements
from report.judge.references import qualified
from report.judge.results import (
    SCHEMA,
    Answer,
    Article,
    Claim,
    Correction,
    Count,
    Drift,
    Judged,
    Release,
    Result,
    Subject,
    Unmarked,
)
from report.judge.verdicts import judge_cells, worst
from report.measure import kills, ledger, releases
from report.measure.kills import Kills
from report.measure.ledger import Ledger, keep_claims, merge
from report.measure.records import Record
from report.model import Cell, Environment, Verdict, counted, outcomes, version
from report.settings import Settings


@dataclass(frozen=True)
class Project:
    """What the files of a project say; *releases* are those that the claims run on, oldest first."""

    ledger: Ledger = field(default_factory=Ledger)
    releases: Sequence[Release] = ()
    articles: Sequence[ArticleInfo] = ()
    causes: Sequence[Cause] = ()
    kills: Kills = field(default_factory=Kills)
    judgements: Judgements = field(default_factory=Judgements)

    @classmethod
    def read(cls, config: Settings) -> "Project":
        """Read every file; raises ReportError if one of them is damaged."""
        return cls(
            ledger.read(config.ledger),
            [Release(release.version, release.released.isoformat()) for release in releases.select(config.releases)],
            articles.read(config.claims),
            changes.read(config.changes),
            kills.read(config),
            judgements.read(config.judgements),
        )


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
        return judge_cells(cells, self.subject.version, [release.version for release in self.project.releases])

    def earlier_cell(self, record: Record) -> Cell | None:
        """The ledger's cell for the same test on the same release, if it was tried."""
        cell = self.project.ledger.cells(record.id, record.fingerprint).get(self.subject.version)
        return cell if cell and cell.outcome != "untried" else None


def assemble(run: Run) -> Result:
    """The result of *run*: every claim in its answer, every answer in its article, in the articles' order."""
    ledger, current = run.updated_ledger(), run.subject.version
    fields = {record.id: _shared_fields(record, _cells(record, run, ledger), run) for record in run.records}
    corrections: dict[str, list[Correction]] = defaultdict(list)
    for record in run.records:
        now = fields[record.id]["cells"][current]
        for target in record.corrects:
            corrections[target].append(Correction(**fields[record.id], reason=now.reason, outcome=now.outcome))
    judged = run.project.judgements.judged([*fields])
    made = {
        record.id: Claim(
            **fields[record.id],
            kind="editorial" if record.kind == "editorial" else "technical",
            data=record.data,
            reason=fields[record.id]["cells"][current].reason or fields[record.id]["verdict"].reason,
            corrections=tuple(corrections[record.id]),
            judged=judged.get(record.id, Judged()),
        )
        for record in run.records
    }
    stated = [made[record.id] for record in run.records if not record.corrects]
    by_id = {claim.id: claim for claim in with_contradictions(stated, run.project.articles)}
    proofs = {record.id: replace(made[record.id], corrections=()) for record in run.records if record.corrects}
    answers = Answers(by_id, proofs, {place(record.id): record.topic for record in run.records})
    articles = tuple(_article(article, answers) for article in run.project.articles)
    releases, total = tuple(run.project.releases), sum((article.count for article in articles), Count())
    result = Result(SCHEMA, run.subject, run.measured, releases, articles, count=total)
    return replace(result, drift=tuple(drift(result, run.project.ledger)))


def _cells(record: Record, run: Run, ledger: Ledger) -> dict[str, Cell]:
    """The claim's cells by release; if a component is missing here, the ledger's last outcome stands."""
    shared: dict[tuple[Cell, str], Cell] = {}  # equal cells are one object: there may be a million
    cells = {}
    for name, cell in counted(ledger.cells(record.id, record.fingerprint)).items():
        python = ledger.environments[name].python
        cells[name] = shared.get((cell, python)) or shared.setdefault((cell, python), replace(cell, python=python))
    current = run.subject.version
    if record.lacking and run.earlier_cell(record):
        python = run.project.ledger.environments[current].python
        cells[current] = replace(cells[current], python=python, reason=f"measured before; here it {record.reason}")
    elif record.outcome == "untried":
        cells[current] = Cell("untried", record.reason, python=run.subject.python)
    return {name: cells[name] for name in sorted(cells, key=version)}


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


def with_contradictions(claims: Sequence[Claim], articles: Iterable[ArticleInfo]) -> list[Claim]:
    """The claims, each with the ids of those that state the opposite, in any article."""
    names = Names(claim.id for claim in claims)
    opposites: dict[str, list[str]] = defaultdict(list)
    for left, right in (pair for article in articles for pair in article.contradictions.items()):
        for reference, opposite in ((left, right), (right, left)):
            for claim in names.of(reference):
                opposites[claim] += names.of(opposite)
    return [replace(claim, contradicts=tuple(opposites.get(claim.id, ()))) for claim in claims]


class Answers:
    """What the answers state: *claims*, and corrections as *proofs* of answers that are right, both by id.

    *topics* are those of the modules, by article and question.
    """

    def __init__(
        self, claims: Mapping[str, Claim], proofs: Mapping[str, Claim], topics: Mapping[tuple[str, int], str]
    ) -> None:
        self.made, self.topics = {**claims, **proofs}, topics
        self.claims, self.proofs = Names(claims), Names(proofs)
        self.own: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for claim in claims:
            article, question = place(claim)
            self.own[article][question].append(claim)

    def of(self, article: ArticleInfo) -> dict[int, list[Claim]]:
        """The claims of each answer of *article* that has any: those of its module, then those that it shares."""
        found = {**self.own.get(article.id, {})}
        for question in filter(None, article.accounts):  # question 0, the introduction, has no answer
            shared = article.stated(question, self.claims, shared=True)
            if more := [*shared, *article.stated(question, self.proofs)]:
                found[question] = [*found.get(question, ()), *more]
        return {question: [self.made[claim] for claim in found[question]] for question in sorted(found)}


def _article(article: ArticleInfo, stated: Answers) -> Article:
    by_question = stated.of(article)
    answers = tuple(_answer(article, question, claims, stated.topics) for question, claims in by_question.items())
    total = replace(sum((answer.count for answer in answers), Count()), todo=sum(map(article.todo, article.accounts)))
    others = sorted({*article.accounts} - {0, *by_question})
    unmarked = tuple(Unmarked(each, article.topic(each)) for each in others if article.states_nothing(each))
    names = {qualified(claim.id) for answer in answers for claim in answer.claims}
    mended = tuple(each for claim, each in article.mended.items() if claim not in names)
    about = (article.published, total, article.url, article.author, article.licence, article.answer, unmarked, mended)
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
    newest = max((name for name in ledger.environments if "@" not in name), key=version, default=None)
    found = []
    for claim in result.claims:
        entry = ledger.entries.get(claim.id)
        if entry is None or newest is None:
            found.append(Drift(claim.id, "not in the ledger", claim.verdict.mark))
        else:
            was = judge_cells(entry.cells, newest, releases)
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
