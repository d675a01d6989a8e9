"""The worker: it runs claims with a mutant, each in a process of its own. It lives in a `sandbox`.

The worker itself has imported only the tools. For each session it forks a process, in which pytest finds the claims and
imports the packages under test, the mutant among them. For each claim the session forks again. So whatever a mutant
changes takes effect, also at import; and neither a crash nor what a claim leaves behind affects another claim. A new
pytest for each mutant takes several times as long: 1.5 s of a core to start, against 0.25 s for a session and 0.06 s
for a quick claim in it. `multiprocessing` forks too, but waits for threads that a claim leaves behind; its connection
carries the messages.

The arguments are the number of a file descriptor, the names of the tools, `--`, and the arguments of pytest.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import importlib
import json
import os
import select
import sys
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from multiprocessing.connection import Connection
from types import FunctionType
from typing import Any, NoReturn

import pytest

from report.mutation import tracing
from report.probe.processes import descendants, kill
from report.probe.recorder import HELD, REFUTED, own_function, record_on

Question = tuple[str, float, dict[str, Any] | None]
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
GRACE_SECONDS = 3  # from the time limit of a claim, which its own process keeps, until its process is killed


class Session:
    """The pytest plugin of a session: it runs the claims that the sandbox asks for, and imports no other modules.

    A question is the id of a claim, its time limit, and the arguments of `tracing.start`, if any; *question* is the
    first. The session sends what became of the claim, if it is known, and None.
    """

    def __init__(self, connection: Connection, question: Question) -> None:
        self.connection, self.question = connection, question
        self.running = False
        self.modules: dict[str, pytest.Module] = {}  # those that are not imported yet
        self.items: dict[str, pytest.Item] = {}

    def pytest_make_collect_report(self, collector: pytest.Collector) -> pytest.CollectReport | None:
        """Put off the import of a module until a claim of it has to run."""
        if self.running or not isinstance(collector, pytest.Module):
            return None
        self.modules[collector.nodeid] = collector
        return pytest.CollectReport(collector.nodeid, "passed", None, [])

    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        """Run claims until the sandbox ends the session."""
        self.running = True
        question: Question | None = self.question
        while question:
            claim, seconds, trace = question
            if module := self.modules.pop(claim.partition("::")[0], None):
                self.items |= {item.nodeid: item for item in session.genitems(module)}
                gc.freeze()  # so that no fork copies what the session has imported
            item = self.items.get(claim)  # None if its module cannot be imported
            limit = seconds + GRACE_SECONDS
            if item and not run_in_fork(functools.partial(run_claim, item, seconds, trace), limit):
                self.connection.send({"outcome": "timed out"})
            self.connection.send(None)
            question = self.connection.recv()
        os._exit(0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send what became of a claim: the fields of a `matrix.Cell`."""
        report = yield
        if record := record_on(report):
            error = call.excinfo.value if call.excinfo else None
            self.connection.send(cell_of(record, error, own_function(item)) | {"seconds": call.duration})
        return report


def main(descriptor: int, tools: Sequence[str], arguments: list[str]) -> None:
    """Hold sessions until the sandbox goes: each begins with a question. Send None when ready for the next."""
    for tool in tools:
        with contextlib.suppress(ImportError):
            importlib.import_module(tool)
    with contextlib.suppress(EOFError), Connection(descriptor) as connection:
        while True:
            connection.send(None)
            if question := connection.recv():
                run_in_fork(functools.partial(pytest.main, arguments, [Session(connection, question)]))


def run_in_fork(run: Callable[[], object], seconds: float | None = None) -> bool:
    """Call *run* in a child process, and return whether it ended in time; kill what is left of it then."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans become children of this process
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            run()
        os._exit(0)
    ended = os.pidfd_open(child)
    in_time = bool(select.select([ended], [], [], seconds)[0])
    os.close(ended)
    with contextlib.suppress(ChildProcessError):  # there is no child any more
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                for process in descendants():
                    kill(process)
                time.sleep(0.01)
    return in_time


def run_claim(item: pytest.Item, seconds: float, trace: dict[str, Any] | None) -> None:
    """Run a claim in this process, for at most *seconds*; *trace*: the arguments of `tracing.start`, if any."""
    recorder: Any = item.config.pluginmanager.get_plugin("claim-recorder")
    recorder.seconds = seconds
    if trace:
        os.environ[tracing.VARIABLE] = json.dumps(trace)
        tracing.start(**trace)
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def cell_of(record: dict[str, Any], error: BaseException | None, function: FunctionType) -> dict[str, Any]:
    """Return the outcome of a claim as the matrix has it; a kill is a failed assertion of its own *function*.

    The kind of a kill: `comparison` if an assertion is false, `not raised` if an expected exception did not occur.
    """
    evidence = record["evidence"]
    if record["outcome"] == HELD:
        return {"outcome": "survived", "observed": " ".join(entry["observed"] for entry in evidence)}
    if (record["reason"] or "").startswith("no end after"):
        return {"outcome": "timed out"}
    if record["outcome"] == REFUTED and error:
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        false = isinstance(error, AssertionError) and frame.f_code is function.__code__
        if false or isinstance(error, pytest.fail.Exception):
            seen = {"assertion": evidence[-1]["assertion"], "observed": evidence[-1]["observed"]}
            return {"outcome": "killed", "kind": "comparison" if false else "not raised", **seen}
    return {"outcome": "crashed"}


if __name__ == "__main__":
    dash = sys.argv.index("--")
    main(int(sys.argv[1]), sys.argv[2:dash], sys.argv[dash + 1 :])
