"""The settings: the `[tool.report]` table of pyproject.toml, and the paths that follow from it."""

import os
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from report.errors import UNREADABLE, ReportError
from report.files import read_text


@dataclass(frozen=True)
class Settings:
    """The project at *root*: the checked distribution (*subject*) and the folder of its *claims*.

    *changelog* and *documentation*: templates of links, with `{version}` or `{slug}`, and with `{term}`.
    *repository*: the URL of the project; *policy*: its document about how sentences are judged, a URL or a path.
    *tools*: packages that falsification never mutates. *documents*: the module that makes the documents; run with
    `--check`, it exits with 1 if they are not those that it makes.
    """

    root: Path
    subject: str
    claims: Path
    changelog: str | None = None
    documentation: str | None = None
    repository: str | None = None
    policy: str | None = None
    tools: tuple[str, ...] = ()
    documents: str | None = None

    @property
    def ledger(self) -> Path:
        """The outcome of each claim on each release."""
        return self.claims / "ledger.jsonl"

    @property
    def kills(self) -> Path:
        """The mutant that the test of each claim killed."""
        return self.claims / "kills.jsonl"

    @property
    def waived(self) -> Path:
        """The claims whose test can kill no mutant, each with the reason."""
        return self.claims / "waived.toml"

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

    def installed_version(self) -> str:
        """The version of the subject that is installed here; raises ReportError if none is."""
        try:
            return version(self.subject)
        except PackageNotFoundError as error:
            hint = "Run the command with `uv run`, such as `uv run pytest claims`."
            raise ReportError(f"{self.subject} is not installed.", hint) from error


class _Tools(msgspec.Struct):
    report: dict[str, Any]


class _File(msgspec.Struct):
    tool: _Tools


def read(root: Path) -> Settings:
    """Read the settings of the project at *root*.

    Raises:
        ReportError: pyproject.toml is missing or invalid, or has no `[tool.report]` table with a subject.
    """
    try:
        table = msgspec.convert(tomllib.loads(read_text(root / "pyproject.toml")), _File).tool.report
        paths = {"root": root, "claims": root / table.get("claims", "claims")}
        return msgspec.convert(table | paths, Settings)
    except UNREADABLE as error:
        hint = 'Run this in a project whose pyproject.toml has `[tool.report]` with `subject = "…"`.'
        raise ReportError(f"{root} has no settings of a report: {error}.", hint) from error
