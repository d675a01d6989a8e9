"""Adding a release: looked up, given a stack, tried, measured, and judged by what the ledger said before."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from packaging.version import Version

from report.errors import ReportError
from report.judge import articles, changes, judgements, ledger_result
from report.judge.results import Release, Result
from report.measure import environments, ledger, new_stack, releases, runs
from report.measure import history as measured
from report.measure.ledger import Ledger
from report.measure.records import Record
from report.model import Environment
from report.settings import Settings
from report.tell.progress import Progress


@dataclass(frozen=True)
class Added:
    """A release that was added: what the ledger said before, what it says now, and what is amiss."""

    release: releases.Known
    old: Result
    new: Result
    differing: list[str]
    cells: int
    faults: list[str]

    @property
    def turned(self) -> list[ledger_result.Turn]:
        """The answers whose mark is another one now."""
        return ledger_result.turned(self.old, self.new)


def add(where: Settings, wanted: str | None, wheel: Path | None, jobs: int) -> Added:
    """Add the release *wanted*, or the one of *wheel*, and measure it; what is there already is not made again.

    Raises:
        ReportError: the index does not have it, it goes together with no stack, or the ledger knows no release yet.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    claims = runs.collect(where, None)
    before = memory(where, claims).result(today)
    release = found(where, wanted, wheel, today)
    if not release.stack:
        release = prepared(where, release)
    cells, faults = measure(where, release, claims, jobs)
    after = memory(where, claims)
    now = after.result(today)
    now = replace(now, drift=ledger_result.drifted(before, now))
    return Added(release, before, now, list(differing(after.ledger, release, after.releases)), cells, faults)


def memory(where: Settings, claims: list[Record]) -> ledger_result.Memory:
    """What the ledger and the data files say as they stand."""
    run = [Release(one.version, one.released) for one in releases.chosen(where.releases)]
    about, causes, judged = articles.read(where.claims), changes.read(where.changes), judgements.read(where.judgements)
    return ledger_result.Memory(where.subject, ledger.read(where.ledger), run, claims, about, causes, judged)


def found(where: Settings, wanted: str | None, wheel: Path | None, today: str) -> releases.Known:
    """The release as the data file knows it, else as the wheel or the package index has it."""
    told = new_stack.of_wheel(wheel, where.subject, today) if wheel else None
    name = told.version if told else str(wanted)
    if told and wanted and Version(wanted) != Version(told.version):
        raise ReportError(f"The wheel holds {told.version}, not {wanted}.", "Name one of them only.")
    for known in releases.read(where.releases):
        if known.version == name and (known.stack or told is None):
            return known
    return told or releases.looked_up(where.subject, name)


def prepared(where: Settings, release: releases.Known) -> releases.Known:
    """The release with a stack beside which it was seen to work, both written down.

    Where it is the newest, the one that was steps back among the older ones, and the main job may install it.
    """
    stack = new_stack.stack_for(where, release)
    run = releases.chosen(where.releases)
    newest = all(Version(one.version) < Version(release.version) for one in run)
    environment = Environment(
        stack.python, environments.fingerprint(stack.beside(release, where.subject), stack.python)
    )
    new_stack.smoke(where, measured.ReleaseEnvironment(release, stack, environment, newest))
    new_stack.write(where, release, stack)
    if newest and run:
        with ledger.updating(where.ledger):
            known = ledger.read(where.ledger)
            ledger.write(where.ledger, new_stack.succeeded(known, run[-1].version, stack.python))
        new_stack.let_in(where.root / "pyproject.toml", where.subject, release.released)
    return replace(release, stack=stack.name)


def measure(where: Settings, release: releases.Known, claims: list[Record], jobs: int) -> tuple[int, list[str]]:
    """Run the release's missing and stale cells; gives how many there were, and what is amiss."""
    lanes = measured.lanes(where, environments.here(where), version(where.subject), [release.version])
    tasks = measured.plan(ledger.read(where.ledger), lanes, claims, again=False)
    with Progress([(task.lane.name, len(task.claims), task.why) for task in tasks]) as progress:
        faults = measured.History(where, progress.step).run(tasks, jobs)
    return sum(len(task.claims) for task in tasks), faults


def differing(known: Ledger, release: releases.Known, run: Sequence[Release]) -> Iterator[str]:
    """A line for each claim that did something else than on the release before, with what was seen."""
    older = [one.version for one in run if Version(one.version) < Version(release.version)]
    before, after = (on_stack(known, one) for one in (older[-1] if older else None, release.version))
    for entry in known.entries.values():
        was, now = entry.cells.get(before), entry.cells.get(after)
        if was and now and was.outcome != now.outcome:
            seen = now.evidence[-1].observed if now.evidence else now.reason or ""
            yield f"{entry.claim}: {was.outcome} → {now.outcome}: {' '.join(seen.split())[:200]}"


def on_stack(known: Ledger, release: str | None) -> str:
    """The environment in which a release ran beside its stack."""
    second = [name for name in known.environments if name.startswith(f"{release}@")]
    return second[0] if second else str(release)


def in_words(added: Added) -> Iterator[str]:
    """What adding the release brought, for a person to read."""
    release = added.release
    yield f"{release.version} ({release.released}) beside stack {release.stack}: {added.cells} cells measured."
    if stale := ledger_result.unknown(added.old):
        yield f"Without a verdict before: {len(stale)} (`history` measures claims whose tests are new or changed)."
    yield f"Claims that did something else than on the release before: {len(added.differing)}"
    yield from (f"  {line}" for line in added.differing)
    yield f"Verdicts that turned: {len(added.new.drift)}"
    yield from (f"  {one.claim}: {one.was} → {one.now}" for one in added.new.drift)
    yield f"Answers that turned: {len(added.turned)}"
    yield from (f"  {one.article}, answer {one.question} ({one.topic}): {one.was} → {one.now}" for one in added.turned)
