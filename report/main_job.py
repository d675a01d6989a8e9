"""The main job: from the records of a pytest run to verdicts, a report, and an exit code."""

import datetime
import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.version import Version

from report import settings
from report.errors import ReportError
from report.files import write_together
from report.judge import references, results
from report.judge.assembly import Project, Run, assemble
from report.judge.results import Release, Result, Subject
from report.measure import ledger, releases
from report.measure.records import parse_records
from report.model import Environment, counted
from report.tell import words
from report.tell.marks import MARKS

REPRODUCE_FAILURE = re.compile(r"@reproduce_failure\(.*\)")  # Hypothesis prints it with a counterexample
MAX_NAMED = 5  # tests that were not seen to fail


@dataclass(frozen=True)
class RunSummary:
    """The end of a run: the lines to print, and the faults that make it fail."""

    tally: list[str]
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """What judges a run: the settings, the installed subject, and the files of the project before the run.

    *candidate*: the installed version is not in the list of releases; its drift is then a forecast, not a fault.
    """

    settings: settings.Settings
    subject: Subject
    project: Project
    candidate: bool = False

    @classmethod
    def prepare(cls, root: Path) -> "Job":
        """Read everything before the first claim runs: a damaged file raises ReportError at once."""
        config = settings.read(root)
        installed = config.installed_version()
        dates = {release.version: release.released.isoformat() for release in releases.read(config.releases)}
        python = ".".join(platform.python_version_tuple()[:2])
        subject = Subject(config.subject, installed, dates.get(installed), python)
        project = Project.read(config)
        with_installed = {*project.releases, Release(installed, dates.get(installed))}
        run_on = sorted(with_installed, key=lambda release: Version(release.version))
        return cls(config, subject, replace(project, releases=run_on), candidate=installed not in dates)

    def run(self, records: Iterable[dict[str, Any]], complete: bool = False) -> Run:
        """The run, dated today, with these *records*. Only a *complete* run says what is installed."""
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        environment = Environment(self.subject.python, "")
        if complete:
            from report.measure import environments

            environment = environments.here(self.settings)
        return Run(self.subject, today, environment, parse_records(records), self.project)

    def verdict(self, data: dict[str, Any]) -> str:
        """The verdict in words on the claim whose record is *data*, from this run and the ledger."""
        run = self.run([data])
        record = run.records[0]
        cells = counted(self.project.ledger.cells(record.id, record.fingerprint))
        if not record.lacking:
            cells[self.subject.version] = record.cell
        verdict = run.verdict(cells)
        unmeasured = verdict.mark == "untried" and record.outcome != "untried"  # other releases have no outcome yet
        return "no verdict before `history`" if unmeasured else str(verdict)

    def finish(
        self, run: Run, warnings: Mapping[str, tuple[str, ...]], complete: bool, accept: bool, out: Path
    ) -> RunSummary:
        """Judge the run; if it is *complete*, write the report into *out*, and with *accept* the ledger.

        *warnings* are the deprecation warnings of each claim, by its id. A failed write is a fault, and so is an
        account's reference that names no claim; the old files stay.
        """
        unknown = references.unknown(run.project.articles, [record.id for record in run.records]) if complete else []
        result = replace(assemble(run), warnings=warnings)
        broken = [f"{record.id}: {record.reason}" for record in run.records if record.broken]
        if not complete:
            notes = [*refutations(run), "A partial run: the report and the ledger stay as they are."]
            return RunSummary(tally(result), notes, broken)
        if unknown:
            return RunSummary(tally(result), faults=[*broken, *unknown, "not written: the old report and ledger stay"])
        forecast = self.forecast(result, out) if self.candidate else []  # reads the last report: before the write
        try:
            self.write(self.report(result, out), run if accept else None)
        except (ReportError, OSError) as error:
            return RunSummary(tally(result), faults=[*broken, f"not written: {error}: the old files stay"])
        from report.tell import index

        faults = faults_of(run, result)
        if not (accept or self.candidate):
            faults += [f"drift: {drift.claim}: {drift.was} → {drift.now}" for drift in result.drift]
        notes = [
            f"The report: {out / 'index.html'} · the errata: {out / 'errata.md'}",
            *index.note(result),
            *measured_before(result),
            *not_seen_to_fail(result),
            *counterexamples(run, result),
            *(["The ledger has been written."] if accept else []),
            *forecast,
        ]
        return RunSummary(tally(result), notes, faults)

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

    def report(self, result: Result, out: Path) -> dict[Path, str]:
        """The content of each file of the report, by its path in *out*."""
        from report.tell import context, forms  # not imported for a partial run

        texts = forms.render_forms(result, context.read(self.settings, result, out), out)
        texts |= {out / "forecast.json": context.forecast(result)} if self.candidate else {}
        return texts | {out / "results.json": results.text(result)}

    def write(self, texts: Mapping[Path, str], accepted: Run | None) -> None:
        """Write the report, and with it the outcomes of an *accepted* run into the ledger."""
        path = self.settings.ledger
        with ledger.locked(path):
            if accepted:  # another process may have written the ledger since
                project = replace(accepted.project, ledger=ledger.read(path))
                texts = {**texts, path: ledger.text(replace(accepted, project=project).updated_ledger())}
            write_together(texts)


def tally(result: Result) -> list[str]:
    """A line for each article with the number of its answers by mark."""
    lines = []
    for article in result.articles:
        if article.answers or article.count.todo:
            marks = Counter(answer.verdict for answer in article.answers)
            counts = ", ".join(f"{marks[mark]} {mark}" for mark in MARKS if marks[mark])
            counts = f": {counts}" if counts else ""
            rest = [words.todo(article.count.todo)] if article.count.todo else []
            rest += [words.unmarked(article)] if article.unmarked else []
            of = words.counted(article.questions, article.answer)
            lines.append(f"{article.id}: {len(article.answers)} of {'; '.join([of + counts, *rest])}")
    return lines


def refutations(run: Run) -> list[str]:
    """The last evidence of each refuted claim, for a partial run, which writes no report."""
    refuted = [record for record in run.records if record.outcome == "refuted" and record.evidence]
    lines = []
    if refuted:
        from report.tell.markup import seen
        from report.tell.views import split_observed
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
            f"no claim was tried of {article.id}, {article.nth(answer.question)}"
            for answer in article.answers
            if answer.verdict == "untried"
        ]
    return faults


def measured_before(result: Result) -> list[str]:
    """How many claims and corrections keep the ledger's outcome because a component is missing here."""
    checked = (*result.claims, *result.corrections)
    count = len({each.id for each in checked if "measured before" in (each.reason or "")})
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
    unseen = [
        checked.id
        for checked in (*result.claims, *result.corrections)
        if checked.seen_to_fail is None and checked.outcomes.get(result.subject.version) == "held"
    ]
    names = [*dict.fromkeys(unseen)]  # several claims may share a correction
    if not names:
        return []
    shown = ", ".join(names[:MAX_NAMED]) + (" …" if len(names) > MAX_NAMED else "")
    count = "1 test has" if len(names) == 1 else f"{len(names)} tests have"
    return [f"{count} not been seen to fail (`python -m report falsify`): {shown}"]
