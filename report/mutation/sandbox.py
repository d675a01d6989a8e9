"""A sandbox of the environment that runs us: its own Python and folders, each installed file a link to the original.

A sabotaged file takes the place of its link, and so reaches every process that is started from the sandbox, however it is
started; the environment itself is never written to.
"""

import itertools
import os
import shutil
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.errors import ReportError
from report.settings import Settings

SITE = Path(sysconfig.get_path("purelib"))
STANDARD = Path(sysconfig.get_path("stdlib"))
PYTHON = "<python>/"  # what the names of the standard library's files begin with
HOOK = """\
import os
import sys

sys.path.insert(0, {standard!r})
if os.environ.get("CLAIM_TRACE"):
    import importlib.util

    found = importlib.util.spec_from_file_location("claim_trace", {tracing!r})
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    module.Tracing(os.environ["CLAIM_TRACE"], **{traced!r}).start()
"""


@dataclass
class Sandbox:
    """A sandbox environment at *root*; the settings' tools are never changed, so their folders are links too."""

    root: Path
    settings: Settings
    clock: "itertools.count[int]" = field(default_factory=lambda: itertools.count(int(time.time()) - 10**8, 2))

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.root / "bin" / Path(sys.executable).name

    @property
    def site(self) -> Path:
        """Where its packages are."""
        return self.root / SITE.relative_to(sys.prefix)

    @property
    def standard(self) -> Path:
        """What comes before the standard library: nothing, or the package or module of it that is sabotaged."""
        return self.root / "standard"

    @property
    def project(self) -> Path:
        """A copy of the project: what is sabotaged may write or delete where it runs."""
        return self.root / "project"

    @property
    def traced(self) -> dict[str, Any]:
        """What of it is traced: what may be sabotaged (the arguments of `tracing.Tracing`)."""
        standard = {str(STANDARD / name): PYTHON + name for name in self.settings.standard}
        return {
            "roots": {f"{self.site}/": "", **standard},
            "left_out": [str(self.site / one) for one in self.settings.tools],
        }

    def make(self) -> "Sandbox":
        """Make it anew.

        Raises:
            ReportError: we run in no virtual environment.
        """
        if sys.prefix == sys.base_prefix:
            hint = "Run it as `uv run python -m report falsify`."
            raise ReportError("Only a virtual environment can be sabotaged in a copy.", hint)
        self.remove()
        self.site.mkdir(parents=True)
        shutil.copy(Path(sys.prefix, "pyvenv.cfg"), self.root)
        self.programs()
        for entry in SITE.iterdir():
            if entry.is_dir() and entry.name not in self.settings.tools:
                shutil.copytree(entry, self.site / entry.name, copy_function=os.symlink, ignore=compiled)
            else:
                (self.site / entry.name).symlink_to(entry)
        self.standard.mkdir()
        tracing = str(Path(__file__).with_name("tracing.py"))
        hook = HOOK.format(tracing=tracing, traced=self.traced, standard=str(self.standard))
        (self.site / "sitecustomize.py").write_text(hook, encoding="utf-8")
        self.copy()
        return self

    def copy(self) -> None:
        """Copy what pytest needs of the project."""
        claims = self.settings.claims.relative_to(self.settings.root)
        for name in (claims, "report", "conftest.py", "pyproject.toml"):
            source, here = self.settings.root / name, self.project / name
            if source.is_dir():
                shutil.copytree(source, here, ignore=compiled)
            else:
                here.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, here)

    def programs(self) -> None:
        """Its commands: scripts that name our interpreter name the sandbox's instead."""
        ours = str(Path(sys.prefix, "bin"))
        (self.root / "bin").mkdir()
        for program in Path(ours).iterdir():
            here = self.root / "bin" / program.name
            if program.is_symlink():
                here.symlink_to(program.readlink())
            elif (content := program.read_bytes()).startswith(b"#!" + ours.encode()):
                here.write_bytes(content.replace(ours.encode(), str(here.parent).encode(), 1))
                here.chmod(0o755)
            else:
                here.symlink_to(program)

    def place(self, name: str) -> Path:
        """Where the file *name* is in the sandbox."""
        return self.standard / name.removeprefix(PYTHON) if name.startswith(PYTHON) else self.site / name

    def sabotage(self, name: str, text: str) -> None:
        """Put *text* in the place of the file *name*; its time is its own, for the bytecode's sake."""
        path = self.place(name)
        top = name.removeprefix(PYTHON).split("/")[0]
        if name.startswith(PYTHON) and (STANDARD / top).is_dir():
            shutil.copytree(STANDARD / top, self.standard / top, copy_function=os.symlink, ignore=compiled)
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (moment := next(self.clock), moment))

    def mend(self, name: str) -> None:
        """Put the original file *name* back."""
        if name.startswith(PYTHON):
            shutil.rmtree(self.standard)
            self.standard.mkdir()
        else:
            self.place(name).unlink()
            self.place(name).symlink_to(SITE / name)

    def remove(self) -> None:
        """Delete it."""
        shutil.rmtree(self.root, ignore_errors=True)


def original(name: str) -> Path:
    """Where the file *name* is in the environment that runs us."""
    return STANDARD / name.removeprefix(PYTHON) if name.startswith(PYTHON) else SITE / name


def compiled(folder: str, names: list[str]) -> list[str]:
    """Bytecode, which a sandbox makes for itself."""
    return [name for name in names if name == "__pycache__"]
