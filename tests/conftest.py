"""What the tests share: warnings are errors here, and small projects that pytest runs in a process of its own."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

import filelock
import pytest

from tests.project import Project

OLD_PYTHON = "3.9"
OLD_PACKAGES = ("pytest==8.4.2", "hypothesis==6.141.1", "pytest-xdist==3.8.0")


def pytest_itemcollected(item):
    """Turn every warning of this folder's tests into an error."""
    item.add_marker(pytest.mark.filterwarnings("error"))


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory):
    """Where the small projects' bytecode goes: compiled once for all runs, and nothing of it is left."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture(scope="session")
def lay_out(tmp_path_factory, bytecode):
    """Make a new project of claims; what is given goes to `Project.lay_out`."""
    return lambda **settings: Project.lay_out(tmp_path_factory.mktemp("project"), bytecode, **settings)


@pytest.fixture
def project(lay_out):
    """A project of claims with one article and no claim yet."""
    return lay_out()


@pytest.fixture(scope="session")
def old_python():
    """A Python of the old releases, with the pytest that it runs there; made once for this user."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "flask-answers-checked")
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join([OLD_PYTHON, *OLD_PACKAGES]).replace("==", "-")
    with filelock.FileLock(folder / "tests.lock", timeout=300):
        python = folder / name / "bin" / "python"
        if not (folder / name / "whole").exists():
            make_environment(folder / name, python)
    return python


def make_environment(folder, python):
    """Make an environment of the old Python in *folder*, or skip with the reason why there is none."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip(f"uv is not here to find a Python {OLD_PYTHON}")
    # pyenv's shims hide the interpreters that are there, so they come first.
    hidden = sorted(map(str, Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob("versions/*/bin")))
    path = os.pathsep.join([*hidden, os.environ.get("PATH", os.defpath)])
    run = functools.partial(subprocess.run, check=False, capture_output=True, text=True, timeout=280)
    for command in (
        [uv, "venv", "--no-project", "--clear", "--quiet", "--python", OLD_PYTHON, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *OLD_PACKAGES],
    ):
        done = run(command, env={**os.environ, "PATH": path})
        if done.returncode:
            pytest.skip(f"no Python {OLD_PYTHON} with its pytest is to be had: {done.stderr.strip()[-300:]}")
    (folder / "whole").touch()
