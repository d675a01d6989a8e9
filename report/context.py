"""What the tellers show beside a result, read from the disk: glue between the settings, the judge and the tellers."""

from collections.abc import Iterator, Sequence

from report.errors import DamagedFileError
from report.files import read_text
from report.judge import articles
from report.judge.articles import Stated
from report.judge.results import Result
from report.settings import Settings
from report.tell.context import Context


def read(where: Settings, result: Result) -> Context:
    """The copies of the articles that are at hand, and the links of the settings.

    Raises:
        DamagedFileError: a copy is no text in UTF-8, or a `sentences.toml` is damaged.
    """
    return Context(dict(_texts(where, result)), where.changelog, where.documentation)


def _texts(where: Settings, result: Result) -> Iterator[tuple[str, Sequence[Stated]]]:
    claims = [claim.id for claim in result.claims]
    for about in articles.read(where.claims):
        copy = where.articles / f"{about.id}.txt"
        if copy.is_file():
            try:
                yield about.id, articles.accounted(read_text(copy), about, claims)
            except ValueError as error:
                raise DamagedFileError(copy, str(error), "A copy of an article is text in UTF-8.") from error
