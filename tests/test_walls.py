"""The walls between the rooms: who may import whom, and what may be written in what old releases load."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.project import ROOT

RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
OLD = sorted(
    path.relative_to(ROOT).as_posix() for pattern in RUFF["per-file-target-version"] for path in ROOT.glob(pattern)
)


def test_the_rooms_import_one_way(tmp_path):
    """Import-linter's contracts (see pyproject.toml) are kept, and there are five of them."""
    command = [Path(sys.executable).with_name("lint-imports"), "--cache-dir", tmp_path / "cache"]
    done = subprocess.run(command, cwd=ROOT, check=False, timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "Contracts: 5 kept, 0 broken." in done.stdout


@pytest.mark.parametrize("name", OLD)
def test_what_old_releases_load_is_old_syntax(name):
    """What runs in an old environment can be read by Python 3.9, as ruff requires."""
    assert ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 9))


def test_what_old_releases_load_needs_pytest_only(old_python, tmp_path):
    """The probe imports nothing but pytest and the standard library, and nothing of the other rooms."""
    code = (
        "import importlib, pathlib, sys; sys.path.insert(0, '.');"
        "paths = pathlib.Path('report/probe').glob('[a-z]*.py');"
        "[importlib.import_module(f'report.probe.{path.stem}') for path in paths];"
        "print(*sys.modules)"
    )
    done = subprocess.run([old_python, "-c", code], cwd=ROOT, check=True, timeout=60, capture_output=True, text=True)
    loaded = {name for name in done.stdout.split() if name.partition(".")[0] == "report"}
    assert {name for name in loaded if not name.startswith("report.probe")} == {"report"}
