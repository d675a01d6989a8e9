"""Records the outcome of each claim, and the evidence for it, while pytest runs it.

Libraries considered: pytest-json-report and pytest-reportlog. They do not keep the values of assertions that pass.
"""

from __future__ import annotations

import ast
import contextlib
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
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from _pytest.assertion import util

from report.probe.fingerprint import fingerprint
from report.probe.processes import descendants, kill

HELD, REFUTED, UNTRIED = "held", "refuted", "untried"
PROPERTY = "claim"  # the name of a record among the `user_properties` of a report
MARKS = ("claim", "corrects")
UNANSWERED = {f"requests.exceptions.{name}" for name in ("ConnectionError", "Timeout", "ChunkedEncodingError")}
EXAMPLES = 10  # the tenth example of a property, or its last, is its evidence

Evidence = dict[str, Any]  # an assertion, the values observed, and how often it was evaluated
EVIDENCE = pytest.StashKey[dict[int, Evidence]]()  # by line
LACKING = pytest.StashKey[str]()  # the component that is not installed
EARLIER = pytest.StashKey[frozenset[Any]]()  # the processes that ran before the claim


class Recorder:
    """The hooks that measure. Each record is attached to the report of the phase that decided the outcome.

    *plain*: pytest's own report stays as it is, so that a refuted claim fails with a traceback.
    """

    def __init__(self, seconds: float, plain: bool = False) -> None:
        self.seconds = seconds
        self.plain = plain

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> Generator[None, None, None]:
        """Skip a claim if a component that it declares is missing; check before any fixture runs."""
        if is_claim(item):
            item.stash[EVIDENCE] = {}
            item.stash[EARLIER] = descendants()
            for mark in item.iter_markers("needs"):
                if not is_here(mark.args[0]):
                    item.stash[LACKING] = mark.args[0]
                    pytest.skip(f"needs {mark.args[0]}, which is not here")
            with time_limit(self.seconds):
                return (yield)
        util._assertion_pass = None  # pytest sets it for each test, but need not put the values of others into words
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Generator[None, None, None]:
        """Cut off a claim that does not end, and keep its values complete."""
        if not is_claim(item):
            return (yield)
        with time_limit(self.seconds), plain_values():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Function) -> Generator[None, None, None]:
        """Kill the processes that a claim leaves behind, and fail it."""
        try:
            return (yield)
        finally:
            earlier = item.stash.get(EARLIER, frozenset())
            left = sorted(tidy(kill(process)) for process in descendants() - earlier) if is_claim(item) else []
            if left:
                pytest.fail(f"{item.nodeid} left a process behind: {', '.join(left)}", pytrace=False)

    def pytest_assertion_pass(self, item: pytest.Function, lineno: int, orig: str, expl: str) -> None:
        """Keep the values of an assertion in the claim's own body."""
        if EVIDENCE in item.stash and asserting_code() is own_function(item).__code__:
            keep_values(item, lineno, orig, expl, tidy)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the record to the report. A refuted claim does not fail the run."""
        report = yield
        if is_claim(item) and (call.when == "call" or (call.when == "setup" and not report.passed)):
            outcome, reason, evidence = outcome_of(item, call, tidy)
            record = {**describe(item), "outcome": outcome, "reason": reason, "evidence": evidence}
            report.user_properties.append((PROPERTY, record))
            if not self.plain:
                set_outcome(report, record)
        return report


def is_claim(item: pytest.Item) -> bool:
    """Whether *item* has a claim's mark."""
    return any(item.get_closest_marker(name) for name in MARKS)


def record_on(report: pytest.CollectReport | pytest.TestReport) -> dict[str, Any] | None:
    """The record attached to *report*, or None."""
    properties: dict[str, Any] = dict(getattr(report, "user_properties", ()))
    return properties.get(PROPERTY)


def own_function(item: pytest.Function) -> FunctionType:
    """The function that the claim's author wrote, without its wrappers."""
    return unwrapped(item.obj)


def unwrapped(function: Any) -> FunctionType:
    """*function* without the wrappers of Hypothesis and of decorators."""
    handle = getattr(function, "hypothesis", None)
    inner: FunctionType = handle.inner_test if handle is not None else inspect.unwrap(function)
    return inner


def is_here(component: str) -> bool:
    """Whether *component* is present: a program, an absolute path, a distribution, or the copy of an article."""
    if component.startswith("articles/"):
        folder = os.environ.get("ARTICLES_DIR")
        return Path(folder, component[len("articles/") :]).is_file() if folder else Path(component).is_file()
    if shutil.which(component) or (component.startswith("/") and Path(component).is_file()):
        return True
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return bool(importlib.metadata.version(component))
    return False


