"""The worker: how it distinguishes a refutation from a crash, and how it traces."""

import subprocess
import sys

import pytest

from report.mutation import worker
from tests.conftest import ROOT

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

    seen = [{"assertion": "a", "observed": "b"}]
    cell = worker.cell_of({"outcome": "refuted", "reason": None, "evidence": seen}, caught.value, claim)
    assert (cell["outcome"], cell.get("kind")) == (("killed", kind) if kind else ("crashed", None))


IN_FORKS = """
import os, subprocess, time
from report.mutation.worker import run_in_fork

assert run_in_fork(lambda: 1 / 0, 30), "what it raises stays in it"
before = time.monotonic()
assert not run_in_fork(lambda: time.sleep(600), 0.1)
assert run_in_fork(lambda: subprocess.Popen(["setsid", "sleep", "600"]), 30)
assert time.monotonic() - before < 60
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    raise SystemExit(0)
raise SystemExit("a process is left")
"""


def test_what_takes_too_long_is_killed_with_what_is_left():
    """A child process that does not end in time is killed, and so is a daemon that it started."""
    subprocess.run([sys.executable, "-c", IN_FORKS], cwd=ROOT, check=True)


TRACES = """
import os, sys, threading
from report.mutation import tracing

folder = sys.argv[1]
namespaces = [{}, {}, {}]
for path, names in zip(("site/subject.py", "link/subject.py", "site/tool/tool.py"), namespaces):
    with open(f"{folder}/{path}") as file:
        exec(compile(file.read(), file.name, "exec"), names)
tracing.start(f"{folder}/trace", f"{folder}/site/", [f"{folder}/site/tool"])
for names, argument in zip(namespaces, (0, 1, 1)):
    thread = threading.Thread(target=names["f"], args=(argument,))
    thread.start()
    thread.join()
for path in ("site/METADATA", "site/tool/x"):
    open(f"{folder}/{path}", "w").close()
open(os.devnull).close()
"""


def test_lines_and_files_are_traced(tmp_path):
    """The trace has each executed line and each opened file, also in threads and through links to folders."""
    (tmp_path / "site" / "tool").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "site")
    for name in ("subject.py", "tool/tool.py"):
        text = "def f(a):\n    if a:\n        return 1\n    return 2\n"
        (tmp_path / "site" / name).write_text(text, encoding="utf-8")

    subprocess.run([sys.executable, "-c", TRACES, tmp_path], cwd=ROOT, check=True)

    trace = (tmp_path / "trace").read_text(encoding="utf-8").splitlines()
    assert trace == ["subject.py:2", "subject.py:4", "subject.py:2", "subject.py:3", "METADATA:0"]
