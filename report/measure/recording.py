"""A recorded run: JSON lines for another process to read, its last line the proof that it is whole."""

import importlib.metadata
import json
import platform
from pathlib import Path

import pytest

from report.measure.recorder import describe, is_claim, record_on

SCHEMA = 1


class Recording:
    """Writes each record as it comes, so that an interrupted run leaves what it had."""

    def __init__(self, config):
        self.file = Path(config.getoption("record")).open("w", encoding="utf-8")
        self.write(schema=SCHEMA, python=platform.python_version(), packages=installed())

    def write(self, **line):
        """Write one line, at once."""
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.file.flush()

    def pytest_collection_finish(self, session):
        """With `--collect-only`, tell what would run."""
        if session.config.option.collectonly:
            for item in session.items:
                if is_claim(item):
                    self.write(claim=describe(item))

    def pytest_runtest_logreport(self, report):
        """Write the record that a report brings, and how long the claim took (seconds)."""
        record = record_on(report)
        if record is not None:
            self.write(claim=record, seconds=round(report.duration, 3))

    def pytest_sessionfinish(self, exitstatus):
        """Close the record: a run that pytest itself gave up is not whole."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self.write(end=int(exitstatus))
        self.file.close()


def installed():
    """The version of every installed distribution, by its normalised name."""
    found = {}
    for distribution in importlib.metadata.distributions():
        name = (distribution.metadata["Name"] or "").lower().replace("_", "-").replace(".", "-")
        found.setdefault(name, distribution.version)
    return dict(sorted(found.items()))
