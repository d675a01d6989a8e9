"""The output of `python -m report why`: where and why a claim's outcome changes."""

from collections.abc import Iterator, Sequence
from textwrap import indent

from report.judge.verdicts import group_by_outcome
from report.measure import attribution, ledger, releases
from report.measure.attribution import Boundary, Finding
from report.measure.ledger import Entry, Ledger
from report.measure.releases import Release
from report.model import EnvironmentName, outcomes
from report.settings import Settings

MAX_NEIGHBOURS = 12  # packages that are named one by one


def explain(config: Settings, name: str) -> Iterator[str]:
    """Everything about the claim called *name*, or the only one whose id contains it; raises as `ledger.find` does."""
    measured, selected = ledger.read(config.ledger), releases.select(config.releases)
    entry = measured.entries[ledger.find(name, measured.entries)]
    yield from beginning(entry, selected, measured)
    boundaries = attribution.boundaries(entry, selected)
    if not boundaries:
        yield "No release changes it: every tried release gave the same outcome."
    for each in boundaries:
        yield from boundary(each)
        yield finding(attribution.Inquiry(config, each).find())


def beginning(entry: Entry, releases: Sequence[Release], measured: Ledger) -> Iterator[str]:
    """The claim, its outcomes by release, and any difference between the two Pythons of the current release."""
    yield entry.claim
    for outcome, versions in group_by_outcome(outcomes(entry.cells), [release.version for release in releases]):
        span = versions[0] if len(versions) == 1 else f"{versions[0]} … {versions[-1]}"
        yield f"  {outcome or 'not measured':12} {span}"
    for name, cell in entry.cells.items():
        environment = EnvironmentName.parse(name)
        release, python, main = environment.release, environment.python, entry.cells.get(environment.release)
        if python and main and main.outcome != cell.outcome:
            main_python = measured.environments[release].python
            yield f"  On {release} the Python decides: {main.outcome} on {main_python}, {cell.outcome} on {python}."


def boundary(found: Boundary) -> Iterator[str]:
    """The two sides of a boundary: the outcome on each, and the evidence for it."""
    for release, cell in ((found.before, found.cell_before), (found.after, found.cell_after)):
        yield f"\n{cell.outcome} on {release.version} ({release.released})"
        yield from (indent(f"{evidence.assertion}\n→ {evidence.observed}", "  ") for evidence in cell.evidence)
        if cell.reason:
            yield f"  {cell.reason}"
    yield ""


def finding(found: Finding) -> str:
    """The other packages that changed, the trials, and the package that caused the change."""
    lines = []
    if found.changed:
        pairs = [f"{name} {old or 'none'} → {new or 'none'}" for name, (old, new) in found.changed.items()]
        more = f", and {len(pairs) - MAX_NEIGHBOURS} more" if len(pairs) > MAX_NEIGHBOURS else ""
        lines.append(f"Other packages changed, too: {', '.join(pairs[:MAX_NEIGHBOURS])}{more}.")
    for trial in found.trials:
        reason = trial.reason.split("\n")[0][:100] if trial.outcome else trial.reason[-100:]
        lines.append(f"  {trial.outcome or 'did not run':12} {trial.what}{f': {reason}' if reason else ''}")
    return "\n".join([*lines, f"Cause: {found.cause}."])
