"""Stacks: for each line of releases the pinned packages beside which they run, and environments made of them."""

import contextlib
import csv
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import filelock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from report.errors import UNREADABLE, DamagedFileError, MissingPythonError, ReportError, StackError
from report.files import read_text, write_whole
from report.measure.releases import Known, uv
from report.model import Environment
from report.settings import Settings

INSTALL_SECONDS = 600


@dataclass(frozen=True)
class Stack:
    """A line's Python (major.minor), its pins with their hashes, and why it lacks what it lacks (by component)."""

    name: str
    python: str
    pins: str
    absent: Mapping[str, str] = field(default_factory=dict)

    def beside(self, release: Known, subject: str) -> str:
        """The pins with *release* of *subject* in the place of the one that stands there.

        Raises:
            StackError: none stands there, and so none would be exchanged.
        """
        name = canonicalize_name(subject)
        hashes = "".join(f" \\\n    --hash={one}" for one in release.hashes)
        pin = rf"^{re.escape(name)}==\S+( \\\n    --hash=\S+)*$"
        text, found = re.subn(pin, lambda old: f"{name}=={release.version}{hashes}", self.pins, flags=re.M)
        if found != 1:
            raise StackError(release.version, f"its stack {self.name} pins {subject} {found} times")
        return text


def read(folder: Path) -> dict[str, Stack]:
    """Every stack of *folder*, by name.

    Raises:
        DamagedFileError: stacks.toml or a file of pins cannot be read.
    """
    path = folder / "stacks.toml"
    try:
        told = tomllib.loads(read_text(path))
        return {
            name: Stack(name, str(one["python"]), (folder / f"{name}.txt").read_text("utf-8"), one.get("absent", {}))
            for name, one in told.items()
        }
    except UNREADABLE as error:
        raise DamagedFileError(path, repr(error), "Restore it from version control.") from error


def fingerprint(pins: str, python: str) -> str:
    """Twelve hexadecimal digits for packages on a Python."""
    return hashlib.sha256(f"{python}\n{pins}".encode()).hexdigest()[:12]


def here(settings: Settings) -> Environment:
    """What runs us: this Python, and the versions of the claims' packages that are installed in it."""
    table = tomllib.loads((settings.root / "pyproject.toml").read_text(encoding="utf-8"))
    group = table.get("dependency-groups", {}).get("claims", [settings.subject])
    pins = "\n".join(f"{name}=={release}" for name, release in sorted(needed(group).items()))
    python = ".".join(platform.python_version_tuple()[:2])
    return Environment(python, fingerprint(pins, python))


def needed(requirements: Iterable[str]) -> dict[str, str]:
    """The installed versions of what *requirements* name, and of what those need in turn."""
    found: dict[str, str] = {}
    queue = [Requirement(one) for one in requirements]
    while queue:
        one = queue.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
            queue += [Requirement(text) for text in requires(name) or ()]
    return found


def environment(folder: Path, python: str, pins: str) -> Path:
    """The interpreter of an environment in *folder* that has just these *pins*; made where it is not there, and whole.

    Raises:
        MissingPythonError: there is no such Python, and uv cannot provide it.
        StackError: the packages could not be installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    interpreter, marker, wanted = folder / "bin" / "python", folder / "stack", fingerprint(pins, python)
    with lock_of(folder):
        made = marker.exists() and marker.read_text() == wanted and interpreter.exists()
        if not (made and intact(folder, pins)):
            marker.unlink(missing_ok=True)
            make(folder, python, pins)
            write_whole(marker, wanted)
    return interpreter


def lock_of(folder: Path) -> filelock.BaseFileLock:
    """What keeps other processes from making an environment at the same time."""
    return filelock.FileLock(folder.parent / f"{folder.name}.lock")


def intact(folder: Path, pins: str) -> bool:
    """Whether every distribution of *pins* is there with all its files: half of one could refute a claim."""
    found = {canonicalize_name(path.name.split("-")[0]): path for path in folder.glob("lib/python*/*/*.dist-info")}
    names = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", pins, re.M)}
    return names <= {*found} and all(map(has_its_files, found.values()))


def has_its_files(info: Path) -> bool:
    """Whether a distribution has all that its RECORD names, in the size that it gives."""
    try:
        with (info / "RECORD").open(encoding="utf-8", newline="") as record:
            told = [(os.stat(f"{info.parent}/{name}").st_size, size) for name, _, size in csv.reader(record)]  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return all(str(size) == wanted for size, wanted in told if wanted)


def make(folder: Path, python: str, pins: str) -> None:
    """Make an environment anew."""
    made = run_uv("venv", "--clear", "--python", python, str(folder))
    if made.returncode:
        if run_uv("python", "find", "--no-project", python).returncode:
            raise MissingPythonError(python)
        raise StackError(folder.name, shortened(made.stderr))
    requirements = folder / "requirements.txt"
    write_whole(requirements, pins)
    interpreter = str(folder / "bin" / "python")
    done = run_uv("pip", "sync", "--require-hashes", "--python", interpreter, str(requirements))
    if done.returncode:
        raise StackError(folder.name, shortened(done.stderr))


def shortened(text: str) -> str:
    """What uv said, in one line: its beginning says what failed, its end why."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 400 else f"{line[:200]} … {line[-200:]}"


def run_uv(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run uv without this project's settings, with the interpreters in sight that pyenv's shims hide.

    Raises:
        ReportError: there is no uv, or it does not come to an end.
    """
    command: Sequence[str] = [uv(), *arguments, "--no-config", "--quiet"]
    versions = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin"))
    environment = {**os.environ, "PATH": os.pathsep.join([*map(str, versions), os.environ.get("PATH", "")])}
    try:
        return subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise ReportError(f"uv {arguments[0]} did not end within {INSTALL_SECONDS} s.", "Try again later.") from error


def remove(folder: Path, for_ever: bool = False) -> None:
    """Throw an environment away, so that it is made anew, or *for_ever*: then its lock goes too."""
    with lock_of(folder):
        shutil.rmtree(folder, ignore_errors=True)
    if for_ever:
        Path(lock_of(folder).lock_file).unlink(missing_ok=True)
