"""Inputs of a report other than the result: copies of the articles, and URL templates for further reading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from report.judge import articles
from report.judge.articles import Sentence
from report.judge.results import Result
from report.settings import Settings


@dataclass(frozen=True)
class Context:
    """*texts* has, by article id, the sentences of each article with a local copy.

    *changelog* is a URL template with `{version}` or `{slug}` (the version with dashes instead of dots).
    *documentation* is a URL template with `{term}`, the search term.
    """

    texts: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)
    changelog: str | None = None
    documentation: str | None = None

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
        return [item.text for item in stated if claim in item.claims and item.question == question]


EMPTY = Context()


def read(config: Settings, result: Result) -> Context:
    """Read the available copies of the articles; the links come from the settings.

    Raises:
        ReportError: a copy is not UTF-8 text or has other questions, or a `sentences.toml` is damaged.
    """
    claims = [claim.id for claim in result.claims]
    copies = [(article, articles.read_copy(config, article.id)) for article in articles.read(config.claims)]
    texts = {one.id: articles.sentences(copy.text, one, claims, copy.name) for one, copy in copies if copy}
    return Context(texts, config.changelog, config.documentation)
