"""The main job: from the records of one pytest run to verdicts, a report, and an exit code."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from report import beside, settings
from report.errors import ReportError
from report.files import write_together
from report.judge import articles, changes, judgements, results
from report.judge.assembly import Run, assemble, in_words, records_of
from report.judge.results import Claim, Release, Result, Subject
from report.judge.verdicts import Mark, judge
from report.measure import falsified, ledger, releases, stacks
from report.tell import all_forms

BLOB = re.compile(r"@reproduce_failure\(.*\)")  # as Hypothesis prints it
NAMED = 5  # of the tests that were not seen to fail
MARKS: dict[Mark, str] = {"confirmed": "green", "outdated": "yellow", "wrong": "red", "untried": "purple"}


@dataclass(frozen=True)
class Told:
    """What pytest told of a run: the records, and the deprecations that each claim met, by its id."""

    records: list[dict[str, Any]]
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ending:
    """How a run of the claims ended: the tally to print, the result where the run was complete, what is amiss."""

    tally: list[str]
    result: Result | None = None
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the run is to exit with 1."""
        return bool(self.faults)


@dataclass(frozen=True)
class Job:
    """What a run is judged by: the subject as it is installed, and what the ledger knows of other releases."""

    settings: settings.Settings
    subject: Subject
    environment: ledger.Environment
    ledger: ledger.Ledger
    releases: Sequence[Release]
    articles: Sequence[articles.About]
    causes: Sequence[changes.Cause]
    falsified: falsified.Falsified
    judgements: judgements.Judgements

    @classmethod
    def prepare(cls, root: Path) -> "Job":
        """Read all that is needed before the first claim runs, so that what is damaged is said at once.

        Raises:
            ReportError: the settings, the ledger or the releases cannot be read, or the subject is not installed.
        """
        where = settings.read(root)
        try:
            here = version(where.subject)
        except PackageNotFoundError as error:
            raise ReportError(f"{where.subject} is not installed.", "Run it as `uv run pytest claims`.") from error
        known = {one.version: one for one in releases.read(where.releases)}
        dates = {one.version: one.released for one in known.values()}
        run = sorted({here, *(one.version for one in known.values() if one.stack)}, key=ledger.by_version)
        environment = stacks.here(where)
        return cls(
            settings=where,
            subject=Subject(where.subject, here, dates.get(here), environment.python),
            environment=environment,
            ledger=ledger.read(where.ledger),
            releases=[Release(one, dates.get(one)) for one in run],
            articles=articles.read(where.claims),
            causes=changes.read(where.changes),
            falsified=falsified.read(where.falsified, where.excused),
            judgements=judgements.read(where.judgements),
        )

    def run(self, told: Iterable[dict[str, Any]]) -> Run:
        """The run that gave the records *told*."""
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        return Run(
            self.subject,
            today,
            self.environment,
            records_of(told),
            self.ledger,
            self.releases,
            self.causes,
            self.falsified,
            self.judgements,
        )

    def modules(self) -> list[Path]:
        """Every module of claims on the disk."""
        return sorted(self.settings.claims.glob("*/q[0-9]*.py"))

    def verdict(self, told: dict[str, Any]) -> str:
        """The verdict on one claim, in words, as soon as it has run."""
        record = records_of([told])[0]
        cells = {**self.ledger.cells(record.id, record.fingerprint)}
        if not record.lacking:
            cells[self.subject.version] = record.cell
        outcomes = {name: cell.outcome for name, cell in cells.items() if "@" not in name}
        verdict = judge(outcomes, self.subject.version, [one.version for one in self.releases])
        unknown = verdict.mark == "untried" and record.outcome != "untried"  # it was tried here: say what is missing
        return "no verdict before `history`" if unknown else in_words(verdict)

    def finish(self, told: Told, complete: bool, accept: bool, out: Path) -> Ending:
        """Judge what was recorded; when the run was *complete*, write the report, and the ledger on *accept*.

        What cannot be written is a fault; what was there before stands.
        """
        run = self.run(told.records)
        result = replace(assemble(run, self.articles), warnings=told.warnings)
        broken = [f"{one.id}: {one.reason}" for one in run.records if one.broken]
        if not complete:
            notes = [*refutations(run), "A partial run: the report and the ledger stay as they are."]
            return Ending(tally(result), None, notes, broken)
        foretold = self.forecast(result, out) if self.candidate else []
        try:
            self.write(all_forms(out, result, beside.read(self.settings, result)), run if accept else None)
        except (ReportError, OSError) as error:
            return Ending(tally(result), result, [], [*broken, f"not written: {error}: what was there before stands"])
        faults = [*faults_of(run, result), *([] if accept or self.candidate else drift_of(result))]
        notes = [
            f"The report: {out / 'index.html'} · the errata: {out / 'errata.md'}",
            *told_before(result),
            *never_failed(result),
            *counterexamples(run, result),
        ]
        notes += ["The ledger has been written."] if accept else []
        notes += foretold
        return Ending(tally(result), result, notes, faults)

    @property
    def candidate(self) -> bool:
        """Whether the subject as it is installed is no release of the data file: what it does is a forecast."""
        return self.subject.version not in {one.version for one in releases.read(self.settings.releases)}

    def forecast(self, result: Result, out: Path) -> list[str]:
        """What a candidate turns, and which deprecations the same claims met in the last report, of another version."""
        try:
            before = results.read(out / "results.json").warnings
        except ReportError:
            before = {}
        name = f"{self.subject.name} {self.subject.version}"
        lines = [f"{name} is a candidate: with it {len(result.drift)} verdicts would change."]
        for one in result.drift:
            lines.append(f"  {one.claim}: {one.was} → {one.now}")
            lines += [f"    announced: {message}" for message in before.get(one.claim, ())]
        return lines

    def write(self, texts: Mapping[Path, str], accepted: Run | None) -> None:
        """Write the report, and with it what was seen into the ledger, on top of what others have written meanwhile."""
        where = self.settings.ledger
        with ledger.updating(where):
            known = replace(accepted, ledger=ledger.read(where)).merged() if accepted else None
            write_together({**texts, where: ledger.text(known)} if known else texts)


