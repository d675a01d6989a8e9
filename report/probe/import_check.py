"""Whether a distribution can be used where it is installed: `python -m report.probe.import_check DISTRIBUTION`.

It runs inside the environment of a release (Python 3.9), and prints a line for each thing that is amiss.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement


def amiss(name: str) -> list[str]:
    """What keeps the distribution from being used: needs that are not met, modules that do not import."""
    return [*unmet(name), *unimportable(name)]


def unmet(name: str) -> Iterator[str]:
    """Each requirement of the distribution that what is installed does not meet."""
    for text in distribution(name).requires or ():
        need = Requirement(text)
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            there = installed(need.name)
            if there is None or not need.specifier.contains(there, prereleases=True):
                yield f"it needs {need}, and {there or 'none'} is here"


def installed(name: str) -> str | None:
    """The version of a distribution that is here; None where it is not."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def unimportable(name: str) -> Iterator[str]:
    """Each of the distribution's modules that cannot be imported."""
    files = [file for file in distribution(name).files or () if file.suffix == ".py" and ".." not in file.parts]
    tops = {file.parts[0].partition(".")[0] for file in files}
    for top in sorted(filter(str.isidentifier, tops)):
        try:
            import_module(top)
        except Exception as error:
            yield f"import {top}: {type(error).__name__}: {error}"


if __name__ == "__main__":
    found = amiss(sys.argv[1])
    sys.stdout.write("".join(f"{one}\n" for one in found))
    sys.exit(1 if found else 0)
