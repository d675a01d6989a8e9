"""Executes a block of an article inside the sandbox, and says what became of it: a script of the standard library only.

It reads the block from standard input, and writes one line of JSON (`sandbox.Outcome`). Old releases run it too.
"""

import json
import os
import re
import resource
import runpy
import sys
import traceback
import warnings
from typing import Any, Optional

FILE = "/tmp/article.py"  # noqa: S108 (the sandbox has a /tmp of its own)
# Bytes of memory and of a file, seconds, processes with their threads. With a core of one byte, the kernel neither
# writes one nor hands it to a program of the host, as it would with none.
LIMITS = {"AS": 2**29, "FSIZE": 2**24, "CPU": 10, "NPROC": 8, "NOFILE": 64, "CORE": 1}
warned: list[Any] = []


def main() -> None:
    """Execute the block with nothing to read and nowhere to write to."""
    source, result, null = sys.stdin.read(), os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    for name, limit in LIMITS.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
    os.chdir(os.path.dirname(FILE))  # noqa: PTH120
    with open(FILE, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(source)
    warnings.simplefilter("always")
    warnings.showwarning = note  # type: ignore[assignment]
    said: dict[str, Any] = {"result": "runs"}
    try:
        runpy.run_path(FILE, run_name="article")  # so `if __name__ == "__main__"` does not hold
    except SystemExit:
        pass
    except BaseException as error:  # noqa: BLE001, RUF100
        said = raised(error)
    os.write(result, json.dumps({**said, "warned": warned}).encode())
    os._exit(0)  # without waiting for threads


def note(message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
    """Note a deprecation that is announced to the block, and the module that announces it: the caller of `warn`."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__") == "warnings":
        frame = frame.f_back
    if filename == FILE and issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
        warned.append([lineno, str(frame.f_globals.get("__name__")), str(message)])


def raised(error: BaseException) -> dict[str, Any]:
    """The exception: its last line, its line in the block, and its classes with those of what led to it."""
    chain: list[BaseException] = []
    other: Optional[BaseException] = error
    while other and len(chain) < 10:
        chain.append(other)
        other = other.__cause__ or (None if other.__suppress_context__ else other.__context__)
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == FILE]
    return {
        "result": "raises",
        "message": re.sub(
            r" \(/\S+\)$", "", traceback.format_exception_only(type(error), error)[-1].strip()
        ),  # no path
        "line": lines[-1] if lines else 1,
        "kinds": [kind.__name__ for one in chain for kind in type(one).__mro__],
        "module": str(getattr(error, "name", None) or ""),
    }


if __name__ == "__main__":
    main()
