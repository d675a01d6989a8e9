"""The pytest plugin: the hooks, in pytest's order, and nothing else.

It is loaded with old releases too (Python 3.9): the main job's own hooks are in `report.main_job_plugin`.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import Any

import pytest

from report.probe.recorder import HELD, REFUTED, UNTRIED, Recorder, is_claim, record_on

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
        from report.probe.recording import Recording

        config.pluginmanager.register(Recording(config), "claim-recording")
    else:
        config.pluginmanager.import_plugin("report.main_job_plugin")


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
