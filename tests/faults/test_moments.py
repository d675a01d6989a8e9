"""A run is ended from outside, at many moments: what it has written is all of the old or all of the new."""

import os
import shutil
import signal

import pytest

from tests.conftest import DEMO
from tests.project import until

MOMENTS = [(share, how) for share in range(5, 100, 10) for how in (signal.SIGINT, signal.SIGTERM)][::3]
ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PEER = '''
"""An answer whose claim has a server, and takes its time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from claims import claim


@pytest.fixture
def peer():
    """A process in a session of its own, as the claims' servers are."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@claim
def waits(peer):
    """It waits."""
    Path("started").touch()
    time.sleep(50)
    assert 1 == 1


@claim
def waits_not():
    """It does not wait."""
    assert 1 == 1
'''


@pytest.fixture(scope="module")
def counted(accepted, tmp_path_factory):
    """The project with a plugin that ends runs, how many calls a run takes, and what a whole one leaves."""
    project = accepted.copy(tmp_path_factory.mktemp("moments") / "counted")
    shutil.copy(DEMO / "moment.py", project.root)
    whole = project.copy(project.root.with_name("whole"))
    assert ended_at(whole, 0, signal.SIGINT).ret == 0
    return project, int((whole.root / "calls").read_text(encoding="utf-8")), whole.kept()


def ended_at(project, moment, how):
    """A run that turns a verdict, accepts it, and gets a signal at a moment."""
    settings = {"MOMENT": str(moment), "SIGNAL": str(int(how)), "WEATHER": "foul"}
    return project.run("claims", "--accept", "-p", "moment", "-p", "no:cacheprovider", **settings)


@pytest.mark.parametrize(("share", "how"), MOMENTS)
def test_at_any_moment(counted, tmp_path, share, how):
    """Ctrl-C and SIGTERM exit 2 and change no file; a run that was as good as over is whole."""
    original, calls, whole = counted
    project = original.copy(tmp_path / "project")
    before = project.kept()
    result = ended_at(project, calls * share // 100, how)

    assert (result.ret, project.kept()) in [(2, before), (2, whole), (0, whole)]
    assert not [line for line in result.errlines if "Traceback" in line] or result.ret == 0
    assert project.processes() == []


@pytest.mark.parametrize("how", ENDINGS)
def test_a_server_does_not_outlive_its_run(project, how):
    """Where a claim has started a process, that ends with the run."""
    project.write("claims/demo/q01_peer.py", PEER)
    process = project.start(project.command("claims", "-n0"))
    until(lambda: (project.root / "started").exists() or process.poll() is not None)
    process.send_signal(how)
    result = project.end(process)

    assert (result.ret, result.errlines) == (pytest.ExitCode.INTERRUPTED, [])
    assert project.processes() == []


def test_a_worker_does_not_outlive_a_group_that_is_ended(project):
    """Where all processes of a run get the signal at once, as a service manager does it, each clears up."""
    project.write("claims/demo/q01_peer.py", PEER)
    process = project.start(["setsid", "--wait", *project.command("claims", "-n2")])
    until(lambda: (project.root / "started").exists() or process.poll() is not None)
    (leader,) = [one for one in project.processes() if "-n2" in one.cmdline() and os.getsid(one.pid) == one.pid]
    os.killpg(leader.pid, signal.SIGTERM)
    result = project.end(process)

    assert result.ret == pytest.ExitCode.INTERRUPTED
    until(lambda: not project.processes())
