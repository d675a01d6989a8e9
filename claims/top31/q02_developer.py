"""The developer."""

from email import message_from_string
from pathlib import Path

import pytest

from claims import Untried, claim


@pytest.fixture
def first_release(releases):
    """What PKG-INFO says in the archive of Flask's first release, the one whose hash the package index gives."""
    about = message_from_string(Path(__file__).with_name("first_release.txt").read_text(encoding="utf-8"))
    listed = Path(__file__).parents[1].joinpath("releases.toml").read_text(encoding="utf-8").split("[[releases]]")
    first = min(releases, key=releases.get)
    if not any(f'version = "{first}"' in each and about["Archive"] in each for each in listed):
        raise Untried(f"{first} is the first release, and this is not its archive")
    return about


@claim(data=True)
def developer_is_armin_ronacher(first_release):
    """Armin Ronacher is the developer of Flask: its first release, 0.1, names him as its author."""
    assert (first_release["Name"], first_release["Author"]) == ("Flask", "Armin Ronacher")
