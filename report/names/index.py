"""The index of names, as readers use it: what exists, since when, until when, and what is announced to go."""

from collections.abc import Sequence
from pathlib import Path

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """A name, and the versions of its package that have it.

    *name* is the shortest public path, such as `flask.Flask.run`, `flask.Flask.run(port)`, `config:SERVER_NAME`,
    `command:flask run`, `option:flask run --debug`, `env:FLASK_APP`, `filter:tojson`, `test:even`, `global:url_for`.
    *kind*: module, class, function, attribute, parameter, config, command, option, env, filter, test, global, signal.
    *ranges*: first and last version of each run of known versions. *deprecated*: the first known version that announces
    that the name will go; *message*: the names in the announcement. *default*: of the newest version.
    """

    name: str
    kind: str
    package: str
    ranges: tuple[tuple[str, str], ...]
    deprecated: str | None = None
    message: str | None = None
    default: str | None = None


class Index:
    """What every known version of every package has."""

    def find(self, name: str) -> Entry | None:
        """The entry of *name*, which may be an alias or an inherited member."""
        raise NotImplementedError

    def members(self, name: str) -> Sequence[str]:
        """The last components of what is directly below *name*; of a function, its parameters."""
        raise NotImplementedError

    def is_open(self, name: str) -> bool:
        """Whether *name* may have members, or a function parameters, that the index cannot know: say nothing of them.

        `is_open("flask.Flask()")` asks about the parameters of a class.
        """
        raise NotImplementedError

    def versions(self, package: str) -> Sequence[str]:
        """The known versions of *package*, oldest first."""
        raise NotImplementedError

    def version_at(self, package: str, release: str) -> str | None:
        """The version of *package* in the environment of the subject's *release*."""
        raise NotImplementedError

    def exists(self, entry: Entry, release: str) -> bool | None:
        """Whether *entry* exists on the subject's *release*; None if its package is not in that environment."""
        raise NotImplementedError

    def nearest(self, name: str) -> str | None:
        """The sibling whose last component is most like that of *name*, if any is like it."""
        raise NotImplementedError


def read(path: Path) -> Index:
    """Read the index.

    Raises:
        DamagedFileError: the file is missing or damaged.
    """
    raise NotImplementedError(path)
