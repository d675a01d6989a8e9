"""The bench: a pytest that has collected claims and runs them again and again, each time in a fork of its own.

Loaded as a plugin by a process of the spare environment (see `spare`). It is asked over one pipe and answers over
another, in lines of JSON. What is imported in a fork is imported from the disk, sabotage included; in a module that was
imported before the fork, the code of its functions is exchanged. That is quick, and good enough to look for a
refutation; what it finds is then proved on a new bench, which imports everything anew.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import functools
import gc
import inspect
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from report.mutation.tracing import Tracing
from report.probe.fingerprint import texts
from report.probe.recorder import REFUTED, own_assertions, own_function, record_on

PIPES = "CLAIM_BENCH"  # the variable that names the two pipes' descriptors
END, OVER = "end", "over"  # what the last line of an answer says: of a bench, and of a cold one
AT_IMPORT = "at import"  # the answer where a change takes effect only when the module is imported
SUBREAPER = 36  # prctl(2)


class Worker:
    """Answers what it is asked, until the pipe is closed."""

    def __init__(self, asked: int, answers: int) -> None:
        self.asked = os.fdopen(asked, encoding="utf-8")
        self.answers = answers

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of running everything once: run what we are asked to."""
        adopt_orphans()
        session.config.pluginmanager.unregister(name="claim-recording")  # it ends a process whose parent has changed
        items = {item.nodeid: item for item in session.items if isinstance(item, pytest.Function)}
        self.tell(items={name: "\n".join(texts(item, own_function(item))) for name, item in items.items()})
        for line in self.asked:
            question = json.loads(line)
            swapped = exchange(question.get("swap"))
            if swapped is None:
                self.tell(end=AT_IMPORT)
            else:
                self.fork(session, [items[one] for one in question["claims"]], question, swapped)
        os._exit(0)

    def fork(
        self, session: pytest.Session, items: Sequence[pytest.Item], question: dict[str, Any], swapped: Swapped
    ) -> None:
        """Run *items* in a child process, and wait for its end."""
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            self.tell(end="done")
            return
        with contextlib.suppress(BaseException):
            for function, code in swapped:
                function.__code__ = code
            recorder: Any = session.config.pluginmanager.get_plugin("claim-recorder")
            recorder.seconds = question["seconds"]
            if trace := question.get("trace"):
                os.environ["CLAIM_TRACE"] = trace
                let_in()
                Tracing(trace, **question["traced"]).start()
            for item in items:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        os._exit(0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell what a claim did, and if it was refuted, how."""
        report = yield
        record = record_on(report)
        if record is not None:
            told = {name: record[name] for name in ("id", "outcome", "reason", "evidence")}
            how = kind(own_function(item), call.excinfo) if record["outcome"] == REFUTED and call.excinfo else None
            self.tell(**told, kind=how, seconds=call.duration)
        return report

    def tell(self, **line: Any) -> None:
        """Answer with one line."""
        os.write(self.answers, (json.dumps(line) + "\n").encode())


def pytest_configure(config: pytest.Config) -> None:
    """Set up the bench, where the pipes are named."""
    if pipes := os.environ.pop(PIPES, None):
        config.pluginmanager.register(Worker(*map(int, pipes.split(","))), "claim-bench")


def let_in() -> None:
    """Have a Python that was to run without `site` run with it, or what traces it would not get in."""
    start = subprocess.Popen.__init__

    def started(self: Any, arguments: Any, *more: Any, **how: Any) -> None:
        listed = isinstance(arguments, (list, tuple))
        start(self, [one for one in arguments if one != "-S"] if listed else arguments, *more, **how)

    setattr(subprocess.Popen, "__init__", started)  # noqa: B010 (to assign to a method is no type)


def adopt_orphans() -> None:
    """Have what a claim leaves behind become our child, so that it can be found and ended (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def kind(function: FunctionType, info: pytest.ExceptionInfo[BaseException]) -> str:
    """How a claim was refuted.

    `comparison`: what it asserts is not so. `not raised`: an exception that it expects did not come. `raised`: it
    compares nothing, and the very call that it asserts failed. `crash`: anything else, which proves nothing.
    """
    error, frames = info.value, list(traceback.walk_tb(info.value.__traceback__))
    ours = [(frame.f_code, line) for frame, line in frames if frame.f_code is function.__code__]
    if isinstance(error, AssertionError) and frames[-1][0].f_code is function.__code__:
        return "comparison"
    if isinstance(error, pytest.fail.Exception):
        return "not raised"
    asserted = [one for one in own_assertions(function) if ours and one.first <= ours[-1][1] <= one.last]
    return "raised" if any(is_call_alone(one.source) for one in asserted) else "crash"


def is_call_alone(source: str) -> bool:
    """Tell whether an asserted expression is a call and no more, and none that expects an exception."""
    call = ast.parse(source, mode="eval").body
    nodes = list(ast.walk(call))
    compares = any(isinstance(one, ast.Compare) or getattr(one, "attr", "") == "raises" for one in nodes)
    return isinstance(call, ast.Call) and not compares


Swapped = list[tuple[FunctionType, CodeType]]


def exchange(swap: dict[str, str] | None) -> Swapped | None:
    """The functions whose code changes with a file's text, and their new code; None where that is not all.

    *swap* has the file's `path`, and the path of its `original`.
    """
    loaded = [path for path in (swap or {}).values() if path in functions()]
    if swap is None or not loaded:
        return []
    path = loaded[0]  # the standard library's is loaded from where it is
    was = as_it_was(swap["original"])
    becomes = compile(Path(swap["path"]).read_bytes(), path, "exec", dont_inherit=True)
    new: dict[CodeType, CodeType] = {}
    for old, code in pairs(was, becomes):
        if old is None or (not old.co_flags & inspect.CO_OPTIMIZED and not same(old, code)):
            return None
        if old.co_freevars != code.co_freevars:
            return None
        new[old] = code
    return [
        (one, new[one.__code__]) for one in functions()[path] if new.get(one.__code__, one.__code__) != one.__code__
    ]


@functools.cache
def as_it_was(path: str) -> CodeType:
    """The code of a module that nothing has changed."""
    return compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)


@functools.cache
def functions() -> dict[str, list[FunctionType]]:
    """Every function there is before the first fork, by the file of its code; a module without one counts, too."""
    found: dict[str, list[FunctionType]] = {str(getattr(one, "__file__", "")): [] for one in list(sys.modules.values())}
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            found.setdefault(one.__code__.co_filename, []).append(one)
    return found


def pairs(was: CodeType, becomes: CodeType) -> Iterator[tuple[CodeType | None, CodeType]]:
    """Each code object of a module, before and after; (None, …) where they do not correspond."""
    yield was, becomes
    old = [one for one in was.co_consts if isinstance(one, CodeType)]
    new = [one for one in becomes.co_consts if isinstance(one, CodeType)]
    if [one.co_name for one in old] != [one.co_name for one in new]:
        yield None, becomes
        return
    for before, after in zip(old, new, strict=True):
        yield from pairs(before, after)


def same(was: CodeType, becomes: CodeType) -> bool:
    """Tell whether two code objects do the same, what is nested in them left aside."""
    plain = [[one for one in code.co_consts if not isinstance(one, CodeType)] for code in (was, becomes)]
    return repr(plain[0]) == repr(plain[1]) and was.co_code == becomes.co_code and was.co_names == becomes.co_names
