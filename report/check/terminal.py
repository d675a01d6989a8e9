"""The findings for a terminal, by rich."""

from collections import Counter
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
    for place, results in executed(report):
        console.print(f"  [dim]{place} {escape(visible(results))}[/]", soft_wrap=True)
    console.print(escape(summary(report)), soft_wrap=True)


def _line(finding: Finding) -> str:
    words = escape(shortened(finding.text))
    said = escape(visible(finding.message))
    colour = COLOURS[finding.verdict]
    fix = f" [dim](--fix writes {escape(visible(finding.fix))})[/]" if finding.fix else ""
    return f"  {finding.line}:{finding.column} [{colour}]{finding.verdict}[/] [bold]{words}[/]  {said}{fix}"


def executed(report: Report) -> list[tuple[str, str]]:
    """The lines of each block that was executed, and what became of it on each release."""
    return [
        (
            f"{line}-{end}",
            ", ".join(f"{one.result} on {one.release}{one.message and f' ({one.message})'}" for one in group),
        )
        for (line, end), group in groupby(report.executions, lambda execution: (execution.line, execution.end_line))
    ]


def shortened(text: str) -> str:
    """The words concerned, in one line."""
    line = " ".join(visible(text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def summary(report: Report) -> str:
    """How many findings of each kind, and how many names are known: in one line."""
    counts = Counter(finding.verdict for finding in report.findings)
    found = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]) or "nothing found"
    return f"{found}; {report.names.resolved} names looked up, {report.names.silent} not known, so not judged."
