"""The releases of the subject: which there are, when they came out, and on which stack each is run."""

import re
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version
from pypi_simple import PyPISimple

from report.errors import DamagedFileError, ReportError, UnknownReleaseError
from report.files import write_whole


@dataclass(frozen=True)
class Known:
    """A final release: its date (ISO 8601), and the stack it is run on, None where it is not run."""

    version: str
    released: str
    stack: str | None = None


def read(path: Path) -> list[Known]:
    """Every final release in the data file, by version.

    Raises:
        DamagedFileError: it is no TOML, or an entry lacks a version or a date.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        found = [Known(str(one["version"]), str(one["released"]), one.get("stack")) for one in told.get("releases", [])]
        return sorted(found, key=lambda known: Version(known.version))
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        hint = "Restore it from version control, or run `python -m report releases --refresh`."
        raise DamagedFileError(path, repr(error), hint) from error


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
    stack = f'stack = "{known.stack}"\n' if known.stack else ""
    return f'\n[[releases]]\nversion = "{known.version}"\nreleased = {known.released}\n{stack}'


def refreshed(known: Iterable[Known], subject: str) -> list[Known]:
    """What is *known*, and what the package index has besides.

    Raises:
        ReportError: the index does not answer, or gives no date.
    """
    have = {one.version: one for one in known}
    new = [version for version in final_versions(subject) if version not in have]
    return [*have.values(), *(Known(version, date_of(subject, version)) for version in new)]


def final_versions(subject: str) -> list[str]:
    """Every final version of *subject* on the package index, yanked ones left out."""
    try:
        with PyPISimple() as index:
            packages = index.get_project_page(subject).packages
    except Exception as error:
        raise ReportError(f"The package index did not tell of {subject}: {error}.", "Try again later.") from error
    versions = {package.version for package in packages if package.version and not package.is_yanked}
    return sorted((one for one in versions if not Version(one).is_prerelease), key=Version)


def date_of(subject: str, version: str) -> str:
    """The day (ISO 8601) on which *version* was uploaded; uv is asked, as some indexes tell pip none."""
    command = ["uv", "pip", "compile", "-", "--no-deps", "--no-config", "--quiet", "--format", "pylock.toml"]
    done = subprocess.run(  # noqa: S603
        command, input=f"{subject}=={version}", capture_output=True, text=True, check=False, timeout=120
    )
    days = sorted(re.findall(r"upload-time = (\d{4}-\d\d-\d\d)", done.stdout))
    if not days:
        why = done.stderr.strip().splitlines()[-1:] or ["the index gives no upload time"]
        raise ReportError(f"No date is known of {subject} {version}: {why[0]}.", "Add it to the data file by hand.")
    return days[0]

