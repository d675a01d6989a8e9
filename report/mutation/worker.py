"""A worker: a pytest process that collects claims once and then runs them on request, each time in a fork.

It is a pytest plugin for a process in a sandbox. It reads questions from a socket and writes its answers to it, as
lines of JSON. A fork imports modules from the disk, mutated files included. In modules that were imported before the
fork, the worker swaps the code of functions. This is fast, but not exact: a fresh worker, which imports everything
again, proves each kill.
"""

from __future__ import annotations

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
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NoReturn

import pytest

from report.mutation.tracing import Tracing
from report.probe.fingerprint import source_texts
from report.probe.recorder import REFUTED, own_function, record_on

SOCKET = "CLAIM_WORKER_SOCKET"  # the environment variable with the descriptor of the socket
AT_IMPORT = "at import"  # the end of an answer if the mutation takes effect only when the module is imported
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
Question = dict[str, Any]  # what `Client.ask` sends
CodeSwaps = Sequence[tuple[FunctionType, CodeType]]


class Plugin:
    """The pytest plugin of both workers: it calls *run* instead of running all claims, and sends their outcomes."""

    def __init__(self, socket: int, run: Callable[[pytest.Session], None]) -> None:
        self.socket, self.run = socket, run

    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        """Run claims, and end the process without pytest's own ending."""
        self.run(session)
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
            error = call.excinfo.value if call.excinfo and record["outcome"] == REFUTED else None
            kind = refutation_kind(own_function(item), error) if error else None
            send(self.socket, answer={**fields, "kind": kind, "seconds": call.duration})
        return report


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin if the environment names the socket."""
    if socket := os.environ.pop(SOCKET, None):
        config.pluginmanager.register(Plugin(int(socket), functools.partial(run_worker, int(socket))))


def run_worker(socket: int, session: pytest.Session) -> None:
    """Answer questions about the collected claims until the client closes the socket."""
    items = {item.nodeid: item for item in session.items if isinstance(item, pytest.Function)}
    send(socket, texts={claim: "\n".join(source_texts(item, own_function(item))) for claim, item in items.items()})

    def prepare(question: Question) -> Callable[[], None] | None:
        swaps = code_swaps(question.get("mutated"))
        chosen = [items[claim] for claim in question["claims"]]
        return None if swaps is None else functools.partial(run_claims, session, chosen, question, swaps)

    answer_questions(socket, prepare)


def send(socket: int, **message: Any) -> None:
    """Write a `client.Message`."""
    os.write(socket, (json.dumps(message) + "\n").encode())


def answer_questions(socket: int, prepare: Callable[[Question], Callable[[], object] | None]) -> None:
    """Answer each question in a fork, with the function that *prepare* returns, or with `AT_IMPORT` if that is None."""
    adopt_orphans()
    with os.fdopen(socket, encoding="utf-8", closefd=False) as questions:
        for line in questions:
            run = prepare(json.loads(line))
            if run is not None:
                run_in_fork(run)
            send(socket, end=AT_IMPORT if run is None else "done")


def run_in_fork(run: Callable[[], object]) -> None:
    """Call *run* in a child process, and wait until it ends."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    with contextlib.suppress(BaseException):
        run()
    os._exit(0)


def run_claims(
    session: pytest.Session, items: Sequence[pytest.Item], question: Question, swaps: CodeSwaps = ()
) -> None:
    """Run *items* in this process, after the *swaps* of code, with the time limit and the trace of the question."""
    plugins: Any = session.config.pluginmanager
    plugins.unregister(name="claim-recording")  # it ends a process whose parent has changed
    plugins.get_plugin("claim-recorder").seconds = question["seconds"]
    for function, code in swaps:
        function.__code__ = code
    if trace := question.get("trace"):
        os.environ["CLAIM_TRACE"] = trace["file"]
        force_site_in_children()
        Tracing(**trace).start()
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


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


def refutation_kind(function: FunctionType, error: BaseException) -> str | None:
    """`comparison`: an assertion is false; `not raised`: an expected exception did not occur, else None."""
    *_, (last_frame, _) = traceback.walk_tb(error.__traceback__)
    if isinstance(error, AssertionError) and last_frame.f_code is function.__code__:
        return "comparison"
    return "not raised" if isinstance(error, pytest.fail.Exception) else None


def code_swaps(mutated: dict[str, str] | None) -> CodeSwaps | None:
    """Return the functions whose code a mutated file changes, each with its new code.

    Return None if the mutation also changes code that runs at import. *mutated* has the `path` of the mutated file and
    the path of its `original`.
    """
    functions = loaded_functions().get(mutated["path"]) if mutated else None
    if mutated is None or functions is None:
        return []
    new_codes: dict[CodeType, CodeType] = {}
    for old, new in code_pairs(module_code(mutated["original"]), module_code(mutated["path"])):
        if old is None or old.co_freevars != new.co_freevars:
            return None
        if not old.co_flags & inspect.CO_OPTIMIZED and not is_same_code(old, new):
            return None
        new_codes[old] = new
    return [
        (function, new_codes[function.__code__])
        for function in functions
        if new_codes.get(function.__code__, function.__code__) != function.__code__
    ]


def module_code(path: str) -> CodeType:
    """Compile a module."""
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
    old_nested, new_nested = (
        [constant for constant in code.co_consts if isinstance(constant, CodeType)] for code in (old, new)
    )
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
