"""The releases of the subject: versions, dates, and the stack that each is run with."""

import datetime
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from packaging.version import Version
from tomlkit.items import AoT, Table

from report.errors import ReportError, UnknownReleaseError
from report.files import read_text, read_toml, write_whole
from report.measure import commands

HEAD = """\
# Every final release, from the package index: `python -m report releases --refresh`.
# `stack` names the pinned packages (stacks/*.txt) with which a release is run.
"""


@dataclass(frozen=True)
class Release:
    """A final release: its date, the name of its stack (None: not run), and the hashes of its files."""

    version: str
    released: datetime.date
    stack: str | None = None
    hashes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise a ValueError if the version is not valid."""
        Version(self.version)


def read(path: Path) -> list[Release]:
    """Every final release in the data file, by version; a missing file has none.

    Raises:
        DamagedFileError: the file is not TOML, or an entry lacks a version or a date.
    """
    hint = "Restore it from version control, or run `python -m report releases --refresh`."
    tables = read_toml(path, dict[str, list[Release]], hint)
    return sorted(tables.get("releases", []), key=lambda release: Version(release.version))


def select(path: Path, versions: Iterable[str] = ()) -> list[Release]:
    """The releases that are run, or of these only *versions*, oldest first.

    Raises:
        UnknownReleaseError: one of *versions* is not a release that is run.
    """
    run = {release.version: release for release in read(path) if release.stack}
    for version in versions:
        if version not in run:
            raise UnknownReleaseError(version, list(run))
    return [release for version, release in run.items() if not versions or version in versions]


def write(path: Path, releases: Iterable[Release]) -> None:
    """Add *releases* to the end of the data file, or update them where they are; comments stay."""
    document = tomlkit.parse(read_text(path) if path.exists() else HEAD)
    tables = document.setdefault("releases", AoT([], parsed=True))
    by_version = {table["version"]: table for table in tables}
    for release in releases:
        table = _table(release)
        if old := by_version.get(release.version):
            old.update({key: value for key, value in table.items() if old.get(key) != value})
        else:
            tables.append(table)
    write_whole(path, tomlkit.dumps(document))


def _table(release: Release) -> Table:
    table = tomlkit.table().add("version", release.version).add("released", release.released)
    table.trivia.indent = "\n"  # a blank line before it
    if release.stack:
        table.add("stack", release.stack)
    if release.hashes:
        table.add("hashes", hashes := tomlkit.array())
        for digest in release.hashes:
            hashes.add_line(digest, indent="  ")
        hashes.add_line(indent="")
    return table


def look_up_new(releases: Iterable[Release], subject: str) -> list[Release]:
    """The releases of the package index that *releases* lack.

    Raises:
        ReportError: the index does not answer, or gives no date.
    """
    versions = {release.version for release in releases}
    return [look_up(subject, version) for version in final_versions(subject) if version not in versions]


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


def look_up(subject: str, version: str) -> Release:
    """A release of the package index: its day of upload, and its hashes. From uv, as some indexes give pip no date.

    Raises:
        ReportError: the index does not have the release, or gives no date.
    """
    done = commands.uv("pip", "compile", "-", "--no-deps", "--format", "pylock.toml", text=f"{subject}=={version}")
    (package,) = tomllib.loads(done.stdout).get("packages") or [{}]
    files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
    days = [file["upload-time"].date() for file in files if "upload-time" in file]
    if not days:
        why = done.stderr.strip().splitlines()[-1:] or ["the index gives no upload time"]
        raise ReportError(f"{subject} {version} has no known date: {why[0]}.", "Add it to the data file by hand.")
    return Release(version, min(days), hashes=tuple(sorted(f"sha256:{file['hashes']['sha256']}" for file in files)))
