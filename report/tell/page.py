"""The report: one self-contained HTML page."""

from report.judge.results import Result
from report.tell.compose import page_view
from report.tell.markup import whole


def render(result: Result) -> str:
    """Render the page: the same bytes for the same result."""
    view = page_view(result)
    return whole("page.html", page=view, facts=view.facts)
