"""A sandbox: a copy of the current virtual environment in which a worker runs claims with a mutant (see `worker`).

Each file is a symbolic link to the original, and a mutated file replaces its link: every process that starts from the
sandbox sees the mutant. PYTHONPATH or an import hook would not do: claims start programs that heed neither. The search
never writes to the environment itself.
"""

import contextlib
import itertools
import multiprocessing
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from report.errors import ReportError
from report.measure import runs
from report.measure.kills import Kind
from report.model import Evidence, Outcome
from report.mutation.worker import GRACE_SECONDS, TIMED_OUT
from report.settings import Settings

SITE = Path(sysconfig.get_path("purelib"))
WITHOUT_BYTECODE = shutil.ignore_patterns("__pycache__")  # a sandbox writes its own
START_SECONDS = 120  # for a worker to import the tools, or for a session to collect its claims
CRASHED = "crashed"  # the reason of an answer that no claim gave
HOOK = """\
import os

if os.environ.get("CLAIM_TRACE"):
    import importlib.util

    spec = importlib.util.spec_from_file_location("claim_trace", {tracing!r})
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Tracing(os.environ["CLAIM_TRACE"], **{options!r}).start()
"""


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
    """A worker stopped answering or ended; its sandbox starts another one for the next session."""


class Sandbox:
    """A sandbox in the folder *root*, and its worker, which starts with the first session; `close` ends all processes.

    Pytest runs in a copy of the project, because a mutant may write or delete files in its working directory. If
    *stopping* is set, each method that waits for the worker raises WorkerError.
    """

    def __init__(self, root: Path, settings: Settings, stopping: threading.Event) -> None:
        self.root, self.stopping = root, stopping
        self.python, self.site = root / "bin" / Path(sys.executable).name, root / SITE.relative_to(sys.prefix)
        self.original, project = settings, root / "project"
        self.settings = replace(settings, root=project, claims=project / settings.claims.relative_to(settings.root))
        self.tracing = {"root": f"{self.site}/", "excluded": [str(self.site / tool) for tool in settings.tools]}
        self.mtimes = itertools.count(int(time.time()) - 10**8, 2)  # Python checks them before it uses bytecode
        self.process: subprocess.Popen[bytes] | None = None
        self.collected: Collection[str] | None = None  # in a session, its claims
        self.log = root.with_name("worker.log")

    def create(self) -> "Sandbox":
        """Create the sandbox on disk, or replace it; raises ReportError if this Python is in no virtual environment."""
        if sys.prefix == sys.base_prefix:
            hint = "Run it as `uv run python -m report falsify`."
            raise ReportError("Mutation testing needs a virtual environment.", hint)
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(sys.prefix, self.root, symlinks=True, copy_function=os.symlink, ignore=WITHOUT_BYTECODE)
        for program in self.python.parent.iterdir():
            if not program.is_dir() and (code := program.read_bytes()).startswith(f"#!{sys.prefix}/".encode()):
                program.unlink()
                program.write_bytes(code.replace(sys.prefix.encode(), str(self.root).encode(), 1))
                program.chmod(0o755)
        hook = HOOK.format(tracing=str(Path(__file__).with_name("tracing.py")), options=self.tracing)
        (self.site / "sitecustomize.py").write_text(hook, encoding="utf-8")
        source, copy = self.original.root, self.settings.root
        for name in (self.original.claims.relative_to(source), "report"):
            shutil.copytree(source / name, copy / name, ignore=WITHOUT_BYTECODE)
        for name in ("conftest.py", "pyproject.toml"):
            shutil.copy2(source / name, copy)
        return self

    @contextlib.contextmanager
    def mutated(self, file: str, text: str) -> Iterator[None]:
        """Replace a file (relative to site-packages) by the mutated *text* during a `with` block."""
        path = self.site / file
        path.unlink()
        path.write_text(text, encoding="utf-8")
        os.utime(path, (mtime := next(self.mtimes), mtime))
        try:
            yield
        finally:
            path.unlink()
            path.symlink_to(SITE / file)

    def start(self) -> None:
        """Start the worker unless it runs; wait until it has imported the tools."""
        if self.process:
            return
        self.connection, other_end = multiprocessing.Pipe()
        environment = {
            **runs.variables(self.settings, "worker"),
            "PATH": os.pathsep.join([str(self.python.parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.root),
        }
        python, _, _, *arguments = runs.command(str(self.python), self.settings, Path(os.devnull))
        tools = [tool for tool in self.settings.tools if not tool.endswith(".py")]
        with self.log.open("wb") as log, other_end:
            self.process = subprocess.Popen(  # noqa: S603
                [python, "-m", "report.mutation.worker", str(other_end.fileno()), *tools, "--", *arguments],
                cwd=self.settings.root, env=environment, pass_fds=[other_end.fileno()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._receive(START_SECONDS)

    @contextlib.contextmanager
    def session(self, modules: Sequence[str]) -> Iterator[Collection[str]]:
        """A block with a session that has collected *modules*; it gives the ids of the claims, none if that failed."""
        self.start()
        self._send(list(modules))
        self.collected = self._receive(START_SECONDS)
        try:
            yield self.collected or ()
        finally:
            if self.collected is not None:
                self._send(None)
                self.collected = self._receive(START_SECONDS)

    def run(self, claim: str, seconds: float, trace: Path | None = None) -> Answer:
        """Run a claim of the session for at most *seconds*; *trace* is the path of a new trace, if any.

        A claim that ended without an outcome has the reason CRASHED or TIMED_OUT.
        """
        crashed = answer = Answer(claim, reason=CRASHED)
        if claim not in (self.collected or ()):
            return crashed
        self._send((claim, seconds, {"file": str(trace), **self.tracing} if trace else None))
        while isinstance(message := self._receive(3 * (seconds + GRACE_SECONDS)), dict):
            answer = msgspec.convert(message, Answer)
        if message is None:  # the session has ended
            self.collected = None
            return crashed
        return Answer(claim, reason=TIMED_OUT) if message == TIMED_OUT else answer

    def _send(self, message: Any) -> None:
        with contextlib.suppress(ConnectionError):  # if the worker has ended, the next `_receive` says so
            self.connection.send(message)

    def _receive(self, seconds: float) -> Any:
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
