"""Human judgements about claims, which no test can make: how grave an error is, and what its author could reply.

`judgements.toml`, in the folder of the claims, has a table `[claims."article/module::name"]` for each refuted claim
(`name[row]` for one row of a parametrised claim): its *gravity*, what *happened* in one sentence, the best *reply* that
the author could send, and the *rebuttal*. *follows* names another claim that fails for the same cause: both are one
erratum. A contested claim, refuted or not, states how it was *read*, the *other* reading, and *because*: the reason for
the first. `[[attributions]]` lists every statement about which package or person does something.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from report.files import read_toml, reading
from report.judge.articles import Names
from report.judge.results import Judged

READINGS = ("read", "other", "because")
HINT = "report/judge/judgements.py describes its fields."


class Attribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement about who does something: *what* it says, *who* does it, and the *claim* that tests it."""

    what: str
    who: str
    claim: str


class Judgements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: judgements by the reference to their claim, and attributions."""

    claims: Mapping[str, Judged] = {}
    attributions: tuple[Attribution, ...] = ()

    def judged(self, claims: Sequence[str]) -> dict[str, Judged]:
        """The judgements about *claims* (ids), in which *follows* is one of *claims*.

        The first reference that names a claim counts.
        """
        names, found = Names(claims), dict[str, Judged]()
        for reference, judged in self.claims.items():
            follows = next(iter(names.of(judged.follows)), None) if judged.follows else None
            for claim in names.of(reference):
                found.setdefault(claim, msgspec.structs.replace(judged, follows=follows))
        return found


def lacks(judged: Judged, kind: str) -> list[str]:
    """What is not said yet of a refuted claim of this *kind*: a slip needs no more than what happened."""
    wanted = ["happened"] if kind == "editorial" else ["gravity", "happened", "reply", "rebuttal"]
    return [name for name in wanted if getattr(judged, name) is None]


def read(path: Path) -> Judgements:
    """Read the file; no judgements if it does not exist. Raises DamagedFileError, which names the field."""
    with reading(path, HINT):
        data = read_toml(path, dict[str, Any], HINT)
        for table in data.get("claims", {}).values():
            if readings := {name: table.pop(name) for name in READINGS if name in table}:
                table["contested"] = readings
        return msgspec.convert(data, Judgements)
