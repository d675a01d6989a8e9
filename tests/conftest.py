"""What the tests share: warnings are errors, and small projects that pytest runs in a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

from report.errors import StackError
from report.measure import environments
from tests.past import give_a_past, oldest_stack, pins_for_pytest
from tests.project import ROOT, Project

DEMO = Path(__file__).parent / "demo"

# What a shell starts in its background ignores Ctrl-C, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item):
    """Turn every warning of this folder's tests into an error."""
    item.add_marker(pytest.mark.filterwarnings("error"))


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """Have a folder filled by the first process of pytest-xdist that asks for it; the others wait, and share it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with filelock.FileLock(f"{folder}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what failed before
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return filled


@pytest.fixture(scope="session")
def bytecode(once):
    """Where the small projects' bytecode goes: compiled once for all runs, and nothing of it is left."""
    command = [sys.executable, "-m", "compileall", "-q", ROOT / "report"]

    def compiled(folder):
        subprocess.run(command, env={**os.environ, "PYTHONPYCACHEPREFIX": str(folder)}, check=True)

    return once("bytecode", compiled)


@pytest.fixture(scope="session")
def lay_out(tmp_path_factory, bytecode):
    """Make a new project of claims; what is given goes to `Project.lay_out`."""
    return lambda **settings: Project.lay_out(tmp_path_factory.mktemp("project"), bytecode, **settings)


@pytest.fixture
def project(lay_out):
    """A project of claims with one article and no claim yet."""
    return lay_out()


@pytest.fixture(scope="session")
def accepted(once, bytecode):
    """A project whose two answers have been run and accepted; not to be changed, see `demo`."""

    def accept(folder):
        project = Project.lay_out(folder, bytecode)
        for name in ("q01_escaping", "q02_weather"):
            text = (DEMO / f"{name[4:]}.py").read_text(encoding="utf-8")
            project.write(f"claims/demo/{name}.py", text)
        project.write("bin/barometer", "#!/bin/sh\n").chmod(0o755)
        result = project.run("claims", "--accept")
        assert result.ret == 0, f"{result.stdout}\n{result.stderr}"

    return Project(once("accepted", accept), bytecode)


@pytest.fixture
def demo(accepted, tmp_path):
    """A copy of the project whose answers have been accepted."""
    return accepted.copy(tmp_path / "demo")


@pytest.fixture(scope="session")
def old_python():
    """The Python of the oldest stack, with the pytest that runs there; made once for this user."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "flask-answers-checked")
    stack = oldest_stack()
    try:
        return environments.ensure(cache / f"tests-{stack.python}", stack.python, pins_for_pytest(stack))
    except StackError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def past(lay_out, old_python):
    """A project with three releases, and what each claim did on them; not to be changed, see `history`."""
    project = lay_out()
    give_a_past(project)
    project.write("claims/demo/q01_names.py", (DEMO / "names.py").read_text(encoding="utf-8"))
    result = project.report("history")
    if "could not be made" in str(result.stderr):
        pytest.skip(str(result.stderr))
    assert result.ret == 0, f"{result.stdout}\n{result.stderr}"
    return project


@pytest.fixture
def history(past, tmp_path):
    """A copy of the project whose releases have been measured; its environments are the same."""
    return past.copy(tmp_path / "history")
