"""A target: a claim that the search tries to kill with mutants; and the record of a kill."""

import functools
import importlib.metadata
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import msgspec

from report.measure import kills
from report.measure.kills import Kill
from report.measure.records import Record
from report.mutation.client import Answer
from report.mutation.ranking import Candidate, Vocabulary
from report.mutation.sandbox import SITE

SERVER_ERROR = re.compile(r"\b500\b|Internal Server Error|Traceback")


@dataclass
class Target:
    """A claim that holds without mutations, as *answer* says; and the candidates *tried* on it.

    *trace*: for each file, the executed lines (see `tracing`); *text*: the claim's source and that of all that it uses.
    *fallback* is a kill by a mutant that kills many claims: the search records it only if it finds no better one.
    """

    record: Record
    answer: Answer
    trace: Mapping[str, Set[int]]
    text: str
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
    def timeout(self) -> float:
        """The seconds that the claim may run with a mutant: one that waits for a server waits longest if it fails."""
        return 3 + 10 * self.answer.seconds

    @property
    def observed(self) -> str:
        """The values that its assertions observed."""
        return " ".join(evidence.observed for evidence in self.answer.evidence)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the claim; the row of its table counts as observed."""
        row = self.id.partition("[")[2]
        return Vocabulary.of(f"{row} {self.observed}", f"{self.text} {self.record.statement}")

    def covers(self, candidate: Candidate) -> bool:
        """Return whether the claim executes a mutated line, or uses a file that the mutation changes at import."""
        lines = self.trace.get(candidate.file)
        return lines is not None and (candidate.mutation.at_import or not lines.isdisjoint(candidate.mutation.lines))

    def is_killed_by(self, answer: Answer) -> bool:
        """Return whether *answer* is a kill: an assertion of the claim failed, and neither it nor a server crashed."""
        if answer.kind is None:
            return False
        return not SERVER_ERROR.search(answer.evidence[-1].observed) or bool(SERVER_ERROR.search(self.observed))


def make_kill(candidate: Candidate, target: Target, answer: Answer) -> Kill:
    """Make the record of a kill."""
    was, became = candidate.mutation.before_and_after((SITE / candidate.file).read_text(encoding="utf-8"))
    package, version = distributions().get(candidate.file, (candidate.file.split("/")[0], "?"))
    last = answer.evidence[-1]
    return Kill(
        claim=target.id,
        fingerprint=target.record.fingerprint,
        package=package,
        version=version,
        file=candidate.file,
        line=candidate.mutation.span[0],
        was=was,
        became=became,
        kind=msgspec.convert(answer.kind, kills.Kind),
        assertion=last.assertion,
        observed=last.observed,
    )


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
