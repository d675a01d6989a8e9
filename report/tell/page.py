"""The report: one self-contained HTML page."""

from report.judge.results import Result


def render(result: Result) -> str:
    """The page."""
    return repr(result)
