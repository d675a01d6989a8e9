"""The pytest plugin of the main job: it collects the records of a run, and has the complete run judged and written.

`report.probe.plugin` imports it, on the controller of a run that is not merely recorded.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import pytest

from report.errors import ReportError
from report.main_job import Ending, Job, Told
from report.probe.recorder import is_claim, record_on


def pytest_configure(config: pytest.Config) -> None:
    """Register the main job."""
    config.pluginmanager.register(MainJob(config), "claim-report")


class MainJob:
    """Collects the records of a run, and when it is complete tells everybody who needs to know."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        try:
            self.job = Job.prepare(config.rootpath)
        except ReportError as error:
            raise pytest.UsageError(str(error)) from error
        self.told: list[dict[str, Any]] = []
        self.expected: set[str] = set()
        self.order: dict[str, int] = {}
        self.deselected = 0
        self.broken: list[pytest.TestReport] = []
        self.warnings: dict[str, dict[str, None]] = {}
        self.ending: Ending | None = None

    def word(self, record: dict[str, Any]) -> str:
        """The verdict on one claim, as `-v` says it."""
        return f"{record['outcome'].upper()} ({self.job.verdict(record)})"

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the claims that are left out: a partial run."""
        self.deselected += sum(map(is_claim, items))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which claims are to run."""
        self.expected.update(item.nodeid for item in session.items if is_claim(item))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: Sequence[str]) -> None:
        """Remember which tests are to run, as a worker tells it."""
        self.expected.update(ids)
        self.order = {name: number for number, name in enumerate(ids)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """Take over what a worker counted."""
        self.deselected = max(self.deselected, getattr(node, "workeroutput", {}).get("deselected", 0))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        """Collect the subject's deprecations that claims meet: what they announce may turn a verdict one day."""
        about = f"{warning_message.message} {warning_message.filename}".lower()
        deprecation = issubclass(warning_message.category, (DeprecationWarning, PendingDeprecationWarning))
        if deprecation and self.job.subject.name in about:
            self.warnings.setdefault(nodeid, {})[str(warning_message.message)] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the record that a report brings."""
        record = record_on(report)
        if record is not None or report.when == "teardown":  # a worker that died has told of neither
            self.expected.discard(report.nodeid)
        if record is not None:
            self.told.append(record)
            if report.failed:
                self.broken.append(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the run, write the report, and let drift and broken tests decide the exit code."""
        if not self.told or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        try:
            self.ending = self.finish()
        except KeyboardInterrupt:  # which would keep the others from clearing up
            session.exitstatus = pytest.ExitCode.INTERRUPTED
            self.ending = Ending([], faults=["Interrupted while the report was being made: run it again."])
        else:
            if exitstatus == pytest.ExitCode.OK and self.ending.failed:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def finish(self) -> Ending:
        """Judge what was told, and write it down where it is complete."""
        complete = not (self.expected or self.deselected) and self.all_asked_for()
        accept, out = self.config.getoption("accept"), self.config.rootpath / self.config.getoption("out")
        told = sorted(self.told, key=lambda one: self.order.get(one["id"], 0))  # workers end in any order
        met = {one["id"]: tuple(sorted(self.warnings[one["id"]])) for one in told if one["id"] in self.warnings}
        return self.job.finish(Told(told, met), complete, accept, out)

    def all_asked_for(self) -> bool:
        """Tell whether every module of claims has run, by what is on the disk."""
        on_disk = {path.relative_to(self.config.rootpath).as_posix() for path in self.job.modules()}
        return "::" not in "".join(self.config.args) and on_disk == {one["id"].split("::")[0] for one in self.told}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what broke, the tally, what is amiss, and where the report is."""
        if self.broken:
            terminalreporter.section("untried")
            for report in self.broken:
                terminalreporter.write_sep("_", report.head_line or report.nodeid)
                report.toterminal(terminalreporter._tw)
        if self.ending is not None:
            terminalreporter.section(f"{self.job.subject.name} {self.job.subject.version}, answers checked")
            for line in (*self.ending.tally, *self.ending.notes):
                terminalreporter.line(line)
            for line in self.ending.faults:
                terminalreporter.line(line, red=True)
