"""Commands that run to their end: uv, which resolves and installs packages and finds Pythons, and others."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from report.errors import ReportError

Completed = subprocess.CompletedProcess[str]
UV_SECONDS = 600


def run(command: Sequence[str], seconds: float, **options: Any) -> Completed:
    """Run a command and capture its output; one that does not end within *seconds* fails, and says so."""
    try:
        return subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=seconds, **options
        )
    except subprocess.TimeoutExpired:
        return Completed(command, 1, "", f"it did not end within {seconds} s")


def uv(*arguments: str, text: str = "") -> Completed:
    """Run uv without this project's settings, with the input *text*; raises ReportError if it is not installed."""
    path = os.environ.get("UV") or shutil.which("uv")  # `uv run` sets UV
    if not path:
        raise ReportError("uv was not found.", "Install it with `pip install uv`.")
    # pyenv's shims hide these Pythons.
    pythons = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin"))
    variables = {**os.environ, "PATH": os.pathsep.join([*map(str, pythons), os.environ.get("PATH", "")])}
    return run([path, *arguments, "--no-config", "--quiet"], UV_SECONDS, env=variables, input=text)


def shortened(text: str) -> str:
    """The output of a command in one line of at most 403 characters: the start says what failed, the end why."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 400 else f"{line[:200]} … {line[-200:]}"
