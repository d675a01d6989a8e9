"""A worker: a pytest process that collects claims once and then runs them on request, each time in a fork.

It is a pytest plugin for a process in a sandbox. It reads questions from one pipe and writes answers to another, as
lines of JSON. A fork imports modules from the disk, mutated files included. In modules that were imported before the
fork, the worker swaps the code of functions. This is fast, but not exact: a fresh worker, which imports everything
again, proves each kill.
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
from report.probe.fingerprint import source_texts
from report.probe.recorder import REFUTED, assertion_at, own_function, record_on

PIPES = "CLAIM_WORKER_PIPES"  # the environment variable with the descriptors of the two pipes
END, FRESH_END = "end", "fresh end"  # the key in the last line of an answer: of a worker, and of a fresh worker
AT_IMPORT = "at import"  # the answer to a mutation that takes effect only when the module is imported
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
CodeSwaps = list[tuple[FunctionType, CodeType]]


class Worker:
    """Answers questions until the client closes the pipe."""

    def __init__(self, questions: int, answers: int) -> None:
        self.questions = os.fdopen(questions, encoding="utf-8")
        self.answers = answers

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run claims on request, instead of running all of them once."""
        adopt_orphans()
        session.config.pluginmanager.unregister(name="claim-recording")  # it ends a process whose parent has changed
        items = {item.nodeid: item for item in session.items if isinstance(item, pytest.Function)}
        self.send(texts={claim: "\n".join(source_texts(item, own_function(item))) for claim, item in items.items()})
        for line in self.questions:
            question = json.loads(line)
            swaps = code_swaps(question.get("mutated"))
            if swaps is None:
                self.send(end=AT_IMPORT)
            else:
                self.run_in_fork(session, [items[claim] for claim in question["claims"]], question, swaps)
        os._exit(0)

    def run_in_fork(
        self, session: pytest.Session, items: Sequence[pytest.Item], question: dict[str, Any], swaps: CodeSwaps
    ) -> None:
        """Run *items* in a child process, and wait until it ends."""
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            self.send(end="done")
            return
        with contextlib.suppress(BaseException):
            for function, code in swaps:
                function.__code__ = code
            recorder: Any = session.config.pluginmanager.get_plugin("claim-recorder")
            recorder.seconds = question["seconds"]
            if trace := question.get("trace"):
                os.environ["CLAIM_TRACE"] = trace
                force_site_in_children()
                Tracing(trace, **question["tracing"]).start()
            for item in items:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        os._exit(0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the outcome of a claim and, if it was refuted, the kind of refutation."""
        report = yield
        record = record_on(report)
        if record is not None:
            fields = {name: record[name] for name in ("id", "outcome", "reason", "evidence")}
            kind = None
            if record["outcome"] == REFUTED and call.excinfo:
                kind = refutation_kind(own_function(item), call.excinfo)
            self.send(**fields, kind=kind, seconds=call.duration)
        return report

    def send(self, **line: Any) -> None:
        """Write one line of an answer."""
        os.write(self.answers, (json.dumps(line) + "\n").encode())


def pytest_configure(config: pytest.Config) -> None:
    """Register the worker if the environment names its pipes."""
    if pipes := os.environ.pop(PIPES, None):
        config.pluginmanager.register(Worker(*map(int, pipes.split(","))), "claim-worker")


def force_site_in_children() -> None:
    """Remove `-S` from the commands of child processes: without `site`, the tracing hook does not run."""
    original_init = subprocess.Popen.__init__

    def init(self: Any, arguments: Any, *args: Any, **kwargs: Any) -> None:
        is_list = isinstance(arguments, (list, tuple))
        command = [argument for argument in arguments if argument != "-S"] if is_list else arguments
        original_init(self, command, *args, **kwargs)

    setattr(subprocess.Popen, "__init__", init)  # noqa: B010 (mypy rejects an assignment to a method)


def adopt_orphans() -> None:
    """Make this process the parent of orphaned descendants, so that the client can find and end them (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def refutation_kind(function: FunctionType, info: pytest.ExceptionInfo[BaseException]) -> str:
    """Classify the refutation of a claim.

    `comparison`: an assertion of the claim is false. `not raised`: an expected exception did not occur. `raised`: the
    assertion is a bare call, and that call failed. `crash`: anything else, which proves nothing.
    """
    error, frames = info.value, list(traceback.walk_tb(info.value.__traceback__))
    own_lines = [line for frame, line in frames if frame.f_code is function.__code__]
    if isinstance(error, AssertionError) and frames[-1][0].f_code is function.__code__:
        return "comparison"
    if isinstance(error, pytest.fail.Exception):
        return "not raised"
    failed = assertion_at(function, own_lines[-1]) if own_lines else None
    return "raised" if failed and is_bare_call(failed) else "crash"


def is_bare_call(source: str) -> bool:
    """Return whether an asserted expression is only a call, without a comparison or `pytest.raises`."""
    expression = ast.parse(source, mode="eval").body
    compares = any(
        isinstance(node, ast.Compare) or getattr(node, "attr", "") == "raises" for node in ast.walk(expression)
    )
    return isinstance(expression, ast.Call) and not compares


def code_swaps(mutated: dict[str, str] | None) -> CodeSwaps | None:
    """Return the functions whose code a mutated file changes, each with its new code.

    Return None if the mutation also changes code that runs at import. *mutated* has the `path` of the mutated file and
    the path of its `original`.
    """
    loaded = [path for path in (mutated or {}).values() if path in loaded_functions()]
    if mutated is None or not loaded:
        return []
    path = loaded[0]  # Python loaded the standard library from the original path
    new_module = compile(Path(mutated["path"]).read_bytes(), path, "exec", dont_inherit=True)
    new_codes: dict[CodeType, CodeType] = {}
    for old, new in code_pairs(original_code(mutated["original"]), new_module):
        if old is None or (not old.co_flags & inspect.CO_OPTIMIZED and not is_same_code(old, new)):
            return None
        if old.co_freevars != new.co_freevars:
            return None
        new_codes[old] = new
    return [
        (function, new_codes[function.__code__])
        for function in loaded_functions()[path]
        if new_codes.get(function.__code__, function.__code__) != function.__code__
    ]


@functools.cache
def original_code(path: str) -> CodeType:
    """Return the code of a module without mutations."""
    return compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)


@functools.cache
def loaded_functions() -> dict[str, list[FunctionType]]:
    """Return all functions that exist before the first fork, by file; a loaded module without functions has a key."""
    functions: dict[str, list[FunctionType]] = {
        str(getattr(module, "__file__", "")): [] for module in list(sys.modules.values())
    }
    for candidate in gc.get_objects():
        if isinstance(candidate, FunctionType):
            functions.setdefault(candidate.__code__.co_filename, []).append(candidate)
    return functions


def code_pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType | None, CodeType]]:
    """Yield each code object of a module with its new version; (None, …) where the two do not correspond."""
    yield old, new
    old_nested = [constant for constant in old.co_consts if isinstance(constant, CodeType)]
    new_nested = [constant for constant in new.co_consts if isinstance(constant, CodeType)]
    if [code.co_name for code in old_nested] != [code.co_name for code in new_nested]:
        yield None, new
        return
    for old_code, new_code in zip(old_nested, new_nested, strict=True):
        yield from code_pairs(old_code, new_code)


def is_same_code(old: CodeType, new: CodeType) -> bool:
    """Return whether two code objects do the same, without the code objects nested in them."""
    old_constants, new_constants = (
        [constant for constant in code.co_consts if not isinstance(constant, CodeType)] for code in (old, new)
    )
    return repr(old_constants) == repr(new_constants) and old.co_code == new.co_code and old.co_names == new.co_names
