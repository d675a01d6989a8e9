"""What the tests share: warnings are errors, and small projects that pytest runs in a process of its own."""

import os
import re
from pathlib import Path

import pytest
from packaging.version import Version

from report.errors import MissingPythonError, StackError
from report.measure import stacks
from tests.project import ROOT, Project

DEMO = Path(__file__).parent / "demo"
# What of an old stack runs the tests of the recorder: pytest, its plugins, and what those need.
NEEDED = tuple(
    f"{name}=="
    for name in (
        *("pytest", "iniconfig", "packaging", "pluggy", "pygments", "exceptiongroup", "tomli"),
        *("hypothesis", "attrs", "sortedcontainers", "pytest-xdist", "execnet", "typing-extensions"),
    )
)


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
def accepted(lay_out):
    """A project whose two answers have been run and accepted; not to be changed, see `demo`."""
    project = lay_out()
    for name in ("q01_escaping", "q02_weather"):
        text = (DEMO / f"{name[4:]}.py").read_text(encoding="utf-8")
        project.write(f"claims/demo/{name}.py", text)
    project.write("bin/barometer", "#!/bin/sh\n").chmod(0o755)
    result = project.run("claims", "--accept")
    assert result.ret == 0, f"{result.stdout}\n{result.stderr}"
    return project


@pytest.fixture
def demo(accepted, tmp_path):
    """A copy of the project whose answers have been accepted."""
    return accepted.copy(tmp_path / "demo")


@pytest.fixture(scope="session")
def old_python():
    """The Python of the oldest stack, with the pytest that runs there; made once for this user."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "flask-answers-checked")
    stack = min(stacks.read(ROOT / "claims" / "stacks").values(), key=lambda one: Version(one.name))
    pins = [pin for pin in re.split(r"\n(?=\w)", stack.pins) if pin.startswith(NEEDED)]
    assert len(pins) == len(NEEDED)
    try:
        return stacks.environment(cache / f"tests-{stack.python}", stack.python, "\n".join(pins))
    except (MissingPythonError, StackError) as error:
        pytest.skip(str(error))
