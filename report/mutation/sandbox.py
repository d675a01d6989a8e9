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
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from report.errors import ReportError
from report.measure import runs
from report.mutation import tracing
from report.mutation.matrix import Cell
from report.mutation.operators import SITE, Mutation
from report.mutation.worker import Question
from report.settings import Settings

WITHOUT_BYTECODE = shutil.ignore_patterns("__pycache__")  # a sandbox writes its own
START_SECONDS = 60  # for a worker to import the tools, or for a session to import a mutant and to collect a claim


class Sandbox:
    """A sandbox in the folder *root*, and its worker, which starts with the first session; `close` ends all processes.

    Pytest runs in a copy of the project, because a mutant may write or delete files in its working directory. If
    *stopping* is set, `run` raises TimeoutError.
    """

    def __init__(self, root: Path, settings: Settings, stopping: threading.Event) -> None:
        self.root, self.stopping = root, stopping
        self.python, self.site = root / "bin" / Path(sys.executable).name, root / SITE.relative_to(sys.prefix)
        self.original, project = settings, root / "project"
        self.settings = replace(settings, root=project, claims=project / settings.claims.relative_to(settings.root))
        self.tracing = {"root": f"{self.site}/", "excluded": [str(self.site / tool) for tool in settings.tools]}
        self.mtimes = itertools.count(int(time.time()) - 10**8, 2)  # Python checks them before it uses bytecode
        self.process: subprocess.Popen[bytes] | None = None
        self.log = root.with_name("worker.log")
        self.temporary = tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True)
        Path(self.temporary.name).chmod(0o755)  # a web server may run as another user

    def create(self) -> "Sandbox":
        """Create the sandbox on disk, or replace it; raises ReportError without Linux or a virtual environment."""
        if sys.prefix == sys.base_prefix or not hasattr(os, "pidfd_open"):
            hint = "Run it as `uv run python -m report falsify`."
            raise ReportError("Mutation testing needs Linux and a virtual environment.", hint)
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(sys.prefix, self.root, symlinks=True, copy_function=os.symlink, ignore=WITHOUT_BYTECODE)
        for program in self.python.parent.iterdir():
            if not program.is_dir() and (code := program.read_bytes()).startswith(f"#!{sys.prefix}/".encode()):
                program.unlink()
                program.write_bytes(code.replace(sys.prefix.encode(), str(self.root).encode(), 1))
                program.chmod(0o755)
        (self.site / "sitecustomize.py").symlink_to(tracing.__file__)
        source, copy = self.original.root, self.settings.root
        for name in (self.original.claims.relative_to(source), "report"):
            shutil.copytree(source / name, copy / name, ignore=WITHOUT_BYTECODE)
        for name in ("conftest.py", "pyproject.toml"):
            shutil.copy2(source / name, copy)
        return self

    def start(self) -> None:
        """Start the worker unless it runs; wait until it has imported the tools."""
        if self.process:
            return
        self.connection, other_end = multiprocessing.Pipe()
        environment = {
            **runs.variables(self.settings, "worker"),
            "PATH": os.pathsep.join([str(self.python.parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.root),
            "TMPDIR": self.temporary.name,  # a claim's process ends before pytest deletes the claim's folder
        }
        python, _, _, *options, _ = runs.command(str(self.python), self.settings, Path(os.devnull))
        arguments = [*options, "--plain", str(self.settings.claims.relative_to(self.settings.root))]
        tools = [tool for tool in self.settings.tools if not tool.endswith(".py")]
        with self.log.open("wb") as log, other_end:
            self.process = subprocess.Popen(  # noqa: S603
                [python, "-m", "report.mutation.worker", str(other_end.fileno()), *tools, "--", *arguments],
                cwd=self.settings.root, env=environment, pass_fds=[other_end.fileno()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            list(self._answers(START_SECONDS))
        except (EOFError, OSError) as error:
            self.close()
            output = " ".join(self.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
            raise ReportError(f"The worker of a sandbox did not start: {output}.", "Try it again.") from error

    @contextlib.contextmanager
    def session(self, mutation: Mutation | None = None) -> Iterator[None]:
        """A `with` block in which claims run together, with a mutation, if any."""
        self.start()  # before the mutation, so that the worker imports the original files
        path = self.site / (mutation.file if mutation else "")
        if mutation:
            path.unlink()
            path.write_text(mutation.text, encoding="utf-8")
            os.utime(path, (mtime := next(self.mtimes), mtime))
        try:
            yield
        finally:
            self._ask(None, 0)
            if mutation:
                path.unlink()
                path.symlink_to(SITE / mutation.file)

    def run(self, claim: str, seconds: float, trace: Path | None = None) -> Cell:
        """Run a claim of the session for at most *seconds*; *trace* is the path of a new trace, if any."""
        self.start()
        return self._ask((claim, seconds, {"file": str(trace), **self.tracing} if trace else None), seconds)

    def _ask(self, question: Question | None, seconds: float) -> Cell:
        """Send a question, or None at the end of a session; a worker that does not answer in time is closed."""
        cell = Cell("crashed")  # if there is no answer
        try:
            self.connection.send(question)
            for answer in self._answers(START_SECONDS + seconds):
                cell = msgspec.convert(answer, Cell)
        except (EOFError, OSError) as error:
            self.close()
            if question and self.stopping.is_set():
                raise
            return Cell("timed out") if isinstance(error, TimeoutError) else cell
        return cell

    def _answers(self, seconds: float) -> Iterator[Any]:
        """Yield what the worker sends until it is ready; raises TimeoutError, or if it ended OSError or EOFError."""
        deadline = time.monotonic() + seconds
        while True:
            while not self.connection.poll(0.2):
                if time.monotonic() > deadline or self.stopping.is_set():
                    raise TimeoutError
            if (message := self.connection.recv()) is None:
                return
            yield message

    def close(self) -> None:
        """End the worker and all its descendants, if it runs."""
        if self.process:
            self.connection.close()
            runs.terminate(self.process)
            self.process = None
