"""The other side of the bench (see `bench`): starts it in a sandbox environment, asks, and ends it."""

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
from report.mutation.sandbox import Sandbox, original
from report.mutation.worker import AT_IMPORT, END, OVER, PIPES
from report.settings import Settings

PATIENCE = 90  # seconds until a bench has collected its claims
LONG = 300  # seconds that all claims together may take that are asked for at once
ROUNDS = 50  # in which all is ended that a claim has started
MARGIN = 10  # seconds beyond the claims' own limits until a bench is given up


@dataclass(frozen=True)
class Answer:
    """What a claim did on the bench, how it was refuted if it was (see `bench.kind`), and the seconds that it took."""

    id: str
    outcome: Outcome
    seconds: float
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    kind: str | None = None


class WorkerError(ReportError):
    """A bench fell silent or ended; it cannot be asked any more."""


class Client:
    """A pytest that has collected *claims* (ids, or files) in *sandbox*; left as a context, it leaves no process.

    Without claims it has not even imported what they need, and begins from scratch each time (see `cold`).
    """

    def __init__(
        self, settings: Settings, sandbox: Sandbox, stopping: threading.Event, claims: Sequence[str] = ()
    ) -> None:
        self.sandbox, self.stopping = sandbox, stopping
        ask, self.asking = os.pipe()
        self.answers, answer = os.pipe()
        self.log = sandbox.root.with_name("bench.log" if claims else "cold.log")
        there = replace(
            settings, root=sandbox.project, claims=sandbox.project / settings.claims.relative_to(settings.root)
        )
        bin_first = os.pathsep.join([str(sandbox.python.parent), os.environ.get("PATH", os.defpath)])
        surroundings = {
            **runs.surroundings(there, "bench"),
            "PATH": bin_first,
            "HOME": str(sandbox.root),
            PIPES: f"{ask},{answer}",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603
                command(sandbox, there, claims),
                cwd=there.root, env=surroundings, pass_fds=(ask, answer),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        os.close(ask)
        os.close(answer)
        self.rest = b""
        self.last = END if claims else OVER
        self.ready = False
        self.items: dict[str, str] = {}  # the collected claims, with the texts of all that they refer to

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, and whatever it has started."""
        os.close(self.asking)
        self.clear_up()  # as long as it adopts what a daemon leaves, which nobody finds afterwards
        runs.end(self.process)
        os.close(self.answers)

    def ask(
        self, claims: Sequence[str], seconds: float, swap: str = "", trace: Path | None = None
    ) -> list[Answer] | None:
        """Run *claims*, each for at most *seconds*; *swap* is the file that is sabotaged, *trace* where to trace it.

        Gives None where the change of the file takes effect only when it is imported anew.

        Raises:
            WorkerError: the bench fell silent or ended.
        """
        self.wait()
        question: dict[str, Any] = {"claims": list(claims), "seconds": seconds, "traced": self.sandbox.traced}
        if swap:
            question["swap"] = {"path": str(self.sandbox.place(swap)), "original": str(original(swap))}
        if trace:
            question["trace"] = str(trace)
        with contextlib.suppress(BrokenPipeError):
            os.write(self.asking, (json.dumps(question) + "\n").encode())
        return self.heard(time.monotonic() + min(2 * seconds * len(claims), LONG) + MARGIN)

    def wait(self) -> None:
        """Wait until the claims are collected, and all that they import at once is imported."""
        if not self.ready:
            self.items = self.line(time.monotonic() + PATIENCE).get("items", {})
            self.ready = True

    def heard(self, deadline: float) -> list[Answer] | None:
        """What the bench answers."""
        answers = []
        while self.last not in (line := self.line(deadline)):
            if "outcome" in line:
                answers.append(msgspec.convert(line, Answer))
        self.clear_up()
        return None if line[self.last] == AT_IMPORT else answers

    def line(self, deadline: float) -> dict[str, Any]:
        """The next line of the bench's answer."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.answers, selectors.EVENT_READ)
            while b"\n" not in self.rest:
                ready = selector.select(0.2)
                read = os.read(self.answers, 1 << 16) if ready else b""
                if (ready and not read) or time.monotonic() > deadline or self.stopping.is_set():
                    said = " ".join(self.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
                    raise WorkerError(f"pytest {'ended' if ready else 'fell silent'}: {said}.", "It is started anew.")
                self.rest += read
        first, _, self.rest = self.rest.partition(b"\n")
        try:
            found: dict[str, Any] = json.loads(first)
        except ValueError as error:  # what is sabotaged may be what writes the answer
            raise WorkerError(f"pytest answered {first[-80:]!r}.", "It is started anew.") from error
        return found

    def clear_up(self) -> None:
        """End what the claims have left behind, and what that starts before its end."""
        for _ in range(ROUNDS):
            left = runs.descendants(self.process.pid)
            for one in left:
                with contextlib.suppress(psutil.Error):
                    one.kill()
            if not left:
                return
            time.sleep(0.02)


def command(sandbox: Sandbox, there: Settings, claims: Sequence[str]) -> list[str]:
    """The command of a bench for *claims*, or of a cold one."""
    warm = runs.command(str(sandbox.python), there, Path(os.devnull), "-p", "report.mutation.worker", *claims)
    if claims:
        return warm
    tools = [one for one in there.tools if not one.endswith(".py")]
    return [warm[0], "-m", "report.mutation.fresh_worker", *tools, "--", *warm[3:]]
