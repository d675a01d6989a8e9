"""`python -m report try`: a claim in any environment as a plain test, whatever the ledger knows."""

import subprocess
import sys

import pytest

from tests.past import NOW, OLD
from tests.project import PATIENCE, SUBJECT


@pytest.mark.parametrize("on", [OLD.version, f"{NOW.version}@3.9", None])
def test_a_held_claim_passes(past, on):
    """A claim that is measured runs all the same, on the release that is named first, and nothing is written."""
    before = past.kept()
    result = past.report("try", "escapes", *(["--on", on] if on else []))

    assert (result.ret, result.errlines) == (0, [])
    assert result.outlines[0] == f"claims/demo/q01_names.py::escapes on {SUBJECT} {on or NOW.version}"
    assert "HELD" in str(result.stdout)
    assert result.outlines[-1].startswith("==")
    assert "1 passed" in result.outlines[-1]
    assert past.kept() == before


def test_a_refuted_claim_fails_with_its_traceback(past):
    """Unlike in the main job, a refuted claim is a failure, which pytest prints in full."""
    result = past.report("try", "has_soft_unicode", "--on", NOW.version)

    assert result.ret == 1
    assert '>       assert hasattr(markupsafe, "soft_unicode")' in result.outlines
    assert "1 failed" in result.outlines[-1]


@pytest.mark.parametrize("on", [NOW.version, OLD.version])
def test_the_debugger_opens_where_the_claim_fails(past, on):
    """`--pdb` opens the debugger in the frame of the claim, in the release's environment; none opens if it held."""
    command = [sys.executable, "-m", "report", "try", "has_soft_unicode", "--on", on, "--pdb"]
    asked = "p 'seen: ' + __import__('importlib.metadata').metadata.version('markupsafe')\nq\n"
    done = subprocess.run(
        command, cwd=past.root, env=past.environment({}), input=asked, capture_output=True, text=True, timeout=PATIENCE
    )

    opened = on == NOW.version
    assert (f"(Pdb) 'seen: {on}'" in done.stdout) == opened, done.stdout + done.stderr
    assert done.returncode == (2 if opened else 0)


def test_no_such_release(past):
    """A release that is not run is an error in one line, with those that are."""
    result = past.report("try", "escapes", "--on", "9.9")

    assert result.ret == 2
    assert result.errlines[0].startswith("report: There is no release 9.9 to measure. Known: ")
