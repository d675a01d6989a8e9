"""A result from the ledger alone: the current release as if its claims had just been run."""

from collections.abc import Sequence
from dataclasses import replace

from report.errors import ReportError
from report.judge.assembly import Project, Run, assemble
from report.judge.results import Result, Subject
from report.judge.verdicts import judge_cells
from report.measure import ledger, releases
from report.measure.kills import Kills
from report.measure.records import Record
from report.model import Cell, Verdict
from report.settings import Settings


def from_ledger(subject: str, project: Project, records: Sequence[Record], today: str) -> Result:
    """The result of the ledger, dated *today* (ISO 8601); *records* describe the claims.

    The newest release has the outcomes of the main job, or else those on its stack; raises ReportError if it has none.
    """
    newest, environments = project.releases[-1], project.ledger.environments
    on_stack = (name for name in environments if name.startswith(f"{newest.version}@"))
    name = newest.version if newest.version in environments else next(on_stack, None)
    if name is None:
        hint = "Run `python -m report history` first."
        raise ReportError(f"The ledger knows nothing of the current release, {newest.version}.", hint)
    measured = []
    for record in records:
        cell = project.ledger.cells(record.id, record.fingerprint).get(name, Cell("untried", "not measured"))
        measured.append(replace(record, outcome=cell.outcome, reason=cell.reason, evidence=cell.evidence))
    current = Subject(subject, newest.version, newest.released, environments[name].python)
    without_kills = replace(project, kills=Kills())  # a comparison of releases does not depend on mutants
    return assemble(Run(current, today, environments[name], measured, without_kills))


def verdicts(config: Settings, records: Sequence[Record]) -> dict[str, Verdict]:
    """The verdict on each claim of *records* on the installed release, by its id."""
    measured, current = ledger.read(config.ledger), config.installed_version()
    known = [release.version for release in releases.select(config.releases)]
    cells = {record.id: measured.cells(record.id, record.fingerprint) for record in records}
    return {claim: judge_cells(found, current, known) for claim, found in cells.items()}
