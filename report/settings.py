"""The settings: the `[tool.report]` table of pyproject.toml, and the paths that follow from it."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import msgspec

from report.errors import UNREADABLE, ReportError
from report.files import read_text


class InClaims:
    """The path of a file, or a folder, in the folder of the claims: its *name* there, and what it *has*."""

    def __init__(self, name: str, has: str) -> None:
        self.name, self.has = name, has

    def __get__(self, settings: "Settings", _: type["Settings"]) -> Path:
        return settings.claims / self.name


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
    are instances of, *members* names that the index lacks, each to stand for `{}`: they become types of their own.
    *programs*: the commands of shell lines. *namespaces*: where names without a receiver are sought.
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
    members: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()

    ledger = InClaims("ledger.jsonl", "the outcome of each claim on each release")
    kills = InClaims("kills.jsonl", "the mutant that the test of each claim killed")
    waived = InClaims("waived.toml", "the claims whose test can kill no mutant, each with the reason")
    mutants = InClaims("mutants.toml", "the mutants that a person chose, and the claims that state the same")
    index = InClaims("names.jsonl", "the index of names: what each package has had at each version")
    statements = InClaims("statements.json", "what each claim states and its outcomes, for `check`")
    wordings = InClaims("wordings.toml", "how articles often say what a claim states, for `check`")
    releases = InClaims("releases.toml", "the releases, their dates and their stacks")
    stacks = InClaims("stacks", "the pinned packages of each stack")
    changes = InClaims("changes.toml", "the causes of changed outcomes")
    topics = InClaims("topics.toml", "the topics of the page with the right answers")
    judgements = InClaims("judgements.toml", "how grave refuted claims are, the replies to them, contested claims")

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
        settings = msgspec.convert(table | paths, Settings)
        every = (form.format(name) for form, names in settings.members.items() for name in names.split())
        return replace(settings, types={name: name for name in every} | {**settings.types})
    except UNREADABLE as error:
        hint = 'Run this in a project whose pyproject.toml has `[tool.report]` with `subject = "…"`.'
        raise ReportError(f"{root} has no settings of a report: {error}.", hint) from error
