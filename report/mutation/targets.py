"""A target: a claim that the search tries to kill with mutants; and the record of a kill."""

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
from report.mutation.ranking import Candidate, Trace, Vocabulary
from report.mutation.sandbox import STDLIB_PREFIX, original_path
from report.mutation.worker import is_bare_call

SERVER_ERROR = re.compile(r"\b500\b|Internal Server Error|Traceback")


@dataclass
class Target:
    """A claim, its *baseline* (the answer without mutations), its *trace*, and the candidates *tried* on it.

    *text* is its source and the source of all that it uses. *fallback* is a kill that the search records only if it
    finds no better one.
    """

    record: Record
    baseline: Answer | None = None
    trace: Trace = field(default_factory=dict)
    text: str = ""
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
    def holds(self) -> bool:
        """Whether the claim holds without mutations."""
        return self.baseline is not None and self.baseline.outcome == "held"

    @property
    def duration(self) -> float:
        """The seconds that the baseline took."""
        return self.baseline.seconds if self.baseline else 0

    @property
    def timeout(self) -> float:
        """The seconds that the claim may run with a mutant, which may be slow or never end."""
        return 3 + 4 * (self.baseline.seconds if self.baseline else 1)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the claim; the row of its table counts as observed."""
        return Vocabulary.of(f"{self.id.partition('[')[2]} {self.observed}", f"{self.text} {self.record.statement}")

    @property
    def observed(self) -> str:
        """The observed values of its assertions in the baseline."""
        return " ".join(evidence.observed for evidence in (self.baseline.evidence if self.baseline else ()))

    @property
    def compares(self) -> bool:
        """Whether it asserts more than successful calls."""
        return not all(
            is_bare_call(evidence.assertion) for evidence in (self.baseline.evidence if self.baseline else ())
        )

    @property
    def has_good_fallback(self) -> bool:
        """Whether the fallback is more than a failed call."""
        return self.fallback is not None and self.fallback.kind != "raised"

    def covers(self, candidate: Candidate) -> bool:
        """Return whether the claim executes the mutated lines, or uses a file that the mutation changes at import."""
        lines = self.trace.get(candidate.file)
        return lines is not None and (candidate.mutation.at_import or bool({*candidate.mutation.lines} & {*lines}))

    def save(self, path: Path) -> None:
        """Save the baseline, the trace and the text for later searches."""
        write_whole(path, msgspec.json.encode(SavedRun(self.baseline, self.trace, self.text)).decode())

    def load(self, path: Path) -> bool:
        """Load what `save` saved; return False if the file is missing or damaged."""
        try:
            saved = msgspec.json.decode(path.read_bytes(), type=SavedRun)
        except (OSError, msgspec.MsgspecError):
            return False
        self.baseline, self.text = saved.base, saved.text
        self.trace = {name: set(lines) for name, lines in saved.trace.items()}
        return True

    def is_killed_by(self, answer: Answer) -> bool:
        """Return whether *answer* is a kill: an assertion of the claim failed, and neither it nor a server crashed."""
        if answer.outcome != "refuted" or answer.kind == "crash" or (answer.kind == "raised" and self.fallback):
            return False
        return not SERVER_ERROR.search(answer.evidence[-1].observed) or bool(SERVER_ERROR.search(self.observed))


@dataclass(frozen=True)
class SavedRun:
    """The run of a claim without mutations, as JSON on disk."""

    base: Answer | None
    trace: Mapping[str, Collection[int]]
    text: str


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


@functools.cache
def distribution_names() -> Mapping[str, str]:
    """Map each installed file to the name of its distribution."""
    return {
        str(file): distribution.metadata["Name"]
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
    }


def distribution(file: str) -> tuple[str, str]:
    """Return the name and the version of the distribution of an installed file."""
    if file.startswith(STDLIB_PREFIX):
        return "Python", platform.python_version()
    name = distribution_names().get(file, file.split("/")[0])
    try:
        return name, importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return name, "?"


def module_of(claim: str) -> str:
    """Return the file of a claim from its id."""
    return claim.split("::")[0]
