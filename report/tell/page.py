"""The report: one self-contained HTML page."""

from collections.abc import Iterator
from dataclasses import replace

from report.judge.results import Result
from report.tell import claim_review, words
from report.tell.context import EMPTY, Context
from report.tell.index import Index, is_divided
from report.tell.markup import data
from report.tell.templates import render_page
from report.tell.views import history

SCRIPTS = ("page.js", "unfold.js", "between.js", "filter.js", "keys.js", "timeline.js", "print.js", "place.js")


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the page; of a result with too many claims for one, a page for each article, and one that lists them."""
    whole = Index(result)
    if not is_divided(result):
        yield "index.html", render(result, context)
        return
    yield (
        "index.html",
        render_page("contents.html", result=result, name=words.name(result), context=context, whole=whole),
    )
    for article in result.articles:
        alone = result.only(article.id)
        used = {checked.id for checked in (*alone.claims, *alone.corrections)} & {*context.helpers.used}
        helpers = replace(context.helpers, used={claim: context.helpers.used[claim] for claim in used})
        yield whole.pages[article.id], render(alone, replace(context, helpers=helpers), whole)


def render(result: Result, context: Context = EMPTY, whole: Index | None = None) -> str:
    """Render the page of a result, or of one article of the *whole*. The same input gives the same bytes."""
    index = Index(result)
    return render_page(
        "page.html",
        *SCRIPTS,
        result=result,
        name=words.name(result),
        index=index,
        whole=whole or index,
        context=context,
        history=history(index, context),
        releases=data([(release.version, words.day(release.released)) for release in result.releases]),
        reviews=data(claim_review.document(index)),
    )
