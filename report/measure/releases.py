"""The releases of the subject: which there are, when they came out, and on which stack each is run."""

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
class Known:
    """A final release: its date (ISO 8601), its files' hashes, and the stack it is run on, None where it is not run."""

    version: str
    released: str
    stack: str | None = None
    hashes: tuple[str, ...] = ()


def read(path: Path) -> list[Known]:
    """Every final release in the data file, by version.

    Raises:
        DamagedFileError: it is no TOML, or an entry lacks a version or a date.
    """
    try:
        told = tomllib.loads(read_text(path)) if path.exists() else {}
        found = [_known(one) for one in told.get("releases", [])]
        return sorted(found, key=lambda known: Version(known.version))
    except UNREADABLE as error:
        hint = "Restore it from version control, or run `python -m report releases --refresh`."
        raise DamagedFileError(path, repr(error), hint) from error


def _known(told: dict[str, Any]) -> Known:
    return Known(str(told["version"]), str(told["released"]), told.get("stack"), tuple(told.get("hashes", ())))


def chosen(path: Path, versions: Iterable[str] = ()) -> list[Known]:
    """The releases that are run, or those of *versions* among them.

    Raises:
        UnknownReleaseError: one of *versions* is not a release that is run.
    """
    run = {known.version: known for known in read(path) if known.stack}
    for version in versions:
        if version not in run:
            raise UnknownReleaseError(version, list(run))
    return [known for version, known in run.items() if not versions or version in versions]


def write(path: Path, releases: Iterable[Known]) -> None:
    """Write the data file, by version."""
    head = "# Every final release, from the package index: `python -m report releases --refresh`.\n"
    head += "# `stack` names the pinned packages (stacks/*.txt) beside which a release is run.\n"
    write_whole(path, head + "".join(map(_entry, sorted(releases, key=lambda known: Version(known.version)))))


def _entry(known: Known) -> str:
    lines = [f'version = "{known.version}"', f"released = {known.released}"]
    lines += [f'stack = "{known.stack}"'] if known.stack else []
    lines += ["hashes = [", *(f'  "{one}",' for one in known.hashes), "]"] if known.hashes else []
    return "\n".join(["", "[[releases]]", *lines, ""])


def refreshed(known: Iterable[Known], subject: str) -> list[Known]:
    """What is *known*, and what the package index has besides.

    Raises:
        ReportError: the index does not answer, or gives no date.
    """
    have = {one.version: one for one in known}
    new = [version for version in final_versions(subject) if version not in have]
    return [*have.values(), *(looked_up(subject, version) for version in new)]


def final_versions(subject: str) -> list[str]:
    """Every final version of *subject* on the package index, yanked ones left out."""
    from pypi_simple import PyPISimple  # a third of a second, and only a refresh needs it

    try:
        with PyPISimple() as index:
            packages = index.get_project_page(subject).packages
    except Exception as error:
        raise ReportError(f"The package index did not tell of {subject}: {error}.", "Try again later.") from error
    versions = {package.version for package in packages if package.version and not package.is_yanked}
    return sorted((one for one in versions if not Version(one).is_prerelease), key=Version)


def looked_up(subject: str, version: str) -> Known:
    """A release's day of upload and its files' hashes; uv is asked, as some indexes tell pip no date.

    Raises:
        ReportError: the index does not have it, or gives no date.
    """
    command = [uv(), "pip", "compile", "-", "--no-deps", "--no-config", "--quiet", "--format", "pylock.toml"]
    done = subprocess.run(  # noqa: S603
        command, input=f"{subject}=={version}", capture_output=True, text=True, check=False, timeout=120
    )
    days = sorted(re.findall(r"upload-time = (\d{4}-\d\d-\d\d)", done.stdout))
    if not days:
        why = done.stderr.strip().splitlines()[-1:] or ["the index gives no upload time"]
        raise ReportError(f"No date is known of {subject} {version}: {why[0]}.", "Add it to the data file by hand.")
    hashes = sorted(set(re.findall(r'sha256 = "([0-9a-f]{64})"', done.stdout)))
    return Known(version, days[0], hashes=tuple(f"sha256:{one}" for one in hashes))


def uv() -> str:
    """The uv that runs us, or the one on the path.

    Raises:
        ReportError: there is none.
    """
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        raise ReportError("uv was not found.", "Install it with `pip install uv`.")
    return found
