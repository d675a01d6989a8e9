"""The main job: from the records of a pytest run to verdicts, a report, and an exit code."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.version import Version

from report import settings
from report.errors import ReportError
from report.files import write_together
from report.judge import articles, changes, judgements, results
from report.judge.assembly import Run, assemble, parse_records
from report.judge.results import Release, Result, Subject
from report.measure import environments, kills, ledger, releases
from report.model import Environment, counted
from report.tell import context, render_forms, words
from report.tell.marks import MARKS
from report.tell.markup import seen
from report.tell.views import split_observed

REPRODUCE_FAILURE = re.compile(r"@reproduce_failure\(.*\)")  # Hypothesis prints it with a counterexample
MAX_NAMED = 5  # tests that were not seen to fail


@dataclass(frozen=True)
class Recorded:
    """What pytest reported in a run: the records, and the deprecation warnings of each claim, by its id."""

    records: list[dict[str, Any]]
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RunSummary:
    """The end of a run: the lines to print, the result of a complete run, and the faults that make it fail."""

    tally: list[str]
    result: Result | None = None
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the run exits with 1."""
        return bool(self.faults)


@dataclass(frozen=True)
class Job:
    """The context that judges a run: settings, installed subject, ledger and data files."""

    settings: settings.Settings
    subject: Subject
    environment: Environment
    ledger: ledger.Ledger
    releases: Sequence[Release]
    articles: Sequence[articles.ArticleInfo]
    causes: Sequence[changes.Cause]
    kills: kills.Kills
    judgements: judgements.Judgements

    @classmethod
    def prepare(cls, root: Path) -> "Job":
        """Read everything before the first claim runs, so that a damaged file is reported at once.

        Raises:
            ReportError: the settings, the ledger or the releases cannot be read, or the subject is not installed.
        """
        config = settings.read(root)
        try:
            installed = version(config.subject)
        except PackageNotFoundError as error:
            hint = "Run the claims with `uv run pytest claims`."
            raise ReportError(f"{config.subject} is not installed.", hint) from error
        known = releases.read(config.releases)
        dates = {release.version: release.released for release in known}
        versions = sorted({installed, *(release.version for release in known if release.stack)}, key=Version)
        environment = environments.here(config)
        return cls(
            settings=config,
            subject=Subject(config.subject, installed, dates.get(installed), environment.python),
            environment=environment,
            ledger=ledger.read(config.ledger),
            releases=[Release(name, dates.get(name)) for name in versions],
            articles=articles.read(config.claims),
            causes=changes.read(config.changes),
            kills=kills.read(config.falsified, config.excused),
            judgements=judgements.read(config.judgements),
        )

    def run(self, records: Iterable[dict[str, Any]]) -> Run:
        """The run, dated today, with these *records*."""
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        return Run(
            self.subject,
            today,
            self.environment,
            parse_records(records),
            self.ledger,
            self.releases,
            self.causes,
            self.kills,
            self.judgements,
        )

    def modules(self) -> list[Path]:
        """Every module of claims on disk."""
        return sorted(self.settings.claims.glob("*/q[0-9]*.py"))

    def verdict(self, data: dict[str, Any]) -> str:
        """The verdict in words on the claim whose record is *data*, from this run and the ledger."""
        run = self.run([data])
        record = run.records[0]
        cells = counted(self.ledger.cells(record.id, record.fingerprint))
        if not record.lacking:
            cells[self.subject.version] = record.cell
        verdict = run.verdict(cells)
        unmeasured = verdict.mark == "untried" and record.outcome != "untried"  # other releases have no outcome yet
        return "no verdict before `history`" if unmeasured else str(verdict)

    def finish(self, recorded: Recorded, complete: bool, accept: bool, out: Path) -> RunSummary:
        """Judge the records; after a *complete* run, write the report into *out*, and with *accept* the ledger.

        A failed write is a fault; the old files stay.
        """
        run = self.run(recorded.records)
        result = replace(assemble(run, self.articles), warnings=recorded.warnings)
        broken = [f"{record.id}: {record.reason}" for record in run.records if record.broken]
        if not complete:
            notes = [*refutations(run), "A partial run: the report and the ledger stay as they are."]
            return RunSummary(tally(result), None, notes, broken)
        forecast = self.forecast(result, out) if self.candidate else []  # reads the last report: before the write
        try:
            texts = render_forms(result, context.read(self.settings, result, out), out)
            texts |= {out / "forecast.json": context.forecast(result)} if self.candidate else {}
            self.write(texts | {out / "results.json": results.text(result)}, run if accept else None)
        except (ReportError, OSError) as error:
            return RunSummary(tally(result), result, [], [*broken, f"not written: {error}: the old files stay"])
        faults = [*faults_of(run, result), *([] if accept or self.candidate else drift_faults(result))]
        notes = [
            f"The report: {out / 'index.html'} · the errata: {out / 'errata.md'}",
            *measured_before(result),
            *not_seen_to_fail(result),
            *counterexamples(run, result),
            *(["The ledger has been written."] if accept else []),
            *forecast,
        ]
        return RunSummary(tally(result), result, notes, faults)

    @property
    def candidate(self) -> bool:
        """Whether the installed version is not in the list of releases; its drift is then a forecast, not a fault."""
        return self.subject.version not in {release.version for release in releases.read(self.settings.releases)}

    def forecast(self, result: Result, out: Path) -> list[str]:
        """The verdicts that a candidate changes, each with the deprecation warnings that the last report has for it."""
        try:
            warnings = results.read(out / "results.json").warnings
        except ReportError:
            warnings = {}
        name = f"{self.subject.name} {self.subject.version}"
        lines = [f"{name} is a candidate: it would change {words.counted(len(result.drift), 'verdict')}."]
        for drift in result.drift:
            lines.append(f"  {drift.claim}: {drift.was} → {drift.now}")
            lines += [f"    announced: {message}" for message in warnings.get(drift.claim, ())]
        return lines

    def write(self, texts: Mapping[Path, str], accepted: Run | None) -> None:
        """Write the report, and with it the outcomes of an *accepted* run into the ledger.

        The ledger is read again under its lock, because another process may have written it since.
        """
        path = self.settings.ledger
        with ledger.locked(path):
            updated = replace(accepted, ledger=ledger.read(path)).updated_ledger() if accepted else None
            write_together({**texts, path: ledger.text(updated)} if updated else texts)