def tally(result: Result) -> list[str]:
    """A line for each article: how many answers are confirmed, outdated, wrong."""
    lines = []
    for article in result.articles:
        if article.answers:
            marks = Counter(answer.verdict for answer in article.answers)
            counts = ", ".join(f"{marks[mark]} {mark}" for mark in MARKS if marks[mark])
            lines.append(f"{article.id}: {len(article.answers)} of {article.questions} answers: {counts}")
    return lines


def refutations(run: Run) -> list[str]:
    """What refuted each claim of a run that makes no report: its author wants to see whether it is what was meant."""
    seen = [(one.id, one.evidence[-1]) for one in run.records if one.outcome == "refuted" and one.evidence]
    return [" ".join(f"{claim}: {last.assertion} → {last.observed}".split())[:300] for claim, last in seen]


def faults_of(run: Run, result: Result) -> list[str]:
    """What is amiss with the suite itself: broken tests, corrections that do not hold, answers that none tried."""
    faults = [f"broken test: {one.id}: {one.reason}" for one in run.records if one.broken]
    if all(one.outcome == "untried" for one in run.records):
        faults.append("no claim was tried")
    for claim in result.claims:
        faults += [
            f"correction does not hold ({one.outcome}): {one.id}" for one in claim.corrections if one.outcome != "held"
        ]
        faults += without_correction(claim)
        if claim.verdict == "untried" and claim.outcomes.get(run.subject.version) == "refuted":
            faults.append(f"not measured: {claim.id}: {claim.reason} (run `python -m report history`)")
    for article in result.articles:
        faults += [
            f"no claim was tried of {article.id}, answer {answer.question}"
            for answer in article.answers
            if answer.verdict == "untried"
        ]
    return faults


def without_correction(claim: Claim) -> list[str]:
    """A claim that is refuted and has nothing to say instead."""
    refuted = claim.verdict in ("wrong", "outdated")
    return [f"no correction: {claim.id}"] if refuted and not claim.corrections else []


def drift_of(result: Result) -> list[str]:
    """Each verdict that is not the ledger's, by name."""
    return [f"drift: {one.claim}: {one.was} → {one.now}" for one in result.drift]


def told_before(result: Result) -> list[str]:
    """The claims and corrections whose outcome is the ledger's, as a component is lacking here."""
    checked = [one for claim in result.claims for one in (claim, *claim.corrections)]
    count = sum("measured before" in (one.reason or "") for one in checked)
    return [f"{count} claims could not be tried here: the ledger's outcomes stand."] if count else []


def counterexamples(run: Run, result: Result) -> list[str]:
    """How to see again what refuted a law whose verdict turned, where Hypothesis tells it."""
    drifted = {one.claim for one in result.drift}
    lines = []
    for one in run.records:
        blob = BLOB.search(one.evidence[-1].observed) if one.outcome == "refuted" and one.id in drifted else None
        if blob:
            lines += [f"To see it again, write this above {one.id} and run `uv run pytest '{one.id}'`:"]
            lines += ["    import hypothesis", f"    @hypothesis.{blob[0].removeprefix('@')}"]
    return lines


def never_failed(result: Result) -> list[str]:
    """The claims and corrections whose tests, as they stand now, have not been seen to fail."""
    checked = [one for claim in result.claims for one in (claim, *claim.corrections)]
    names = [
        one.id for one in checked if one.seen_to_fail is None and one.outcomes.get(result.subject.version) == "held"
    ]
    if not names:
        return []
    shown = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
    told = "1 test has" if len(names) == 1 else f"{len(names)} tests have"
    return [f"{told} not been seen to fail (`python -m report falsify`): {shown}"]
