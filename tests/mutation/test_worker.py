"""The worker: how it distinguishes a refutation from a crash, and how it swaps the code of imported functions."""

import importlib.util
import os
import threading

import pytest

from report.mutation import worker
from report.mutation.tracing import Tracing

EMPTY = {}


def compares():
    """Assert a false comparison."""
    assert 1 + 1 == 3


def is_false():
    """Assert a false value."""
    assert "".strip()


def expects():
    """Expect an exception that does not occur."""
    assert pytest.raises(ValueError, int, "1")  # noqa: RUF061 (so does a claim)


def expects_another():
    """Expect an exception, but another one occurs."""
    assert pytest.raises(ValueError, EMPTY.__getitem__, "x")  # noqa: RUF061


def breaks():
    """Assert a comparison that fails with an exception."""
    assert EMPTY["x"] == 1


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        (compares, "comparison"),
        (is_false, "comparison"),
        (expects, "not raised"),
        (expects_another, None),
        (breaks, None),
    ],
)
def test_how_a_claim_was_refuted(claim, kind):
    """A false comparison, a missing exception, or a crash."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 (whatever it is)
        claim()

    assert worker.refutation_kind(claim, caught.value) == kind


TEXT = """\
LIMIT = 1


def limit(more=2):
    def inner():
        return 3
    return inner


class Target:
    code = 4

    def numbers(self):
        return [number + 5 for number in (1,)]


kept = limit()
"""


@pytest.fixture
def swapped(tmp_path):
    """Import a module and swap the code of its functions for that of a mutant; return the module, or None."""

    def swap(was, becomes):
        path, original = tmp_path / "module.py", tmp_path / "original.py"
        path.write_text(TEXT, encoding="utf-8")
        original.write_text(TEXT, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("module", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        worker.loaded_functions.cache_clear()
        path.write_text(TEXT.replace(was, becomes, 1), encoding="utf-8")
        swaps = worker.code_swaps({"path": str(path), "original": str(original)})
        for function, code in swaps or ():
            function.__code__ = code
        return module if swaps is not None else None

    yield swap
    worker.loaded_functions.cache_clear()


def test_the_code_of_functions_is_swapped(swapped):
    """Later calls run the mutant, also in methods and nested functions."""
    assert swapped("number + 5", "number + 6").Target().numbers() == [7]
    module = swapped("return 3", "return 30")
    assert (module.limit()(), module.kept()) == (30, 30)


@pytest.mark.parametrize("was", ["LIMIT = 1", "more=2", "code = 4"])
def test_import_time_code_is_not_swapped(swapped, was):
    """A mutation of a default, a class body or a module takes effect only at import."""
    assert swapped(was, f"{was}0") is None


def test_a_module_that_is_not_imported_needs_no_swap(tmp_path):
    """Python reads the mutant from the disk at the first import."""
    assert worker.code_swaps({"path": str(tmp_path / "a.py"), "original": str(tmp_path / "b.py")}) == []
    assert worker.code_swaps(None) == []


def test_lines_and_files_are_traced(tmp_path):
    """The trace has each executed line and each opened file, also in threads and through links to folders."""
    site, link = tmp_path / "site", tmp_path / "link"
    (site / "tool").mkdir(parents=True)
    link.symlink_to(site)
    for name in ("subject.py", "tool/tool.py"):
        (site / name).write_text("def f(a):\n    if a:\n        return 1\n    return 2\n", encoding="utf-8")
    namespaces = [{}, {}, {}]
    for path, names in zip((site / "subject.py", link / "subject.py", site / "tool/tool.py"), namespaces, strict=True):
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), names)
    tracing = Tracing(str(tmp_path / "trace"), f"{site}/", [str(site / "tool")])

    threading.settrace(tracing.trace_call)
    for names, argument in zip(namespaces, (0, 1, 1), strict=True):
        thread = threading.Thread(target=names["f"], args=(argument,))
        thread.start()
        thread.join()
    threading.settrace(None)
    for path in (site / "METADATA", str(site / "tool" / "x"), 3, os.devnull):
        tracing.audit("open", (path, "r", 0))

    trace = (tmp_path / "trace").read_text(encoding="utf-8").splitlines()
    assert trace == ["subject.py:2", "subject.py:4", "subject.py:2", "subject.py:3", "METADATA:0"]
