"""The report: one self-contained HTML page."""

from report.judge.results import Result
from report.tell import claim_review, words
from report.tell.compose import page_view
from report.tell.context import Context
from report.tell.markup import data, render_page

SCRIPTS = ("page.js", "unfold.js", "filter.js", "keys.js", "timeline.js", "print.js")


def render(result: Result, context: Context | None = None) -> str:
    """Render the page. The same result and context give the same bytes."""
    view = page_view(result, context or Context())
    return render_page(
        "page.html",
        *SCRIPTS,
        page=view,
        facts=view.facts,
        releases=data([(release.version, words.day(release.released)) for release in result.releases]),
        reviews=data(claim_review.document(result)),
    )
