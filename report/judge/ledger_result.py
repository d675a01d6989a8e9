"""What the ledger alone says: the result of a release as if its claims had been run just now."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from packaging.version import Version

from report.errors import ReportError
from report.judge.articles import About
from report.judge.assembly import Run, assemble
from report.judge.changes import Cause
from report.judge.judgements import Judgements
from report.judge.results import Drift, Release, Result, Subject
from report.measure.ledger import Ledger
from report.measure.records import Record
from report.model import Cell, Mark


@dataclass(frozen=True)
class Memory:
    """The ledger and the releases as they stand: what a result is made of, without a run."""

    subject: str
    ledger: Ledger
    releases: Sequence[Release]
    records: Sequence[Record]
    articles: Sequence[About]
    causes: Sequence[Cause]
    judgements: Judgements = field(default_factory=Judgements)

    @property
    def current(self) -> Release:
        """The newest release."""
        return max(self.releases, key=lambda one: Version(one.version))

    @property
    def environment(self) -> str:
        """The environment that speaks for the current release: the main job's, else that of its stack.

        Raises:
            ReportError: the ledger has neither.
        """
        version = self.current.version
        stand_in = [name for name in self.ledger.environments if name.startswith(f"{version}@")]
        if version not in self.ledger.environments and not stand_in:
            hint = "Run `python -m report history` first."
            raise ReportError(f"The ledger knows nothing of the current release, {version}.", hint)
        return version if version in self.ledger.environments else stand_in[0]

    def result(self, today: str) -> Result:
        """The result, as of *today* (ISO 8601)."""
        found = self.ledger.environments[self.environment]
        subject = Subject(self.subject, self.current.version, self.current.released, found.python)
        records = [self.remembered(one) for one in self.records]
        run = Run(subject, today, found, records, self.ledger, self.releases, self.causes, judgements=self.judgements)
        return assemble(run, self.articles)

    def remembered(self, record: Record) -> Record:
        """The record with what its claim did on the current release."""
        cell = self.ledger.cells(record.id, record.fingerprint).get(self.environment, Cell("untried", "not measured"))
        return replace(record, outcome=cell.outcome, reason=cell.reason, evidence=cell.evidence)


@dataclass(frozen=True)
class Turn:
    """An answer whose mark is another one now."""

    article: str
    question: int
    topic: str
    was: Mark
    now: Mark


def turned(old: Result, new: Result) -> list[Turn]:
    """The answers whose mark changed between two results, those left out that had none before."""
    was = {(article.id, answer.question): answer.verdict for article in old.articles for answer in article.answers}
    return [
        Turn(article.id, answer.question, answer.topic, was[article.id, answer.question], answer.verdict)
        for article in new.articles
        for answer in article.answers
        if was.get((article.id, answer.question), "untried") not in ("untried", answer.verdict)
    ]


def drifted(old: Result, new: Result) -> tuple[Drift, ...]:
    """The claims whose verdict, and the corrections whose outcome, changed between two results.

    Those that were untried before, as their tests are new or have changed, tell nothing of the release.
    """
    was, now = said(old), said(new)
    changed = (claim for claim, words in now.items() if was.get(claim, "untried") not in ("untried", words))
    return tuple(Drift(claim, was[claim], now[claim]) for claim in changed)


def unknown(result: Result) -> list[str]:
    """The claims and corrections that a result tells nothing of, as they are not measured."""
    return [claim for claim, words in said(result).items() if words == "untried"]


def said(result: Result) -> dict[str, str]:
    """What a result says of each claim and correction, in words."""
    told = {one.id: str(one.verdict) for one in result.claims}
    return told | {one.id: one.outcome for claim in result.claims for one in claim.corrections}
