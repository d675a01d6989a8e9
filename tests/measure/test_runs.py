"""What can happen to a history: it is interrupted, killed, out of room; a claim hangs or is broken."""

import itertools
import os
import shutil
import signal
import subprocess

import pytest

from report.measure import ledger
from tests.past import NEW, OLD
from tests.project import digest, until

TWO = ("--releases", f"{OLD.version},{NEW.version}", "--jobs", "1")
MODULE = "claims/demo/q02_waiting.py"
WAITING = f'''
"""Claims of which one takes its time."""

import time
from importlib.metadata import version
from pathlib import Path

from claims import claim


@claim
def is_quick():
    """A claim is quick."""
    assert 1 + 1 == 2


@claim
def waits():
    """Where a file says so, a claim waits in one release."""
    if version("markupsafe") == "{NEW.version}" and Path("wait").exists():
        Path("started").touch()
        while Path("wait").exists():
            time.sleep(0.02)
    assert 2 + 2 == 4


@claim
def is_last():
    """A claim leaves a trace."""
    Path(f"reached-{{version('markupsafe')}}").touch()
    assert 3 + 3 == 6
'''
QUICK, WAITS, LAST = ALL = [f"{MODULE}::{name}" for name in ("is_quick", "waits", "is_last")]


def cells(project):
    """For each claim of the waiting module the releases on which it has an outcome."""
    known = ledger.read(project.ledger)
    return {name: [*entry.cells] for name, entry in known.entries.items() if name.startswith(MODULE)}


@pytest.fixture
def waiting(history):
    """A history that has come to a claim which waits, after one whole release."""
    history.write(MODULE, WAITING)
    (history.root / "wait").touch()
    process = history.start_report("history", *TWO)
    until(lambda: (history.root / "started").exists() or process.poll() is not None)
    yield history, process
    (history.root / "wait").unlink(missing_ok=True)
    process.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_history_keeps_what_is_finished(waiting, how):
    """Ctrl-C and SIGTERM exit 130, leave no process and keep every outcome; the next call runs the others."""
    project, process = waiting
    process.send_signal(how)
    result = project.end(process)

    assert (result.ret, result.errlines) == (130, ["Interrupted; finished work is saved."])
    assert result.duration < 20
    assert project.processes() == []
    assert cells(project) == {QUICK: [OLD.version, NEW.version], WAITS: [OLD.version], LAST: [OLD.version]}

    (project.root / "wait").unlink()
    result = project.report("history", *TWO)
    assert (result.ret, result.outlines[0]) == (0, f"{NEW.version:10} 2 cells: 2 not measured yet")
    assert cells(project) == {name: [OLD.version, NEW.version] for name in ALL}


def test_a_killed_history_leaves_a_whole_ledger(waiting):
    """After kill -9 the ledger has what was finished, the orphan ends by itself, and the next call goes on."""
    project, process = waiting
    process.kill()
    project.end(process)

    assert cells(project) == {name: [OLD.version] for name in ALL}
    assert len(project.processes()) == 1
    (project.root / "wait").unlink()
    until(lambda: not project.processes())
    assert not (project.root / f"reached-{NEW.version}").exists()

    result = project.report("history", *TWO)
    assert (result.ret, result.outlines[0]) == (0, f"{NEW.version:10} 3 cells: 3 not measured yet")
    assert cells(project) == {name: [OLD.version, NEW.version] for name in ALL}
    assert not [path for path in (project.root / ".history").iterdir() if path.name.startswith(f"{process.pid}-")]


def test_a_claim_that_was_not_tried_enters_no_ledger(history):
    """A claim that hangs is cut off; it and a broken one are named with the reason, exit 1; the others are kept."""
    pyproject = history.root / "pyproject.toml"
    settings = pyproject.read_text(encoding="utf-8")
    assert "[tool.pytest.ini_options]\n" in settings
    history.write("pyproject.toml", settings.replace("ini_options]\n", 'ini_options]\nclaim_timeout = "1"\n'))
    history.write(MODULE, WAITING.replace("    assert 3 + 3 == 6", "    assert_nothing(1)\n    assert 3 + 3 == 6"))
    (history.root / "wait").touch()
    result = history.report("history", "--releases", NEW.version)

    assert result.ret == 1
    assert result.errlines == [
        f"{NEW.version}: untried: {WAITS}: no end after 1 seconds",
        f"{NEW.version}: untried: {LAST}: NameError: name 'assert_nothing' is not defined",
    ]
    assert cells(history) == {QUICK: [NEW.version]}


@pytest.fixture
def full():
    """Make a folder of the smallest size with the same files in it, and no room for more."""
    mounted = []

    def fill(folder):
        if os.geteuid() or not shutil.which("mount"):
            pytest.skip("only root may mount a small disk")
        aside = folder.rename(folder.with_name("aside"))
        folder.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=128k", "none", folder], capture_output=True, text=True
        )
        if made.returncode:
            pytest.skip(f"no small disk can be mounted: {made.stderr.strip()}")
        mounted.append(folder)
        shutil.copytree(aside, folder, dirs_exist_ok=True, symlinks=True)
        with (folder / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
            filler.writelines(itertools.repeat(b"x" * 4096))

    yield fill
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_no_room_for_the_ledger(history, full):
    """Where the ledger's disk is full, that is said in one line, exit 2, and the ledger is the one of before."""
    full(history.root / "claims")
    before = digest(history.ledger)
    result = history.report("history", "--all", "--releases", OLD.version)

    assert result.ret == 2
    (line,) = result.errlines
    assert line.startswith("report: ")
    assert "No space left on device" in line
    assert digest(history.ledger) == before


def test_no_room_for_the_records(history, past, full):
    """Where the disk of the environments is full, that is said in one line, exit 2, and the ledger stands."""
    (history.root / ".history").unlink()
    (history.root / ".history").mkdir()
    (history.root / ".history" / "environments").symlink_to(past.root / ".history" / "environments")
    full(history.root / ".history")
    before = digest(history.ledger)
    result = history.report("history", "--all", "--releases", OLD.version)

    assert result.ret == 2
    (line,) = result.errlines
    assert "No space left on device" in line
    assert digest(history.ledger) == before
