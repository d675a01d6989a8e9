"""The plan of a history: the environments of the releases, and the cells that are missing or stale in each."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from report.errors import ReportError
from report.measure import environments, ledger, releases, runs
from report.measure.environments import Stack
from report.measure.ledger import Ledger
from report.measure.records import Record
from report.measure.releases import Release
from report.model import Environment, EnvironmentName
from report.settings import Settings

HISTORY_PROFILE = "history"  # Hypothesis profile: fewer examples on old releases


@dataclass(frozen=True)
class ReleaseEnvironment:
    """A release and the environment that it is run in; *stack* is None for the release that is installed here.

    *identity*: the Python and the stack's fingerprint, as the ledger stores them. *current*: the newest release.
    """

    release: Release
    stack: Stack | None
    identity: Environment
    current: bool = False

    @property
    def name(self) -> str:
        """The name of the environment in the ledger: the current release has two, one for each Python."""
        second = self.current and self.stack is not None
        return str(EnvironmentName(self.release.version, self.identity.python if second else None))

    def reason_absent(self, component: str | None) -> str | None:
        """The reason that the stack gives for lacking *component*; None if it gives none."""
        reasons = self.stack.absent if self.stack else {}
        by_name = {canonicalize_name(name): reason for name, reason in reasons.items()}
        return by_name.get(canonicalize_name(component)) if component else None


@dataclass(frozen=True)
class Task:
    """What has to run in an environment: ids of claims, and how many of them for which reason.

    *part* is its number among the tasks of the environment, 0 if it is the only one. *hash_seed*: PYTHONHASHSEED.
    """

    environment: ReleaseEnvironment
    claims: Sequence[str]
    why: Mapping[str, int]
    part: int = 0
    hash_seed: int = 0

    @property
    def label(self) -> str:
        """What tells its files from those of other tasks."""
        name = self.environment.name
        return f"{name}.part{self.part}" if self.part else name


def release_environments(
    settings: Settings, here: Environment, installed: str, versions: Sequence[str] = ()
) -> list[ReleaseEnvironment]:
    """The environments of all releases that are run, or of *versions*, oldest first.

    *here* is the environment of this process, and *installed* the release in it. The newest release, the current one,
    is run twice: here and with its stack. If another release is installed here, the current one is run once, with its
    stack. Raises ReportError if one of *versions* is not run, or a file cannot be read.
    """
    newest = [release.version for release in releases.select(settings.releases)][-1:]
    selected = releases.select(settings.releases, versions)
    stacks = environments.read(settings.stacks)
    chosen = []
    for release in selected:
        if release.stack not in stacks:
            raise ReportError(f"{release.version} names a stack {release.stack!r} that does not exist.", "See stacks/.")
        current = release.version in newest
        if current and release.version == installed:
            chosen.append(ReleaseEnvironment(release, None, here, current))
        chosen.append(on_stack(settings, release, stacks[release.stack], current))
    return chosen


def find_environment(settings: Settings, name: str) -> ReleaseEnvironment:
    """The environment of `2.2.5`, say, or the second one of the current release, `3.1.3@3.9`; raises ReportError."""
    wanted, installed = EnvironmentName.parse(name), settings.installed_version()
    here = environments.here(settings)
    chosen = release_environments(settings, here, installed, [wanted.release])
    found = [each for each in chosen if each.name == name or wanted.python is None]
    if not found:
        raise ReportError(
            f"There is no release {name} to measure.", f"Known: {', '.join(each.name for each in chosen)}."
        )
    return found[0]


def on_stack(settings: Settings, release: Release, stack: Stack, current: bool) -> ReleaseEnvironment:
    """The environment of a release with a stack."""
    pins = stack.pins_with(release, settings.subject)
    identity = Environment(stack.python, environments.fingerprint(pins, stack.python))
    return ReleaseEnvironment(release, stack, identity, current)


def interpreter(settings: Settings, environment: ReleaseEnvironment) -> Path:
    """The Python of an environment, which is created if necessary; raises as `environments.ensure` does."""
    stack = environment.stack
    if stack is None:
        return Path(sys.executable)
    pins = stack.pins_with(environment.release, settings.subject)
    return environments.ensure(runs.environments_folder(settings) / environment.name, stack.python, pins)


def obsolete(settings: Settings, measured: Ledger) -> list[str]:
    """The environments in the ledger that no longer run: of removed releases, and the second of one not current."""
    run = [release.version for release in releases.select(settings.releases)]
    names = [EnvironmentName.parse(name) for name in measured.environments]
    return [str(name) for name in names if name.release not in (run[-1:] if name.python else run)]


def forget_removed(settings: Settings, claims: Iterable[str]) -> None:
    """Remove from the ledger the claims and environments that no longer exist; *claims* are those that do."""
    with ledger.locked(settings.ledger):
        before = ledger.read(settings.ledger)
        kept = ledger.keep_claims(before, claims)
        for name in obsolete(settings, before):
            kept = ledger.without(kept, name)
        if kept != before:
            ledger.write(settings.ledger, kept)


def plan(measured: Ledger, chosen: Iterable[ReleaseEnvironment], claims: Sequence[Record], again: bool) -> list[Task]:
    """One task for each environment: its missing and stale cells, or *again* all cells."""
    tasks = []
    for environment in chosen:
        reasons = {claim.id: reason_to_run(measured, environment, claim, again) for claim in claims}
        due = {claim: reason for claim, reason in reasons.items() if reason}
        tasks.append(Task(environment, [*due], Counter(due.values())))
    return tasks


def reason_to_run(measured: Ledger, environment: ReleaseEnvironment, claim: Record, again: bool) -> str | None:
    """Why a cell has to be run; None if it is measured and fresh."""
    if again:
        return "asked for"
    entry = measured.entries.get(claim.id)
    if entry is None:
        return "new claim"
    if entry.fingerprint != claim.fingerprint:
        return "the claim's test has changed"
    if measured.environments.get(environment.name) != environment.identity:
        return "new release" if environment.name not in measured.environments else "its stack has changed"
    return None if environment.name in entry.cells else "not measured yet"
