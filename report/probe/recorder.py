"""What each claim did, and the evidence for it, as pytest runs it.

This module is loaded beside every release that is measured, old ones too: Python 3.9 and the standard
library, pytest 8.4, nothing of the rest of the project but `fingerprint` and `leftovers`.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import http.client
import importlib.metadata
import inspect
import os
import re
import shutil
import signal
import smtplib
import socket
import sysconfig
import tempfile
import textwrap
import threading
import traceback
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from _pytest.assertion import util

from report.probe.fingerprint import fingerprint, is_property, parsed
from report.probe.processes import end, started

HELD, REFUTED, UNTRIED = "held", "refuted", "untried"
PROPERTY = "claim"  # under this name a record travels among its report's `user_properties`
MARKS = ("claim", "corrects")
UNANSWERED = {f"requests.exceptions.{name}" for name in ("ConnectionError", "Timeout", "ChunkedEncodingError")}
EXAMPLES = 10  # of a property, the tenth example (or the last) stands for all

Seen = dict[str, Any]  # an assertion, what was observed of it, and how often
SEEN = pytest.StashKey[dict[int, Seen]]()
LACKING = pytest.StashKey[str]()
FOUND = pytest.StashKey[frozenset[Any]]()  # the processes that were there before a claim


@dataclass(frozen=True)
class Assertion:
    """An `assert` statement in a claim's own body: where it stands and what it says."""

    first: int
    last: int
    source: str


class Recorder:
    """The hooks that measure; each record leaves on the report of the phase that decided it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> Generator[None, None, None]:
        """Look for the components that a claim declares, before any fixture does."""
        if is_claim(item):
            item.stash[SEEN] = {}
            item.stash[FOUND] = started()
            for mark in item.iter_markers("needs"):
                if not is_here(mark.args[0]):
                    item.stash[LACKING] = mark.args[0]
                    pytest.skip(f"needs {mark.args[0]}, which is not here")
            with time_limit(self.seconds):
                return (yield)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Generator[None, None, None]:
        """Cut off a claim that does not end, and have its values told whole and plain."""
        if not is_claim(item):
            return (yield)
        with time_limit(self.seconds), plain_values():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Function) -> Generator[None, None, None]:
        """End the processes that a claim leaves behind, and say so."""
        try:
            return (yield)
        finally:
            found = item.stash.get(FOUND, frozenset())
            left = sorted(tidy(end(one)) for one in started() - found) if is_claim(item) else []
            if left:
                pytest.fail(f"{item.nodeid} left a process behind: {', '.join(left)}", pytrace=False)

    def pytest_assertion_pass(self, item: pytest.Function, lineno: int, orig: str, expl: str) -> None:
        """Keep the values of an assertion that the claim's own code made."""
        if SEEN not in item.stash or asserting_code() is not own_function(item).__code__:
            return
        seen = item.stash[SEEN].setdefault(lineno, {"assertion": tidy(orig), "observed": {}, "times": 0})
        seen["times"] += 1
        if not is_property(item):
            seen["observed"][tidy(expl)] = None
        elif seen["times"] <= EXAMPLES:
            seen["observed"] = {tidy(expl): None}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the record on the report, and have a refuted claim count as measured, not as failed."""
        report = yield
        if is_claim(item) and (call.when == "call" or (call.when == "setup" and not report.passed)):
            record = record_of(item, call)
            report.user_properties.append((PROPERTY, record))
            settle(report, record)
        return report


def is_claim(item: pytest.Item) -> bool:
    """Tell whether *item* bears a claim's mark."""
    return any(item.get_closest_marker(name) for name in MARKS)


def record_on(report: pytest.CollectReport | pytest.TestReport) -> dict[str, Any] | None:
    """The record that *report* brings, if any."""
    properties: dict[str, Any] = dict(getattr(report, "user_properties", ()))
    return properties.get(PROPERTY)


def own_function(item: pytest.Function) -> FunctionType:
    """The function that the claim's author wrote, under whatever wraps it."""
    return author_of(item.obj)


def author_of(function: Any) -> FunctionType:
    """The function under the wrappers of Hypothesis and of decorators."""
    handle = getattr(function, "hypothesis", None)
    found: FunctionType = handle.inner_test if handle is not None else inspect.unwrap(function)
    return found


