"""The report: one self-contained HTML page."""

from report.judge.results import Result
from report.tell import claim_review, words
from report.tell.compose import page_view
from report.tell.context import Context
from report.tell.markup import data, whole

SCRIPTS = ("page.js", "unfold.js", "filter.js", "keys.js", "timeline.js", "print.js")


def render(result: Result, context: Context | None = None) -> str:
    """Render the page: the same bytes for the same result and the same things *beside* it."""
    view = page_view(result, context or Context())
    return whole(
        "page.html",
        *SCRIPTS,
        page=view,
        facts=view.facts,
        releases=data([(one.version, words.day(one.released)) for one in result.releases]),
        reviews=data(claim_review.document(result)),
    )
