"""A claim that leaves processes behind: they are ended, and the run says so."""

import pytest

CHILDREN = '''
"""An answer whose claims start processes."""

import subprocess
import sys
from pathlib import Path

from claims import claim

SLEEP = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}']); print(flush=True); {SLEEP}"


def start(program):
    """Start a process in a session of its own."""
    return subprocess.Popen([sys.executable, "-c", program], start_new_session=True, stdout=subprocess.PIPE)


@claim
def leaves_a_family():
    """It leaves a process, which has one, too."""
    family = start(PARENT)
    assert family.stdout.readline()


@claim
def leaves_nothing():
    """It ends what it has started."""
    child = start(SLEEP)
    child.kill()
    assert child.wait()
'''


@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_a_claim_leaves_behind_is_ended(project, workers):
    """The processes of a claim end with it, theirs included; that fails the run, by name, and no other claim."""
    project.write("claims/demo/q01_children.py", CHILDREN)
    result = project.run("claims", "--accept", "-n", workers)

    assert result.ret == 1
    assert {**result.parseoutcomes(), "warnings": 0} == {"held": 2, "errors": 1, "warnings": 0}
    result.stdout.fnmatch_lines(["*::leaves_a_family left a process behind: *time.sleep(60)*"])
    assert project.processes() == []
