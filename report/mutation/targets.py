"""A claim for which something is looked for that refutes it, and what is written down of what does."""

import functools
import importlib.metadata
import platform
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from report.files import write_whole
from report.measure import kills
from report.measure.kills import Kill
from report.measure.records import Record
from report.mutation.client import Answer
from report.mutation.ranking import Candidate, Told, Trace
from report.mutation.sandbox import PYTHON, original
from report.mutation.worker import is_call_alone

BROKE_DOWN = re.compile(r"\b500\b|Internal Server Error|Traceback")


@dataclass
class Target:
    """A claim for which something is looked for that refutes it: what its own run did, and the changes tried on it."""

    record: Record
    base: Answer | None = None
    trace: Trace = field(default_factory=dict)
    text: str = ""
    tried: set[Candidate] = field(default_factory=set)
    second_best: Kill | None = None

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.record.id

    @property
    def module(self) -> str:
        """The file of the claim."""
        return self.id.split("::")[0]

    @property
    def article(self) -> str:
        """The folder of its article."""
        return self.module.rpartition("/")[0] + "/"

    @property
    def quickness(self) -> float:
        """How long it took (seconds)."""
        return self.base.seconds if self.base else 0

    @property
    def seconds(self) -> float:
        """How long it may run: several times what it took, as a change may slow it down or have it wait for ever."""
        return 3 + 4 * (self.base.seconds if self.base else 1)

    @property
    def told(self) -> Told:
        """What it speaks of: its row of a table and what was seen of it above all."""
        return Told.of(f"{self.id.partition('[')[2]} {self.observed}", f"{self.text} {self.record.statement}")

    @property
    def observed(self) -> str:
        """What was seen of its assertions."""
        return " ".join(one.observed for one in (self.base.evidence if self.base else ()))

    @property
    def compares(self) -> bool:
        """Whether it asserts more than that calls succeed."""
        return not all(is_call_alone(one.assertion) for one in (self.base.evidence if self.base else ()))

    @property
    def content(self) -> bool:
        """Whether what is known to refute it will do, if there is nothing that tells more."""
        return self.second_best is not None and self.second_best.kind != "raised"

    def meets(self, candidate: Candidate) -> bool:
        """Tell whether what a change touches is executed by it, or when what it executes is imported."""
        lines = self.trace.get(candidate.file)
        return lines is not None and (candidate.change.at_import or bool({*candidate.change.lines} & {*lines}))

    def note(self, path: Path) -> None:
        """Keep what its run was like, for a search that goes on."""
        write_whole(path, msgspec.json.encode(Notes(self.base, self.trace, self.text)).decode())

    def recall(self, path: Path) -> bool:
        """Read what its run was like, if that is kept."""
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=Notes)
        except (OSError, msgspec.MsgspecError):
            return False
        self.base, self.trace, self.text = (
            kept.base,
            {name: set(lines) for name, lines in kept.trace.items()},
            kept.text,
        )
        return True

    def refuted_by(self, answer: Answer) -> bool:
        """Tell whether *answer* is a refutation by what the claim asserts, and not a crash, here or in a server."""
        if answer.outcome != "refuted" or answer.kind == "crash" or (answer.kind == "raised" and self.second_best):
            return False
        return not BROKE_DOWN.search(answer.evidence[-1].observed) or bool(BROKE_DOWN.search(self.observed))


@dataclass(frozen=True)
class Notes:
    """What a claim's run was like, as it is kept."""

    base: Answer | None
    trace: Mapping[str, Collection[int]]
    text: str


def recorded(candidate: Candidate, target: Target, seen: Answer) -> Kill:
    """What is written down of a change that refuted a claim."""
    was, became = candidate.change.words(original(candidate.file).read_text(encoding="utf-8"))
    package, version = distribution(candidate.file)
    last = seen.evidence[-1]
    kind = msgspec.convert(seen.kind, kills.Kind)
    return Kill(
        target.id, target.record.fingerprint, package, version, candidate.file.removeprefix(PYTHON), candidate.change.span[0],
        was, became, kind, last.assertion, last.observed,
    )  # fmt: skip


@functools.cache
def owners() -> Mapping[str, str]:
    """The distribution of each installed file."""
    return {str(file): one.metadata["Name"] for one in importlib.metadata.distributions() for file in one.files or ()}


def distribution(file: str) -> tuple[str, str]:
    """The name and version of the distribution that an installed file belongs to."""
    if file.startswith(PYTHON):
        return "Python", platform.python_version()
    name = owners().get(file, file.split("/")[0])
    try:
        return name, importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return name, "?"


def module_of(claim: str) -> str:
    """The file of a claim, by its id."""
    return claim.split("::")[0]
