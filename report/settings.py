"""The settings: the `[tool.report]` table of pyproject.toml, and the paths that follow from it."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import msgspec

from report.errors import UNREADABLE, ReportError
from report.files import read_text


@dataclass(frozen=True)
class Settings:
    """The project at *root*: the checked distribution (*subject*) and the folder of its *claims*.

    *changelog* and *documentation*: templates of links, with `{version}` or `{slug}`, and with `{term}`.
    *repository*: the URL of the project, as on GitHub; None or empty if it has none.
    *policy*: its document about how sentences are judged, a URL or a path.
    *names*: the packages of the index of names; names of one package over time are one item, the newest last.
    *tools*: packages that falsification never mutates. *documents*: the module that makes the documents; run with
    `--check`, it exits with 1 if they are not those that it makes.

    For `check`: *receivers* are what names refer to by convention, *types* what attributes and (with brackets) calls
    are instances of. *programs*: the commands of shell lines. *namespaces*: where names without a receiver are sought.
    """

    root: Path
    subject: str
    claims: Path
    changelog: str | None = None
    documentation: str | None = None
    repository: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s\"<>]+)?\Z")] | None = None
    policy: str | None = None
    names: tuple[str | tuple[str, ...], ...] = ()
    tools: tuple[str, ...] = ()
    documents: str | None = None
    receivers: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()

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
    def index(self) -> Path:
        """The index of names: what each package has had at each version."""
        return self.claims / "names.jsonl"

    @property
    def statements(self) -> Path:
        """What each claim states and its outcomes, for `check`."""
        return self.claims / "statements.json"

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


DATA = Path(__file__).with_name("data")  # in a wheel: this project's settings, index of names and statements


def nearest(root: Path) -> Settings:
    """The settings of the project at *root*, or else, from an installed wheel, those of this project."""
    file = root / "pyproject.toml"
    here = file.is_file() and "[tool.report]" in read_text(file)
    return read(root if here or not DATA.exists() else DATA)


class _Tools(msgspec.Struct):
    report: dict[str, Any]


class _File(msgspec.Struct):
    tool: _Tools


def read(root: Path) -> Settings:
    """Read the settings of the project at *root*; raises ReportError if `[tool.report]` is missing or invalid."""
    try:
        table = msgspec.convert(tomllib.loads(read_text(root / "pyproject.toml")), _File).tool.report
        paths = {"root": root, "claims": root / table.get("claims", "claims")}
        return msgspec.convert(table | paths, Settings)
    except UNREADABLE as error:
        hint = 'Run this in a project whose pyproject.toml has `[tool.report]` with `subject = "…"`.'
        raise ReportError(f"{root} has no settings of a report: {error}.", hint) from error
