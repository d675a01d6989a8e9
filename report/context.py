"""The context of a report, read from the disk: it connects the settings, the judge and the report's forms."""

from collections.abc import Iterator, Sequence

from report.errors import DamagedFileError
from report.files import read_text
from report.judge import articles
from report.judge.articles import AccountedSentence
from report.judge.results import Result
from report.settings import Settings
from report.tell.context import Context


def read(config: Settings, result: Result) -> Context:
    """Read the available copies of the articles; the links come from the settings.

    Raises:
        DamagedFileError: a copy is not UTF-8 text, or a `sentences.toml` is damaged.
    """
    return Context(dict(_texts(config, result)), config.changelog, config.documentation)


def _texts(config: Settings, result: Result) -> Iterator[tuple[str, Sequence[AccountedSentence]]]:
    claims = [claim.id for claim in result.claims]
    for article in articles.read(config.claims):
        copy = config.articles / f"{article.id}.txt"
        if copy.is_file():
            try:
                yield article.id, articles.accounted_sentences(read_text(copy), article, claims)
            except ValueError as error:
                raise DamagedFileError(copy, str(error), "A copy of an article is text in UTF-8.") from error
