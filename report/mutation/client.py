"""The client of a worker (see `worker`): it starts the worker in a sandbox, runs claims in sessions, and ends it."""

import contextlib
import multiprocessing
import os
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from report.errors import ReportError
from report.measure import runs
from report.measure.kills import Kind
from report.model import Evidence, Outcome
from report.mutation.sandbox import Sandbox
from report.mutation.worker import GRACE_SECONDS, TIMED_OUT

START_SECONDS = 120  # for a worker to import the tools, or for a session to collect its claims
CRASHED = "crashed"  # the reason of an answer that no claim gave


@dataclass(frozen=True)
class Answer:
    """The outcome of a claim in a worker: its duration in *seconds* and the `worker.refutation_kind`, if any."""

    id: str
    outcome: Outcome = "untried"
    seconds: float = 0
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    kind: Kind | None = None


class WorkerError(ReportError):
    """A worker stopped answering or ended; its client starts another one for the next session."""


class Client:
    """A worker in *sandbox*, which starts with the first session; `close` ends all its processes.

    If *stopping* is set, each of its methods raises WorkerError.
    """

    def __init__(self, sandbox: Sandbox, stopping: threading.Event) -> None:
        self.sandbox, self.stopping = sandbox, stopping
        self.process: subprocess.Popen[bytes] | None = None
        self.collected: Collection[str] | None = None  # in a session, its claims
        self.log = sandbox.root.with_name("worker.log")

    def start(self) -> None:
        """Start the worker unless it runs; wait until it has imported the tools."""
        if self.process:
            return
        self.connection, other_end = multiprocessing.Pipe()
        settings, programs = self.sandbox.project_settings, str(self.sandbox.python.parent)
        environment = {
            **runs.variables(settings, "worker"),
            "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.sandbox.root),
        }
        python, _, _, *arguments = runs.command(str(self.sandbox.python), settings, Path(os.devnull))
        tools = [tool for tool in settings.tools if not tool.endswith(".py")]
        with self.log.open("wb") as log, other_end:
            self.process = subprocess.Popen(  # noqa: S603
                [python, "-m", "report.mutation.worker", str(other_end.fileno()), *tools, "--", *arguments],
                cwd=settings.root, env=environment, pass_fds=[other_end.fileno()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.receive(START_SECONDS)

    @contextlib.contextmanager
    def session(self, modules: Sequence[str]) -> Iterator[Collection[str]]:
        """A block with a session that has collected *modules*; it gives the ids of the claims, none if that failed."""
        self.start()
        self.send(list(modules))
        self.collected = self.receive(START_SECONDS)
        try:
            yield self.collected or ()
        finally:
            if self.collected is not None:
                self.send(None)
                self.collected = self.receive(START_SECONDS)

    def run(self, claim: str, seconds: float, trace: Path | None = None) -> Answer:
        """Run a claim of the session for at most *seconds*; *trace* is the path of a new trace, if any.

        A claim that ended without an outcome has the reason CRASHED or TIMED_OUT.
        """
        crashed = answer = Answer(claim, reason=CRASHED)
        if claim not in (self.collected or ()):
            return crashed
        self.send((claim, seconds, {"file": str(trace), **self.sandbox.tracing_options} if trace else None))
        while isinstance(message := self.receive(3 * (seconds + GRACE_SECONDS)), dict):
            answer = msgspec.convert(message, Answer)
        if message is None:  # the session has ended
            self.collected = None
            return crashed
        return Answer(claim, reason=TIMED_OUT) if message == TIMED_OUT else answer

    def send(self, message: Any) -> None:
        """Send a message; if the worker has ended, the next `receive` says so."""
        with contextlib.suppress(ConnectionError):
            self.connection.send(message)

    def receive(self, seconds: float) -> Any:
        """Receive a message within some *seconds*."""
        deadline = time.monotonic() + seconds
        try:
            while not self.connection.poll(0.2):
                if time.monotonic() > deadline or self.stopping.is_set():
                    raise TimeoutError
            return self.connection.recv()
        except (EOFError, OSError) as error:
            self.close()
            what = "stopped answering" if isinstance(error, TimeoutError) else "ended"
            output = " ".join(self.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
            raise WorkerError(f"pytest {what}: {output}.", "The search starts a new worker.") from error

    def close(self) -> None:
        """End the worker and all its descendants, if it runs."""
        if self.process:
            self.connection.close()
            runs.terminate(self.process)
            self.process = self.collected = None
