"""Adding a release: its stack, and a smoke test of the release with that stack."""

import hashlib
import json
import os
import re
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from report.errors import ReportError, StackError
from report.files import write_whole
from report.measure import environments, ledger, releases, runs
from report.measure.environments import CURRENT_PYTHON, Stack, parse_pins
from report.measure.history import HISTORY_PROFILE, ReleaseEnvironment
from report.measure.releases import KnownRelease
from report.model import EnvironmentName
from report.settings import Settings

MAX_PROBES = 5  # claims that held in every environment: if none of them holds, the stack is at fault
SMOKE_SECONDS = 120


def release_of_wheel(wheel: Path, subject: str, today: str) -> KnownRelease:
    """The release in a wheel, dated *today* (ISO 8601). From now on, uv also searches the wheel's folder.

    Raises:
        ReportError: the file is not a wheel of *subject*.
    """
    try:
        name, version, *_ = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename as error:
        raise ReportError(f"{error}.", "A wheel is named NAME-VERSION-…-any.whl.") from error
    if name != canonicalize_name(subject):
        raise ReportError(f"{wheel.name} is a wheel of {name}.", f"This project checks {subject}.")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    os.environ["UV_FIND_LINKS"] = str(wheel.resolve().parent)
    return KnownRelease(str(version), today, hashes=(f"sha256:{digest}",))


def series_of(version: str) -> str:
    """The series of a version, such as 3.1: its major and minor number."""
    return ".".join(map(str, (*Version(version).release, 0)[:2]))


def stack_for(settings: Settings, release: KnownRelease) -> Stack:
    """The stack of the release's series; the first release of a series gets a new stack, based on the previous one.

    Raises:
        StackError: no set of packages is compatible with the release.
    """
    stacks = environments.read(settings.stacks)
    run = releases.select(settings.releases)
    for sibling in reversed(run):
        if series_of(sibling.version) == series_of(release.version):
            return stacks[str(sibling.stack)]
    older = [candidate for candidate in run if Version(candidate.version) < Version(release.version)] or run
    if not older:
        raise StackError(release.version, "there is no other stack to start from")
    return resolve(stacks[str(older[-1].stack)], settings.subject, release)


def resolve(previous: Stack, subject: str, release: KnownRelease) -> Stack:
    """A stack with the packages of *previous*, in the same versions where these are compatible with *release*.

    It uses the same Python or, if the release does not run on that, the current Python.

    Raises:
        StackError: the packages are not compatible on either Python.
    """
    names = sorted(parse_pins(previous.pins).keys() - {canonicalize_name(subject)})
    requirements = "".join(f"{requirement}\n" for requirement in (f"{subject}=={release.version}", *names))
    reason = ""
    for python in dict.fromkeys((previous.python, CURRENT_PYTHON)):
        with tempfile.TemporaryDirectory() as folder:
            needs, pins = Path(folder, "needs.in"), Path(folder, "pins.txt")
            needs.write_text(requirements, encoding="utf-8")
            pins.write_text(previous.pins, encoding="utf-8")  # uv prefers the versions in its output file
            options = ("--generate-hashes", "--no-header", "--no-annotate", "--python", python, "-o", str(pins))
            done = environments.run_uv("pip", "compile", *options, str(needs))
            if not done.returncode:
                return Stack(series_of(release.version), python, pins.read_text(encoding="utf-8"), previous.absent)
            reason = reason or environments.shortened(done.stderr)
    raise StackError(release.version, reason)


def smoke_test(settings: Settings, environment: ReleaseEnvironment) -> None:
    """Check that a release works with its stack, before any file is written.

    Its requirements are installed, its modules can be imported, and of the claims that held in every environment at
    least one holds.

    Raises:
        StackError: the packages cannot be installed, or the release does not work with them.
    """
    stack, version = environment.stack, environment.release.version
    assert stack is not None
    folder = runs.environments_folder(settings) / environment.name
    python = environments.ensure(folder, stack.python, stack.pins_with(environment.release, settings.subject))
    command = [str(python), "-m", "report.probe.import_check", settings.subject]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=settings.root, env=runs.variables(settings, environment.name),
            capture_output=True, text=True, check=False, timeout=SMOKE_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise StackError(version, f"it cannot be imported within {SMOKE_SECONDS} s") from error
    if done.returncode:
        raise StackError(version, environments.shortened(done.stdout + done.stderr))
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


def write(settings: Settings, release: KnownRelease, stack: Stack) -> None:
    """Write the release into the data file, and its stack if that is new."""
    path = settings.stacks / f"{stack.name}.txt"
    if not path.exists():
        write_whole(path, stack.pins)
        table = settings.stacks / "stacks.toml"
        absent = [f"absent.{name} = {json.dumps(why, ensure_ascii=False)}" for name, why in stack.absent.items()]
        lines = ["", f'["{stack.name}"]', f'python = "{stack.python}"', *absent, ""]
        write_whole(table, table.read_text(encoding="utf-8") + "\n".join(lines))
    others = [other for other in releases.read(settings.releases) if other.version != release.version]
    releases.write(settings.releases, [*others, replace(release, stack=stack.name)])


def demote(measured: ledger.Ledger, release: str, python: str) -> ledger.Ledger:
    """The ledger after *release* is no longer current: of its two environments, the one with the stack stays."""
    second = str(EnvironmentName(release, python))
    if second not in measured.environments:
        return measured
    cells = {
        claim: (entry.fingerprint, entry.cells[second])
        for claim, entry in measured.entries.items()
        if second in entry.cells
    }
    kept = ledger.without(ledger.without(measured, release), second)
    return ledger.merge(kept, release, measured.environments[second], cells)


def allow_newer(pyproject: Path, subject: str, day: str) -> bool:
    """Allow the main job to install releases of *subject* up to the end of *day* (ISO 8601).

    `exclude-newer` still limits all other packages. Returns whether the file was changed.
    """
    text = pyproject.read_text(encoding="utf-8")
    line = f'exclude-newer-package = {{ {subject} = "{day}T23:59:59Z" }}\n'
    new, count = re.subn(r"^exclude-newer-package = .*\n", line, text, flags=re.M)
    if not count:
        new = re.sub(r"^exclude-newer = .*\n", lambda old: old[0] + line, text, flags=re.M)
    if new != text:
        write_whole(pyproject, new)
    return new != text
