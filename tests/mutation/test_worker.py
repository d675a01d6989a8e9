"""The bench: how a refutation is told from a crash, and how the code of what is imported already is exchanged."""

import importlib.util
import os
import threading
from importlib import import_module

import pytest

from report.mutation import worker
from report.mutation.tracing import Tracing

EMPTY = {}


def compares():
    """Assert what is not so."""
    assert 1 + 1 == 3


def is_false():
    """Assert what is false."""
    assert "".strip()


def expects():
    """Expect an exception that does not come."""
    assert pytest.raises(ValueError, int, "1")  # noqa: RUF061 (so does a claim)


def expects_another():
    """Expect an exception where another one comes."""
    assert pytest.raises(ValueError, EMPTY.__getitem__, "x")  # noqa: RUF061


def imports():
    """Assert a call and no more."""
    assert import_module("nowhere")


def breaks():
    """Assert a comparison that cannot be evaluated."""
    assert EMPTY["x"] == 1


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        (compares, "comparison"),
        (is_false, "comparison"),
        (expects, "not raised"),
        (expects_another, "crash"),
        (imports, "raised"),
        (breaks, "crash"),
    ],
)
def test_how_a_claim_was_refuted(claim, kind):
    """A comparison that is false, an exception that did not come, the asserted call itself, or a mere crash."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 (whatever it is)
        claim()

    assert worker.kind(claim, caught) == kind


TEXT = """\
LIMIT = 1


def limit(more=2):
    def inner():
        return 3
    return inner


class Target:
    code = 4

    def told(self):
        return [number + 5 for number in (1,)]


kept = limit()
"""


@pytest.fixture
def exchanged(tmp_path):
    """Import a module, exchange the code of its functions for that of a changed text; returns it, or None."""

    def changed(was, becomes):
        path, other = tmp_path / "module.py", tmp_path / "changed.py"
        path.write_text(TEXT, encoding="utf-8")
        other.write_text(TEXT.replace(was, becomes, 1), encoding="utf-8")
        found = importlib.util.spec_from_file_location("module", path)
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        worker.functions.cache_clear()
        swapped = worker.exchange({"path": str(other), "original": str(path)})
        for function, code in swapped or ():
            function.__code__ = code
        return module if swapped is not None else None

    yield changed
    worker.functions.cache_clear()


def test_the_code_of_functions_is_exchanged(exchanged):
    """What is called from now on does what the changed text says: methods, and what a function defines."""
    assert exchanged("number + 5", "number + 6").Target().told() == [7]
    module = exchanged("return 3", "return 30")
    assert (module.limit()(), module.kept()) == (30, 30)


@pytest.mark.parametrize("was", ["LIMIT = 1", "more=2", "code = 4"])
def test_what_takes_effect_at_import_is_not_exchanged(exchanged, was):
    """A change of a default, of a class, of a module is said to take effect only at import."""
    assert exchanged(was, f"{was}0") is None


def test_what_is_not_imported_needs_no_exchange(tmp_path):
    """What nobody has imported is read from the disk."""
    assert worker.exchange({"path": str(tmp_path / "a.py"), "original": str(tmp_path / "b.py")}) == []
    assert worker.exchange(None) == []


def test_lines_and_files_are_traced(tmp_path):
    """Each line that is executed, in a thread too, and each file that is opened, in a folder that is a link too."""
    site, link = tmp_path / "site", tmp_path / "link"
    (site / "tool").mkdir(parents=True)
    link.symlink_to(site)
    for name in ("subject.py", "tool/tool.py"):
        (site / name).write_text("def f(a):\n    if a:\n        return 1\n    return 2\n", encoding="utf-8")
    namespaces = [{}, {}, {}]
    for path, names in zip((site / "subject.py", link / "subject.py", site / "tool/tool.py"), namespaces, strict=True):
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), names)
    traced = Tracing(str(tmp_path / "trace"), {f"{site}/": ""}, [str(site / "tool")])

    threading.settrace(traced.call)
    for names, argument in zip(namespaces, (0, 1, 1), strict=True):
        thread = threading.Thread(target=names["f"], args=(argument,))
        thread.start()
        thread.join()
    threading.settrace(None)
    for path in (site / "METADATA", str(site / "tool" / "x"), 3, os.devnull):
        traced.audit("open", (path, "r", 0))

    told = (tmp_path / "trace").read_text(encoding="utf-8").splitlines()
    assert told == ["subject.py:2", "subject.py:4", "subject.py:2", "subject.py:3", "METADATA:0"]
