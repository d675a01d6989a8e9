"""Where things are: the `[tool.report]` table of pyproject.toml."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from report.errors import UNREADABLE, ReportError


@dataclass(frozen=True)
class Settings:
    """What is checked (*subject*, a distribution's name), where its claims are, and where to read on (see `Beside`).

    *tools*: the packages that falsification leaves alone; *standard*: the modules of Python's own that it may sabotage.
    """

    root: Path
    subject: str
    claims: Path
    changelog: str | None = None
    documentation: str | None = None
    tools: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()

    @property
    def ledger(self) -> Path:
        """What each claim did on each release."""
        return self.claims / "ledger.jsonl"

    @property
    def falsified(self) -> Path:
        """What sabotage has refuted each claim."""
        return self.claims / "falsified.jsonl"

    @property
    def excused(self) -> Path:
        """Which claims no sabotage can reach, and why."""
        return self.claims / "excused.toml"

    @property
    def releases(self) -> Path:
        """The releases, their dates and their stacks."""
        return self.claims / "releases.toml"

    @property
    def stacks(self) -> Path:
        """The pinned packages of each stack."""
        return self.claims / "stacks"

    @property
    def changes(self) -> Path:
        """Why claims changed where they did."""
        return self.claims / "changes.toml"

    @property
    def judgements(self) -> Path:
        """How grave refuted claims are, what their authors could reply, and which cases are contested."""
        return self.claims / "judgements.toml"

    @property
    def articles(self) -> Path:
        """Where copies of the articles are looked for."""
        return Path(os.environ.get("ARTICLES_DIR") or self.root / "articles")


def read(root: Path) -> Settings:
    """Read the settings of the project at *root*.

    Raises:
        ReportError: there is no `[tool.report]` table with a subject.
    """
    try:
        table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["report"]
        return Settings(
            root,
            str(table["subject"]),
            root / str(table.get("claims", "claims")),
            table.get("changelog"),
            table.get("documentation"),
            tuple(table.get("tools", ())),
            tuple(table.get("standard", ())),
        )
    except UNREADABLE as error:
        hint = 'Run it in a project whose pyproject.toml has `[tool.report]` with `subject = "…"`.'
        raise ReportError(f"{root} has no settings of a report: {error!r}.", hint) from error
