"""The findings for a terminal, by rich."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console
from rich.markup import escape

from report.check.model import VERDICTS, Finding, Report, Verdict
from report.tell.markup import visible

COLOURS: dict[Verdict, str] = {
    "gone": "red", "never": "red", "error": "red", "wrong": "red", "outdated": "yellow", "deprecated": "yellow",
    "confirmed": "green",
}  # fmt: skip
LONGEST = 100  # characters of the words concerned


def show(report: Report, console: Console) -> None:
    """Print a report: a line for each finding, but for statements that hold, which are counted."""
    subject = f"{report.subject.name} {report.subject.version}"
    console.print(f"[bold]{escape(visible(report.file))}[/], as of {escape(subject)}", soft_wrap=True)
    for finding in report.findings:
        if finding.verdict != "confirmed":
            console.print(_line(finding), soft_wrap=True)
    for finding in report.suggestions:
        console.print(f"  [dim]{_line(finding)}[/]", soft_wrap=True)
    for (line, end), group in groupby(report.executions, lambda one: (one.line, one.end_line)):
        results = ", ".join(f"{one.result} on {one.release}{one.message and f' ({one.message})'}" for one in group)
        console.print(f"  [dim]{line}-{end} {escape(visible(results))}[/]", soft_wrap=True)
    console.print(escape(summary(report)), soft_wrap=True)


def _line(finding: Finding) -> str:
    words = escape(shortened(finding.text))
    said = escape(visible(finding.message))
    colour = COLOURS[finding.verdict]
    fix = f" [dim](--fix writes {escape(visible(finding.fix))})[/]" if finding.fix else ""
    return f"  {finding.line}:{finding.column} [{colour}]{finding.verdict}[/] [bold]{words}[/]  {said}{fix}"


def shortened(text: str) -> str:
    """The words concerned, in one line."""
    line = " ".join(visible(text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def summary(report: Report) -> str:
    """How many findings of each kind, and how many names are known: in one line."""
    found = ", ".join(_counted(report)) or "nothing found"
    return f"{found}; {report.names.resolved} names looked up, {report.names.silent} not known, so not judged."


def _counted(report: Report) -> Iterator[str]:
    for verdict in VERDICTS:
        count = sum(one.verdict == verdict for one in report.findings)
        if count:
            yield f"{count} {verdict}"
