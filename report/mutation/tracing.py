"""Which lines of installed packages a claim executes, and which of their files it opens, in whichever process.

Each is written down at once, as a server may be killed at any moment: that, and that no process needs a package for it,
is why this is no `coverage`. Loaded by path in servers' processes: the standard library and nothing else.
"""

from __future__ import annotations

import os
import sys
import threading
from types import CodeType, FrameType
from typing import Any


class Tracing:
    """Appends `name:line` (line 0: the file was opened) to *file*, each once in a process.

    *roots*: for the beginnings of paths that count, how their names begin; *left_out*: the beginnings that do not.
    """

    def __init__(self, file: str, roots: dict[str, str], left_out: list[str]) -> None:
        self.target = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        if os.fstat(self.target).st_uid == os.getuid():
            os.fchmod(self.target, 0o666)  # a web server's process may be another user's
        self.roots, self.counted, self.left_out = roots, tuple(roots), tuple(left_out)
        self.places: dict[str, str | None] = {}
        self.seen: set[tuple[str, int]] = set()
        self.missing: dict[tuple[str, CodeType], set[int]] = {}

    def start(self) -> None:
        """Trace this thread and all that are started from now on."""
        sys.addaudithook(self.audit)
        threading.settrace(self.call)
        sys.settrace(self.call)

    def call(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Trace a call of installed code, as long as it has lines that were not seen yet."""
        code = frame.f_code
        key = (code.co_filename, code)  # code is equal to that of another file where it says the same
        missing = self.missing.get(key)
        if missing is None:
            lines = {line for *_, line in code.co_lines() if line}
            missing = self.missing[key] = lines if self.place(code.co_filename) else set()
        return self.line if missing else None

    def line(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Note a line."""
        missing, line = self.missing[frame.f_code.co_filename, frame.f_code], frame.f_lineno
        if event == "line" and line in missing:
            missing.discard(line)
            self.note(frame.f_code.co_filename, line)
        return self.line

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note an installed file that is opened."""
        if event == "open" and isinstance(arguments[0], (str, os.PathLike)) and self.place(path := str(arguments[0])):
            self.note(path, 0)

    def note(self, path: str, line: int) -> None:
        """Write one line of a file down, the first time."""
        if (path, line) not in self.seen:
            self.seen.add((path, line))
            os.write(self.target, f"{self.place(path)}:{line}\n".encode())

    def place(self, path: str) -> str | None:
        """The name of a file that counts; it may be in a folder that is a link."""
        if path not in self.places:
            folder, _, name = path.rpartition("/")
            real = path if path.startswith(self.counted) else f"{os.path.realpath(folder)}/{name}"
            root = next((root for root in self.counted if real.startswith(root)), None)
            counts = root is not None and not real.startswith(self.left_out)
            self.places[path] = self.roots[root] + real[len(root) :] if root is not None and counts else None
        return self.places[path]
