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

VARIABLE = "CLAIM_TRACE"  # of the environment: the arguments of `Tracing`, for other processes


class Tracing:
    """Append `name:line` to *file*, once for each line in a process; line 0 means that the file was opened.

    *root*: the folder to trace, with a slash at the end; names are relative to it. *excluded*: path prefixes to ignore.
    """

    def __init__(self, file: str, root: str, excluded: list[str]) -> None:
        self.output = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        if os.fstat(self.output).st_uid == os.getuid():
            os.fchmod(self.output, 0o666)  # a web server may run as another user
        self.root, self.excluded = root, tuple(excluded)
        self.name = functools.cache(self.find_name)
        self.write = functools.cache(self.write_once)

    def start(self) -> None:
        """Trace this thread and all threads that start later."""
        sys.addaudithook(self.audit)
        threading.settrace(self.trace)
        sys.settrace(self.trace)

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Write an executed line, and trace a call of installed code."""
        if event == "line":
            self.write(frame.f_code.co_filename, frame.f_lineno)
        return self.trace if event != "call" or self.name(frame.f_code.co_filename) else None

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Write an installed file that the process opens."""
        if event == "open" and isinstance(arguments[0], (str, os.PathLike)) and self.name(path := str(arguments[0])):
            self.write(path, 0)

    def write_once(self, path: str, line: int) -> None:
        """Append a line of a file to the output."""
        os.write(self.output, f"{self.name(path)}:{line}\n".encode())

    def find_name(self, path: str) -> str | None:
        """Return the name of a file to trace, also through a symbolic link to its folder; None for other files."""
        folder, _, file = path.rpartition("/")
        real = path if path.startswith(self.root) else f"{os.path.realpath(folder)}/{file}"
        traced = real.startswith(self.root) and not real.startswith(self.excluded)
        return real.removeprefix(self.root) if traced else None


if __name__ == "sitecustomize" and VARIABLE in os.environ:
    Tracing(**json.loads(os.environ[VARIABLE])).start()
