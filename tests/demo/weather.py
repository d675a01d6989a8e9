"""The weather: the second answer of the small projects' article, which turns with the environment."""

import os
import shutil

from claims import claim, corrects, needs


def weather():
    """What is set in the environment; asked outside an assertion, whose evidence would show all that is set."""
    return os.environ.get("WEATHER", "fair")


@claim
def is_fair():
    """The weather is fair."""
    seen = weather()
    assert seen == "fair"


@corrects(is_fair)
def is_fair_or_foul():
    """The weather is fair or foul."""
    seen = weather()
    assert seen in ("fair", "foul")


@claim
def has_a_folder(tmp_path):
    """A claim has a folder of its own."""
    assert tmp_path.is_dir()


@needs("barometer")
@claim
def is_measured():
    """There is a barometer."""
    assert shutil.which("barometer")
