"""The developer."""

from email.utils import getaddresses
from importlib.metadata import metadata

from claims import claim, corrects


def named(*roles):
    """Whom Flask's own metadata names in those roles, Author or Maintainer, however it spells the fields."""
    about = metadata("flask")
    addresses = getaddresses([field for role in roles for field in about.get_all(f"{role}-email") or []])
    names = [name for role in roles for name in about.get_all(role) or []]
    return sorted({*names, *(name for name, _ in addresses if name)})


@claim(data=True)
def developer_is_armin_ronacher():
    """Flask's developer is Armin Ronacher."""
    assert "Armin Ronacher" in named("Author", "Maintainer")


@corrects(developer_is_armin_ronacher)
def maintainers_are_the_pallets_team():
    """The Pallets team now maintains Flask, which Armin Ronacher created."""
    assert named("Maintainer") == ["Pallets"]
