"""Running claims with pytest: a separate process, with the Python of any environment.

Library considered: pytest-timeout ends a test; it cannot end an interpreter that does not start or stop.
"""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import psutil  # type: ignore[import-untyped]

from report.errors import ReportError
from report.files import write_whole
from report.measure import commands, records
from report.settings import Settings

SILENCE_SECONDS = 180  # a run without a new record for this long is ended
END_SECONDS = 5  # a process has this long to react to a signal
Process = subprocess.Popen[bytes]
REMOVED_VARIABLES = ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "PYTHONPATH")


class Stopping(Protocol):
    """What says that a run has to end early, such as a `threading.Event`."""

    def is_set(self) -> bool:
        """Whether it has to."""


def collect(settings: Settings, keyword: str | None) -> list[records.Record]:
    """Collect all claims, or those that *keyword* (as pytest's `-k`) selects; raises ReportError if pytest failed.

    All claims are kept in a file, and read from it while what pytest would read is the same.
    """
    if keyword:
        return collect_with_pytest(settings, keyword)
    packages = [(path, Path(path).stat().st_mtime_ns) for path in sys.path if path.endswith("site-packages")]
    depends_on = (digest(settings, "**/*"), sys.version, packages, os.environ.get("ARTICLES_DIR"))
    path = work_folder(settings) / f"collected-{hashlib.sha256(repr(depends_on).encode()).hexdigest()[:16]}.json"
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(path.read_bytes(), type=list[records.Record])
    collected = collect_with_pytest(settings, None)
    for older in path.parent.glob("collected-*.json"):
        older.unlink(missing_ok=True)
    write_whole(path, msgspec.json.encode(collected).decode())
    return collected


