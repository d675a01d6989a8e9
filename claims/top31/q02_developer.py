"""The developer."""

from email.utils import getaddresses
from importlib.metadata import metadata

from claims import claim, corrects


def named(role):
    """Whom Flask's own metadata names in a role, Author or Maintainer, however it spells the field."""
    about = metadata("flask")
    addresses = getaddresses(about.get_all(f"{role}-email") or [])
    return sorted({*(about.get_all(role) or []), *(name for name, _ in addresses if name)})


@claim(data=True)
def developer_is_armin_ronacher():
    """Flask's developer is Armin Ronacher: its metadata names him as its author."""
    assert named("Author") == ["Armin Ronacher"]


@corrects(developer_is_armin_ronacher)
def developers_are_pallets():
    """Flask's developers are Pallets: its metadata names that team as its maintainer, and no author."""
    assert named("Maintainer") == ["Pallets"]
    assert named("Author") == []
