"""Adding a release: its stack, and a trial of the release with that stack."""

import datetime
import hashlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import tomlkit
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from report.errors import ReportError, StackError
from report.files import read_text, write_together, write_whole
from report.measure import commands, environments, ledger, releases, runs
from report.measure.environments import CURRENT_PYTHON, Stack, parse_pins
from report.measure.history import HISTORY_PROFILE, ReleaseEnvironment, interpreter
from report.measure.releases import Release
from report.model import EnvironmentName
from report.settings import Settings

MAX_PROBES = 5  # claims that held in every environment: if none of them holds, the stack is at fault
SMOKE_SECONDS = 120


def release_of_wheel(wheel: Path, subject: str, today: datetime.date) -> Release:
    """The release in a wheel of *subject*, dated *today*; uv then searches its folder, too; raises ReportError."""
    try:
        name, version, *_ = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename as error:
        raise ReportError(f"{error}.", "A wheel is named NAME-VERSION-…-any.whl.") from error
    if name != canonicalize_name(subject):
        raise ReportError(f"{wheel.name} is a wheel of {name}.", f"This project checks {subject}.")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    os.environ["UV_FIND_LINKS"] = str(wheel.resolve().parent)
    return Release(str(version), today, hashes=(f"sha256:{digest}",))


def series_of(release: Release) -> tuple[int, int]:
    """The major and the minor number of a release."""
    version = Version(release.version)
    return version.major, version.minor


def stack_for(settings: Settings, release: Release) -> Stack:
    """The stack of the release's series, or else a new one (see `resolve`), based on that of the previous series."""
    stacks, run = environments.read(settings.stacks), releases.select(settings.releases)
    if siblings := [sibling for sibling in run if series_of(sibling) == series_of(release)]:
        return stacks[str(siblings[-1].stack)]
    older = [candidate for candidate in run if Version(candidate.version) < Version(release.version)] or run
    if not older:
        raise StackError(release.version, "there is no other stack to start from")
    return resolve(stacks[str(older[-1].stack)], settings.subject, release)


def resolve(previous: Stack, subject: str, release: Release) -> Stack:
    """A stack with the packages of *previous*, in the same versions where these are compatible with *release*.

    It uses the same Python, or else the current one; raises StackError if the packages are compatible on neither.
    """
    names = sorted(parse_pins(previous.pins).keys() - {canonicalize_name(subject)})
    requirements = "\n".join([f"{subject}=={release.version}", *names])
    reason = ""
    for python in dict.fromkeys((previous.python, CURRENT_PYTHON)):
        with tempfile.TemporaryDirectory() as folder:
            pins = Path(folder, "pins.txt")
            pins.write_text(previous.pins, encoding="utf-8")  # uv prefers the versions in its output file
            options = ("--generate-hashes", "--no-header", "--no-annotate", "--python", python, "-o", str(pins))
            done = commands.uv("pip", "compile", "-", *options, text=requirements)
            if not done.returncode:
                name = ".".join(map(str, series_of(release)))
                return Stack(name, python, pins.read_text(encoding="utf-8"), previous.absent)
            reason = reason or commands.shortened(done.stderr)
    raise StackError(release.version, reason)


def check_release(settings: Settings, environment: ReleaseEnvironment) -> None:
    """Check that a release works with its stack, before any file is written; raises StackError if it does not.

    Its requirements are installed, its modules can be imported, and of the claims that held in every environment at
    least one holds.
    """
    version, python = environment.release.version, interpreter(settings, environment)
    command = [str(python), "-m", "report.probe.import_check", settings.subject]
    variables = runs.variables(settings, environment.name)
    done = commands.run(command, SMOKE_SECONDS, cwd=settings.root, env=variables)
    if done.returncode:
        raise StackError(version, commands.shortened(done.stdout + done.stderr))
    probes = held_everywhere(ledger.read(settings.ledger))[:MAX_PROBES]
    if probes:
        run = runs.run(settings, environment.name, python, probes, profile=HISTORY_PROFILE)
        if not any(record.outcome == "held" for record in run.records):
            raise StackError(version, f"with its stack, not even {probes[0]} holds")


def held_everywhere(measured: ledger.Ledger) -> list[str]:
    """The ids of claims that held in every environment."""
    return [
        claim
        for claim, entry in measured.entries.items()
        if {name for name, cell in entry.cells.items() if cell.outcome == "held"} == {*measured.environments}
    ]


def write(settings: Settings, release: Release, stack: Stack) -> None:
    """Write the release into the data file, and its stack if that is new."""
    pins, table = settings.stacks / f"{stack.name}.txt", settings.stacks / "stacks.toml"
    if not pins.exists():
        document = tomlkit.parse(read_text(table))
        document[stack.name] = {"python": stack.python} | ({"absent": dict(stack.absent)} if stack.absent else {})
        write_together({pins: stack.pins, table: tomlkit.dumps(document)})
    releases.write(settings.releases, [replace(release, stack=stack.name)])


def demote(measured: ledger.Ledger, release: str, python: str) -> ledger.Ledger:
    """The ledger after *release* is no longer current: of its two environments, the one with the stack stays."""
    second = str(EnvironmentName(release, python))
    if second not in measured.environments:
        return measured
    kept = ledger.without(ledger.without(measured, release), second)
    return ledger.merge(kept, release, measured.environments[second], measured.cells_on(second))


def allow_newer(pyproject: Path, subject: str, day: datetime.date) -> None:
    """Allow the main job to install releases of *subject* up to the end of *day*; `exclude-newer` limits the others."""
    document = tomlkit.parse(read_text(pyproject))
    uv_settings = document.get("tool", {}).get("uv", {})
    if "exclude-newer" in uv_settings:
        exceptions = uv_settings.setdefault("exclude-newer-package", tomlkit.inline_table())
        exceptions[subject] = f"{day}T23:59:59Z"
        write_whole(pyproject, tomlkit.dumps(document))
