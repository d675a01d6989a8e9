"""The client of a worker (see `worker`): it starts the worker in a sandbox, runs claims in sessions, and ends it."""

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import psutil  # type: ignore[import-untyped]

from report.errors import UNREADABLE, ReportError
from report.measure import runs
from report.measure.kills import Kind
from report.model import Evidence, Outcome
from report.mutation.sandbox import Sandbox
from report.mutation.worker import GRACE_SECONDS, SOCKET

START_SECONDS = 120  # for a worker to import the tools, or for a session to collect its claims
KILL_ROUNDS = 50  # attempts to end all descendants of a worker
CRASHED, TIMED_OUT = "crashed", "timed out"  # reasons of an answer that no claim gave


@dataclass(frozen=True)
class Answer:
    """The outcome of a claim in a worker: its duration in *seconds* and the `worker.refutation_kind`, if any."""

    id: str
    outcome: Outcome = "untried"
    seconds: float = 0
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True)
class Message:
    """A line from a worker: the ids it *collected*; an *answer*, and that a claim is *done*; the *end* of a session."""

    collected: tuple[str, ...] | None = None
    answer: Answer | None = None
    done: str | None = None
    end: bool = False


class WorkerError(ReportError):
    """A worker stopped answering or ended; its client starts another one for the next session."""


class Client:
    """A worker in *sandbox*, which starts with the first session; `close` ends all its processes.

    If *stopping* is set, each of its methods raises WorkerError.
    """

    def __init__(self, sandbox: Sandbox, stopping: threading.Event) -> None:
        self.sandbox, self.stopping = sandbox, stopping
        self.process: subprocess.Popen[bytes] | None = None
        self.collected: frozenset[str] = frozenset()
        self.in_session = False
        self.log = sandbox.root.with_name("worker.log")

    def start(self) -> None:
        """Start the worker unless it runs; wait until it has imported the tools."""
        if self.process:
            return
        self.buffer = b""
        self.socket, worker_socket = socket.socketpair()
        self.socket.settimeout(0.2)
        settings, programs = self.sandbox.project_settings, str(self.sandbox.python.parent)
        environment = {
            **runs.variables(settings, "worker"),
            "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.sandbox.root),
            SOCKET: str(worker_socket.fileno()),
        }
        command = runs.command(str(self.sandbox.python), settings, Path(os.devnull))
        tools = [tool for tool in settings.tools if not tool.endswith(".py")]
        with self.log.open("wb") as log, worker_socket:
            self.process = subprocess.Popen(  # noqa: S603
                [command[0], "-m", "report.mutation.worker", *tools, "--", *command[3:]],
                cwd=settings.root, env=environment, pass_fds=[worker_socket.fileno()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.read_message(START_SECONDS)

    @contextlib.contextmanager
    def session(self, modules: Sequence[str]) -> Iterator[frozenset[str]]:
        """A block with a session that has collected *modules*; it gives the ids of the claims, none if that failed."""
        self.start()
        self.send(modules=list(modules))
        message = self.read_message(START_SECONDS)
        self.collected, self.in_session = frozenset(message.collected or ()), not message.end
        try:
            yield self.collected
        finally:
            if self.in_session:
                self.send(end=True)
                self.in_session = not self.read_message(START_SECONDS).end

    def run(self, claim: str, seconds: float, trace: Path | None = None) -> Answer:
        """Run a claim of the session for at most *seconds*; *trace* is the path of a new trace, if any.

        A claim that ended without an outcome has the reason CRASHED or TIMED_OUT.
        """
        if claim not in self.collected:
            return Answer(claim, reason=CRASHED)
        options = {"file": str(trace), **self.sandbox.tracing_options} if trace else None
        self.send(claim=claim, seconds=seconds, trace=options)
        answer = Answer(claim, reason=CRASHED)
        while not (message := self.read_message(3 * (seconds + GRACE_SECONDS))).done:
            answer = message.answer or answer
            if message.end:
                self.collected, self.in_session = frozenset(), False
                return Answer(claim, reason=CRASHED)
        return Answer(claim, reason=TIMED_OUT) if message.done == TIMED_OUT else answer

    def send(self, **question: Any) -> None:
        """Send a question; if the worker has ended, the next `read_message` says so."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall((json.dumps(question) + "\n").encode())

    def read_message(self, seconds: float) -> Message:
        """Read a message within some *seconds*."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self.buffer:
            if time.monotonic() > deadline or self.stopping.is_set():
                raise self.failure("stopped answering")
            with contextlib.suppress(TimeoutError):
                self.buffer += self.receive()
        line, _, self.buffer = self.buffer.partition(b"\n")
        try:
            return msgspec.json.decode(line, type=Message)
        except UNREADABLE as error:  # the mutant may affect the code that writes the answer
            raise self.failure(f"answered {line[-80:]!r}") from error

    def receive(self) -> bytes:
        """Receive some bytes; a worker that ends resets the connection if it leaves a question unread."""
        with contextlib.suppress(ConnectionError):
            if data := self.socket.recv(1 << 16):
                return data
        raise self.failure("ended")

    def failure(self, what: str) -> WorkerError:
        """Close the worker; return the error to raise."""
        self.close()
        self.collected, self.in_session = frozenset(), False
        output = " ".join(self.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
        return WorkerError(f"pytest {what}: {output}.", "The search starts a new worker.")

    def close(self) -> None:
        """End the worker and all its descendants, if it runs."""
        if self.process:
            self.socket.close()
            self.kill_descendants()  # first, because daemons lose their parent when the worker ends
            runs.terminate(self.process)
            self.process = None

    def kill_descendants(self) -> None:
        """End the processes of the session and of its claims, and those that they start meanwhile."""
        for _ in range(KILL_ROUNDS):
            processes = runs.descendants(self.process.pid) if self.process else []
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not processes:
                return
            time.sleep(0.02)
