"""The result as the Markdown summary of a GitHub job. GitHub allows 1 MiB; a table of answers is far smaller."""

from collections.abc import Iterator

from report.judge.results import Result
from report.tell import errata, words
from report.tell.context import EMPTY, Context
from report.tell.index import Index
from report.tell.templates import render_markdown


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the summary."""
    yield "summary.md", render(result, context)


def render(result: Result, context: Context = EMPTY) -> str:
    """Write what holds, the drift, and a table of the answers that are not confirmed."""
    values = {"errata": errata.entries(result), "tally": errata.tally, "name": words.name(result)}
    return render_markdown("summary.md", result=result, context=context, index=Index(result), **values)
