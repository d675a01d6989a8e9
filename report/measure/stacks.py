"""Stacks: for each line of releases the pinned packages beside which they run, and environments made of them."""

import contextlib
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

from report.errors import DamagedFileError, MissingPythonError, StackError
from report.files import write_whole
from report.measure.ledger import Environment
from report.measure.releases import Known, uv
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
        """The pins with *release* of *subject* in the place of the one that stands there."""
        hashes = "".join(f" \\\n    --hash={one}" for one in release.hashes)
        pin = rf"^{re.escape(subject)}==\S+( \\\n    --hash=\S+)*$"
        return re.sub(pin, f"{subject}=={release.version}{hashes}".replace("\\", r"\\"), self.pins, flags=re.M)


def read(folder: Path) -> dict[str, Stack]:
    """Every stack of *folder*, by name.

    Raises:
        DamagedFileError: stacks.toml or a file of pins cannot be read.
    """
    path = folder / "stacks.toml"
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            name: Stack(name, str(one["python"]), (folder / f"{name}.txt").read_text("utf-8"), one.get("absent", {}))
            for name, one in told.items()
        }
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise DamagedFileError(path, str(error), "Restore it from version control.") from error


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
    """The interpreter of an environment in *folder* that has just these *pins*; made where it is not there yet.

    Raises:
        MissingPythonError: there is no such Python, and uv cannot provide it.
        StackError: the packages could not be installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    interpreter, marker, wanted = folder / "bin" / "python", folder / "stack", fingerprint(pins, python)
    with filelock.FileLock(folder.parent / f"{folder.name}.lock"):
        if not (marker.exists() and marker.read_text() == wanted and interpreter.exists()):
            marker.unlink(missing_ok=True)
            make(folder, python, pins)
            write_whole(marker, wanted)
    return interpreter


def make(folder: Path, python: str, pins: str) -> None:
    """Make an environment anew."""
    made = run_uv("venv", "--clear", "--python", python, str(folder))
    if made.returncode:
        raise MissingPythonError(python)
    requirements = folder / "requirements.txt"
    write_whole(requirements, pins)
    interpreter = str(folder / "bin" / "python")
    done = run_uv("pip", "sync", "--require-hashes", "--python", interpreter, str(requirements))
    if done.returncode:
        raise StackError(folder.name, " ".join(done.stderr.split())[-400:])


def run_uv(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run uv without this project's settings, with the interpreters in sight that pyenv's shims hide."""
    command: Sequence[str] = [uv(), *arguments, "--no-config", "--quiet"]
    versions = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin"))
    path = os.pathsep.join([*map(str, versions), os.environ.get("PATH", "")])
    return subprocess.run(  # noqa: S603
        command, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
    )


def remove(folder: Path) -> None:
    """Throw an environment away, so that it is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
