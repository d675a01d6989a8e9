"""A target: a claim that the search tries to kill with mutants; and the record of a kill."""

import functools
import importlib.metadata
import platform
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from report.errors import UNREADABLE
from report.measure import kills
from report.measure.kills import Kill
from report.measure.records import Record
from report.mutation.client import Answer
from report.mutation.ranking import Candidate, Vocabulary
from report.mutation.sandbox import STDLIB_PREFIX, original_path

SERVER_ERROR = re.compile(r"\b500\b|Internal Server Error|Traceback")


@dataclass(frozen=True)
class Baseline:
    """The run of a claim without mutations, saved as JSON for later searches.

    *trace*: for each file, the executed lines (see `tracing`); *text*: the claim's source and that of all that it uses.
    """

    answer: Answer
    trace: Mapping[str, Set[int]]
    text: str


def load_baseline(path: Path) -> Baseline | None:
    """Load a saved baseline; None if the file is missing or damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Baseline)
    except UNREADABLE:
        return None


@dataclass
class Target:
    """A claim that holds in its *baseline*, and the candidates *tried* on it.

    *fallback* is a kill by a mutant that kills many claims: the search records it only if it finds no better one.
    """

    record: Record
    baseline: Baseline
    tried: set[Candidate] = field(default_factory=set)
    fallback: Kill | None = None

    @property
    def id(self) -> str:
        """The id of the claim."""
        return self.record.id

    @property
    def module(self) -> str:
        """The file of the claim."""
        return module_of(self.id)

    @property
    def article(self) -> str:
        """The folder of the article, with a slash at the end."""
        return self.module.rpartition("/")[0] + "/"

    @property
    def duration(self) -> float:
        """The seconds that the baseline took."""
        return self.baseline.answer.seconds

    @property
    def timeout(self) -> float:
        """The seconds that the claim may run with a mutant, which may be slow or never end."""
        return 3 + 4 * self.duration

    @property
    def observed(self) -> str:
        """The observed values of its assertions in the baseline."""
        return " ".join(evidence.observed for evidence in self.baseline.answer.evidence)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the claim; the row of its table counts as observed."""
        row = self.id.partition("[")[2]
        return Vocabulary.of(f"{row} {self.observed}", f"{self.baseline.text} {self.record.statement}")

    def executes(self, candidate: Candidate) -> bool:
        """Return whether the claim executes a mutated line."""
        return not self.baseline.trace.get(candidate.file, frozenset()).isdisjoint(candidate.mutation.lines)

    def covers(self, candidate: Candidate) -> bool:
        """Return whether the claim executes a mutated line, or uses a file that the mutation changes at import."""
        return self.executes(candidate) or (candidate.mutation.at_import and candidate.file in self.baseline.trace)

    def is_killed_by(self, answer: Answer) -> bool:
        """Return whether *answer* is a kill: an assertion of the claim failed, and neither it nor a server crashed."""
        if answer.outcome != "refuted" or answer.kind == "crash":
            return False
        return not SERVER_ERROR.search(answer.evidence[-1].observed) or bool(SERVER_ERROR.search(self.observed))


def make_kill(candidate: Candidate, target: Target, answer: Answer) -> Kill:
    """Make the record of a kill."""
    was, became = candidate.mutation.before_and_after(original_path(candidate.file).read_text(encoding="utf-8"))
    package, version = distribution(candidate.file)
    last = answer.evidence[-1]
    return Kill(
        claim=target.id,
        fingerprint=target.record.fingerprint,
        package=package,
        version=version,
        file=candidate.file.removeprefix(STDLIB_PREFIX),
        line=candidate.mutation.span[0],
        was=was,
        became=became,
        kind=msgspec.convert(answer.kind, kills.Kind),
        assertion=last.assertion,
        observed=last.observed,
    )


def distribution(file: str) -> tuple[str, str]:
    """Return the name and the version of the distribution of an installed file."""
    if file.startswith(STDLIB_PREFIX):
        return "Python", platform.python_version()
    return distributions().get(file, (file.split("/")[0], "?"))


@functools.cache
def distributions() -> Mapping[str, tuple[str, str]]:
    """Map each installed file to the name and the version of its distribution."""
    return {
        str(file): (distribution.metadata["Name"], distribution.version)
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
    }


def module_of(claim: str) -> str:
    """Return the file of a claim from its id."""
    return claim.split("::")[0]
