"""The causes of changed outcomes: which package changed a claim's outcome, and the changelog that says so.

`changes.toml`, in the folder of the claims, has a table `[[changes]]` for each cause: the first *release* of the
subject with the new outcome, the package and version that it came *by*, a *link* to that package's changelog, a *note*
in one sentence, and the *claims* that changed, as `article/module::name` or `article/module::name[row]`.
`python -m report why` finds the package; a person reads the changelog.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from report.files import read_toml
from report.judge.articles import refers
from report.judge.results import Change
from report.model import Outcome, turns


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[[changes]]`."""

    release: str
    by: str
    link: str
    note: str
    claims: tuple[str, ...]

    def explains(self, claim: str, release: str) -> bool:
        """Whether this is the cause of the change of *claim* (an id) on *release*."""
        return release == self.release and any(refers(reference, claim) for reference in self.claims)


class ChangesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    changes: tuple[Cause, ...] = ()


def read(path: Path) -> tuple[Cause, ...]:
    """Every cause in the file; none if it does not exist. Raises DamagedFileError, which names the field."""
    return read_toml(path, ChangesFile, "report/judge/changes.py describes its fields.").changes


def of(claim: str, outcomes: Mapping[str, Outcome], causes: Sequence[Cause]) -> tuple[Change, ...]:
    """The changes of *claim* (an id), each with its cause if known; *outcomes* are in the order of their releases."""
    changes = []
    for _, release in turns(outcomes):
        cause = next((cause for cause in causes if cause.explains(claim, release)), None)
        changes.append(Change(release, cause.by, cause.link, cause.note) if cause else Change(release))
    return tuple(changes)
