"""A recorded run: JSON lines for another process to read, its last line the proof that it is whole."""

from __future__ import annotations

import gc
import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import Any

import pytest

from report.probe.recorder import describe, is_claim, record_on

SCHEMA = 1


class Recording:
    """Writes each record as it comes, so that an interrupted run leaves what it had."""

    def __init__(self, config: pytest.Config) -> None:
        self.file = Path(config.getoption("record")).open("w", encoding="utf-8")  # noqa: SIM115 (closed when the session is)
        self.parent = os.getppid()
        if config.option.collectonly:
            gc.disable()  # which looks through all that is imported, and takes a sixth of the time
        packages = {} if config.option.collectonly else installed()  # which nobody asks of what did not run
        self.write(schema=SCHEMA, python=platform.python_version(), packages=packages)

    def write(self, **line: Any) -> None:
        """Write one line, at once."""
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.file.flush()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """With `--collect-only`, tell what would run."""
        if session.config.option.collectonly:
            for item in session.items:
                if isinstance(item, pytest.Function) and is_claim(item):
                    self.write(claim=describe(item))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the record that a report brings, and how long the claim took (seconds)."""
        record = record_on(report)
        if record is not None:
            self.write(claim=record, seconds=round(report.duration, 3))
        if os.getppid() != self.parent:
            pytest.exit("whoever asked for this record is gone")

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Close the record: a run that pytest itself gave up is not whole."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self.write(end=int(exitstatus))
        self.file.close()


def installed() -> dict[str, str]:
    """The version of every installed distribution, by its normalised name."""
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        name = (distribution.metadata["Name"] or "").lower().replace("_", "-").replace(".", "-")
        found.setdefault(name, distribution.version)
    return dict(sorted(found.items()))
