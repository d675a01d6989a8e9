"""The history: every claim on every release, each release in an environment of its own.

Only cells that are missing or stale are run. What a release gave goes into the ledger as soon as it is there,
so that an interrupted history goes on where it was.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from report.errors import ReportError, TruncatedRunError
from report.files import write_whole
from report.measure import ledger, records, releases, stacks
from report.settings import Settings

SILENCE = 180  # seconds without a new record after which a run is given up
Watch = Callable[["Lane", str, int], None]  # called with a lane, what it is doing, and how many cells are done


@dataclass(frozen=True)
class Lane:
    """A release as it is run: *stack* is None for the subject as it is installed here."""

    release: releases.Known
    stack: stacks.Stack | None
    environment: ledger.Environment
    current: bool = False

    @property
    def name(self) -> str:
        """The name of the environment in the ledger: the current release has two, one for each Python."""
        second = self.current and self.stack is not None
        return f"{self.release.version}@{self.environment.python}" if second else self.release.version

    def absent(self, component: str | None) -> str | None:
        """Why this lane cannot have *component*, where its stack says so."""
        told = {canonicalize_name(one): why for one, why in (self.stack.absent if self.stack else {}).items()}
        return told.get(canonicalize_name(component)) if component else None


@dataclass(frozen=True)
class Task:
    """What is to run in a lane: claims by id, and how many of them for which reason."""

    lane: Lane
    claims: Sequence[str]
    why: Mapping[str, int]


def lanes(settings: Settings, here: ledger.Environment, installed: str, versions: Sequence[str] = ()) -> list[Lane]:
    """Every release that is run, or those of *versions*, oldest first; the one *installed* here comes twice.

    Raises:
        ReportError: the releases or the stacks cannot be read, or a version is not among them.
    """
    chosen = releases.chosen(settings.releases, versions)
    known = stacks.read(settings.stacks)
    found = []
    for release in chosen:
        if release.stack not in known:
            raise ReportError(f"{release.version} names a stack {release.stack!r} that does not exist.", "See stacks/.")
        stack = known[release.stack]
        pins = stack.beside(release, settings.subject)
        current = release.version == installed
        if current:
            found.append(Lane(release, None, here, current))
        beside = ledger.Environment(stack.python, stacks.fingerprint(pins, stack.python))
        found.append(Lane(release, stack, beside, current))
    return found


def collect(settings: Settings, keyword: str | None) -> list[records.Record]:
    """Every claim as it stands now, or those that *keyword* (as pytest's `-k`) selects; none is run."""
    record = work(settings) / "claims.jsonl"
    chosen = ["-k", keyword] if keyword else []
    done = subprocess.run(  # noqa: S603
        pytest(sys.executable, settings, record, "--collect-only", *chosen, str(settings.claims)),
        cwd=settings.root, env=surroundings(settings, "here"), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        why = " ".join((done.stdout + done.stderr).split())[-300:]
        raise ReportError(f"The claims could not be collected: {why}", "Try `uv run pytest claims --collect-only`.")
    return list(records.read(record).records)


def plan(known: ledger.Ledger, chosen: Iterable[Lane], claims: Sequence[records.Record], again: bool) -> list[Task]:
    """What is missing or stale in each lane, or everything if it is to run *again*."""
    tasks = []
    for lane in chosen:
        why = {claim.id: reason(known, lane, claim, again) for claim in claims}
        wanted = [claim for claim, because in why.items() if because]
        tasks.append(Task(lane, wanted, Counter(because for because in why.values() if because)))
    return tasks


def reason(known: ledger.Ledger, lane: Lane, claim: records.Record, again: bool) -> str | None:
    """Why a cell has to be run; None if it need not."""
    if again:
        return "asked for"
    entry = known.entries.get(claim.id)
    if entry is None:
        return "new claim"
    if entry.fingerprint != claim.fingerprint:
        return "the claim's test has changed"
    if known.environments.get(lane.name) != lane.environment:
        return "new release" if lane.name not in known.environments else "its stack has changed"
    return None if lane.name in entry.cells else "not measured yet"


class History:
    """Runs tasks, several at once, and takes what they give over into the ledger."""

    def __init__(self, settings: Settings, watch: Watch) -> None:
        self.settings = settings
        self.watch = watch
        self.stopping = threading.Event()

    def run(self, tasks: Iterable[Task], jobs: int) -> list[str]:
        """Run *tasks*, *jobs* at once; gives what is amiss, in words.

        Raises:
            KeyboardInterrupt: after every process has been ended, and what they had given taken over.
        """
        faults: list[str] = []
        with ThreadPoolExecutor(jobs) as pool:
            futures = {pool.submit(self.measure, task): task for task in tasks if task.claims}
            try:
                for future in as_completed(futures):
                    faults += self.outcome(futures[future], future.result)
            except BaseException:
                self.stopping.set()
                for future in futures:
                    future.cancel()
                raise
        return faults

    def outcome(self, task: Task, result: Callable[[], list[str]]) -> list[str]:
        """The faults of one task; a release that cannot be run does not keep the others from it."""
        try:
            return result()
        except ReportError as error:
            self.watch(task.lane, "failed", 0)
            return [f"{task.lane.name}: {error}"]

    def measure(self, task: Task) -> list[str]:
        """Run one task to its end, or until we are stopped, and take over what it gave."""
        if self.stopping.is_set():
            return []
        recorded = self.recorded(task, again=task.lane.stack is not None)
        seen, faults = judged(task.lane, recorded.records)
        with ledger.updating(self.settings.ledger):
            known = ledger.read(self.settings.ledger)
            ledger.write(self.settings.ledger, ledger.merge(known, task.lane.name, task.lane.environment, seen))
        self.watch(task.lane, "done" if recorded.whole else "cut off", len(recorded.records))
        if not recorded.whole and not self.stopping.is_set():
            faults.append(f"{task.lane.name}: its run was cut off after {len(recorded.records)} of {len(task.claims)}")
        return faults

    def recorded(self, task: Task, again: bool) -> records.Recorded:
        """What pytest recorded; an environment that does not even start is made anew, once."""
        record = work(self.settings) / f"{task.lane.name}.jsonl"
        record.unlink(missing_ok=True)
        said = self.pytest(task, record)
        try:
            return records.read(record, partly=True)
        except TruncatedRunError:
            if not again or self.stopping.is_set():
                raise ReportError(f"pytest did not start: {said}", "Nothing was taken over.") from None
            stacks.remove(work(self.settings) / "environments" / task.lane.name)
            return self.recorded(task, again=False)

    def pytest(self, task: Task, record: Path) -> str:
        """Run pytest on a task's claims; gives the end of what it printed."""
        lane, claims = task.lane, work(self.settings) / f"{task.lane.name}.txt"
        write_whole(claims, "".join(f"{claim}\n" for claim in task.claims))
        self.watch(lane, "installing", 0)
        python = self.interpreter(lane)
        profile = ["--hypothesis-profile=history"] if lane.stack else []
        output = work(self.settings) / f"{lane.name}.log"
        with output.open("w") as log:
            process = subprocess.Popen(  # noqa: S603
                pytest(str(python), self.settings, record, *profile, f"@{claims}"),
                cwd=self.settings.root, env=surroundings(self.settings, lane.name),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            self.wait(process, lane, record)
        return " ".join(output.read_text(encoding="utf-8", errors="replace").split())[-300:]

    def interpreter(self, lane: Lane) -> Path:
        """The Python of a lane, in its environment."""
        if lane.stack is None:
            return Path(sys.executable)
        pins = lane.stack.beside(lane.release, self.settings.subject)
        return stacks.environment(work(self.settings) / "environments" / lane.name, lane.stack.python, pins)

    def wait(self, process: "subprocess.Popen[bytes]", lane: Lane, record: Path) -> None:
        """Watch a run until it ends; end it when it falls silent or we are stopped."""
        done, heard = 0, time.monotonic()
        while process.poll() is None:
            now = record.read_bytes().count(b"\n") - 1 if record.exists() else 0
            if now != done:
                done, heard = now, time.monotonic()
                self.watch(lane, "running", max(now, 0))
            if self.stopping.is_set() or time.monotonic() - heard > SILENCE:
                end(process)
            time.sleep(0.1)
        end(process)


def judged(lane: Lane, found: Iterable[records.Record]) -> tuple[dict[str, tuple[str, ledger.Cell]], list[str]]:
    """What a lane's records add to the ledger, and what is amiss with the others."""
    seen, faults = {}, []
    for one in found:
        if one.outcome != "untried":
            seen[one.id] = (one.fingerprint, one.cell)
        elif why := lane.absent(one.lacking):
            seen[one.id] = (one.fingerprint, ledger.Cell("untried", f"{one.lacking}: {why}"))
        else:
            faults.append(f"{lane.name}: untried: {one.id}: {one.reason}")
    return seen, faults


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and whatever it has started."""
    for how, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def pytest(python: str, settings: Settings, record: Path, *arguments: str) -> list[str]:
    """The command that records a run of the claims."""
    quiet = ["-q", "--no-header", "--color=no", "-p", "no:cacheprovider"]
    return [python, "-m", "pytest", "--rootdir", str(settings.root), *quiet, f"--record={record}", *arguments]


def surroundings(settings: Settings, name: str) -> dict[str, str]:
    """The environment variables of a run: bytecode of its own, as pytest's depends on the packages beside it."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "PYTHONPATH")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return {**kept, "PYTHONPYCACHEPREFIX": str(work(settings) / "bytecode" / name), "LC_ALL": "C.UTF-8"}


def work(settings: Settings) -> Path:
    """Where environments and records are kept between runs."""
    folder = settings.root / ".history"
    folder.mkdir(exist_ok=True)
    return folder
