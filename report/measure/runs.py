"""Running claims with pytest in a process of its own, in whichever environment."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from report.errors import ReportError
from report.files import write_whole
from report.measure import records
from report.settings import Settings

SILENCE = 180  # seconds without a new record after which a run is given up
PATIENCE = 5  # seconds that a process has to end by itself
FOREIGN = ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "PYTHONPATH")


def collect(settings: Settings, keyword: str | None) -> list[records.Record]:
    """Every claim as it stands now, or those that *keyword* (as pytest's `-k`) selects; none is run."""
    chosen = ["-k", keyword] if keyword else []
    hint = "Try `uv run pytest claims --collect-only`."
    folder = os.path.relpath(settings.claims, settings.root)
    with own(settings, "claims.jsonl") as record:
        asked = command(sys.executable, settings, record, "--collect-only", *chosen, folder)
        try:
            done = subprocess.run(  # noqa: S603
                asked, cwd=settings.root, env=surroundings(settings, "here"),
                capture_output=True, text=True, check=False, timeout=SILENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ReportError(f"The claims could not be collected within {SILENCE} s.", hint) from error
        if done.returncode:
            why = " ".join((done.stdout + done.stderr).split())[-300:]
            raise ReportError(f"The claims could not be collected: {why}.", hint)
        return list(records.read(record).records)


def run(
    settings: Settings,
    name: str,
    python: Path,
    claims: Sequence[str],
    *,
    profile: str | None = None,
    heard: Callable[[int], None] = lambda done: None,
    stopping: threading.Event | None = None,
) -> records.Recorded:
    """Run *claims* (by id) with *python*, under *name*; calls *heard* with how many are done, ends when *stopping*.

    Raises:
        TruncatedRunError: pytest did not even begin.
    """
    options = [f"--hypothesis-profile={profile}"] if profile else []
    with own(settings, f"{name}.jsonl") as record, own(settings, f"{name}.txt") as chosen:
        write_whole(chosen, "".join(f"{claim}\n" for claim in claims))
        with log_of(settings, name).open("w") as log:
            process = subprocess.Popen(  # noqa: S603
                command(str(python), settings, record, *options, f"@{chosen}"),
                cwd=settings.root, env=surroundings(settings, name),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            wait(process, record, heard, stopping or threading.Event())
        return records.read(record, partly=True)


def wait(
    process: "subprocess.Popen[bytes]", record: Path, heard: Callable[[int], None], stopping: threading.Event
) -> None:
    """Watch a run until it ends; end it when it falls silent or we are stopped."""
    done, last = -1, time.monotonic()
    try:
        while process.poll() is None and not stopping.is_set() and time.monotonic() - last < SILENCE:
            now = record.read_bytes().count(b'\n{"claim"') if record.exists() else -1
            if now != done:
                done, last = now, time.monotonic()
                heard(max(now, 0))
            time.sleep(0.1)
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and whatever it has started: as Ctrl-C does, which has pytest clear up, and then by force."""
    started = descendants(process.pid)
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    for one in started:
        with contextlib.suppress(psutil.Error):
            one.kill()


def descendants(pid: int) -> list[psutil.Process]:
    """What a process has started and that still runs, in sessions of their own too."""
    found: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        found += psutil.Process(pid).children(recursive=True)
    return [one for one in found if still_runs(one)]


def still_runs(process: psutil.Process) -> bool:
    """Tell whether a process has not ended yet."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def command(python: str, settings: Settings, record: Path, *arguments: str) -> list[str]:
    """The command that records a run of the claims, from the folder of the project.

    That is named by a dot: pytest reads signs like `$` and `[` in a path as its own. What looks for unraisable
    exceptions has the garbage collected five times at the end, and nobody reads its warnings here. Nor does anybody
    read a traceback: evidence is what a refuted claim leaves, and to print the source around it costs more than that.
    """
    without = [f"-pno:{name}" for name in ("cacheprovider", "unraisableexception")]
    quiet = ["-n0", "-q", "--no-header", "--color=no", "--tb=line", *without]
    return [python, "-m", "pytest", "--rootdir", ".", *quiet, f"--record={record}", *arguments]


def surroundings(settings: Settings, name: str) -> dict[str, str]:
    """The environment variables of a run: bytecode of its own, as pytest's depends on the packages beside it.

    It lies in the environment, and goes with it: it is told from another release's by a file's second and size alone.
    Sets are in the same order each time, as evidence shows them.
    """
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    bytecode = environments(settings) / name / "bytecode"
    return {**kept, "PYTHONPYCACHEPREFIX": str(bytecode), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}


def last_words(settings: Settings, name: str) -> str:
    """The end of what pytest printed in the run of *name*."""
    return " ".join(log_of(settings, name).read_text(encoding="utf-8", errors="replace").split())[-300:]


def log_of(settings: Settings, name: str) -> Path:
    """Where the run of *name* prints."""
    return work(settings) / f"{name}.log"


@contextlib.contextmanager
def own(settings: Settings, name: str) -> Iterator[Path]:
    """A file of this process, for a while: another may run the same claims at the same time."""
    path = work(settings) / f"{os.getpid()}-{name}"
    path.unlink(missing_ok=True)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def clear_up(settings: Settings) -> None:
    """Delete the files of processes that were killed before they could do it."""
    for path in work(settings).glob("*-*"):
        pid = path.name.partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)


def environments(settings: Settings) -> Path:
    """Where the environments are."""
    return work(settings) / "environments"


def work(settings: Settings) -> Path:
    """Where environments and records are kept between runs."""
    folder = settings.root / ".history"
    folder.mkdir(exist_ok=True)
    return folder.resolve()
