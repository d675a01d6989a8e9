"""Nothing is left to chance but what is meant to be: the order of the claims, and the examples of a law."""

import re

import pytest

SHUFFLE = '''
"""A plugin that runs the tests in another order."""

import os
import random


def pytest_collection_modifyitems(items):
    """Put them in an order that the environment decides."""
    random.Random(os.environ["ORDER"]).shuffle(items)
'''
LAW = '''
"""An answer with a law that does not hold."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from claims import claim


@claim
@given(text=st.text(min_size=3))
def never_ends_in_a_letter(tmp_path, text):
    """No text ends in a letter."""
    with Path("examples").open("a", encoding="utf-8") as file:
        file.write(ascii(text))
    assert not text[-1:].isalpha()
'''
FRESH = "--hypothesis-profile=fresh"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_in_any_order(accepted, tmp_path, workers):
    """Whatever the order, the ledger has the same bytes."""
    project = accepted.copy(tmp_path / "shuffled")
    project.write("shuffle.py", SHUFFLE)
    project.ledger.unlink()
    project.run("claims", "--accept", "-p", "shuffle", "-n", workers, ORDER=workers)
    assert project.ledger.read_bytes() == accepted.ledger.read_bytes()


@pytest.fixture
def law(project):
    """A project with a law that does not hold."""
    project.write("claims/demo/q01_law.py", LAW)
    return project


def examples(project, *arguments):
    """The examples that a run tried."""
    file = project.root / "examples"
    file.unlink(missing_ok=True)
    project.run("claims", *arguments)
    return file.read_text(encoding="utf-8")


def test_a_law_is_tried_alike(law):
    """By itself, a law is tried on the same examples each time; on others, if so asked."""
    assert examples(law) == examples(law)
    assert examples(law, FRESH) != examples(law, FRESH)


def test_a_counterexample_is_a_ready_test(law):
    """What fresh examples refute is printed as lines that refute it again, by themselves."""
    output = law.run("claims", FRESH).stdout.str()
    module = "claims/demo/q01_law.py"
    assert f"write this above {module}::never_ends_in_a_letter and run `uv run pytest '{module}::never" in output
    lines = re.search(r"^    (import hypothesis)\n    (@hypothesis.reproduce_failure\(.*\))$", output, re.M)
    imported, decorator = lines.groups()
    law.write(module, LAW.replace("\n@claim", f"\n{imported}\n{decorator}\n@claim"))
    assert len(examples(law, module).split("''")) <= 3
    assert law.run(module).parseoutcomes() == {"refuted": 1}


def test_no_counterexample_without_a_drift(law):
    """A law that is known to be refuted is nobody's news."""
    law.run("claims", "--accept")
    assert "reproduce_failure" not in law.run("claims", FRESH).stdout.str()
