"""A sandbox: a copy of the current virtual environment in which each file is a symbolic link to the original.

A mutated file replaces its link, so every process that starts from the sandbox sees the mutant. PYTHONPATH or an import
hook would not do: claims start programs that heed neither. The search never writes to the environment itself.
"""

import contextlib
import itertools
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from report.errors import ReportError
from report.settings import Settings

SITE = Path(sysconfig.get_path("purelib"))
WITHOUT_BYTECODE = shutil.ignore_patterns("__pycache__")  # a sandbox writes its own
HOOK = """\
import os

if os.environ.get("CLAIM_TRACE"):
    import importlib.util

    spec = importlib.util.spec_from_file_location("claim_trace", {tracing!r})
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Tracing(os.environ["CLAIM_TRACE"], **{options!r}).start()
"""


class Sandbox:
    """A sandbox in the folder *root*.

    *python*: the interpreter; *site*: the site-packages folder; *project_settings*: those of a copy of the project,
    because a mutant may write or delete files in its working directory. *mtimes* gives each mutated file a new
    modification time, because Python checks it before it uses bytecode.
    """

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root, self.settings = root, settings
        self.python = root / "bin" / Path(sys.executable).name
        self.site = root / SITE.relative_to(sys.prefix)
        project = root / "project"
        self.project_settings = replace(
            settings, root=project, claims=project / settings.claims.relative_to(settings.root)
        )
        self.mtimes = itertools.count(int(time.time()) - 10**8, 2)

    @property
    def tracing_options(self) -> dict[str, Any]:
        """The arguments of `tracing.Tracing`: it traces the files that the search may mutate."""
        return {"root": f"{self.site}/", "excluded": [str(self.site / tool) for tool in self.settings.tools]}

    def create(self) -> "Sandbox":
        """Create the sandbox on disk, or replace it; raises ReportError if this Python is in no virtual environment."""
        if sys.prefix == sys.base_prefix:
            hint = "Run it as `uv run python -m report falsify`."
            raise ReportError("Mutation testing needs a virtual environment.", hint)
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(sys.prefix, self.root, symlinks=True, copy_function=os.symlink, ignore=WITHOUT_BYTECODE)
        for program in self.python.parent.iterdir():
            if not program.is_dir() and (code := program.read_bytes()).startswith(f"#!{sys.prefix}/".encode()):
                program.unlink()
                program.write_bytes(code.replace(sys.prefix.encode(), str(self.root).encode(), 1))
                program.chmod(0o755)
        hook = HOOK.format(tracing=str(Path(__file__).with_name("tracing.py")), options=self.tracing_options)
        (self.site / "sitecustomize.py").write_text(hook, encoding="utf-8")
        source, copy = self.settings.root, self.project_settings.root
        for name in (self.settings.claims.relative_to(source), "report"):
            shutil.copytree(source / name, copy / name, ignore=WITHOUT_BYTECODE)
        for name in ("conftest.py", "pyproject.toml"):
            shutil.copy2(source / name, copy)
        return self

    @contextlib.contextmanager
    def mutated(self, file: str, text: str) -> Iterator[None]:
        """Replace a file (relative to site-packages) by the mutated *text* during a `with` block."""
        path = self.site / file
        path.unlink()
        path.write_text(text, encoding="utf-8")
        os.utime(path, (mtime := next(self.mtimes), mtime))
        try:
            yield
        finally:
            path.unlink()
            path.symlink_to(SITE / file)
