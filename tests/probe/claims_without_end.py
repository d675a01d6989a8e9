"""Claims that do not end by themselves, each cut off at another place."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

LONG = 30  # seconds, more than any run of these is given


@pytest.fixture
def endless():
    """A fixture that does not come to its end."""
    time.sleep(LONG)


@claim
def does_not_end_in_a_set_up_line():
    """A line before the assertion does not end."""
    assert LONG == 30
    time.sleep(LONG)


@claim
def does_not_end_within_the_assert():
    """The assertion does not end."""
    assert time.sleep(LONG) is None


@claim
def does_not_end_in_a_fixture(endless):
    """The fixture does not end."""
    assert endless is None


@claim
@given(st.integers())
def does_not_end_as_a_law(number):
    """An example of the property does not end."""
    assert time.sleep(LONG) is None


class Finalized:
    """Python ignores what is raised while it is deleted."""

    def __del__(self):
        time.sleep(LONG)


@claim
def does_not_end_after_a_finalizer():
    """The first signal strikes in a finalizer, where its exception is lost."""
    Finalized()
    assert time.sleep(LONG) is None


@claim
def ends():
    """The claim after those is not affected."""
    assert LONG == 30
