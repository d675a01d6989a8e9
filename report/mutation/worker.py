"""The worker: it runs claims with a mutant, each in a process of its own. It lives in a sandbox (see `client`).

The worker itself has imported only the tools. For each session it forks a process, which imports the packages under
test, the mutant among them, and collects claims with pytest. For each claim the session forks again. So whatever a
mutant changes takes effect, also at import; and neither a crash nor what a claim leaves behind affects another claim.
Its arguments are the names of the tools, `--`, and the arguments of pytest. Questions and answers are lines of JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from types import FunctionType
from typing import Any, NoReturn, TextIO

import pytest

from report.mutation.tracing import Tracing
from report.probe.processes import descendants, kill
from report.probe.recorder import REFUTED, own_function, record_on

SOCKET = "CLAIM_WORKER_SOCKET"  # the environment variable with the descriptor of the socket
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
GRACE_SECONDS = 3  # from the time limit of a claim, which its own process keeps, until its process is killed
Question = dict[str, Any]


class Session:
    """The pytest plugin of a session: instead of running all claims, it runs those that the questions name."""

    def __init__(self, socket: int, questions: TextIO) -> None:
        self.socket, self.questions = socket, questions

    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        """Answer questions about the collected claims until the client ends the session."""
        items = {item.nodeid: item for item in session.items}
        adopt_orphans()
        gc.freeze()  # so that no fork copies what the session has imported
        send(self.socket, collected=list(items))
        while (question := json.loads(self.questions.readline() or "{}")).get("claim"):
            run = functools.partial(run_claim, items[question["claim"]], question)
            in_time = run_in_fork(run, question["seconds"])
            kill_children()
            send(self.socket, done="in time" if in_time else "timed out")
        os._exit(0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the outcome of a claim and, if it was refuted, the kind of refutation."""
        report = yield
        record = record_on(report)
        if record is not None:
            fields = {name: record[name] for name in ("id", "outcome", "reason", "evidence")}
            error = call.excinfo.value if call.excinfo and record["outcome"] == REFUTED else None
            kind = refutation_kind(own_function(item), error) if error else None
            send(self.socket, answer={**fields, "kind": kind, "seconds": call.duration})
        return report


def main(tools: Sequence[str], arguments: Sequence[str]) -> None:
    """Hold sessions until the client closes the socket."""
    for tool in tools:
        with contextlib.suppress(ImportError):
            importlib.import_module(tool)
    socket = int(os.environ.pop(SOCKET))
    adopt_orphans()
    with os.fdopen(socket, encoding="utf-8", closefd=False) as questions:
        send(socket, collected=[])
        while line := questions.readline():
            modules = json.loads(line)["modules"]
            run_in_fork(functools.partial(pytest.main, [*arguments, *modules], [Session(socket, questions)]))
            send(socket, end=True)


def send(socket: int, **message: Any) -> None:
    """Write a `client.Message`."""
    data = (json.dumps(message) + "\n").encode()
    while data:
        data = data[os.write(socket, data) :]


def run_in_fork(run: Callable[[], object], seconds: float | None = None) -> bool:
    """Call *run* in a child process, and wait until it ends; return False if it took too long, and was killed."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            run()
        os._exit(0)
    end = time.monotonic() + (seconds + GRACE_SECONDS if seconds else float("inf"))
    while not os.waitpid(child, os.WNOHANG if seconds else 0)[0]:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.002)
    return True


def run_claim(item: pytest.Item, question: Question) -> None:
    """Run a claim in this process, with the time limit and the trace of the question."""
    plugins: Any = item.config.pluginmanager
    plugins.unregister(name="claim-recording")  # it ends a process whose parent has changed
    plugins.get_plugin("claim-recorder").seconds = question["seconds"]
    if trace := question.get("trace"):
        os.environ["CLAIM_TRACE"] = trace["file"]
        force_site_in_children()
        Tracing(**trace).start()
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def force_site_in_children() -> None:
    """Remove `-S` from the commands of child processes: without `site`, the tracing hook does not run."""
    original_init = subprocess.Popen.__init__

    def init(self: Any, arguments: Any, *args: Any, **kwargs: Any) -> None:
        is_list = isinstance(arguments, (list, tuple))
        command = [argument for argument in arguments if argument != "-S"] if is_list else arguments
        original_init(self, command, *args, **kwargs)

    setattr(subprocess.Popen, "__init__", init)  # noqa: B010 (mypy rejects an assignment to a method)


def adopt_orphans() -> None:
    """Make this process the parent of orphaned descendants, so that it can find and end them (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_children() -> None:
    """End the processes that a claim left behind."""
    with contextlib.suppress(ChildProcessError):  # there is no child any more
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                for process in descendants():
                    kill(process)
                time.sleep(0.01)


def refutation_kind(function: FunctionType, error: BaseException) -> str | None:
    """`comparison`: an assertion is false; `not raised`: an expected exception did not occur, else None."""
    *_, (last_frame, _) = traceback.walk_tb(error.__traceback__)
    if isinstance(error, AssertionError) and last_frame.f_code is function.__code__:
        return "comparison"
    return "not raised" if isinstance(error, pytest.fail.Exception) else None


if __name__ == "__main__":
    dash = sys.argv.index("--")
    main(sys.argv[1:dash], sys.argv[dash + 1 :])
