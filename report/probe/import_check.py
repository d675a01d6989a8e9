"""Check that an installed distribution can be used: `python -m report.probe.import_check DISTRIBUTION`.

It prints one line for each problem, and exits with 1 if there is any.
Library considered: `uv pip check`. It imports nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import distribution, distributions

from packaging.requirements import Requirement


def problems(name: str) -> Iterator[str]:
    """The unmet requirements of a distribution, and the error of each of its modules that cannot be imported."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        installed = next((found.version for found in distributions(name=requirement.name)), None)
        if installed is None or not requirement.specifier.contains(installed, prereleases=True):
            yield f"it needs {requirement}, but {installed or 'none'} is installed"
    files = [file for file in distribution(name).files or () if file.suffix == ".py" and ".." not in file.parts]
    modules = {file.parts[0].partition(".")[0] for file in files}
    for module in sorted(filter(str.isidentifier, modules)):
        try:
            import_module(module)
        except Exception as error:
            yield f"import {module}: {type(error).__name__}: {error}"


if __name__ == "__main__":
    lines = [*problems(sys.argv[1])]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(1 if lines else 0)
