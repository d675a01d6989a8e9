"""Stacks (the pinned packages that a series of releases is run with), and the environments made from them.

Libraries considered: tox and nox cannot run single cells (docs/architecture.md); packaging and uv parse no pin together
with its hashes, and pip-requirements-parser would be one more dependency for one regular expression.
"""

import contextlib
import csv
import hashlib
import os
import platform
import re
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import filelock
import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from report.errors import StackError
from report.files import read_text, read_toml, reading, write_whole
from report.measure import commands
from report.measure.releases import Release
from report.model import Environment
from report.settings import Settings

CURRENT_PYTHON = ".".join(platform.python_version_tuple()[:2])
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+).*?(?=^\S|\Z)", re.M | re.S)

Pins = Mapping[str, tuple[str, str]]  # version, and lines of the requirements file, by canonical name


@dataclass(frozen=True)
class Stack:
    """A Python (major.minor), pins with their hashes, and by missing component the reason why it is missing."""

    name: str
    python: str
    pins: str
    absent: Mapping[str, str] = field(default_factory=dict)

    def pins_with(self, release: Release, subject: str) -> str:
        """The pins, with the pin of *subject* replaced by *release*; raises StackError if they have none."""
        name, pins = canonicalize_name(subject), parse_pins(self.pins)
        if name not in pins:
            raise StackError(release.version, f"its stack {self.name} does not pin {subject}")
        lines = " \\\n    ".join([f"{name}=={release.version}", *(f"--hash={digest}" for digest in release.hashes)])
        return pins_text({**pins, name: (release.version, lines)})


def read(folder: Path) -> dict[str, Stack]:
    """Every stack of *folder*, by name; raises DamagedFileError if stacks.toml or a file of pins cannot be read."""
    path, hint = folder / "stacks.toml", "Restore it from version control."
    tables = read_toml(path, dict[str, dict[str, Any]], hint)
    with reading(path, hint):
        return {
            name: msgspec.convert({**table, "name": name, "pins": read_text(folder / f"{name}.txt")}, Stack)
            for name, table in tables.items()
        }


def parse_pins(text: str) -> dict[str, tuple[str, str]]:
    """The pins of a requirements file: version and lines, by canonical name."""
    return {canonicalize_name(pin["name"]): (pin["version"], pin[0].rstrip("\n")) for pin in PIN.finditer(text)}


def pins_text(pins: Pins) -> str:
    """The requirements file with *pins*."""
    return "".join(f"{lines}\n" for _, lines in pins.values())


def fingerprint(pins: str, python: str) -> str:
    """Twelve hexadecimal digits that identify *pins* on *python*."""
    return hashlib.sha256(f"{python}\n{pins}".encode()).hexdigest()[:12]


def here(settings: Settings) -> Environment:
    """The current environment: the running Python, and the installed versions of the claims' packages."""
    table = tomllib.loads((settings.root / "pyproject.toml").read_text(encoding="utf-8"))
    group = table.get("dependency-groups", {}).get("claims", [settings.subject])
    pins = "\n".join(f"{name}=={release}" for name, release in sorted(installed_versions(group).items()))
    return Environment(CURRENT_PYTHON, fingerprint(pins, CURRENT_PYTHON))


def installed_versions(requirements: Iterable[str]) -> dict[str, str]:
    """The installed versions of *requirements* and of all that they require, by canonical name."""
    versions: dict[str, str] = {}
    queue = [Requirement(text) for text in requirements]
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        if name in versions or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        with contextlib.suppress(PackageNotFoundError):
            versions[name] = version(name)
            queue += [Requirement(text) for text in requires(name) or ()]
    return versions


def ensure(folder: Path, python: str, pins: str) -> Path:
    """The interpreter of an environment in *folder* with exactly *pins*, which is created if it is not complete.

    Raises StackError if uv cannot provide this Python, or the packages cannot be installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    interpreter, stamp, digest = folder / "bin" / "python", folder / "stack", fingerprint(pins, python)
    with lock_of(folder):
        fresh = stamp.exists() and stamp.read_text() == digest and interpreter.exists()
        if not (fresh and is_complete(folder, pins)):
            stamp.unlink(missing_ok=True)
            create(folder, python, pins)
            write_whole(stamp, digest)
    return interpreter


def lock_of(folder: Path) -> filelock.BaseFileLock:
    """A lock: only one process at a time creates or removes the environment in *folder*."""
    return filelock.FileLock(folder.parent / f"{folder.name}.lock")


def is_complete(folder: Path, pins: str) -> bool:
    """Whether every distribution of *pins* is installed with all its files: an incomplete one could refute a claim."""
    installed = {canonicalize_name(path.name.split("-")[0]): path for path in folder.glob("lib/python*/*/*.dist-info")}
    return parse_pins(pins).keys() <= installed.keys() and all(map(has_all_files, installed.values()))


def has_all_files(info: Path) -> bool:
    """Whether all files that the RECORD of a distribution lists exist with the listed size."""
    try:
        with (info / "RECORD").open(encoding="utf-8", newline="") as record:
            sizes = [(os.stat(f"{info.parent}/{name}").st_size, size) for name, _, size in csv.reader(record)]  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return all(str(actual) == listed for actual, listed in sizes if listed)


def create(folder: Path, python: str, pins: str) -> None:
    """Create an environment, and replace the one in *folder*; raises as `ensure` does."""
    venv = commands.uv("venv", "--clear", "--python", python, str(folder))
    if venv.returncode:
        if commands.uv("python", "find", "--no-project", python).returncode:
            how = f"install it, for example with `uv python install {python}`"
            raise StackError(folder.name, f"no Python {python} was found, and uv could not provide one: {how}")
        raise StackError(folder.name, commands.shortened(venv.stderr))
    requirements = folder / "requirements.txt"
    write_whole(requirements, pins)
    interpreter = str(folder / "bin" / "python")
    sync = commands.uv("pip", "sync", "--require-hashes", "--python", interpreter, str(requirements))
    if sync.returncode:
        raise StackError(folder.name, commands.shortened(sync.stderr))


def remove(folder: Path, with_lock: bool = False) -> None:
    """Delete an environment, and *with_lock* its lock file too (if nobody will create the environment again)."""
    with lock_of(folder):
        shutil.rmtree(folder, ignore_errors=True)
    if with_lock:
        Path(lock_of(folder).lock_file).unlink(missing_ok=True)
