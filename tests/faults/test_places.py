"""Where, when and as whom a run takes place changes nothing of what it finds."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.project import PATIENCE, Project, until

ODD = 'it\'s a "böse" pro%jekt; $HOME {x} [1] 日本\\ é'
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
NO_PRIVILEGES = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]  # modes count for root, too
CLOCK = '''
"""A plugin that sets the clock to another year, as far as Python asks for it."""

import datetime
import time

AHEAD = 25 * 365.25 * 24 * 3600  # seconds
now = time.time


class Moment(datetime.datetime):
    """A moment of that year."""

    @classmethod
    def now(cls, tz=None):
        """That moment."""
        return cls.fromtimestamp(now() + AHEAD, tz)


time.time = lambda: now() + AHEAD
datetime.datetime = Moment
'''
ELSEWHERE = {
    "a bare locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "another language, or none": {"LC_ALL": "tr_TR.UTF-8"},
    "a terminal that knows no arrow": {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    "another day": {"TZ": "Pacific/Kiritimati"},
}


@pytest.fixture(scope="module")
def again(accepted, tmp_path_factory):
    """The accepted project after a run that found nothing new."""
    project = accepted.copy(tmp_path_factory.mktemp("places") / "again")
    assert project.run().ret == 0
    return project


def accepted_again(project, **settings):
    """Accept what a run finds, and give its exit code and what it complained of."""
    result = project.run("claims", "--accept", "-p", "no:cacheprovider", **settings)
    return result.ret, result.errlines


def without_day(project):
    """What a run has left besides the day on which it was."""
    path = project.root / "out" / "results.json"
    head, day, rest = path.read_text(encoding="utf-8").partition('"measured": "')
    assert day
    return head, rest[rest.index('"') :], project.ledger.read_bytes()


@pytest.mark.parametrize("settings", ELSEWHERE.values(), ids=ELSEWHERE)
def test_in_another_country(again, tmp_path, settings):
    """Neither the language, nor the terminal, nor the time zone reaches a file."""
    project = again.copy(tmp_path / "project")
    assert accepted_again(project, **settings) == (0, [])
    assert project.kept() == again.kept()


def test_in_a_folder_with_an_odd_name(again, tmp_path):
    """The project's folder, and the user's, may be called anything: nothing of it reaches a file."""
    project = again.copy(tmp_path / ODD / "project")
    home = tmp_path / ODD / "home"
    home.mkdir()
    assert accepted_again(project, HOME=str(home), XDG_CACHE_HOME=str(home)) == (0, [])
    assert project.kept() == again.kept()
    assert project.report("falsify", "--check").errlines[0].startswith("not seen to fail: ")


def test_in_another_year(again, tmp_path):
    """The day of a result is another one, and nothing else."""
    project = again.copy(tmp_path / "project")
    project.write("another_year.py", CLOCK)
    assert accepted_again(project, PYTEST_PLUGINS="another_year") == (0, [])
    assert '"measured": "205' in (project.root / "out" / "results.json").read_text(encoding="utf-8")
    assert without_day(project) == without_day(again)


@pytest.fixture
def privileges():
    """Skip where nobody can be made to have fewer privileges than these tests."""
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root, with setpriv, can run something as somebody else")


def run_by(user, project, *arguments, **settings):
    """Run the claims, or with *arguments*, with the privileges of *user*."""
    command = [*user, *project.command(*(arguments or ("claims", "--accept")), "-p", "no:cacheprovider")]
    return project.end(project.start(command, **settings))


@pytest.mark.usefixtures("privileges")
def test_a_project_that_may_only_be_read(again, tmp_path):
    """Where nothing may be written, that is said in one line, exit 1, and all is as it was."""
    project = again.copy(tmp_path / "project")
    before = project.kept()
    for folder in ("out", "claims", "."):
        (project.root / folder).chmod(0o555)
    result = run_by(NO_PRIVILEGES, project, TMPDIR=str(tmp_path), WEATHER="foul")

    assert (result.ret, result.errlines) == (1, [])
    result.stdout.fnmatch_lines(["not written: *Permission denied*: the old files stay"])
    assert project.kept() == before


@pytest.fixture
def public():
    """A folder where everybody may have files, none of them those of others, as in /tmp."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # the folders of pytest are its user's alone
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.usefixtures("privileges")
def test_as_root_and_as_somebody_else(again, public, bytecode):
    """Root and another user find the same in one project, and what root leaves in the temporary folder bars nobody."""
    known = subprocess.run([*NOBODY, sys.executable, "-c", ""], capture_output=True, timeout=PATIENCE)
    if known.returncode:
        pytest.skip(f"this Python is not for everybody: {known.stderr.decode()}")
    project = Project(again.copy(public / "ours").root, bytecode)
    assert accepted_again(project, TMPDIR=str(public)) == (0, [])
    for path in (project.root, *project.root.rglob("*")):
        path.chmod(0o777)
    result = run_by(NOBODY, project, TMPDIR=str(public), HOME=str(public))

    assert (result.ret, result.errlines) == (0, [])
    assert project.kept() == again.kept()


WAITING = '''
"""An answer whose claim waits for another run."""

import os
import time
from pathlib import Path

from claims import claim


@claim
def waits():
    """It waits until two runs are here."""
    Path(f"here-{os.getpid()}").touch()
    end = time.monotonic() + 30
    while len(list(Path().glob("here-*"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    seen = True
    assert seen
'''


def test_two_runs_at_once(again, tmp_path):
    """Two runs in one project leave what one would have left, and no draft."""
    project = again.copy(tmp_path / "project")
    project.write("claims/demo/q03_waiting.py", WAITING)
    both = [project.start(project.command("claims", "--accept", "-p", "no:cacheprovider")) for _ in range(2)]
    assert [project.end(one).ret for one in both] == [0, 0]
    together = project.kept()
    assert project.run("claims", "--accept").ret == 0
    alone = project.kept()

    assert {*together} == {*alone} == {*again.kept()}
    assert together["claims/ledger.jsonl"] == alone["claims/ledger.jsonl"]
    until(lambda: not project.processes())