def asserting_code() -> CodeType | None:
    """The code object whose assertion has just passed: the caller of pytest's callback."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "_call_assertion_pass":
        frame = frame.f_back
    return frame.f_back.f_code if frame is not None and frame.f_back is not None else None


@contextlib.contextmanager
def plain_values() -> Iterator[None]:
    """Make pytest show the compared values without a diff.

    pytest would compute the diff for passing assertions too, and that takes most of the time of collecting evidence.
    An `ExceptionInfo` is shown as its exception: its own `repr` shortens the message and counts the frames.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(util, "_reprcompare", None)
        patch.setattr(pytest.ExceptionInfo, "__repr__", lambda info: f"<ExceptionInfo {info.value!r}>")
        yield


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Skip a claim that runs longer than *seconds*: a timeout refutes nothing. 0 means no limit.

    Library considered: pytest-timeout. It fails the test, which could look like a refutation.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def cut_off(signum: int, frame: FrameType | None) -> None:
        pytest.skip(f"no end after {seconds:g} seconds")

    previous = signal.signal(signal.SIGALRM, cut_off)
    # Repeated, as Python ignores an exception raised in a finalizer or in a callback of its garbage collector.
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def keep_values(item: pytest.Function, line: int, assertion: str, values: str, clean: Callable[[str], str]) -> None:
    """Keep the *values* of an assertion that passed at *line*. *clean* is called with each text that is kept."""
    if line not in item.stash[EVIDENCE]:
        item.stash[EVIDENCE][line] = {"assertion": clean(assertion), "observed": {}, "times": 0}
    evidence = item.stash[EVIDENCE][line]
    evidence["times"] += 1
    if not hasattr(item.obj, "hypothesis"):  # it is no property of Hypothesis
        evidence["observed"][clean(values)] = None  # a dict keeps each value once, in order
    elif evidence["times"] <= EXAMPLES:
        evidence["observed"] = {clean(values): None}


def outcome_of(
    item: pytest.Function, call: pytest.CallInfo[None], clean: Callable[[str], str]
) -> tuple[str, str | None, list[Evidence]]:
    """The outcome of *item*, with the reason if it is untried, and the evidence if it is not.

    *clean* is called with each text about a failure.
    """
    passed = [
        {"assertion": evidence["assertion"], "observed": observed, "times": evidence["times"]}
        for _, evidence in sorted(item.stash[EVIDENCE].items())
        for observed in evidence["observed"]
    ]
    if call.excinfo is None:
        return (HELD, None, passed) if passed else (UNTRIED, "no assertion of its own passed", [])
    failed, reason = refutation(own_function(item), call.excinfo.value)
    if failed is None or call.when != "call":
        return UNTRIED, clean(reason) if reason else None, []
    failed = {**failed, "assertion": clean(failed["assertion"]), "observed": clean(failed["observed"])}
    return REFUTED, None, [*passed, failed]


def refutation(function: FunctionType, error: BaseException) -> tuple[Evidence | None, str | None]:
    """The assertion of *function* that *error* refutes, or None and the reason why it refutes none.

    The last line of *function* in the traceback decides: it has to belong to one of its `assert` statements.
    """
    if isinstance(error, pytest.skip.Exception):
        return None, str(error.msg)
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    frames = list(traceback.walk_tb(error.__traceback__))
    own_lines = [line for frame, line in frames if frame.f_code is function.__code__]
    misspelt = isinstance(error, NameError) and frames[-1][0].f_code.co_filename == function.__code__.co_filename
    assertion = assertion_at(function, own_lines[-1]) if own_lines else None
    if assertion is None or misspelt or is_peer_failure(error):
        return None, message
    return {"assertion": assertion, "observed": observation(error), "times": 1}, None


def is_peer_failure(error: BaseException) -> bool:
    """Whether *error* means that a peer did not answer. That refutes no article, wherever it is raised."""
    kinds = (ConnectionError, TimeoutError, socket.timeout, http.client.HTTPException, smtplib.SMTPServerDisconnected)
    names = {f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__}
    return isinstance(error, kinds) or bool(names & UNANSWERED)


def observation(error: BaseException) -> str:
    """The values of a failed assertion, or the exception raised while it was evaluated."""
    if isinstance(error, AssertionError):
        text = str(error).replace("assert ", "", 1) or "False"
    else:
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
    notes = [note for note in getattr(error, "__notes__", ()) if note not in text]
    return "\n".join([text, *notes])


