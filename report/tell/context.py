"""Inputs of a report other than the result: copies of the articles, URLs for further reading, and a forecast."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import msgspec
from packaging.version import Version

from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text, read_toml
from report.judge import articles, helpers
from report.judge.accounts import REASONS
from report.judge.articles import Sentence
from report.judge.helpers import Helpers
from report.judge.results import Drift, Result
from report.settings import Settings

Topics = Mapping[str, Mapping[str, list[str]]]  # by chapter and topic, the answers, such as `top31-11`


@dataclass(frozen=True)
class Forecast:
    """What a candidate would change: its *version*, the date of the run, and the verdicts: `forecast.json`."""

    version: str
    measured: str
    drift: tuple[Drift, ...]


@dataclass(frozen=True)
class Context:
    """*texts* has, by article id, the sentences of each article with a local copy.

    *changelog* is a URL template with `{version}` or `{slug}` (the version with dashes instead of dots).
    *documentation* is a URL template with `{term}`, the search term.
    *forecast* is the last one of a version that is newer than the result's.
    *sources* are the articles whose text `report copy` brings.
    *repository* is the URL of the project; *policy* says how sentences are judged: a URL, or a path in the project.
    *helpers* are those of the tests. *topics* are those of the right answers.
    *scripts*: those of the errata are in the folder `scripts`. *playground*: there is a `playground.html`.
    *patches* are, by article id, the safe fixes of a copy as a unified diff.
    """

    texts: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)
    changelog: str | None = None
    documentation: str | None = None
    repository: str | None = None
    policy: str | None = None
    sources: Collection[str] = ()
    forecast: Forecast | None = None
    helpers: Helpers = field(default_factory=Helpers)
    topics: Topics = field(default_factory=dict)
    scripts: bool = False
    playground: bool = False
    patches: Mapping[str, str] = field(default_factory=dict)

    @property
    def policy_url(self) -> str | None:
        """The URL of the judgement policy; None if it is a path, and the project's URL is not known."""
        return self.policy if not self.policy or "://" in self.policy else self.file_url(self.policy)

    def file_url(self, path: str) -> str | None:
        """Return the URL of a file of the project; None if the project's URL is not known."""
        return f"{self.repository}/blob/HEAD/{quote(path)}" if self.repository else None

    def issue_url(self, number: str, claim: str) -> str | None:
        """Return the URL of a new issue that names a claim (an id) and its number, such as `top31-9.2`."""
        if not self.repository:
            return None
        fields = {"title": f"Disagree: {number}", "body": f"Claim: `{claim}`\n\nHow I read the sentence, and why:\n"}
        return f"{self.repository}/issues/new?{urlencode(fields, quote_via=quote)}"

    def changelog_url(self, version: str) -> str | None:
        """Return the URL of the changelog of a release."""
        slug = version.replace(".", "-")
        return self.changelog.format(version=version, slug=slug) if self.changelog else None

    def documentation_url(self, statement: str) -> str | None:
        """Return the URL that searches the documentation for the first code in a statement; None without code."""
        code = re.search(r"`[^`\w]*([\w.]*\w)", statement)
        return self.documentation.format(term=quote_plus(code[1])) if self.documentation and code else None

    def quotations(self, article: str, question: int, claim: str) -> dict[int, str]:
        """Return the sentences of an answer that state a claim, by number, counted from 1; none without a copy."""
        asks = REASONS["question"]
        stated = (item for item in self.texts.get(article, ()) if not (item.reason or "").startswith(asks))
        own = (item for item in stated if item.question == question)
        return {number: item.text for number, item in enumerate(own, start=1) if claim in item.claims}

    def question(self, article: str, question: int) -> str:
        """Return the question of an answer in the article's own words; empty without a copy."""
        own = (item for item in self.texts.get(article, ()) if item.question == question)
        return " ".join(item.text for item in own if (item.reason or "").startswith(REASONS["question"]))


EMPTY = Context()


def read(config: Settings, result: Result, out: Path | None = None) -> Context:
    """Read the available copies of the articles, and the forecast in *out*; the links come from the settings.

    Raises:
        ReportError: a copy is not UTF-8 text or has other questions, or a `sentences.toml` or the forecast is damaged.
    """
    claims = articles.Names(claim.id for claim in result.claims)
    infos = articles.read(config.claims)
    sources = [info.id for info in infos if info.source]
    texts = {info.id: said for info in infos if (said := articles.read_copy(config, info, claims)) is not None}
    home = (config.repository or "").rstrip("/") or None
    links = (config.changelog, config.documentation, home, config.policy)
    used = helpers.read(config.root, config.claims / "__init__.py", [*result.claims, *result.corrections])
    forecast = _forecast(out, result) if out else None
    scripts = bool(out and (out / "scripts").is_dir())
    return Context(texts, *links, sources, forecast=forecast, helpers=used, topics=read_topics(config), scripts=scripts)


def read_topics(config: Settings) -> Topics:
    """Read the topics of the right answers: none without their file."""
    return read_toml(config.topics, dict[str, dict[str, list[str]]], "Correct it.")


def forecast(result: Result) -> str:
    """Write the result of a candidate as a forecast, for the later reports of a release."""
    found = Forecast(result.subject.version, result.measured, result.drift)
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"


def _forecast(out: Path, result: Result) -> Forecast | None:
    path = out / "forecast.json"
    if not path.exists():
        return None
    try:
        found = msgspec.json.decode(read_text(path), type=Forecast)
        return found if Version(found.version) > Version(result.subject.version) else None
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), "Delete it; the next run on a candidate makes it again.") from error
