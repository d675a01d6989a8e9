"""A result from the ledger alone: the current release as if its claims had just been run."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from packaging.version import Version

from report.errors import ReportError
from report.judge.articles import ArticleInfo
from report.judge.assembly import Run, assemble
from report.judge.changes import Cause
from report.judge.judgements import Judgements
from report.judge.results import Drift, Release, Result, Subject
from report.measure.ledger import Ledger
from report.measure.records import Record
from report.model import Cell, Mark


@dataclass(frozen=True)
class LedgerSnapshot:
    """The ledger and the data files at one moment: the input of a result without a run."""

    subject: str
    ledger: Ledger
    releases: Sequence[Release]
    records: Sequence[Record]
    articles: Sequence[ArticleInfo]
    causes: Sequence[Cause]
    judgements: Judgements = field(default_factory=Judgements)

    @property
    def current(self) -> Release:
        """The newest release."""
        return max(self.releases, key=lambda release: Version(release.version))

    @property
    def environment(self) -> str:
        """The environment whose outcomes count for the current release: the main job's, else that of its stack.

        Raises:
            ReportError: the ledger has neither.
        """
        version = self.current.version
        if version in self.ledger.environments:
            return version
        on_stack = next((name for name in self.ledger.environments if name.startswith(f"{version}@")), None)
        if on_stack is None:
            hint = "Run `python -m report history` first."
            raise ReportError(f"The ledger knows nothing of the current release, {version}.", hint)
        return on_stack

    def result(self, today: str) -> Result:
        """The result, dated *today* (ISO 8601)."""
        environment = self.ledger.environments[self.environment]
        subject = Subject(self.subject, self.current.version, self.current.released, environment.python)
        records = [self.with_ledger_outcome(record) for record in self.records]
        run = Run(
            subject,
            today,
            environment,
            records,
            self.ledger,
            self.releases,
            self.causes,
            judgements=self.judgements,
        )
        return assemble(run, self.articles)

    def with_ledger_outcome(self, record: Record) -> Record:
        """The record with the ledger's outcome, reason and evidence on the current release."""
        cell = self.ledger.cells(record.id, record.fingerprint).get(self.environment, Cell("untried", "not measured"))
        return replace(record, outcome=cell.outcome, reason=cell.reason, evidence=cell.evidence)


@dataclass(frozen=True)
class TurnedAnswer:
    """An answer whose mark changed from *was* to *now*."""

    article: str
    question: int
    topic: str
    was: Mark
    now: Mark


def turned_answers(old: Result, new: Result) -> list[TurnedAnswer]:
    """The answers whose mark changed between two results, without those that had no mark in *old*."""
    was = {(article.id, answer.question): answer.verdict for article in old.articles for answer in article.answers}
    return [
        TurnedAnswer(article.id, answer.question, answer.topic, was[article.id, answer.question], answer.verdict)
        for article in new.articles
        for answer in article.answers
        if was.get((article.id, answer.question), "untried") not in ("untried", answer.verdict)
    ]


def drift_between(old: Result, new: Result) -> tuple[Drift, ...]:
    """The claims whose verdict, and the corrections whose outcome, changed between two results.

    Claims that were untried in *old* are left out: their tests are new or changed, so they say nothing of the release.
    """
    was, now = verdicts_in_words(old), verdicts_in_words(new)
    changed = (claim for claim, verdict in now.items() if was.get(claim, "untried") not in ("untried", verdict))
    return tuple(Drift(claim, was[claim], now[claim]) for claim in changed)


def unmeasured(result: Result) -> list[str]:
    """The ids of the claims and corrections without a measured outcome."""
    return [claim for claim, verdict in verdicts_in_words(result).items() if verdict == "untried"]


def verdicts_in_words(result: Result) -> dict[str, str]:
    """The verdict on each claim, and the outcome of each correction, by id."""
    verdicts = {claim.id: str(claim.verdict) for claim in result.claims}
    return verdicts | {correction.id: correction.outcome for claim in result.claims for correction in claim.corrections}
