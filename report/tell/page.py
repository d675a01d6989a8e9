"""The report: one self-contained HTML page."""

from collections.abc import Iterator

from report.judge.results import Result
from report.tell import claim_review, words
from report.tell.context import EMPTY, Context
from report.tell.index import Index
from report.tell.markup import data
from report.tell.templates import render_page
from report.tell.views import history

SCRIPTS = ("page.js", "unfold.js", "between.js", "filter.js", "keys.js", "timeline.js", "print.js", "place.js")


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the page."""
    yield "index.html", render(result, context)


def render(result: Result, context: Context = EMPTY) -> str:
    """Render the page. The same result and context give the same bytes."""
    index = Index(result)
    return render_page(
        "page.html",
        *SCRIPTS,
        result=result,
        name=words.name(result),
        index=index,
        context=context,
        history=history(index, context),
        releases=data([(release.version, words.day(release.released)) for release in result.releases]),
        reviews=data(claim_review.document(index)),
    )
