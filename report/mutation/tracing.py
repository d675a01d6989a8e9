"""Trace the lines of installed packages that a claim executes, and the files of theirs that it opens.

In a sandbox, each Python loads this file as `sitecustomize`, so it imports only the standard library. It writes each
line at once, because a server may be killed at any time. These are the two reasons not to use `coverage`.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
from types import FrameType
from typing import Any

VARIABLE = "CLAIM_TRACE"  # of the environment: the arguments of `start` as JSON, for other processes


def start(file: str, root: str, excluded: list[str]) -> None:
    """Append `name:line` to *file*, once for each line in a process; line 0 means that the file was opened.

    *root*: the folder to trace, with a slash at the end; names are relative to it. *excluded*: path prefixes to ignore.
    Threads that run already are not traced.
    """
    output = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    if os.fstat(output).st_uid == os.getuid():
        os.fchmod(output, 0o666)  # a web server may run as another user

    @functools.cache
    def name(path: str) -> str | None:
        folder, _, last = path.rpartition("/")
        real = path if path.startswith(root) else f"{os.path.realpath(folder)}/{last}"  # links to folders
        return real.removeprefix(root) if real.startswith(root) and not real.startswith(tuple(excluded)) else None

    @functools.cache
    def write(path: str, line: int) -> None:
        os.write(output, f"{name(path)}:{line}\n".encode())

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            write(frame.f_code.co_filename, frame.f_lineno)
        return trace if event != "call" or name(frame.f_code.co_filename) else None

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], (str, os.PathLike)) and name(path := str(arguments[0])):
            write(path, 0)
        if event == "subprocess.Popen" and "-S" in arguments[1]:
            arguments[1].remove("-S")  # without `site`, the child would not load this file

    sys.addaudithook(audit)
    threading.settrace(trace)
    sys.settrace(trace)


if __name__ == "sitecustomize" and VARIABLE in os.environ:
    start(**json.loads(os.environ[VARIABLE]))
