"""The stable version."""

from datetime import date
from importlib.metadata import version

import pytest
from packaging.version import Version

from claims import claim, corrects


@claim(data=True)
def stable_version_is_0_12_2():
    """The stable version of Flask is 0.12.2."""
    assert version("flask") == "0.12.2"


@corrects(stable_version_is_0_12_2)
@pytest.mark.parametrize("newest", [version("flask")], ids=["newest"])
def stable_version_is_the_newest_release(releases, newest):
    """The stable version of Flask is {newest}, its newest release; 0.12.2 was until 26 April 2018."""
    latest = max(releases, key=Version)
    successor = min(day for day in releases.values() if day > releases["0.12.2"])
    assert newest == latest
    assert successor == date(2018, 4, 26)


@claim(data=True)
def version_0_12_2_is_of_16_may_2017(releases):
    """Flask 0.12.2 was released on 16 May 2017."""
    released = releases["0.12.2"]
    assert released == date(2017, 5, 16)
