"""Executes the Python blocks of an article that stand on their own, in a sandbox, on several releases.

Considered: pyflakes, a dependency more for what `symtable` gives in a few lines.
"""

import ast
import builtins
import re
import symtable
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from report.check import printed, sandbox
from report.check.code import Reader, parse
from report.check.model import Execution, Remark, Report
from report.check.names import Index, join
from report.check.passages import Places, line_span, passages
from report.check.sandbox import Outcome
from report.measure import environments, history
from report.measure.commands import shortened
from report.names.index import Entry
from report.settings import Settings as Project

Interpreters = Callable[[str], Iterable[Path]]  # of a release; a block raises if it does so in each of them
RAN = ("runs", "does not end")
GIVEN = {*dir(builtins), "__file__"}  # names that no code has to bind
EXCERPT = re.compile(r"\.\.\.|…")
# What depends on files, the network, limits, or on code before an excerpt, and so says nothing of the block.
ELSEWHERE = {"OSError", "LookupError", "EOFError", "MemoryError", "KeyboardInterrupt", "NameError", "SyntaxError"}
ENVIRONMENT = re.compile(r"\b(?:environ|getenv|argv)\b")
# The code's own fault even if every release raises it; another error, such as a missing context, may be an excerpt's.
FAULTS = {"TypeError", "AttributeError", "ImportError", "ModuleNotFoundError", "AssertionError"}


def interpreters(project: Project) -> Interpreters:
    """The interpreters of a release's environments, which are created if necessary.

    Raises:
        ReportError: an environment cannot be created, or bubblewrap cannot make a sandbox.
    """
    sandbox.require(Path(sys.executable))
    here, made = environments.here(project), dict[str, Path]()

    def of(release: str) -> Iterator[Path]:
        for environment in history.release_environments(project, here, project.installed_version(), [release]):
            if environment.name not in made:
                made[environment.name] = history.interpreter(project, environment).absolute()
            yield made[environment.name]

    return of


class Runner:
    """Executes blocks on the release that the *index* asks about, and on the newest and oldest with all their names."""

    def __init__(self, index: Index, of: Interpreters) -> None:
        self.index, self.subject, self.of = index, index.conventions.subject, of
        self.conventions = replace(index.conventions, is_own=lambda module: False)
        self.versions = [*index.of.versions(self.subject)]

    def run(self, report: Report, text: str) -> Report:
        """The report on a *text*, with what became of its blocks."""
        findings, executions, places = [*report.findings], list[Execution](), Places(text)
        named = {finding.line for finding in findings if finding.layer == "name"}  # it says why these lines raise
        for block in passages(text, report.file):
            parsed = printed.read(block) if block.code else None
            if not parsed or not parsed.whole or parsed.problems or not self.stands_alone(parsed.passage.shown):
                continue
            passage, outcomes = parsed.passage, self.outcomes(parsed.passage.shown)
            place = places.finding("code", passage, Remark(0, len(passage.shown.rstrip())))
            for release, outcome in outcomes.items():
                said = shortened(outcome.message)
                executions.append(Execution(place.line, place.end_line, release, outcome.result, said))
            found = [places.finding("code", passage, remark) for remark in self.judged(outcomes, passage.shown, text)]
            findings += [finding for finding in found if finding.line not in named]
        findings.sort(key=lambda finding: (finding.start, finding.end))
        return msgspec.structs.replace(report, findings=tuple(findings), executions=tuple(executions))

    def stands_alone(self, source: str) -> bool:
        """Whether code is no excerpt, binds the names that it uses, and imports only what the index or Python has."""
        if not source.strip() or EXCERPT.search(source) or unbound(source):
            return False
        return all(root in sys.stdlib_module_names or self._has(root) for root in imported(source))

    def _has(self, module: str) -> bool:
        return bool(module and self.index.find(module))

    def outcomes(self, source: str) -> dict[str, Outcome]:
        """What became of code, by release; that asked about is the first. It is enough if the code does not end."""
        entries, exists = [*self._entries(source)], self.index.of.exists
        fitting = [other for other in self.versions if entries and all(exists(entry, other) for entry in entries)]
        found: dict[str, Outcome] = {}
        for release in dict.fromkeys((self.index.release, *fitting[-1:], *fitting[:1])):
            found[release] = self._outcome(release, source)
            if found[release].result == "does not end":
                break
        return found

    def _entries(self, source: str) -> Iterator[Entry]:
        """What the index has of the names in code."""
        for use in Reader(source, {}, self.conventions).uses:
            path = self.index.types.get(use.base, use.base)
            for attribute in use.attributes:
                path = join(path, attribute)
                if entry := self.index.find(path):
                    yield entry
                path = self.index.types.get(path, path)

    def _outcome(self, release: str, source: str) -> Outcome:
        """The outcome in the first of a release's environments in which the code does not raise, else in the first."""
        raised = []
        for python in self.of(release):
            outcome = sandbox.run(python, source)
            if outcome.result != "raises":
                return outcome
            raised.append(outcome)
        return raised[0]

    def judged(self, outcomes: Mapping[str, Outcome], shown: str, text: str) -> Iterator[Remark]:
        """What is certain."""
        release, now = self.index.release, outcomes[self.index.release]
        subject = f"{self.subject} {release}"
        for number, module, message in now.warned:
            if self._has(module.partition(".")[0]):
                said = f"On {subject}, this line warns: {shortened(message)}."
                yield Remark(*line_span(shown, number), "deprecated", said)
        ran = [other for other in self.versions if other in outcomes and outcomes[other].result in RAN]
        if now.result != "raises" or self._is_elsewhere(now, shown) or now.kinds[0] in text:
            return
        place, said = line_span(shown, now.line), f"This line raises on {subject}: {shortened(now.message)}."
        if not ran and now.kinds[0] in FAULTS:
            yield Remark(*place, "error", said)
        elif ran and self.versions.index(ran[-1]) < self.versions.index(release):
            yield Remark(*place, "outdated", f"{said} The block runs on {ran[-1]}.", until=ran[-1])

    def _is_elsewhere(self, raised: Outcome, shown: str) -> bool:
        """Whether what was raised may not be the code's fault: it needs what the sandbox does not have."""
        if not raised.kinds or not ELSEWHERE.isdisjoint(raised.kinds) or ENVIRONMENT.search(shown):
            return True
        missing = raised.kinds[0] == "ModuleNotFoundError" and "." not in raised.module
        return "ImportError" in raised.kinds and (missing or not self._has(raised.module.partition(".")[0]))


def imported(source: str) -> Iterator[str]:
    """The top-level packages that code imports; an empty one for a relative import."""
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "" if node.level else (node.module or "").partition(".")[0]


def unbound(source: str) -> set[str]:
    """The names that code uses and does not bind; of code that cannot be compiled, one without a name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "article", "exec")
            tables = [symtable.symtable(source, "article", "exec")]
        except (SyntaxError, ValueError):
            return {""}
    for table in tables:
        tables += table.get_children()
    symbols = [(table is tables[0], symbol) for table in tables for symbol in table.get_symbols()]
    bound = {
        symbol.get_name()
        for is_top, symbol in symbols
        if (is_top or symbol.is_declared_global()) and (symbol.is_assigned() or symbol.is_imported())
    }
    return {symbol.get_name() for _, symbol in symbols if symbol.is_referenced() and symbol.is_global()} - bound - GIVEN
