"""Why a claim changes, in words for the terminal."""

from collections.abc import Iterator, Sequence

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from report.judge.verdicts import runs
from report.measure.attribution import Boundary, Finding
from report.measure.ledger import Entry, Ledger
from report.measure.releases import Known
from report.model import Cell, EnvironmentName

MANY = 12  # neighbours that are named one by one


def beginning(entry: Entry, releases: Sequence[Known], known: Ledger) -> Iterator[str]:
    """The claim, what it did on which releases, and where the two Pythons of the current release differ."""
    outcomes = {name: cell.outcome for name, cell in entry.cells.items()}
    yield entry.claim
    for outcome, versions in runs(outcomes, [release.version for release in releases]):
        span = versions[0] if len(versions) == 1 else f"{versions[0]} … {versions[-1]}"
        yield f"  {outcome or 'not measured':12} {span}"
    for name, cell in entry.cells.items():
        where = EnvironmentName.parse(name)
        first = entry.cells.get(where.release)
        if where.python and first and first.outcome != cell.outcome:
            here = known.environments[where.release].python
            yield f"  On {where.release} the Python decides: {first.outcome} on {here}, {cell.outcome} on {where.python}."


def boundary(found: Boundary) -> str:
    """The two sides of a boundary, side by side."""
    sides = [_side(found.before, found.did), _side(found.after, found.does)]
    console = Console()
    with console.capture() as capture:
        console.print(Columns(sides, equal=True, expand=True))
    return capture.get().rstrip()


def _side(release: Known, cell: Cell) -> Panel:
    shown = "\n\n".join(f"{one.assertion}\n→ {one.observed}" for one in cell.evidence)
    return Panel(Text(shown or cell.reason or ""), title=f"{cell.outcome} on {release.version} ({release.released})")


def finding(found: Finding) -> str:
    """What else changed, what was tried, and whose doing it is."""
    lines = []
    if found.neighbours:
        pairs = [f"{name} {old or 'none'} → {new or 'none'}" for name, (old, new) in found.neighbours.items()]
        more = f", and {len(pairs) - MANY} more" if len(pairs) > MANY else ""
        lines.append(f"Beside it changed: {', '.join(pairs[:MANY])}{more}.")
    for trial in found.trials:
        seen = trial.reason.split("\n")[0][:100] if trial.outcome else trial.reason[-100:]
        lines.append(f"  {trial.outcome or 'did not run':12} {trial.what}{f': {seen}' if seen else ''}")
    return "\n".join([*lines, f"The doing of {found.culprit}."])
