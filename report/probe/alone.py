"""Runs the one claim of a script, and prints its outcome: `python -m report script` copies this into the script."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Generator

import pytest

from report.probe.recorder import (
    EVIDENCE,
    HELD,
    REFUTED,
    UNTRIED,
    Evidence,
    asserting_code,
    is_here,
    keep_values,
    outcome_of,
    own_function,
    plain_values,
)

EXIT_CODES = {HELD: 0, REFUTED: 1, UNTRIED: 2}


class Judge:
    """The pytest plugin that decides the outcome of *claim*. *reason*: why it is untried; *evidence*: the values."""

    def __init__(self, claim: str) -> None:
        self.claim = claim
        self.outcome = UNTRIED
        self.reason: str | None = "pytest did not run it"
        self.evidence: list[Evidence] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> Generator[None, None, None]:
        """Skip the claim if a component that it needs is missing."""
        item.stash[EVIDENCE] = {}
        for mark in item.iter_markers("needs"):
            if not is_here(mark.args[0]):
                pytest.skip(f"it needs {mark.args[0]}, which is not here")
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Generator[None, None, None]:
        """Keep the compared values complete."""
        with plain_values():
            return (yield)

    def pytest_assertion_pass(self, item: pytest.Function, lineno: int, orig: str, expl: str) -> None:
        """Keep the values of an assertion in the claim's own body."""
        if asserting_code() is own_function(item).__code__:
            keep_values(item, lineno, orig, expl, str)

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """Register the fixtures that others with the same names override."""
        overridden = vars(collector.obj).get("conftest") if isinstance(collector, pytest.Module) else None
        if overridden:
            collector.config.pluginmanager.register(overridden, "conftest")

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Give the claim its own id, from which Hypothesis draws the examples."""
        item._nodeid = self.claim  # type: ignore[attr-defined]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the error of a file that cannot be imported."""
        if report.failed:
            self.reason = str(report.longrepr)

    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> None:
        """Decide the outcome."""
        if call.when == "call" or (call.when == "setup" and call.excinfo):
            self.outcome, self.reason, self.evidence = outcome_of(item, call, str)


def run(path: str, claim: str, options: list[str]) -> int:
    """Run *claim*, an id whose test is in the file at *path*; print its outcome and values; return the exit code.

    Arguments such as `--pdb` or `-vv` go to pytest, which then prints its own report too.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets, as where the claim was measured
        alike = {**os.environ, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
        os.execve(sys.executable, [sys.executable, *sys.argv], alike)  # noqa: S606 (itself)
    judge = judged(path, claim, [*options, *sys.argv[1:]], quiet=not sys.argv[1:])
    values = [f"    {each['assertion']}\n    → {each['observed']}" for each in judge.evidence]
    reason = [f"    {judge.reason}"] if judge.outcome == UNTRIED else []
    sys.stdout.write("\n".join([judge.outcome, *reason, *values, ""]))
    return EXIT_CODES[judge.outcome]


def judged(path: str, claim: str, options: list[str], quiet: bool) -> Judge:
    """Let pytest run *claim*, an id whose test is in the file at *path*; *quiet*: drop what it prints."""
    judge, name = Judge(claim), claim.partition("::")[2]
    ini = ["enable_assertion_pass_hook=true", "verbosity_assertions=2", f"python_functions={name.partition('[')[0]}"]
    settings = [part for each in ini for part in ("-o", each)]
    alone = ["-c", os.devnull, "--import-mode=importlib", "--disable-plugin-autoload", "-pno:cacheprovider"]
    # Old versions of Hypothesis need pytest's terminal plugin, so its output is dropped instead.
    with contextlib.redirect_stdout(io.StringIO()) if quiet else contextlib.nullcontext():
        pytest.main([f"{path}::{name}", *settings, *alone, *options], [judge])
    return judge
