"""The settings: the `[tool.report]` table of pyproject.toml, and the paths that follow from it."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from report.errors import UNREADABLE, ReportError


@dataclass(frozen=True)
class Settings:
    """The project at *root*: the checked distribution (*subject*) and the folder of its *claims*.

    *changelog* and *documentation*: templates of links, with `{version}` or `{slug}`, and with `{term}`.
    *repository*: the URL of the project; *policy*: its document about how sentences are judged, a URL or a path.
    *tools*: packages that falsification never mutates; *standard*: modules of the standard library that it may mutate.
    """

    root: Path
    subject: str
    claims: Path
    changelog: str | None = None
    documentation: str | None = None
    repository: str | None = None
    policy: str | None = None
    tools: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()

    @property
    def ledger(self) -> Path:
        """The outcome of each claim on each release."""
        return self.claims / "ledger.jsonl"

    @property
    def falsified(self) -> Path:
        """The sabotage that refuted each claim."""
        return self.claims / "falsified.jsonl"

    @property
    def excused(self) -> Path:
        """The claims that no sabotage can refute, each with the reason."""
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
        """The causes of changed outcomes."""
        return self.claims / "changes.toml"

    @property
    def judgements(self) -> Path:
        """How grave refuted claims are, what their authors could reply, and which claims are contested."""
        return self.claims / "judgements.toml"

    @property
    def articles(self) -> Path:
        """The folder with copies of the articles."""
        return Path(os.environ.get("ARTICLES_DIR") or self.root / "articles")


def read(root: Path) -> Settings:
    """Read the settings of the project at *root*.

    Raises:
        ReportError: pyproject.toml is missing or invalid, or has no `[tool.report]` table with a subject.
    """
    try:
        table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["report"]
        return Settings(
            root,
            str(table["subject"]),
            root / str(table.get("claims", "claims")),
            table.get("changelog"),
            table.get("documentation"),
            table.get("repository"),
            table.get("policy"),
            tuple(table.get("tools", ())),
            tuple(table.get("standard", ())),
        )
    except UNREADABLE as error:
        hint = 'Run this in a project whose pyproject.toml has `[tool.report]` with `subject = "…"`.'
        raise ReportError(f"{root} has no settings of a report: {error!r}.", hint) from error
