"""The processes that a claim starts. Library considered: psutil, which finds and kills them where it is installed."""

from __future__ import annotations

import os
from typing import Any

try:
    import psutil  # type: ignore[import-untyped]
except ImportError:  # without psutil, nobody looks for processes left behind
    psutil = None


def descendants() -> frozenset[Any]:
    """The running child processes of this process, and theirs."""
    return frozenset(psutil.Process().children(recursive=True) if psutil and has_children() else ())


def has_children() -> bool:
    """Whether this process has a child. The system call is quick; psutil looks at every process."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    except AttributeError:  # this system has no waitid
        return True
    return True


def kill(process: Any) -> str:
    """Kill a process; returns its command line."""
    try:
        command = " ".join(process.cmdline()) or str(process.name())
        process.kill()
        process.wait(5)
    except psutil.Error as error:
        return str(error)
    return command
