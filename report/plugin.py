"""The pytest plugin: the hooks, in pytest's order, and nothing else.

It is loaded beside old releases too (Python 3.9): what only the main job needs is imported where it is used.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from report.measure.recorder import HELD, REFUTED, UNTRIED, Recorder, is_claim, record_on

if TYPE_CHECKING:
    from report.main_job import Ending

LETTERS = {HELD: ".", REFUTED: "r", UNTRIED: "u"}
COLOURS = {HELD: "green", REFUTED: "yellow", UNTRIED: "red"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options that a run of the claims understands besides pytest's own."""
    group = parser.getgroup("claims", "claims and their report")
    group.addoption("--accept", action="store_true", help="write what was seen into the ledger")
    group.addoption("--out", default="out", metavar="DIR", help="where the report goes (default: %(default)s)")
    group.addoption("--record", metavar="FILE", help="only write what each claim did to FILE: no report, no ledger")
    parser.addini("claim_timeout", "seconds after which a claim is cut off", default="60")


def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder everywhere, and on the controller the one who makes something of it.

    To be asked to end is as Ctrl-C: otherwise what a claim has started would outlive its run.
    """
    for one in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(one) is signal.SIG_DFL:  # and not where `nohup` has it ignored
            signal.signal(one, signal.default_int_handler)
    config.pluginmanager.register(Recorder(time_limit(config)), "claim-recorder")
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker(config), "claim-worker")
    elif config.getoption("record"):
        from report.measure.recording import Recording

        config.pluginmanager.register(Recording(config), "claim-recording")
    else:
        config.pluginmanager.register(MainJob(config), "claim-report")


def time_limit(config: pytest.Config) -> float:
    """The setting `claim_timeout`, in seconds."""
    told = config.getini("claim_timeout")
    try:
        return float(told)
    except ValueError as error:
        raise pytest.UsageError(f"claim_timeout is a number of seconds, and not {told!r}") from error


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport, config: pytest.Config
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Say held, refuted, untried where pytest says passed, failed, skipped."""
    record = record_on(report)
    if record is None:
        return None
    outcome = record["outcome"]
    job = config.pluginmanager.get_plugin("claim-report")
    word = job.word(record) if job and config.get_verbosity() > 0 else outcome.upper()
    return outcome, LETTERS[outcome], (word, {COLOURS[outcome]: True})


class Worker:
    """Tells the controller what only a worker of pytest-xdist sees."""

    def __init__(self, config: Any) -> None:
        self.output = config.workeroutput
        self.output["deselected"] = 0

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the claims that are left out."""
        self.output["deselected"] += sum(map(is_claim, items))


class MainJob:
    """Collects the records of a run, and when it is complete tells everybody who needs to know."""

    def __init__(self, config: pytest.Config) -> None:
        from report.errors import ReportError
        from report.main_job import Job

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
        from report.main_job import Ending

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
        from report.main_job import Told

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