def digest(settings: Settings, pattern: str = "**/*.py") -> str:
    """A hash of what the outcome of a claim depends on here: the settings, our code, and the claims' files."""
    claims = settings.claims.relative_to(settings.root).as_posix()
    patterns = ("pyproject.toml", "*.py", "report/probe/*.py", f"{claims}/{pattern}")
    files = sorted(path for each in patterns for path in settings.root.glob(each) if path.is_file())
    hashed = hashlib.sha256()
    for path in files:
        if "__pycache__" not in path.parts and path not in (settings.ledger, settings.kills, settings.index):
            hashed.update(f"{path.relative_to(settings.root)}\0".encode() + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def collect_with_pytest(settings: Settings, keyword: str | None) -> list[records.Record]:
    """Collect claims as `collect` does, with pytest."""
    chosen = ["-k", keyword] if keyword else []
    hint = "Try `uv run pytest claims --collect-only`."
    folder = os.path.relpath(settings.claims, settings.root)
    with private_file(settings, "claims.jsonl") as record:
        collecting = command(sys.executable, settings, record, "--collect-only", *chosen, folder)
        done = commands.run(collecting, SILENCE_SECONDS, cwd=settings.root, env=variables(settings, "here"))
        if done.returncode:
            reason = " ".join((done.stdout + done.stderr).split())[-300:]
            raise ReportError(f"The claims could not be collected: {reason}.", hint)
        return list(records.read(record).records)


def run(
    settings: Settings,
    name: str,
    python: Path,
    claims: Sequence[str],
    *,
    label: str | None = None,
    hash_seed: int = 0,
    profile: str | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
    stopping: Stopping | None = None,
) -> records.RecordedRun:
    """Run *claims* (ids) with the interpreter *python*; *name* is the environment's, *label* names its files.

    Calls *on_progress* with the number of claims run. Ends the run early if *stopping* is set.
    """
    label = label or name
    options = [f"--hypothesis-profile={profile}"] if profile else []
    with private_file(settings, f"{label}.jsonl") as record, private_file(settings, f"{label}.txt") as chosen:
        write_whole(chosen, "".join(f"{claim}\n" for claim in claims))
        with log_path(settings, label).open("w") as log:
            process = subprocess.Popen(  # noqa: S603
                command(str(python), settings, record, *options, f"@{chosen}"),
                cwd=settings.root, env=variables(settings, name) | {"PYTHONHASHSEED": str(hash_seed)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            watch(process, record, on_progress, stopping or threading.Event())
        return records.read(record, allow_truncated=True)


def watch(process: Process, record: Path, on_progress: Callable[[int], None], stopping: Stopping) -> None:
    """Wait until a run ends; end it if it records nothing for SILENCE_SECONDS or *stopping* is set."""
    done, last = -1, time.monotonic()
    try:
        while process.poll() is None and not stopping.is_set() and time.monotonic() - last < SILENCE_SECONDS:
            now = record.read_bytes().count(b'\n{"claim"') if record.exists() else -1
            if now != done:
                done, last = now, time.monotonic()
                on_progress(max(now, 0))
            time.sleep(0.1)
    finally:
        terminate(process)


def terminate(process: Process) -> None:
    """End a process and its descendants: first as Ctrl-C does, so that pytest cleans up, then by force."""
    started = descendants(process.pid)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
    for descendant in started:
        with contextlib.suppress(psutil.Error):
            descendant.kill()
    psutil.wait_procs(started, timeout=END_SECONDS)


def descendants(pid: int) -> list[psutil.Process]:
    """The running descendants of a process, including those in other sessions; a zombie has ended."""
    running = []
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if child.status() != psutil.STATUS_ZOMBIE:
                    running.append(child)
    return running


def command(python: str, settings: Settings, record: Path, *arguments: str) -> list[str]:
    """The command that runs claims with pytest in the project's folder and writes *record*.

    The root directory is `.` because pytest interprets characters such as `$` and `[` in a path. `unraisableexception`
    collects garbage five times at the end for warnings that nobody reads. Source in tracebacks takes time to print.
    """
    without = [f"-pno:{name}" for name in ("cacheprovider", "unraisableexception")]
    quiet = ["-n0", "-q", "--no-header", "--color=no", "--tb=line", *without]
    return [python, "-m", "pytest", "--rootdir", ".", *quiet, f"--record={record}", *arguments]


def variables(settings: Settings, name: str) -> dict[str, str]:
    """The environment variables of a run in the environment *name*.

    Each environment has its own bytecode folder, which is deleted with it: the bytecode of pytest's assertions depends
    on the installed packages, and Python checks only a source file's size and time (in seconds). What runs here may use
    the folder of this process. The hash seed is fixed because evidence shows sets, and their order must not vary.
    """
    kept = {key: value for key, value in os.environ.items() if key not in REMOVED_VARIABLES}
    outer = os.environ.get("PYTHONPYCACHEPREFIX") if name == "here" else None
    bytecode = outer or str(environments_folder(settings) / name / "bytecode")
    return {**kept, "PYTHONPYCACHEPREFIX": bytecode, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}


def log_tail(settings: Settings, name: str) -> str:
    """The last 300 characters of pytest's output in the environment *name*, in one line."""
    return " ".join(log_path(settings, name).read_text(encoding="utf-8", errors="replace").split())[-300:]


def log_path(settings: Settings, name: str) -> Path:
    """The file with pytest's output in the environment *name*."""
    return work_folder(settings) / f"{name}.log"


@contextlib.contextmanager
def private_file(settings: Settings, name: str) -> Iterator[Path]:
    """The path of a temporary file of this process: another process may run the same claims at the same time."""
    path = work_folder(settings) / f"{os.getpid()}-{name}"
    path.unlink(missing_ok=True)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def delete_leftovers(settings: Settings) -> None:
    """Delete the temporary files of processes that were killed."""
    for path in work_folder(settings).glob("*-*"):
        pid = path.name.partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)


def environments_folder(settings: Settings) -> Path:
    """The folder of all environments."""
    return work_folder(settings) / "environments"


def work_folder(settings: Settings) -> Path:
    """The folder for environments, logs and temporary files; it is created if necessary."""
    folder = settings.root / ".history"
    folder.mkdir(exist_ok=True)
    return folder.resolve()
