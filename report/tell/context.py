"""Inputs of a report other than the result: copies of the articles, and URL templates for further reading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from report.errors import DamagedFileError
from report.files import read_text
from report.judge import articles
from report.judge.articles import AccountedSentence
from report.judge.results import Result
from report.settings import Settings


@dataclass(frozen=True)
class Context:
    """*texts* has, by article id, the sentences of each article with a local copy.

    *changelog* is a URL template with `{version}` or `{slug}` (the version with dashes instead of dots).
    *documentation* is a URL template with `{term}`, the search term.
    *repository* is the URL of the project; *policy* says how sentences are judged: a URL, or a path in the project.
    """

    texts: Mapping[str, Sequence[AccountedSentence]] = field(default_factory=dict)
    changelog: str | None = None
    documentation: str | None = None
    repository: str | None = None
    policy: str | None = None

    @property
    def policy_url(self) -> str | None:
        """The URL of the judgement policy; None if it is a path, and the project's URL is not known."""
        if not self.policy or "://" in self.policy:
            return self.policy
        return f"{self.repository}/blob/HEAD/{self.policy}" if self.repository else None

    def changelog_url(self, version: str) -> str | None:
        """Return the URL of the changelog of a release."""
        slug = version.replace(".", "-")
        return self.changelog.format(version=version, slug=slug) if self.changelog else None

    def documentation_url(self, statement: str) -> str | None:
        """Return the URL that searches the documentation for the first code in a statement; None without code."""
        code = re.search(r"`[^`\w]*([\w.]*\w)", statement)
        return self.documentation.format(term=quote_plus(code[1])) if self.documentation and code else None

    def quotations(self, article: str, question: int, claim: str) -> list[str]:
        """Return the sentences of an answer that state a claim; none without a copy."""
        stated = self.texts.get(article, ())
        return [item.sentence.text for item in stated if claim in item.claims and item.sentence.question == question]


EMPTY = Context()


def read(config: Settings, result: Result) -> Context:
    """Read the available copies of the articles; the links come from the settings.

    Raises:
        DamagedFileError: a copy is not UTF-8 text, or a `sentences.toml` is damaged.
    """
    links = (config.changelog, config.documentation, config.repository, config.policy)
    return Context(dict(_texts(config, result)), *links)


def _texts(config: Settings, result: Result) -> Iterator[tuple[str, Sequence[AccountedSentence]]]:
    claims = [claim.id for claim in result.claims]
    for article in articles.read(config.claims):
        copy = config.articles / f"{article.id}.txt"
        if copy.is_file():
            try:
                yield article.id, articles.accounted_sentences(read_text(copy), article, claims)
            except ValueError as error:
                raise DamagedFileError(copy, str(error), "A copy of an article is text in UTF-8.") from error