def is_here(component: str) -> bool:
    """Tell whether *component* is here: a program, a file by its whole path, a distribution, or an article's copy."""
    if component.startswith("articles/"):
        copies = os.environ.get("ARTICLES_DIR")
        return Path(copies, component[len("articles/") :]).is_file() if copies else Path(component).is_file()
    if shutil.which(component) or (component.startswith("/") and Path(component).is_file()):
        return True
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return bool(importlib.metadata.version(component))
    return False


def asserting_code() -> CodeType | None:
    """The code object whose assertion has just passed: the caller of pytest's own call-back."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "_call_assertion_pass":
        frame = frame.f_back
    return frame.f_back.f_code if frame is not None and frame.f_back is not None else None


@contextlib.contextmanager
def plain_values() -> Iterator[None]:
    """Have pytest tell what it compared, and not also how the two differ: evidence is what was seen.

    The comparison would be made for assertions that pass, too, and is most of what evidence costs. An
    `ExceptionInfo` is shown as its exception: by itself it cuts the message and counts the frames.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(util, "_reprcompare", None)
        patch.setattr(pytest.ExceptionInfo, "__repr__", lambda info: f"<ExceptionInfo {info.value!r}>")
        yield


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Skip what runs longer than *seconds*: what does not end is no refutation."""
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def cut_off(signum: int, frame: FrameType | None) -> None:
        pytest.skip(f"no end after {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, cut_off)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def record_of(item: pytest.Function, call: pytest.CallInfo[None]) -> dict[str, Any]:
    """What is known of *item* now that it has run: what it states, and what it did."""
    outcome, reason, evidence = measured(item, call)
    return {**describe(item), "outcome": outcome, "reason": reason, "evidence": evidence}


def measured(item: pytest.Function, call: pytest.CallInfo[None]) -> tuple[str, str | None, list[Seen]]:
    """The outcome of *item*, the reason where it is untried, and the evidence where it is not."""
    held = [
        {"assertion": seen["assertion"], "observed": observed, "times": seen["times"]}
        for _, seen in sorted(item.stash[SEEN].items())
        for observed in seen["observed"]
    ]
    if call.excinfo is None:
        return (HELD, None, held) if held else (UNTRIED, "no assertion of its own passed", [])
    failed, reason = refutation(own_function(item), call.excinfo.value)
    if failed is None or call.when != "call":
        return UNTRIED, reason, []
    return REFUTED, None, [*held, failed]


def refutation(function: FunctionType, error: BaseException) -> tuple[Seen | None, str | None]:
    """What *error*, raised while *function* ran, refutes: the assertion and what was seen, or None and why not."""
    if isinstance(error, pytest.skip.Exception):
        return None, tidy(str(error.msg))
    sentence = "".join(traceback.format_exception_only(type(error), error)).strip()
    frames = list(traceback.walk_tb(error.__traceback__))
    lines = [line for frame, line in frames if frame.f_code is function.__code__]
    ours = function.__code__.co_filename
    if is_of_a_peer(error):
        return None, tidy(sentence)
    if isinstance(error, NameError) and frames[-1][0].f_code.co_filename == ours:
        return None, tidy(sentence)
    for statement in own_assertions(function):
        if lines and statement.first <= lines[-1] <= statement.last:
            return {"assertion": tidy(statement.source), "observed": tidy(observation(error)), "times": 1}, None
    return None, tidy(sentence)


def is_of_a_peer(error: BaseException) -> bool:
    """Tell whether *error* says that a peer did not answer: no word of what an article says, wherever it is met."""
    kinds = (ConnectionError, TimeoutError, socket.timeout, http.client.HTTPException, smtplib.SMTPServerDisconnected)
    names = {f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__}
    return isinstance(error, kinds) or bool(names & UNANSWERED)


def observation(error: BaseException) -> str:
    """What a failed assertion saw: its values, or the exception that kept it from being evaluated."""
    if isinstance(error, AssertionError):
        told = str(error).replace("assert ", "", 1) or "False"
    else:
        told = "".join(traceback.format_exception_only(type(error), error)).strip()
    notes = [note for note in getattr(error, "__notes__", ()) if note not in told]
    return "\n".join([told, *notes])


def own_assertions(function: FunctionType) -> Iterator[Assertion]:
    """The `assert` statements in the body of *function*, those of nested functions left out."""
    source, functions = written(function.__code__.co_filename)
    for statement in statements(functions[function.__code__.co_firstlineno]):
        text = ast.get_source_segment(source, statement.test) or ""
        yield Assertion(statement.lineno, statement.end_lineno or statement.lineno, text)


def source_of(function: FunctionType) -> str:
    """The text of *function* from its first decorator on."""
    source, functions = written(function.__code__.co_filename)
    first = function.__code__.co_firstlineno
    lines = source.split("\n")[first - 1 : functions[first].end_lineno]
    return textwrap.dedent("\n".join([*lines, ""]))


@functools.cache
def written(file: str) -> tuple[str, dict[int, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The text of *file*, and its functions by the line on which each begins."""
    source, tree = parsed(Path(file))
    functions = (
        node for _, nodes in tree for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    return source, {starts_at(node): node for node in functions}


def starts_at(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The line that Python calls a function's first: that of its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def statements(node: ast.AST) -> Iterator[ast.Assert]:
    """The `assert` statements below *node* that run in its own frame."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assert):
            yield child
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from statements(child)


def settle(report: pytest.TestReport, record: dict[str, Any]) -> None:
    """Say *record* in pytest's terms: only what is untried and was not declared so fails the run."""
    if record["outcome"] == REFUTED:
        report.outcome, report.longrepr = "passed", None
    elif record["outcome"] == UNTRIED and record["lacking"]:
        report.outcome = "skipped"
    elif record["outcome"] == UNTRIED:
        report.outcome = "failed"
        if not hasattr(report.longrepr, "toterminal"):
            report.longrepr = f"{record['id']}: {record['reason']}"


def describe(item: pytest.Function) -> dict[str, Any]:
    """What a claim is, before it runs."""
    function = own_function(item)
    editorial, data = flags(item)
    return {
        "id": item.nodeid,
        "statement": statement_of(item, function),
        "topic": inspect.cleandoc(item.module.__doc__ or "").split("\n")[0].rstrip("."),
        "kind": "editorial" if editorial else "technical",
        "data": data,
        "corrects": [target(mark, item) for mark in item.iter_markers("corrects")],
        "needs": [mark.args[0] for mark in item.iter_markers("needs")],
        "lacking": item.stash.get(LACKING, None),
        "line": function.__code__.co_firstlineno,
        "source": source_of(function),
        "fingerprint": fingerprint(item, function),
    }


def flags(item: pytest.Function) -> tuple[bool, bool]:
    """Whether the claim's mark says editorial, and whether it says data."""
    mark = item.get_closest_marker("claim")
    arguments = mark.kwargs if mark else {}
    return bool(arguments.get("editorial")), bool(arguments.get("data"))


def statement_of(item: pytest.Function, function: FunctionType) -> str:
    """The claim in one line, its table row filled in."""
    text = " ".join(inspect.cleandoc(function.__doc__ or "").split())
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return text.format(**parameters) if parameters else text


def target(mark: pytest.Mark, item: pytest.Function) -> str:
    """The id of the claim that a `corrects` mark names."""
    other, row = mark.args
    function = author_of(other)
    path = Path(function.__code__.co_filename).relative_to(item.config.rootpath).as_posix()
    return f"{path}::{function.__name__}" + (f"[{row}]" if row is not None else "")


def spelt(*places: str | Path) -> str:
    """A pattern for places on the disk, as they are or as Python shows them within quotes."""
    ways = {way for place in map(str, places) for way in (place, repr(place)[1:-1], ascii(place)[1:-1])}
    return "(?:" + "|".join(map(re.escape, sorted(ways, key=len, reverse=True))) + ")"


PLACES = [
    (re.compile(r"(?<=\b127\.0\.0\.1:)\d{5}\b|(?<=\blocalhost:)\d{5}\b"), "<port>"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "0x…"),
    (re.compile(spelt(*map(sysconfig.get_path, ("purelib", "platlib"))) + "/"), "<site-packages>/"),
    (re.compile(r"[^\s'\"(]*/site-packages/"), "<site-packages>/"),
    (
        re.compile(
            spelt(os.path.realpath(tempfile.gettempdir())) + r"/pytest-[^\s'\"/]*/pytest-[^\s'\"/]*/(popen-gw\d+/)?"
        ),
        "<tmp>/",
    ),
    (re.compile(r"(<tmp>/[^\s'\"/)]*?)\d+(?=[\s'\"/)]|$)"), r"\1"),  # which of several tests of that name it was
    (re.compile(spelt(Path(__file__).resolve().parents[2]) + "/"), ""),
]


def tidy(text: str) -> str:
    """*text* without what differs from run to run: ephemeral ports, addresses in memory, places on the disk."""
    for pattern, instead in PLACES:
        text = pattern.sub(instead, text)
    return text
