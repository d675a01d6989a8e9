"""The pytest plugin: options and hooks, in pytest's order. `report.main_job_plugin` has the hooks of the main job."""

from __future__ import annotations

import signal
from collections.abc import Sequence

import pytest

from report.probe.recorder import HELD, REFUTED, UNTRIED, Recorder, is_claim, record_on

LETTERS_AND_COLOURS = {HELD: (".", "green"), REFUTED: ("r", "yellow"), UNTRIED: ("u", "red")}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run of the claims."""
    group = parser.getgroup("claims", "claims and their report")
    group.addoption("--accept", action="store_true", help="write the outcomes of this run to the ledger")
    group.addoption("--out", default="out", metavar="DIR", help="the folder of the report (default: %(default)s)")
    group.addoption("--record", metavar="FILE", help="only write a record of each claim to FILE: no report, no ledger")
    group.addoption(
        "--plain", action="store_true", help="as a plain test: a refuted claim fails, and nothing is written"
    )
    parser.addini("claim_timeout", "seconds after which a claim is cut off", default="60")


def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder, and the plugin that uses its records."""
    # These signals act like Ctrl-C: otherwise the processes of a claim would outlive the run.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores SIGHUP: leave it ignored
            signal.signal(number, signal.default_int_handler)
    config.pluginmanager.register(Recorder(time_limit(config), config.getoption("plain")), "claim-recorder")
    if hasattr(config, "workerinput"):
        return  # the controller of pytest-xdist collects the records
    if config.getoption("record"):
        from report.probe.recording import Recording

        config.pluginmanager.register(Recording(config), "claim-recording")
    elif not config.getoption("plain"):
        config.pluginmanager.import_plugin("report.main_job_plugin")


def time_limit(config: pytest.Config) -> float:
    """The setting `claim_timeout`, in seconds; raises `pytest.UsageError` if it is not a number."""
    value = config.getini("claim_timeout")
    try:
        return float(value)
    except ValueError as error:
        raise pytest.UsageError(f"claim_timeout must be a number of seconds, not {value!r}") from error


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Send the controller the number of deselected claims, which only the workers of pytest-xdist know."""
    for item in filter(is_claim, items):
        output = getattr(item.config, "workeroutput", {})
        output["deselected"] = output.get("deselected", 0) + 1


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport, config: pytest.Config
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Show held, refuted or untried instead of passed, failed or skipped."""
    record = record_on(report)
    if record is None:
        return None
    outcome = record["outcome"]
    letter, colour = LETTERS_AND_COLOURS[outcome]
    job = config.pluginmanager.get_plugin("claim-report")
    word = job.word(record) if job and config.get_verbosity() > 0 else outcome.upper()
    category = report.outcome if config.getoption("plain") else outcome  # pytest prints the traceback of what "failed"
    return category, letter, (word, {colour: True})
