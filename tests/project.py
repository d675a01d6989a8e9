"""A small project of claims about a package that is not Flask, run by pytest in a process of its own."""

import hashlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from report.judge import results

ROOT = Path(__file__).resolve().parents[1]
SUBJECT = "markupsafe"
PATIENCE = 180  # seconds that one run of the small project may take, on a busy machine too
# What would change a run from outside; bytecode is written, but to a folder of the tests' own.
FOREIGN = ("PYTEST_", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONWARNINGS", "COLUMNS", "FORCE_COLOR", "PY_COLORS")
clock = itertools.count(1_500_000_000, 2)  # bytecode is distinguished by whole seconds: each text has its own


@dataclass(frozen=True)
class Recorded:
    """What a run with `--record` has written, its claims by what follows `::` in their ids."""

    head: dict[str, Any]
    claims: dict[str, dict[str, Any]]
    end: "int | None"

    @classmethod
    def read(cls, path: Path) -> "Recorded":
        """Read the JSON lines of *path*."""
        head, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        claims = {line["claim"]["id"].partition("::")[2]: line["claim"] for line in lines if "claim" in line}
        return cls(head, claims, lines[-1].get("end"))


@dataclass(frozen=True)
class Project:
    """A folder with the real pytest settings, root conftest, vocabulary and report, and claims of its own."""

    root: Path
    bytecode: Path

    @classmethod
    def lay_out(cls, root: Path, bytecode: Path, *, questions: int = 9) -> "Project":
        """Make a project at *root* with one article, `demo`, and no claim yet."""
        project = cls(root, bytecode)
        settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert 'subject = "flask"' in settings
        released = f'[[releases]]\nversion = "{version(SUBJECT)}"\nreleased = 2025-01-01\n'
        settings = re.sub(r"^names = \[.*?^\]", f'names = ["{SUBJECT}"]', settings, flags=re.M | re.S)
        project.write("pyproject.toml", settings.replace('subject = "flask"', f'subject = "{SUBJECT}"'))
        project.write("conftest.py", (ROOT / "conftest.py").read_text(encoding="utf-8"))
        project.write("claims/__init__.py", (ROOT / "claims" / "__init__.py").read_text(encoding="utf-8"))
        project.write("claims/releases.toml", released)
        project.write("claims/demo/__init__.py", '"""An article."""\n')
        project.write("claims/demo/sentences.toml", f'title = "Ten facts"\nquestions = {questions}\n')
        shutil.copytree(ROOT / "report", root / "report", ignore=shutil.ignore_patterns("__pycache__"))
        project.share_bytecode(ROOT)
        return project

    def share_bytecode(self, other: Path) -> None:
        """Use what was compiled of the same report in the folder *other*: Python looks for it by its path.

        What pytest compiles is left out, as it names the files of the other folder.
        """
        compiled, here = (Path(f"{self.bytecode}{root.resolve()}", "report") for root in (other, self.root))
        if compiled.exists():
            shutil.copytree(compiled, here, ignore=shutil.ignore_patterns("*-pytest-*"), copy_function=os.link)

    @property
    def ledger(self) -> Path:
        """The ledger of the project."""
        return self.root / "claims" / "ledger.jsonl"

    def copy(self, root: Path, environments: "Sequence[str] | None" = None) -> "Project":
        """The same project, ledger and report included, at another place.

        Its environments are the same, not to be changed; or copies of those that *environments* names.
        """
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns(".history", "scratch"))
        work = self.root / ".history"
        if environments is None and work.exists():
            (root / ".history").symlink_to(work)
        for name in environments or ():
            made = Path("environments", name)
            shutil.copytree(work / made, root / ".history" / made, symlinks=True, copy_function=os.link)
        copied = Project(root, self.bytecode)
        copied.share_bytecode(self.root)
        return copied

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        os.utime(path, (moment := next(clock), moment))
        return path

    def command(self, *arguments: str, python: str | Path = sys.executable) -> list[str]:
        """The command line of a run."""
        return [str(python), "-m", "pytest", *(arguments or ["claims"])]

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """The variables of a run: this process's, without what is ours alone, and *settings*."""
        scratch = self.root / "scratch"
        scratch.mkdir(exist_ok=True)
        kept = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
        path = os.pathsep.join([str(self.root / "bin"), os.environ.get("PATH", os.defpath)])
        ours = {"PATH": path, "TMPDIR": str(scratch), "PYTHONPYCACHEPREFIX": str(self.bytecode)}
        ours["PYTEST_XDIST_AUTO_NUM_WORKERS"] = "0"  # it is too small for more than one process
        return {**kept, **ours, **settings}

    def start(self, command: list[str], **settings: str) -> subprocess.Popen[str]:
        """Start *command* in the project; *settings* are variables of its environment."""
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, python: str | Path = sys.executable, **settings: str) -> pytest.RunResult:
        """Run pytest on the claims, or with *arguments*, to its end."""
        return self.end(self.start(self.command(*arguments, python=python), **settings))

    @staticmethod
    def end(process: subprocess.Popen[str], patience: float = PATIENCE) -> pytest.RunResult:
        """Wait for *process*, end it by force if it takes too long, and return what it said."""
        begun = time.monotonic()
        with process:  # closes its pipes, and waits for it
            try:
                out, err = process.communicate(timeout=patience)
            finally:
                process.kill()
        return pytest.RunResult(process.returncode, out.splitlines(), err.splitlines(), time.monotonic() - begun)

    def report(self, *arguments: str, **settings: str) -> pytest.RunResult:
        """Run the command line, `python -m report`, to its end."""
        return self.end(self.start_report(*arguments, **settings))

    def start_report(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """Start the command line."""
        return self.start([sys.executable, "-m", "report", *arguments], **settings)

    def record(self, *arguments: str, python: str | Path = sys.executable) -> Recorded:
        """Run pytest with `--record` and read what it has written."""
        file = self.root / "record.jsonl"
        result = self.run("claims", "--record", str(file), *arguments, python=python)
        assert result.ret in (0, 1), str(result.stdout) + str(result.stderr)
        return Recorded.read(file)

    def processes(self) -> list[psutil.Process]:
        """The processes that run in the folder of the project."""
        found = [one for one in psutil.process_iter(["cwd"]) if (one.info["cwd"] or "").startswith(str(self.root))]
        return [one for one in found if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    def kept(self) -> dict[str, str]:
        """A digest of every file that a run may write, drafts too: what they say, byte for byte."""
        files = [path for pattern in ("out/**/*", "claims/*ledger.jsonl*") for path in self.root.glob(pattern)]
        return {str(path.relative_to(self.root)): digest(path) for path in files if path.is_file()}

    def claims(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Every answer and claim in `out/results.json`, unpacked."""
        result = msgspec.to_builtins(results.read(self.root / "out" / "results.json"))
        return [
            (answer, claim)
            for article in result["articles"]
            for answer in article["answers"]
            for claim in answer["claims"]
        ]


def until(condition: Callable[[], Any]) -> None:
    """Wait until *condition* is true, but not for ever."""
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


def digest(path: Path) -> str:
    """Some digits that stand for the content of *path*."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
