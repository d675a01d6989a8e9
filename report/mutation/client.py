"""The client of a worker (see `worker`): it starts the worker in a sandbox, asks it questions, and ends it."""

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psutil  # type: ignore[import-untyped]

from report.errors import UNREADABLE, ReportError
from report.measure import runs
from report.measure.kills import Kind
from report.model import Evidence, Outcome
from report.mutation.sandbox import SITE, Sandbox
from report.mutation.worker import AT_IMPORT, SOCKET

START_TIMEOUT = 90  # seconds for a worker to collect its claims
MAX_SECONDS = 300  # for all claims of one question
KILL_ROUNDS = 50  # attempts to end all descendants of a worker
MARGIN = 10  # seconds that the client waits longer than the claims may run


@dataclass(frozen=True)
class Answer:
    """The result of a claim in a worker: its duration in *seconds* and the `worker.refutation_kind`, if any."""

    id: str
    outcome: Outcome
    seconds: float
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True)
class Message:
    """A line from a worker: *texts* as it starts, an *answer* for each claim that ran, and the *end* of the answers."""

    texts: Mapping[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    end: str | None = None


class WorkerError(ReportError):
    """A worker stopped answering or ended; its client starts another one for the next question."""


class Client:
    """A worker that collects *claims* (ids or files) in *sandbox*; it starts at the first question.

    Without claims it is a fresh worker, which has not imported the claims or their packages (see `fresh_worker`).
    `close` ends all its processes. *texts*: for each collected claim, its source and the source of all that it uses.
    """

    def __init__(self, sandbox: Sandbox, stopping: threading.Event, claims: Sequence[str] = ()) -> None:
        self.sandbox, self.stopping, self.claims = sandbox, stopping, claims
        self.process: subprocess.Popen[bytes] | None = None
        self.log = sandbox.root.with_name("worker.log" if claims else "fresh_worker.log")
        self.texts: Mapping[str, str] = {}

    def start(self) -> None:
        """Start the worker unless it runs; wait until it has imported the claims. Raises as `ask` does."""
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
        with self.log.open("wb") as log, worker_socket:
            self.process = subprocess.Popen(  # noqa: S603
                self.command(), cwd=settings.root, env=environment, pass_fds=[worker_socket.fileno()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.texts = self.read_message(time.monotonic() + START_TIMEOUT).texts

    def command(self) -> list[str]:
        """Return the command of the worker."""
        settings, plugin = self.sandbox.project_settings, ["-p", "report.mutation.worker"] if self.claims else []
        command = runs.command(str(self.sandbox.python), settings, Path(os.devnull), *plugin, *self.claims)
        if self.claims:
            return command
        tools = [tool for tool in settings.tools if not tool.endswith(".py")]
        return [command[0], "-m", "report.mutation.fresh_worker", *tools, "--", *command[3:]]

    def close(self) -> None:
        """End the worker and all its descendants, if it runs."""
        if self.process:
            self.socket.close()
            self.kill_descendants()  # first, because daemons lose their parent when the worker ends
            runs.terminate(self.process)
            self.process = None

    def ask(
        self, claims: Sequence[str], seconds: float, mutated_file: str = "", trace: Path | None = None
    ) -> list[Answer] | None:
        """Run *claims*, each for at most *seconds*; raises WorkerError if the worker stopped answering or ended.

        *mutated_file* names the mutated file, if any. *trace* is the path of a new trace, if any. Return None if the
        mutation takes effect only when the module is imported again.
        """
        self.start()
        question: dict[str, Any] = {"claims": list(claims), "seconds": seconds}
        if mutated_file:
            question["mutated"] = {"path": str(self.sandbox.site / mutated_file), "original": str(SITE / mutated_file)}
        if trace:
            question["trace"] = {"file": str(trace), **self.sandbox.tracing_options}
        with contextlib.suppress(ConnectionError):
            self.socket.sendall((json.dumps(question) + "\n").encode())
        deadline = time.monotonic() + min(2 * seconds * len(claims), MAX_SECONDS) + MARGIN
        answers = []
        while not (message := self.read_message(deadline)).end:
            if message.answer:
                answers.append(message.answer)
        self.kill_descendants()
        return None if message.end == AT_IMPORT else answers

    def read_message(self, deadline: float) -> Message:
        """Read a message before the *deadline*; raises as `ask` does."""
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
        output = " ".join(self.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
        return WorkerError(f"pytest {what}: {output}.", "The search starts a new worker.")

    def kill_descendants(self) -> None:
        """End the processes that the claims left behind, and those that they start meanwhile."""
        for _ in range(KILL_ROUNDS):
            processes = runs.descendants(self.process.pid) if self.process else []
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not processes:
                return
            time.sleep(0.02)
