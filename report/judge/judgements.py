"""Human judgements about claims, which no test can make: how grave an error is, and what its author could reply.

`judgements.toml`, in the folder of the claims, has a table `[claims."article/module::name"]` for each refuted claim
(`name[row]` for one row of a parametrised claim): its *gravity*, what *happened* in one sentence, the best *reply* that
the author could send, and the *rebuttal*. *follows* names another claim that fails for the same cause: both are one
erratum. A contested claim, refuted or not, states how it was *read*, the *other* reading, and *because*: the reason for
the first. `[[attributions]]` lists every statement about which package or person does something.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from report.files import read_toml
from report.judge.articles import Names
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

    def lacks(self, kind: str) -> list[str]:
        """What it does not say yet of a refuted claim of this *kind*: a slip needs no more than what happened."""
        wanted = ["happened"] if kind == "editorial" else ["gravity", "happened", "reply", "rebuttal"]
        return [name for name in wanted if getattr(self, name) is None]

    @property
    def contested(self) -> Contested | None:
        """Both readings of a contested claim, else None."""
        if self.read and self.other and self.because:
            return Contested(self.read, self.other, self.because)
        return None


class Attribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement about who does something: *what* it says, *who* does it, and the *claim* that tests it."""

    what: str
    who: str
    claim: str


class Judgements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: judgements by the reference to their claim, and attributions."""

    claims: Mapping[str, Judgement] = {}
    attributions: tuple[Attribution, ...] = ()

    def of(self, claim: str) -> Judgement:
        """The judgement about *claim* (an id); an empty one if there is none."""
        return self.by_claim(Names([claim])).get(claim, Judgement())

    def by_claim(self, names: Names) -> dict[str, Judgement]:
        """The judgements about the claims in *names*, by their ids; the first reference that names a claim counts."""
        pairs = [(claim, judgement) for reference, judgement in self.claims.items() for claim in names.of(reference)]
        return dict(reversed(pairs))

    def judged(self, claims: Sequence[str]) -> dict[str, Judged]:
        """The judgements about *claims* (ids) as a result holds them; *follows* is resolved to one of *claims*."""
        names = Names(claims)
        return {
            claim: Judged(
                *(found.gravity, found.happened, found.reply, found.rebuttal, found.contested),
                follows=next(iter(names.of(found.follows)), None) if found.follows else None,
            )
            for claim, found in self.by_claim(names).items()
        }


def read(path: Path) -> Judgements:
    """Read the file; no judgements if it does not exist. Raises DamagedFileError, which names the field."""
    return read_toml(path, Judgements, "report/judge/judgements.py describes its fields.")
