"""Every kind of value that an assertion may see, one claim each.

The tests of the recorder run this as a module of claims, on both Pythons.
"""

import pytest

from claims import claim

LONG = "x" * 10_000
LIST = list(range(100))


@claim
def sees_a_long_text():
    """A text of 10,000 characters passes."""
    assert LONG == "x" * 10_000


@claim
def sees_another_long_text():
    """A text of 10,000 characters is not the expected one."""
    assert LONG == "short"


@claim
def sees_a_long_list():
    """A list of 100 elements passes."""
    assert list(range(100)) == LIST


@claim
def sees_another_long_list():
    """A list of 100 elements is not the expected one."""
    assert LIST == ["short"]


@claim
def sees_a_long_mapping():
    """A mapping of 100 keys passes."""
    assert dict.fromkeys(LIST) == dict.fromkeys(LIST)


@claim
def sees_a_flag():
    """The value is nothing but true."""
    assert bool(LIST)


@claim
def sees_a_place(tmp_path):
    """The value is a folder of this run."""
    assert str(tmp_path / "app.db") != ""


@claim
def sees_an_address():
    """The value has an address in memory."""
    assert object() is not None


@claim
def sees_a_port():
    """The value has an ephemeral port."""
    assert "http://127.0.0.1:54321/data http://localhost:54321/" != ""


@claim
def sees_the_default_port():
    """The value has a port that is meant."""
    assert "http://127.0.0.1:5000/" != ""


@claim
def sees_an_installed_file():
    """The value is a file of an installed package."""
    assert pytest.__file__ != ""


@claim
def sees_a_file_of_the_project():
    """The value is a file of this project."""
    assert __file__ != ""
