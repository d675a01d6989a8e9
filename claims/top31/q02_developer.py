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
def maintainers_are_the_pallets_team():
    """The Pallets team maintains Flask: its metadata names that team as the maintainer."""
    assert named("Maintainer") == ["Pallets"]