def tally(result: Result) -> list[str]:
    """A line for each article with the number of its answers by mark."""
    lines = []
    for article in result.articles:
        if article.answers:
            marks = Counter(answer.verdict for answer in article.answers)
            counts = ", ".join(f"{marks[mark]} {mark}" for mark in MARKS if marks[mark])
            lines.append(f"{article.id}: {len(article.answers)} of {article.questions} answers: {counts}")
    return lines


def refutations(run: Run) -> list[str]:
    """The last evidence of each refuted claim, for a partial run, which writes no report."""
    refuted = [record for record in run.records if record.outcome == "refuted" and record.evidence]
    lines = []
    for record in refuted:
        last = record.evidence[-1]
        values = seen(split_observed(last.observed)[0], failed=True)[0]
        lines.append(" ".join(f"{record.id}: {last.assertion} → {values}".split()))
    return lines


def faults_of(run: Run, result: Result) -> list[str]:
    """Errors of the claims themselves: broken tests, missing or refuted corrections, answers without a tried claim."""
    faults = [f"broken test: {record.id}: {record.reason}" for record in run.records if record.broken]
    if all(record.outcome == "untried" for record in run.records):
        faults.append("no claim was tried")
    for claim in result.claims:
        faults += [
            f"correction does not hold ({correction.outcome}): {correction.id}"
            for correction in claim.corrections
            if correction.outcome != "held"
        ]
        if claim.verdict.refuted and not claim.corrections:
            faults.append(f"no correction: {claim.id}")
        if claim.verdict.mark == "untried" and claim.outcomes.get(run.subject.version) == "refuted":
            faults.append(f"not measured: {claim.id}: {claim.reason} (run `python -m report history`)")
    for article in result.articles:
        faults += [
            f"no claim was tried of {article.id}, answer {answer.question}"
            for answer in article.answers
            if answer.verdict == "untried"
        ]
    return faults


def drift_faults(result: Result) -> list[str]:
    """A line for each difference from the ledger."""
    return [f"drift: {drift.claim}: {drift.was} → {drift.now}" for drift in result.drift]


def measured_before(result: Result) -> list[str]:
    """How many claims and corrections keep the ledger's outcome because a component is missing here."""
    checked = [each for claim in result.claims for each in (claim, *claim.corrections)]
    count = sum("measured before" in (each.reason or "") for each in checked)
    return [f"{words.counted(count, 'claim')} could not be tried here: the ledger's outcomes stand."] if count else []


def counterexamples(run: Run, result: Result) -> list[str]:
    """How to reproduce Hypothesis's counterexample of each refuted claim whose verdict changed."""
    drifted = {drift.claim for drift in result.drift}
    lines = []
    for record in run.records:
        if record.outcome != "refuted" or record.id not in drifted:
            continue
        if match := REPRODUCE_FAILURE.search(record.evidence[-1].observed):
            lines += [f"To reproduce it, write this above {record.id} and run `uv run pytest '{record.id}'`:"]
            lines += ["    import hypothesis", f"    @hypothesis.{match[0].removeprefix('@')}"]
    return lines


def not_seen_to_fail(result: Result) -> list[str]:
    """The claims and corrections that held, and whose current tests have not been seen to fail."""
    names = [
        checked.id
        for claim in result.claims
        for checked in (claim, *claim.corrections)
        if checked.seen_to_fail is None and checked.outcomes.get(result.subject.version) == "held"
    ]
    if not names:
        return []
    shown = ", ".join(names[:MAX_NAMED]) + (" …" if len(names) > MAX_NAMED else "")
    count = "1 test has" if len(names) == 1 else f"{len(names)} tests have"
    return [f"{count} not been seen to fail (`python -m report falsify`): {shown}"]
