"""What people judge about claims, which no test can: how grave an error is, and what its author could reply.

`judgements.toml`, in the folder of the claims, has a table `[claims."article/module::name"]` for each refuted claim (a
row of a table is `name[row]`): its *gravity*, what *happened* in one sentence, the best *reply* that its author could
send and the *rebuttal*. *follows* names the claim that fails from the same cause: both are one erratum. A contested
claim, refuted or not, has how it was *read*, the *other* reading, and *because*: why the first. `[[attributions]]`
lists every statement about who does something.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text
from report.judge.articles import refers
from report.judge.results import Contested, Gravity, Judged


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of one claim."""

    gravity: Gravity | None = None
    happened: str | None = None
    reply: str | None = None
    rebuttal: str | None = None
    read: str | None = None
    other: str | None = None
    because: str | None = None
    follows: str | None = None

    @property
    def contested(self) -> Contested | None:
        """Both readings, where the claim is contested."""
        if self.read and self.other and self.because:
            return Contested(self.read, self.other, self.because)
        return None


class Attribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement about who does something: *what* is said, *who* does it, and the *claim* that tests it."""

    what: str
    who: str
    claim: str


class Judgements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: by a reference, the judgement of a claim; and every statement about who does what."""

    claims: Mapping[str, Judgement] = {}
    attributions: tuple[Attribution, ...] = ()

    def of(self, claim: str) -> Judgement:
        """The judgement of the claim of that id; an empty one if there is none."""
        return next((one for name, one in self.claims.items() if refers(name, "", 0, claim)), Judgement())

    def judged(self, claim: str, claims: list[str]) -> Judged:
        """What a result holds of it; *claims* are the ids among which the cause is looked up."""
        found = self.of(claim)
        cause = next((one for one in claims if found.follows and refers(found.follows, "", 0, one)), None)
        return Judged(found.gravity, found.happened, found.reply, found.rebuttal, found.contested, cause)


def read(path: Path) -> Judgements:
    """Read the file; nothing is judged where there is none.

    Raises:
        DamagedFileError: the file is no TOML, or has a field that is not known.
    """
    if not path.exists():
        return Judgements()
    try:
        return msgspec.convert(tomllib.loads(read_text(path)), Judgements)
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), "See the head of report/judge/judgements.py.") from error
