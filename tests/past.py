"""A past for the small projects: releases of their subject, and stacks cut out of the real ones."""

import re
from dataclasses import dataclass
from importlib.metadata import version

from packaging.version import Version

from report.measure import environments
from tests.project import ROOT, SUBJECT, Project

# What of an old stack runs pytest: its plugins, and what those need.
NEEDED = tuple(
    f"{name}=="
    for name in (
        *("pytest", "iniconfig", "packaging", "pluggy", "pygments", "exceptiongroup", "tomli"),
        *("hypothesis", "attrs", "sortedcontainers", "pytest-xdist", "execnet", "typing-extensions"),
    )
)
NEIGHBOUR = "itsdangerous"
NOTHING_TO_RUN = [
    "Nothing to run: every cell is measured and fresh.",
    "To run a claim all the same: python -m report try CLAIM --on RELEASE",
]


@dataclass(frozen=True)
class Release:
    """A release of the subject: its version, and the lines that pin it."""

    version: str
    lines: str

    @property
    def hashes(self) -> list[str]:
        """The hashes of its files."""
        return re.findall(r"sha256:\w+", self.lines)


def oldest_stack() -> environments.Stack:
    """The real stack of the oldest releases."""
    return min(environments.read(ROOT / "claims" / "stacks").values(), key=lambda one: Version(one.name))


def pins_for_pytest(stack: environments.Stack) -> str:
    """The pins of *stack* that pytest needs."""
    pins = [pin for pin in re.split(r"\n(?=\w)", stack.pins.rstrip("\n")) if pin.startswith(NEEDED)]
    assert len(pins) == len(NEEDED)
    return "\n".join(pins) + "\n"


def pinned(stack: str, name: str) -> Release:
    """What a real stack pins *name* to."""
    return Release(
        *environments.parse_pins((ROOT / "claims" / "stacks" / f"{stack}.txt").read_text(encoding="utf-8"))[name]
    )


OLD, NEW, NOW = (pinned(stack, SUBJECT) for stack in ("1.1", "2.0", "3.1"))
HERE = [NOW.version] if NOW.version == version(SUBJECT) else []
ENVIRONMENTS = [OLD.version, NEW.version, *HERE, f"{NOW.version}@3.9"]


def give_a_past(project: Project) -> None:
    """Write the releases and the stacks of *project*: an old release, a new one, and the current one."""
    needed = pins_for_pytest(oldest_stack())
    for name, release, beside in (("old", OLD, pinned("1.1", NEIGHBOUR)), ("new", NEW, pinned("3.1", NEIGHBOUR))):
        project.write(f"claims/stacks/{name}.txt", f"{needed}{beside.lines}\n{release.lines}\n")
    project.write("claims/stacks/stacks.toml", '[old]\npython = "3.9"\n\n[new]\npython = "3.9"\n')
    entries = [entry(OLD, "old", 2021), entry(NEW, "new", 2022), entry(NOW, "new", 2025)]
    project.write("claims/releases.toml", "".join(entries))


def entry(release: Release, stack: str, year: int) -> str:
    """A release in the data file."""
    text = f'[[releases]]\nversion = "{release.version}"\nreleased = {year}-05-18\nstack = "{stack}"\n'
    return f"{text}hashes = {release.hashes}\n\n"
