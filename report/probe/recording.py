"""The record file of a run: JSON lines for another process. A last line `end` shows that the file is complete.

Library considered: pytest-reportlog. It writes no installed packages, and no claims with `--collect-only`.
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from report.probe.fingerprint import own_symbols, reachable
from report.probe.recorder import describe, is_claim, own_function, record_on

SCHEMA = 1


class Recording:
    """Writes each record at once, so that an interrupted run keeps its finished records."""

    def __init__(self, config: pytest.Config) -> None:
        self.file = Path(config.getoption("record")).open("w", encoding="utf-8")  # noqa: SIM115 (closed at the end of the session)
        self.parent = os.getppid()
        if config.option.collectonly:
            gc.disable()  # saves a sixth of the time
        packages = {} if config.option.collectonly else installed_packages()
        self.write(schema=SCHEMA, python=platform.python_version(), packages=packages)

    def write(self, **line: Any) -> None:
        """Write one line, and flush it."""
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.file.flush()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """With `--collect-only`, write the description of each claim."""
        if session.config.option.collectonly:
            for item in session.items:
                if isinstance(item, pytest.Function) and is_claim(item):
                    self.write(claim={**describe(item), "reaches": reached(item)})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the record attached to a report, and its duration in seconds."""
        record = record_on(report)
        if record is not None:
            self.write(claim=record, seconds=round(report.duration, 3))
        if os.getppid() != self.parent:
            pytest.exit("the process that asked for this record has ended")

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Close the file. A run that pytest aborted gets no `end` line."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self.write(end=int(exitstatus))
        self.file.close()


def reached(item: pytest.Function) -> list[str]:
    """The names that a claim's test reaches, each after its file: `claims/conftest.py::app`."""
    root = item.config.rootpath
    symbols = reachable(own_symbols(item, own_function(item)), root)
    return sorted(f"{path.relative_to(root).as_posix()}::{name}" for path, name in symbols)


def installed_packages() -> dict[str, str]:
    """The version of every installed distribution, by its canonical name."""
    versions: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        versions.setdefault(canonicalize_name(distribution.metadata["Name"] or ""), distribution.version)
    return dict(sorted(versions.items()))
