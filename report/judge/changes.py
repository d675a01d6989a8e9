"""Why a claim changed where it did: whose doing it was, and the changelog that says so.

`changes.toml` beside the claims has a table `[[changes]]` for each cause: the first *release* of the subject on which
the outcome is another, *by* what it came (a package and its version), a *link* to that changelog, a *note* in one
sentence, and the *claims* that changed with it, as `article/module::name`, or `article/module::name[row]`.
`python -m report why` finds whose doing it was; a person reads the changelog.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text
from report.judge.articles import refers
from report.judge.results import Change
from report.model import Outcome, turns


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the file."""

    release: str
    by: str
    link: str
    note: str
    claims: tuple[str, ...]

    def explains(self, claim: str, release: str) -> bool:
        """Tell whether it is why the claim of that id changed on *release*."""
        return release == self.release and any(refers(one, "", 0, claim) for one in self.claims)


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    changes: tuple[Cause, ...] = ()


def read(path: Path) -> tuple[Cause, ...]:
    """Every cause in the file; none where there is no file.

    Raises:
        DamagedFileError: the file is no TOML, or a table of it lacks a field.
    """
    if not path.exists():
        return ()
    try:
        return msgspec.convert(tomllib.loads(read_text(path)), File).changes
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), "See the head of report/judge/changes.py.") from error


def of(claim: str, outcomes: Mapping[str, Outcome], causes: Sequence[Cause]) -> tuple[Change, ...]:
    """Where the claim of that id changed, each with its cause as far as it is known; releases in their order."""
    found = []
    for _, release in turns(outcomes):
        cause = next((one for one in causes if one.explains(claim, release)), None)
        found.append(Change(release, cause.by, cause.link, cause.note) if cause else Change(release))
    return tuple(found)
