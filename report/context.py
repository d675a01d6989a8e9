"""The context of a report, read from the disk: it connects the settings, the judge and the report's forms."""

from report.judge import articles
from report.judge.results import Result
from report.settings import Settings
from report.tell.context import Context


def read(config: Settings, result: Result) -> Context:
    """Read the available copies of the articles; the links come from the settings.

    Raises:
        DamagedFileError: a copy is not UTF-8 text, or a `sentences.toml` is damaged.
    """
    claims = [claim.id for claim in result.claims]
    texts = {}
    for article in articles.read(config.claims):
        text = articles.read_copy(config, article.id)
        if text is not None:
            texts[article.id] = articles.sentences(text, article, claims)
    return Context(texts, config.changelog, config.documentation)
