"""The wheel: `flask-answers check` without a clone, without Flask and without pytest."""

import subprocess
import zipfile

import pytest

from tests.project import PATIENCE, ROOT

ARTICLE = "# Flask\n\n## How do I read the query string?\n\nBy `request.arg`.\n\n    from flask import Markup\n"
MOST = 3_000_000  # bytes


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    done = subprocess.run(command, check=False, timeout=PATIENCE, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs the build backend, from the package index: {done.stderr.strip().splitlines()[-1]}")
    return next(folder.glob("*.whl"))


def test_the_wheel_is_small_and_has_its_data(wheel):
    """Code and data, and nothing of an article or of the tests."""
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
        data = {name for name in archive.namelist() if name.startswith("report/data/")}
    assert {"report"} == {folder for folder in folders if not folder.endswith(".dist-info")}
    assert data == {
        f"report/data/{name}" for name in ("pyproject.toml", "claims/names.jsonl", "claims/statements.json")
    }
    assert wheel.stat().st_size < MOST


def test_it_checks_an_article_in_an_empty_environment(wheel, tmp_path):
    """Names and statements, with neither Flask nor pytest installed."""
    (tmp_path / "article.md").write_text(ARTICLE, encoding="utf-8")
    tool = ["uv", "tool", "run", "--isolated", "--from", str(wheel)]
    run = {"cwd": tmp_path, "check": False, "timeout": PATIENCE, "capture_output": True, "text": True}
    done = subprocess.run([*tool, "flask-answers", "check", "article.md"], **run)
    assert done.returncode == 1, done.stderr
    assert "Did you mean `request.args`?" in done.stdout
    assert "`flask.Markup` is gone" in done.stdout
    found = "import importlib.util as i; print([m for m in ('flask', 'pytest', 'report') if i.find_spec(m)])"
    assert subprocess.run([*tool, "python", "-c", found], **run).stdout == "['report']\n"
