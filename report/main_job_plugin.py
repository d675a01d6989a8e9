"""The pytest plugin of the main job: it collects the records of a run, and judges and reports a complete run.

`report.probe.plugin` loads it on the controller, unless the run only records.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import pytest

from report.errors import ReportError
from report.main_job import Job, RunSummary
from report.probe.recorder import is_claim, record_on


def pytest_configure(config: pytest.Config) -> None:
    """Register the main job."""
    config.pluginmanager.register(MainJob(config), "claim-report")


class MainJob:
    """Collects the records of a run, judges them at its end, and prints a summary."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        try:
            self.job = Job.prepare(config.rootpath)
        except ReportError as error:
            raise pytest.UsageError(str(error)) from error
        self.records: list[dict[str, Any]] = []
        self.expected: set[str] = set()
        self.order: dict[str, int] = {}
        self.deselected = 0
        self.broken: list[pytest.TestReport] = []
        self.warnings: dict[str, dict[str, None]] = {}
        self.summary: RunSummary | None = None

    def word(self, record: dict[str, Any]) -> str:
        """The outcome and the verdict of a claim, as `-v` prints them."""
        return f"{record['outcome'].upper()} ({self.job.verdict(record)})"

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the deselected claims: they make the run a partial one."""
        self.deselected += sum(map(is_claim, items))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Store the ids of the claims that will run."""
        self.expected.update(item.nodeid for item in session.items if is_claim(item))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: Sequence[str]) -> None:
        """Store the ids of the claims that will run, from a worker, and their order."""
        self.expected.update(ids)
        self.order = {name: number for number, name in enumerate(ids)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """Read the number of deselected claims from a worker."""
        self.deselected = max(self.deselected, getattr(node, "workeroutput", {}).get("deselected", 0))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        """Collect the subject's deprecation warnings: a later release may change the outcome of these claims."""
        source = f"{warning_message.message} {warning_message.filename}".lower()
        deprecation = issubclass(warning_message.category, (DeprecationWarning, PendingDeprecationWarning))
        if deprecation and self.job.subject.name in source:
            self.warnings.setdefault(nodeid, {})[str(warning_message.message)] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the record that a report carries."""
        record = record_on(report)
        if record is not None or report.when == "teardown":  # a worker that crashed sends neither
            self.expected.discard(report.nodeid)
        if record is not None:
            self.records.append(record)
            if report.failed:
                self.broken.append(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the run, write the report, and set the exit code to 1 if there are faults."""
        if not self.records or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        try:
            self.summary = self.finish()
        except KeyboardInterrupt:  # an exception here would prevent the cleanup of other plugins
            session.exitstatus = pytest.ExitCode.INTERRUPTED
            self.summary = RunSummary([], faults=["Interrupted during the report: run it again."])
        else:
            if exitstatus == pytest.ExitCode.OK and self.summary.faults:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def finish(self) -> RunSummary:
        """Judge the records; if the run is complete, write the report."""
        complete = not (self.expected or self.deselected) and self.all_modules_ran()
        accept, out = self.config.getoption("accept"), self.config.rootpath / self.config.getoption("out")
        records = sorted(self.records, key=lambda record: self.order.get(record["id"], 0))  # workers end in any order
        ids = [record["id"] for record in records]
        met = {claim: tuple(sorted(self.warnings[claim])) for claim in ids if claim in self.warnings}
        return self.job.finish(self.job.run(records, complete), met, complete, accept, out)

    def all_modules_ran(self) -> bool:
        """Whether every module of claims on disk has run, and no argument selected a single claim."""
        modules = self.job.settings.claims.glob("*/q[0-9]*.py")
        on_disk = {path.relative_to(self.config.rootpath).as_posix() for path in modules}
        ran = {record["id"].split("::")[0] for record in self.records}
        return "::" not in "".join(self.config.args) and on_disk == ran

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print broken tests, the tally, notes and faults."""
        if self.broken:
            terminalreporter.section("untried")
            for report in self.broken:
                terminalreporter.write_sep("_", report.head_line or report.nodeid)
                report.toterminal(terminalreporter._tw)
        if self.summary is not None:
            terminalreporter.section(f"{self.job.subject.name} {self.job.subject.version}, answers checked")
            for line in (*self.summary.tally, *self.summary.notes):
                terminalreporter.line(line)
            for line in self.summary.faults:
                terminalreporter.line(line, red=True)