def assertion_at(function: FunctionType, line: int) -> str | None:
    """The condition of the `assert` statement of *function* at *line* of its file, or None if there is none."""
    source = source_of(function)
    own_line = line - function.__code__.co_firstlineno + 1
    for statement in assert_statements(ast.parse(source).body[0]):
        if statement.lineno <= own_line <= (statement.end_lineno or statement.lineno):
            return ast.get_source_segment(source, statement.test)
    return None


def source_of(function: FunctionType) -> str:
    """The source of *function*, decorators included."""
    return textwrap.dedent(inspect.getsource(function))


def assert_statements(node: ast.AST) -> Iterator[ast.Assert]:
    """The `assert` statements under *node* that run in its own frame."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assert):
            yield child
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from assert_statements(child)


def set_outcome(report: pytest.TestReport, record: dict[str, Any]) -> None:
    """Set the outcome of *report*: only a claim that is untried although it lacks no component fails the run."""
    if record["outcome"] == REFUTED:
        report.outcome, report.longrepr = "passed", None
    elif record["outcome"] == UNTRIED and record["lacking"]:
        report.outcome = "skipped"
    elif record["outcome"] == UNTRIED:
        report.outcome = "failed"
        if not hasattr(report.longrepr, "toterminal"):
            report.longrepr = f"{record['id']}: {record['reason']}"


def describe(item: pytest.Function) -> dict[str, Any]:
    """The part of a record that is known before the claim runs."""
    function = own_function(item)
    mark = item.get_closest_marker("claim")
    arguments = mark.kwargs if mark else {}
    return {
        "id": item.nodeid,
        "statement": statement_of(item, function),
        "topic": inspect.cleandoc(item.module.__doc__ or "").split("\n")[0].rstrip("."),
        "kind": "editorial" if arguments.get("editorial") else "technical",
        "data": bool(arguments.get("data")),
        "corrects": [corrected_claim(mark, item) for mark in item.iter_markers("corrects")],
        "needs": [mark.args[0] for mark in item.iter_markers("needs")],
        "lacking": item.stash.get(LACKING, None),
        "line": function.__code__.co_firstlineno,
        "source": source_of(function),
        "fingerprint": fingerprint(item, function),
    }


def statement_of(item: pytest.Function, function: FunctionType) -> str:
    """The docstring of a claim in one line, with the values of its table row."""
    text = " ".join(inspect.cleandoc(function.__doc__ or "").split())
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return text.format(**parameters) if parameters else text


def corrected_claim(mark: pytest.Mark, item: pytest.Function) -> str:
    """The id of the claim that a `corrects` mark names."""
    claim, row = mark.args
    function = unwrapped(claim)
    path = Path(function.__code__.co_filename).relative_to(item.config.rootpath).as_posix()
    return f"{path}::{function.__name__}" + (f"[{row}]" if row is not None else "")


def path_pattern(*paths: str | Path) -> str:
    """A regular expression for *paths*, as they are or as `repr` and `ascii` escape them."""
    spellings = {text for path in map(str, paths) for text in (path, repr(path)[1:-1], ascii(path)[1:-1])}
    return "(?:" + "|".join(map(re.escape, sorted(spellings, key=len, reverse=True))) + ")"


TEMPORARY = path_pattern(os.path.realpath(tempfile.gettempdir()))
REPLACEMENTS = [
    (re.compile(r"(?<=\b127\.0\.0\.1:)\d{5}\b|(?<=\blocalhost:)\d{5}\b"), "<port>"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "0x…"),
    (re.compile(path_pattern(*map(sysconfig.get_path, ("purelib", "platlib"))) + "/"), "<site-packages>/"),
    (re.compile(r"[^\s'\"(]*/site-packages/"), "<site-packages>/"),
    (re.compile(TEMPORARY + r"/pytest-[^\s'\"/]*/pytest-[^\s'\"/]*/(popen-gw\d+/)?"), "<tmp>/"),
    (re.compile(r"(<tmp>/[^\s'\"/)]*?)\d+(?=[\s'\"/)]|$)"), r"\1"),  # the number that pytest appends to a test's folder
    (re.compile(path_pattern(Path(__file__).resolve().parents[2]) + "/"), ""),
]


def tidy(text: str) -> str:
    """*text* without what differs from run to run: ephemeral ports, memory addresses, paths."""
    for pattern, replacement in REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text
