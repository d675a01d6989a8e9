"""The processes that a claim leaves behind. Loaded beside old releases, as `recorder` is."""

from __future__ import annotations

import os
from typing import Any

try:
    import psutil  # type: ignore[import-untyped]
except ImportError:  # beside which nobody looks for what a claim leaves behind
    psutil = None


def started() -> frozenset[Any]:
    """The processes that this one has started, and those that they have, as far as they run."""
    return frozenset(psutil.Process().children(recursive=True) if psutil and has_children() else ())


def has_children() -> bool:
    """Tell whether this process has any child: the system says so at once, while psutil looks at each process."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    except AttributeError:  # a system without it
        return True
    return True


def end(process: Any) -> str:
    """End a process by force, and say what it was."""
    try:
        told = " ".join(process.cmdline()) or str(process.name())
        process.kill()
        process.wait(5)
    except psutil.Error as error:
        return str(error)
    return told
