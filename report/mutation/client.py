"""The client of a worker (see `worker`): it starts the worker in a sandbox, asks it questions, and ends it."""

import contextlib
import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import psutil  # type: ignore[import-untyped]

from report.errors import ReportError
from report.measure import runs
from report.model import Evidence, Outcome
from report.mutation.sandbox import Sandbox, original_path
from report.mutation.worker import AT_IMPORT, END, FRESH_END, PIPES
from report.settings import Settings

START_TIMEOUT = 90  # seconds for a worker to collect its claims
MAX_SECONDS = 300  # for all claims of one question
KILL_ROUNDS = 50  # attempts to end all descendants of a worker
MARGIN = 10  # seconds that the client waits longer than the claims may run
RESTART_HINT = "The search starts a new worker."


@dataclass(frozen=True)
class Answer:
    """The result of a claim in a worker: its duration in *seconds* and, if refuted, the `worker.refutation_kind`."""

    id: str
    outcome: Outcome
    seconds: float
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    kind: str | None = None


class WorkerError(ReportError):
    """A worker stopped answering or ended; it is of no more use."""


class Client:
    """A worker that has collected *claims* (ids or files) in *sandbox*; the context manager ends all its processes.

    Without claims it is a fresh worker, which has not imported the claims or their packages (see `fresh_worker`).
    """

    def __init__(
        self, settings: Settings, sandbox: Sandbox, stopping: threading.Event, claims: Sequence[str] = ()
    ) -> None:
        self.sandbox, self.stopping = sandbox, stopping
        worker_questions, self.questions = os.pipe()
        self.answers, worker_answers = os.pipe()
        self.log = sandbox.root.with_name("worker.log" if claims else "fresh_worker.log")
        sandbox_settings = replace(
            settings, root=sandbox.project, claims=sandbox.project / settings.claims.relative_to(settings.root)
        )
        environment = {
            **runs.variables(sandbox_settings, "worker"),
            "PATH": os.pathsep.join([str(sandbox.python.parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(sandbox.root),
            PIPES: f"{worker_questions},{worker_answers}",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603
                worker_command(sandbox, sandbox_settings, claims),
                cwd=sandbox_settings.root, env=environment, pass_fds=(worker_questions, worker_answers),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        os.close(worker_questions)
        os.close(worker_answers)
        self.buffer = b""
        self.end_key = END if claims else FRESH_END
        self.ready = False
        self.texts: dict[str, str] = {}  # for each collected claim, its source and the source of all that it uses

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker and all its descendants."""
        os.close(self.questions)
        self.kill_descendants()  # first, because daemons lose their parent when the worker ends
        runs.terminate(self.process)
        os.close(self.answers)

    def ask(
        self, claims: Sequence[str], seconds: float, mutated_file: str = "", trace: Path | None = None
    ) -> list[Answer] | None:
        """Run *claims*, each for at most *seconds*, and return their answers.

        *mutated_file* names the mutated file, if any. *trace* is the path of a new trace, if any. Return None if the
        mutation takes effect only when the module is imported again.

        Raises:
            WorkerError: the worker stopped answering or ended.
        """
        self.wait_until_ready()
        question: dict[str, Any] = {
            "claims": list(claims), "seconds": seconds, "tracing": self.sandbox.tracing_options,
        }  # fmt: skip
        if mutated_file:
            path, original = self.sandbox.path(mutated_file), original_path(mutated_file)
            question["mutated"] = {"path": str(path), "original": str(original)}
        if trace:
            question["trace"] = str(trace)
        with contextlib.suppress(BrokenPipeError):
            os.write(self.questions, (json.dumps(question) + "\n").encode())
        return self.read_answers(time.monotonic() + min(2 * seconds * len(claims), MAX_SECONDS) + MARGIN)

    def wait_until_ready(self) -> None:
        """Wait until the worker has collected the claims and imported their modules."""
        if not self.ready:
            self.texts = self.read_line(time.monotonic() + START_TIMEOUT).get("texts", {})
            self.ready = True

    def read_answers(self, deadline: float) -> list[Answer] | None:
        """Read all answers to one question (see `ask`)."""
        answers = []
        while self.end_key not in (line := self.read_line(deadline)):
            if "outcome" in line:
                answers.append(msgspec.convert(line, Answer))
        self.kill_descendants()
        return None if line[self.end_key] == AT_IMPORT else answers

    def read_line(self, deadline: float) -> dict[str, Any]:
        """Read one line of an answer."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.answers, selectors.EVENT_READ)
            while b"\n" not in self.buffer:
                ready = selector.select(0.2)
                data = os.read(self.answers, 1 << 16) if ready else b""
                if (ready and not data) or time.monotonic() > deadline or self.stopping.is_set():
                    output = " ".join(self.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
                    raise WorkerError(f"pytest {'ended' if ready else 'stopped answering'}: {output}.", RESTART_HINT)
                self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        try:
            fields: dict[str, Any] = json.loads(line)
        except ValueError as error:  # the mutant may affect the code that writes the answer
            raise WorkerError(f"pytest answered {line[-80:]!r}.", RESTART_HINT) from error
        return fields

    def kill_descendants(self) -> None:
        """End the processes that the claims left behind, and those that they start meanwhile."""
        for _ in range(KILL_ROUNDS):
            processes = runs.descendants(self.process.pid)
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not processes:
                return
            time.sleep(0.02)


def worker_command(sandbox: Sandbox, settings: Settings, claims: Sequence[str]) -> list[str]:
    """Return the command of a worker for *claims*; without claims, that of a fresh worker."""
    command = runs.command(str(sandbox.python), settings, Path(os.devnull), "-p", "report.mutation.worker", *claims)
    if claims:
        return command
    tools = [tool for tool in settings.tools if not tool.endswith(".py")]
    return [command[0], "-m", "report.mutation.fresh_worker", *tools, "--", *command[3:]]
