"""The index is made from environments: two versions of a small shop, which is built on a small till."""

import ast
import sys
import textwrap
import venv

import pytest

from report.errors import DamagedFileError, ReportError
from report.names import index, living, making, store
from tests.project import ROOT

TILL = {
    "till/__init__.py": "from till.drawers import Drawer as Drawer",
    "till/drawers.py": '''
        class Drawer:
            """Holds coins."""

            def __init__(self, coins: int = 0, **more):
                self.coins = coins

            def shut(self, hard=False):
                pass
        ''',
}
OLD = {
    "shop/__init__.py": """
        from shop.desk import Desk, open_desk
        from till import Drawer
        """,
    "shop/desk.py": '''
        import os
        import warnings
        from till import Drawer

        class Desk:
            default_config = {"LIGHT": "on"}

            def __init__(self, name):
                self.name = name
                self.drawer = Drawer()
                self.lamp: Drawer = Drawer()

            @property
            def clerk(self):
                """Who is there."""

            def sell(self, what, price=1):
                warnings.warn("'sell' is deprecated. Use 'offer' instead.", DeprecationWarning)

            def pack(self, what, paper=None):
                if paper is not None:
                    warnings.warn("The 'paper' parameter is deprecated.", DeprecationWarning)

        def open_desk(key):
            return Desk(os.environ.get("SHOP_NAME"))
        ''',
    "shop/attic.py": """
        import warnings
        warnings.warn("shop.attic is deprecated.", DeprecationWarning)
        """,
}
NEW = {
    "shop/__init__.py": """
        from shop.rooms.desk import Desk as Desk

        _moved = {"Trunk": "till"}

        def __getattr__(name):
            if name == "Drawer" or name in _moved:
                import warnings
                from till import Drawer
                warnings.warn("'Drawer' is deprecated: import 'till.Drawer'.", DeprecationWarning)
                return Drawer
            raise AttributeError(name)
        """,
    "shop/rooms/__init__.py": "",
    "shop/rooms/desk.py": '''
        from till import Drawer

        class _Lamp:
            pass

        class Furniture:
            def move(self, to, fast=True):
                """Move it."""

            def __getattr__(self, name):
                return name

        class Desk(Drawer):
            """A desk is a drawer now."""

            def __init__(self, name, *, light=False):
                self.name = name
                self.drawer: Drawer = Drawer()
                self.lamp: _Lamp = _Lamp()

            def offer(self, what):
                """Offer it."""

            def configure(self, app):
                app.desk = self
                app.config.setdefault("SHOP_LIGHT", "off")
        ''',
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Make an environment with files of packages: {distribution: (version, files)}."""

    def make(release, packages):
        folder = tmp_path_factory.mktemp("environment")
        venv.create(folder, symlinks=True)
        made = making.Environment(release, folder / "bin" / "python")
        for name, (version, files) in packages.items():
            info = made.site / f"{name}-{version}.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
            )
            (info / "RECORD").write_text("".join(f"{path},,\n" for path in files), encoding="utf-8")
            for path, text in files.items():
                (made.site / path).parent.mkdir(exist_ok=True)
                (made.site / path).write_text(indented(text), encoding="utf-8")
        return made

    return make


def indented(text):
    """The text without what all its lines are indented by."""
    return textwrap.dedent(text).lstrip()


@pytest.fixture(scope="module")
def both(environment):
    """The environments of two releases: the till is the same in both."""
    return (
        environment("1.0", {"shop": ("1.0", OLD), "till": ("5", TILL)}),
        environment("2.0", {"shop": ("2.0", NEW), "till": ("5", TILL)}),
    )


def made(environments, content=None, said=None):
    """The content of an index of *environments*, added to *content*."""
    content = content or store.Store()
    making.make(
        content, environments, ["shop", ("counter", "till")], "shop", 1, (said if said is not None else []).append
    )
    return content


@pytest.fixture(scope="module")
def names(both, tmp_path_factory):
    """The index of both, read from its file."""
    path = tmp_path_factory.mktemp("names") / "names.jsonl"
    store.write(path, made(both))
    return index.read(path)


ALL, ONLY_OLD, ONLY_NEW = (("1.0", "2.0"),), (("1.0", "1.0"),), (("2.0", "2.0"),)
RANGES = {
    "shop.Desk": ALL,
    "shop.desk.Desk": ONLY_OLD,
    "shop.Desk.sell": ONLY_OLD,
    "shop.Desk.offer": ONLY_NEW,
    "shop.Desk.name": ALL,
    "shop.Desk.clerk": ONLY_OLD,
    "shop.Desk(name)": ALL,
    "shop.Desk(light)": ONLY_NEW,
    "shop.Desk.sell(price)": ONLY_OLD,
    "shop.Drawer": ALL,
    "shop.Trunk": ONLY_NEW,  # which is only in a table of `__getattr__`
    "shop.attic": ONLY_OLD,
    "shop.open_desk": ONLY_OLD,
    "shop.rooms.desk.Furniture.move(fast)": ONLY_NEW,
    "config:LIGHT": ONLY_OLD,
    "config:SHOP_LIGHT": ONLY_NEW,
    "env:SHOP_NAME": ONLY_OLD,
    "till.Drawer.desk": ALL,  # the shop sets it on what it is given
    "till.Drawer.shut": (("5", "5"),),
    "shop.Desk.shut": (("5", "5"),),  # inherited: the versions are the till's
    "shop.Desk.drawer.shut(hard)": (("5", "5"),),  # the annotation says what the drawer is
}


@pytest.mark.parametrize(("name", "ranges"), RANGES.items())
def test_a_name_has_the_versions_that_have_it(names, name, ranges):
    """What is defined, re-exported, inherited, set on `self`, or read as a key, is found with its versions."""
    assert names.find(name).ranges == ranges


@pytest.mark.parametrize(
    "name", ["shop.Desk.polish", "shop.Desk.drawer.polish", "shop.Shelf", "shop.Desk(colour)", "config:X"]
)
def test_what_never_was_is_not_found(names, name):
    """No entry for what no version has."""
    assert names.find(name) is None


def test_an_alias_is_what_it_stands_for(names):
    """The entry of an alias has the shortest public path, if both have always been there."""
    assert names.find("till.drawers.Drawer.shut") == names.find("till.Drawer.shut")
    assert names.find("till.drawers.Drawer.shut").name == "till.Drawer.shut"
    assert names.find("shop.rooms.desk.Desk").ranges == ONLY_NEW


@pytest.mark.parametrize(
    ("name", "version", "message"),
    [
        ("shop.Desk.sell", "1.0", "offer"),
        ("shop.Desk.pack(paper)", "1.0", None),
        ("shop.Drawer", "2.0", "till.Drawer"),
        ("shop.attic", "1.0", None),
        ("shop.Desk.pack", None, None),
    ],
)
def test_an_announcement_is_found(names, name, version, message):
    """A warning that is always given is about the function; below an `if`, about the parameter that it names."""
    entry = names.find(name)
    assert (entry.deprecated, entry.message) == (version, message)


def test_defaults_are_those_of_the_newest_version(names):
    """Of parameters and of configuration keys."""
    assert names.find("shop.Desk(light)").default == "False"
    assert names.find("config:SHOP_LIGHT").default == "'off'"
    assert names.find("config:LIGHT").default == "'on'"


def test_silence_where_members_can_come_from_elsewhere(names):
    """A class with `__getattr__`, a function with `**kwargs`, and a name that the index does not have, are open."""
    assert names.is_open("shop.rooms.desk.Furniture")
    assert names.is_open("shop.Desk.lamp")  # a private class; an older annotation does not count
    assert names.is_open("till.Drawer()")
    assert names.is_open("else.where")
    assert not any(map(names.is_open, ("shop", "shop.Desk", "shop.Desk()", "shop.Desk.sell", "shop.Desk.drawer")))


def test_members(names):
    """Own and inherited members are listed; of a class that is called, its parameters."""
    assert {"offer", "shut", "sell", "drawer"} <= {*names.members("shop.Desk")}
    assert names.members("shop.Desk()") == ["light", "name"]


def test_a_name_exists_on_a_release_if_its_package_has_it_there(names):
    """The environment of the subject's release decides; without the package, nothing is known."""
    sell, shut = names.find("shop.Desk.sell"), names.find("till.Drawer.shut")
    assert (names.exists(sell, "1.0"), names.exists(sell, "2.0"), names.exists(sell, "3.0")) == (True, False, None)
    assert names.exists(shut, "2.0")
    assert names.version_at("till", "1.0") == "5"
    assert names.versions("shop") == ["1.0", "2.0"]


def test_a_pair_is_looked_at_once_and_a_new_one_added(both, tmp_path):
    """The file is the same whether a version is added later or with the others; one look at the till is enough."""
    said = []
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    store.write(one, made(both))
    store.write(other, made(both[:1]))
    store.write(other, made(both, store.read(other), said))

    assert said == ["2.0: looked at shop"]
    assert other.read_bytes() == one.read_bytes()


def test_what_cannot_be_imported_counts_with_its_sources(environment):
    """Another environment is tried; if none can import a package, its sources say what it has, and the user is told."""
    files = {"shop/__init__.py": "import no_such_module\ndef sell(price=1): ...\nclass Desk: ...\n"}
    said = []
    found = index.Index(made([environment("1.0", {"shop": ("1.0", files)})], said=said))

    assert found.find("shop.sell(price)").default == "1"
    assert found.find("shop.Desk").kind == "class"
    assert said[-1] == (
        "shop 1.0: shop cannot be imported, so only its sources count "
        "(ModuleNotFoundError: No module named 'no_such_module')"
    )


def test_an_environment_that_does_not_answer_is_an_error(both, tmp_path):
    """In one sentence, with its Python."""
    broken = tmp_path / "bin" / "python"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho broken >&2; exit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    (tmp_path / "lib").symlink_to(both[0].python.parents[1] / "lib")
    with pytest.raises(ReportError, match="bin/python does not answer: broken"):
        made([making.Environment("1.0", broken)])


def test_a_damaged_index_is_an_error(tmp_path):
    """With its line."""
    path = tmp_path / "names.jsonl"
    path.write_text('{"line":"package","name":"shop","versions":["1.0"]}\n{"line":"names"}\n', encoding="utf-8")
    with pytest.raises(DamagedFileError, match=r"line 2: .* Make it again"):
        index.read(path)


def test_any_python_from_3_6_can_run_the_look():
    """The program that environments run has no newer syntax, and imports the standard library only."""
    tree = ast.parse((ROOT / "report/names/living.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= sys.stdlib_module_names
    assert living.__file__.endswith("living.py")


def test_commands_that_an_extension_adds_by_itself_are_found(environment):
    """Without an entry point, they are the groups in its module `cli`; a plain command there is none."""
    commands = """
        class Group:
            params, context_settings = (), None

            def __init__(self, name, **commands):
                self.name, self.commands = name, commands

        till = Group("till", open=Group("open"))
        """
    files = {"shop_till/__init__.py": "", "shop_till/cli.py": commands}
    other = {"counter/__init__.py": "", "counter/cli.py": commands}
    content = store.Store()
    made = environment("1.0", {"shop-till": ("1", files), "counter": ("1", other)})
    making.make(content, [made], ["shop-till", "counter"], "shop", 1, [].append)
    members = {key: {*owner.members} for key, owner in content.owners.items() if key[1] == "command:"}
    assert [*members.values()] == [{"shop till", "shop till open"}]
