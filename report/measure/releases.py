"""The releases of the subject: versions, dates, and the stack that each is run with."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from report.errors import UNREADABLE, DamagedFileError, ReportError, UnknownReleaseError
from report.files import read_text, write_whole


@dataclass(frozen=True)
class KnownRelease:
    """A final release: its date (ISO 8601), the name of its stack (None: not run), and the hashes of its files."""

    version: str
    released: str
    stack: str | None = None
    hashes: tuple[str, ...] = ()


def read(path: Path) -> list[KnownRelease]:
    """Every final release in the data file, by version.

    Raises:
        DamagedFileError: the file is not TOML, or an entry lacks a version or a date.
    """
    try:
        data = tomllib.loads(read_text(path)) if path.exists() else {}
        return sorted(map(_release, data.get("releases", [])), key=_by_version)
    except UNREADABLE as error:
        hint = "Restore it from version control, or run `python -m report releases --refresh`."
        raise DamagedFileError(path, repr(error), hint) from error


def _release(table: dict[str, Any]) -> KnownRelease:
    hashes = tuple(table.get("hashes", ()))
    return KnownRelease(str(table["version"]), str(table["released"]), table.get("stack"), hashes)


def _by_version(release: KnownRelease) -> Version:
    return Version(release.version)


def select(path: Path, versions: Iterable[str] = ()) -> list[KnownRelease]:
    """The releases that are run, or of these only *versions*, oldest first.

    Raises:
        UnknownReleaseError: one of *versions* is not a release that is run.
    """
    run = {release.version: release for release in read(path) if release.stack}
    for version in versions:
        if version not in run:
            raise UnknownReleaseError(version, list(run))
    return [release for version, release in run.items() if not versions or version in versions]


def write(path: Path, releases: Iterable[KnownRelease]) -> None:
    """Write the data file, sorted by version."""
    head = "# Every final release, from the package index: `python -m report releases --refresh`.\n"
    head += "# `stack` names the pinned packages (stacks/*.txt) beside which a release is run.\n"
    write_whole(path, head + "".join(map(_entry, sorted(releases, key=_by_version))))


def _entry(release: KnownRelease) -> str:
    lines = [f'version = "{release.version}"', f"released = {release.released}"]
    lines += [f'stack = "{release.stack}"'] if release.stack else []
    lines += ["hashes = [", *(f'  "{digest}",' for digest in release.hashes), "]"] if release.hashes else []
    return "\n".join(["", "[[releases]]", *lines, ""])


def refresh(known: Iterable[KnownRelease], subject: str) -> list[KnownRelease]:
    """The *known* releases, followed by the new ones of the package index.

    Raises:
        ReportError: the index does not answer, or gives no date.
    """
    by_version = {release.version: release for release in known}
    new = [version for version in final_versions(subject) if version not in by_version]
    return [*by_version.values(), *(look_up(subject, version) for version in new)]


def final_versions(subject: str) -> list[str]:
    """Every final version of *subject* on the package index, without yanked ones.

    Raises:
        ReportError: the index does not answer.
    """
    from pypi_simple import PyPISimple  # takes a third of a second, and only a refresh needs it

    try:
        with PyPISimple() as index:
            packages = index.get_project_page(subject).packages
    except Exception as error:
        raise ReportError(
            f"The package index did not list the releases of {subject}: {error}.", "Try again later."
        ) from error
    versions = {package.version for package in packages if package.version and not package.is_yanked}
    return sorted((version for version in versions if not Version(version).is_prerelease), key=Version)


def look_up(subject: str, version: str) -> KnownRelease:
    """A release of the package index: its day of upload, and its hashes. From uv, as some indexes give pip no date.

    Raises:
        ReportError: the index does not have the release, or gives no date.
    """
    command = [find_uv(), "pip", "compile", "-", "--no-deps", "--no-config", "--quiet", "--format", "pylock.toml"]
    done = subprocess.run(  # noqa: S603
        command, input=f"{subject}=={version}", capture_output=True, text=True, check=False, timeout=120
    )
    days = sorted(re.findall(r"upload-time = (\d{4}-\d\d-\d\d)", done.stdout))
    if not days:
        why = done.stderr.strip().splitlines()[-1:] or ["the index gives no upload time"]
        raise ReportError(f"{subject} {version} has no known date: {why[0]}.", "Add it to the data file by hand.")
    hashes = sorted(set(re.findall(r'sha256 = "([0-9a-f]{64})"', done.stdout)))
    return KnownRelease(version, days[0], hashes=tuple(f"sha256:{digest}" for digest in hashes))


def find_uv() -> str:
    """The path of the uv that started this process, or else of the uv on PATH.

    Raises:
        ReportError: uv is not installed.
    """
    path = os.environ.get("UV") or shutil.which("uv")
    if not path:
        raise ReportError("uv was not found.", "Install it with `pip install uv`.")
    return path
