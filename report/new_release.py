"""Adding a release: look it up, choose its stack, try it, measure it, and compare its verdicts with the ledger's."""

import datetime
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from report.errors import ReportError
from report.judge import ledger_result
from report.judge.assembly import Project
from report.judge.results import Drift, Release, Result
from report.measure import environments, filling, history, ledger, new_stack, releases, runs
from report.measure.ledger import Ledger
from report.measure.records import Record
from report.names import making, store
from report.names.store import Store
from report.settings import Settings
from report.tell import diff, words
from report.tell.progress import Progress


@dataclass(frozen=True)
class Added:
    """An added release: the results before and after, what the terminal shows about it, and faults."""

    old: Result
    new: Result
    lines: Sequence[str]
    faults: Sequence[str]


def add(config: Settings, requested: str | None, wheel: Path | None, jobs: int) -> Added:
    """Add the version *requested*, or the one in *wheel*, and measure what the ledger does not have.

    Raises ReportError if the index does not have it, it works with no stack, or the ledger has no release yet.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    claims = runs.collect(config, None)
    old = ledger_result.from_ledger(config.subject, Project.read(config), claims, today.isoformat())
    release = look_up(config, requested, wheel, today)
    if not release.stack:
        release = prepare(config, release)
    cells, faults = measure(config, release, claims, jobs)
    after = Project.read(config)
    new = ledger_result.from_ledger(config.subject, after, claims, today.isoformat())
    drift = (Drift(each.name, each.was, each.now) for each in turned(old, new, "verdict", "correction"))
    new = replace(new, drift=tuple(dict.fromkeys(drift)))
    if config.names and importlib.util.find_spec("griffe"):  # which reads the sources
        index_names(config, False, lambda line: None)
    elif config.names:
        faults.append("The index of names lacks the release: run `uv run --group index python -m report names --add`.")
    differing = list(differences(after.ledger, release, after.releases))
    lines = [f"{release.version} ({release.released}) on stack {release.stack}: {cells} cells measured."]
    return Added(old, new, [*lines, *describe(release.version, old, new, differing)], faults)


def look_up(config: Settings, requested: str | None, wheel: Path | None, today: datetime.date) -> releases.Release:
    """Find the release in the data file, else in the wheel, else in the package index."""
    from_wheel = new_stack.release_of_wheel(wheel, config.subject, today) if wheel else None
    name = from_wheel.version if from_wheel else str(requested)
    if from_wheel and requested and Version(requested) != Version(from_wheel.version):
        hint = "Give either the version or the wheel."
        raise ReportError(f"The wheel holds {from_wheel.version}, not {requested}.", hint)
    for release in releases.read(config.releases):
        if release.version == name and (release.stack or from_wheel is None):
            return release
    return from_wheel or releases.look_up(config.subject, name)


def prepare(config: Settings, release: releases.Release) -> releases.Release:
    """Choose a stack for the release, try the release on it, and write both into the data files.

    If the release is the newest, the ledger treats the previous newest as an older one, and pyproject.toml allows the
    main job to install the new one.
    """
    stack = new_stack.stack_for(config, release)
    others = releases.select(config.releases)
    newest = all(Version(other.version) < Version(release.version) for other in others)
    new_stack.check_release(config, history.on_stack(config, release, stack, newest))
    new_stack.write(config, release, stack)
    if newest and others:
        with ledger.locked(config.ledger):
            demoted = new_stack.demote(ledger.read(config.ledger), others[-1].version, stack.python)
            ledger.write(config.ledger, demoted)
        new_stack.allow_newer(config.root / "pyproject.toml", config.subject, release.released)
    return replace(release, stack=stack.name)


def measure(config: Settings, release: releases.Release, claims: list[Record], jobs: int) -> tuple[int, list[str]]:
    """Run the missing and stale cells of the release; return their number and the faults."""
    here = environments.here(config)
    chosen = history.release_environments(config, here, config.installed_version(), [release.version])
    tasks = history.plan(ledger.read(config.ledger), chosen, claims, again=False)
    with Progress([(task.environment.name, len(task.claims), task.why) for task in tasks]) as progress:
        faults = filling.Filling(config, progress.step).run(tasks, jobs)
    return sum(len(task.claims) for task in tasks), faults


def differences(measured: Ledger, release: releases.Release, run: Sequence[Release]) -> Iterator[str]:
    """A line for each claim with another outcome than on the previous of the *run* releases, with its last evidence."""
    older = [other.version for other in run if Version(other.version) < Version(release.version)]
    if not older:
        return
    before, after = environment_on_stack(measured, older[-1]), environment_on_stack(measured, release.version)
    for entry in measured.entries.values():
        was, now = entry.cells.get(before), entry.cells.get(after)
        if was and now and was.outcome != now.outcome:
            observed = now.evidence[-1].observed if now.evidence else now.reason or ""
            yield f"{entry.claim}: {was.outcome} → {now.outcome}: {' '.join(observed.split())[:200]}"


def environment_on_stack(measured: Ledger, release: str) -> str:
    """The name of the environment in which *release* ran on its stack."""
    return next((name for name in measured.environments if name.startswith(f"{release}@")), release)


def index_names(config: Settings, again: bool, say: Callable[[str], None]) -> Store:
    """Add to the index of names what its file lacks (*again*: everything) of the environments that exist.

    Raises:
        ReportError: the index is damaged, an environment does not answer, or griffe is not installed.
    """
    folder, found = runs.environments_folder(config), list[making.Environment]()
    chosen = history.release_environments(config, environments.here(config), config.installed_version())
    for environment in sorted(chosen, key=lambda environment: environment.stack is None):
        python = folder / environment.name / "bin" / "python" if environment.stack else Path(sys.executable)
        if python.exists():
            found.append(making.Environment(environment.release.version, python, environment.stack is None))
        else:
            say(f"{environment.name}: no environment; `history` creates it")
    content = Store() if again or not config.index.exists() else store.read(config.index)
    making.make(content, found, config.names, config.subject, min(2, os.cpu_count() or 1), say)
    store.write(config.index, content)
    return content


def describe(release: str, old: Result, new: Result, differing: Sequence[str]) -> Iterator[str]:
    """What an added *release* changed; *differing* are the claims with another outcome than on the one before."""
    untried = {claim.id for claim in old.claims if claim.verdict.mark == "untried"}
    untried |= {correction.id for correction in old.corrections if correction.outcome == "untried"}
    if untried:
        yield f"Without a verdict before: {len(untried)} (`history` measures claims whose tests are new or changed)."
    yield from counted("Claims with another outcome than on the previous release: {}", differing)
    yield from counted("Changed verdicts: {}", [f"{drift.claim}: {drift.was} → {drift.now}" for drift in new.drift])
    causeless = [
        checked.id
        for checked in (*new.claims, *new.corrections)
        if any(change.release == release and not change.by for change in checked.changes)
    ]
    if causeless:
        yield from counted("Without a cause in changes.toml: {} (`why CLAIM` finds the package)", causeless)
    answers = turned(old, new, "answer")
    yield from counted(
        "Changed answers: {}", [f"{each.name} ({each.statement}): {each.was} → {each.now}" for each in answers]
    )


def turned(old: Result, new: Result, *kinds: diff.Kind) -> list[diff.Difference]:
    """What changed between two results, of these *kinds*; what was not tried before says nothing of a release."""
    found, untried = diff.compare(old, new).differences, {"untried", "none", words.UNCHECKED, words.NOTHING}
    return [each for kind in kinds for each in found.get(kind, ()) if each.was not in untried]


def counted(title: str, lines: Sequence[str]) -> Iterator[str]:
    """A title with the number of *lines*, and these."""
    yield title.format(len(lines))
    yield from (f"  {line}" for line in lines)
