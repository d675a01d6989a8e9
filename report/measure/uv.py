"""Calls of uv, which resolves and installs packages, and finds Pythons."""

import os
import shutil
import subprocess
from pathlib import Path

from report.errors import ReportError

TIMEOUT = 600  # seconds


def run(*arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Run uv without this project's settings, with the input *text*; it also finds the Pythons that pyenv's shims hide.

    Raises:
        ReportError: uv is not installed, or it runs longer than TIMEOUT.
    """
    uv = os.environ.get("UV") or shutil.which("uv")  # `uv run` sets UV
    if not uv:
        raise ReportError("uv was not found.", "Install it with `pip install uv`.")
    pythons = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin"))
    variables = {**os.environ, "PATH": os.pathsep.join([*map(str, pythons), os.environ.get("PATH", "")])}
    try:
        return subprocess.run(  # noqa: S603
            [uv, *arguments, "--no-config", "--quiet"], env=variables, input=text,
            capture_output=True, text=True, check=False, timeout=TIMEOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ReportError(f"uv {arguments[0]} did not end within {TIMEOUT} s.", "Try again later.") from error


def shortened(text: str) -> str:
    """The output of a command in one line of at most 403 characters: the start says what failed, the end why."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 400 else f"{line[:200]} … {line[-200:]}"
