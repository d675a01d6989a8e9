"""Programs that run to their end in a process of their own, and a Python that sees few distributions."""

import functools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from claims import Untried

PATIENCE = 50  # seconds until a program has ended


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code, what it printed, and the last line that it complained of."""

    code: int
    output: str
    complaint: str

    @property
    def told(self):
        """What it printed, or what it complained of where it printed nothing."""
        return self.output or self.complaint


def ended(folder, *arguments, **settings):
    """Run Python with *arguments* in *folder*, without Flask's variables; *settings* go into its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "PYTHONPATH"))}
    environment = {**kept, "LC_ALL": "C.UTF-8", **settings}
    try:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.SubprocessError as error:
        raise Untried(f"the program did not end: {error!r}") from error
    return Ended(done.returncode, done.stdout.strip(), (done.stderr.strip().splitlines() or [""])[-1])


def canonical(name):
    """The name of a distribution as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@functools.cache
def installed():
    """Every installed distribution, by its canonical name."""
    return {canonical(one.metadata["Name"]): one for one in metadata.distributions() if one.metadata["Name"]}


def distribution(name):
    """The installed distribution of a name."""
    if canonical(name) not in installed():
        raise Untried(f"{name} is not installed")
    return installed()[canonical(name)]


def direct(name):
    """What the distribution *name* requires by itself on this Python, extras left out."""
    requirements = map(Requirement, distribution(name).requires or ())
    wanted = [one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]
    return sorted(canonical(one.name) for one in wanted)


def required(name):
    """Every distribution that *name* requires, directly or not, by canonical names in order."""
    found, queue = set(), direct(name)
    while queue:
        one = queue.pop()
        if one not in found:
            found.add(one)
            queue.extend(direct(one))
    return sorted(found - {canonical(name)})


def modules(name) -> Iterator[Path]:
    """The files of Python code that the distribution *name* installs."""
    one = distribution(name)
    for file in one.files or ():
        if file.suffix == ".py" and ".." not in file.parts:
            yield Path(one.locate_file(file))


def kilobytes(*names):
    """How much Python code the distributions *names* install."""
    return sum(path.stat().st_size for name in names for path in modules(name)) // 1000


def seeing_only(folder, names, program):
    """Run *program* in a fresh Python that sees its standard library and the distributions *names*."""
    place = Path(tempfile.mkdtemp(dir=folder))
    for name in names:
        one = distribution(name)
        for top in {file.parts[0] for file in one.files or ()} - {"..", "__pycache__"}:
            link = place / top
            if not link.exists():
                link.symlink_to(one.locate_file(top))
    # Without -B it would write bytecode into the packages themselves: -I has it heed no setting.
    return ended(folder, "-I", "-S", "-B", "-c", f"import sys; sys.path.insert(0, {str(place)!r})\n{program}")
