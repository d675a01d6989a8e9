"""Adding a release: the stack that it is run beside, and whether it can be used there at all."""

import hashlib
import json
import os
import platform
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
from report.measure.attribution import pins_of
from report.measure.environments import Stack
from report.measure.history import HISTORY_PROFILE, ReleaseEnvironment
from report.measure.releases import Known
from report.model import EnvironmentName
from report.settings import Settings

PROBES = 5  # claims that held wherever they were tried: where none of them does, the stack is at fault
SMOKE_SECONDS = 120


def of_wheel(wheel: Path, subject: str, today: str) -> Known:
    """The release that a wheel holds, dated *today* (ISO 8601); from now on its folder is looked into as well.

    Raises:
        ReportError: it is no wheel of *subject*.
    """
    try:
        name, version, *_ = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename as error:
        raise ReportError(f"{error}.", "A wheel is named NAME-VERSION-…-any.whl.") from error
    if name != canonicalize_name(subject):
        raise ReportError(f"{wheel.name} is a wheel of {name}.", f"This project checks {subject}.")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    os.environ["UV_FIND_LINKS"] = str(wheel.resolve().parent)
    return Known(str(version), today, hashes=(f"sha256:{digest}",))


def line_of(version: str) -> str:
    """The line that a version belongs to, such as 3.1: its major and minor number."""
    return ".".join(map(str, (*Version(version).release, 0)[:2]))


def stack_for(settings: Settings, release: Known) -> Stack:
    """The stack of the release's own line; where it is the first of its line, one made from that of the line before.

    Raises:
        StackError: no set of packages goes together with it.
    """
    known = environments.read(settings.stacks)
    run = releases.chosen(settings.releases)
    for one in reversed(run):
        if line_of(one.version) == line_of(release.version):
            return known[str(one.stack)]
    older = [one for one in run if Version(one.version) < Version(release.version)] or run
    if not older:
        raise StackError(release.version, "there is no stack yet that it could be made from")
    return resolved(known[str(older[-1].stack)], settings.subject, release)


def resolved(previous: Stack, subject: str, release: Known) -> Stack:
    """A stack of the same packages as *previous*, in the same versions as far as they go together with *release*.

    On the same Python, or where the release does not run on it, on ours.

    Raises:
        StackError: they do not go together on either.
    """
    names = sorted(pins_of(previous.pins).keys() - {canonicalize_name(subject)})
    wanted = "".join(f"{one}\n" for one in (f"{subject}=={release.version}", *names))
    said = ""
    for python in dict.fromkeys((previous.python, ".".join(platform.python_version_tuple()[:2]))):
        with tempfile.TemporaryDirectory() as folder:
            needs, pins = Path(folder, "needs.in"), Path(folder, "pins.txt")
            needs.write_text(wanted, encoding="utf-8")
            pins.write_text(previous.pins, encoding="utf-8")  # uv keeps what stands in its output where it can
            asked = ("--generate-hashes", "--no-header", "--no-annotate", "--python", python, "-o", str(pins))
            done = environments.run_uv("pip", "compile", *asked, str(needs))
            if not done.returncode:
                return Stack(line_of(release.version), python, pins.read_text(encoding="utf-8"), previous.absent)
            said = said or environments.shortened(done.stderr)
    raise StackError(release.version, said)


def smoke(settings: Settings, lane: ReleaseEnvironment) -> None:
    """See to it that the lane's release can be used beside its stack, before anything is written.

    Its own needs have to be met, its modules to import, and of the claims that held wherever they were tried, one to
    hold.

    Raises:
        StackError: the packages cannot be installed, or the release cannot be used beside them.
    """
    assert lane.stack is not None
    folder = runs.environments(settings) / lane.name
    python = environments.environment(folder, lane.stack.python, lane.stack.beside(lane.release, settings.subject))
    asked = [str(python), "-m", "report.probe.import_check", settings.subject]
    try:
        done = subprocess.run(  # noqa: S603
            asked, cwd=settings.root, env=runs.surroundings(settings, lane.name),
            capture_output=True, text=True, check=False, timeout=SMOKE_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise StackError(lane.release.version, f"it does not import within {SMOKE_SECONDS} s") from error
    if done.returncode:
        raise StackError(lane.release.version, environments.shortened(done.stdout + done.stderr))
    probes = unshaken(ledger.read(settings.ledger))[:PROBES]
    if probes:
        found = runs.run(settings, lane.name, python, probes, profile=HISTORY_PROFILE)
        if not any(one.outcome == "held" for one in found.records):
            raise StackError(lane.release.version, f"beside its stack not even {probes[0]} holds")


def unshaken(known: ledger.Ledger) -> list[str]:
    """The claims that held in every environment."""
    everywhere = {*known.environments}
    held = {
        name: {where for where, cell in one.cells.items() if cell.outcome == "held"}
        for name, one in known.entries.items()
    }
    return [name for name, where in held.items() if where == everywhere]


def write(settings: Settings, release: Known, stack: Stack) -> None:
    """Write the release into the data file, and its stack where it has one of its own."""
    path = settings.stacks / f"{stack.name}.txt"
    if not path.exists():
        write_whole(path, stack.pins)
        told = settings.stacks / "stacks.toml"
        absent = [f"absent.{name} = {json.dumps(why, ensure_ascii=False)}" for name, why in stack.absent.items()]
        lines = ["", f'["{stack.name}"]', f'python = "{stack.python}"', *absent, ""]
        write_whole(told, told.read_text(encoding="utf-8") + "\n".join(lines))
    others = [one for one in releases.read(settings.releases) if one.version != release.version]
    releases.write(settings.releases, [*others, replace(release, stack=stack.name)])


def succeeded(known: ledger.Ledger, release: str, python: str) -> ledger.Ledger:
    """The ledger, in which *release* is no more the current one: of its two environments that of the stack stays."""
    second = str(EnvironmentName(release, python))
    if second not in known.environments:
        return known
    entries = {name: (one.fingerprint, one.cells[second]) for name, one in known.entries.items() if second in one.cells}
    kept = ledger.without(ledger.without(known, release), second)
    return ledger.merge(kept, release, known.environments[second], entries)


def let_in(pyproject: Path, subject: str, day: str) -> bool:
    """Let the environment of the main job have what of *subject* came out by the end of *day* (ISO 8601).

    `exclude-newer` keeps everything else as it was. Tells whether it had to be changed.
    """
    text = pyproject.read_text(encoding="utf-8")
    line = f'exclude-newer-package = {{ {subject} = "{day}T23:59:59Z" }}\n'
    new, found = re.subn(r"^exclude-newer-package = .*\n", line, text, flags=re.M)
    if not found:
        new = re.sub(r"^exclude-newer = .*\n", lambda old: old[0] + line, text, flags=re.M)
    if new != text:
        write_whole(pyproject, new)
    return new != text
