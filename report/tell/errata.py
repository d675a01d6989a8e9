"""The errata sheet."""

from report.judge.results import Result


def to_html(result: Result) -> str:
    """The page."""
    return repr(result)


def to_markdown(result: Result) -> str:
    """The text."""
    return repr(result)
