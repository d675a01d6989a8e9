"""What the command `check` does: reads its data once, checks files, and writes findings in a form."""

import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from report.check import fixing, statement_file, statements
from report.check.checking import check
from report.check.code import Conventions
from report.check.model import Report
from report.check.names import Index
from report.errors import ReportError
from report.files import write_whole
from report.reader.reading import text_of
from report.settings import Settings as Project

Checked = tuple[Report, str]  # a report, and the text of its file


class Run:
    """Checks files with the data of a *project*, as of a *release* (or its beginning; default: the newest).

    Without the *file* of statements, none is compared. *execute*: execute the blocks that stand on their own.
    """

    def __init__(
        self, project: Project, release: str | None, file: Path, suggest: bool = False, execute: bool = False
    ) -> None:
        from report.names import index

        self.suggest = suggest
        self.index = index.read(project.index)
        self.release = newest(self.index.versions(project.subject), release)
        self.statements = statements.Statements([], project.subject)
        if file.exists():
            self.statements = statement_file.read(file, project.subject)
        self.conventions = Conventions(
            project.subject, project.receivers, project.types, project.programs, project.namespaces
        )
        self.runner = None
        if execute:
            from report.check import running

            names = Index(self.index, self.release, self.conventions)
            self.runner = running.Runner(names, running.interpreters(project))

    def check(self, path: Path) -> Checked:
        """Check a file; raises ReportError if it cannot be read as an article."""
        text = text_of(path)
        report = check(text, str(path), self.index, self.statements, self.release, self.conventions, self.suggest)
        return self.runner.run(report, text) if self.runner else report, text

    def fix(self, path: Path) -> Checked:
        """Apply the safe fixes to a file until none is left, and check it again."""
        report, text = self.check(path)
        new = fixing.fixed(text, report.findings)
        if new == text:
            return report, text
        write_whole(path, new)
        return self.check(path)


def newest(versions: Sequence[str], wanted: str | None) -> str:
    """The newest release, or the newest that is or begins with what is *wanted*; raises ReportError if none."""
    fitting = [version for version in versions if not wanted or f"{version}.".startswith(f"{wanted}.")]
    if not fitting:
        raise ReportError(f"{wanted} is none of the releases of the index.", f"They are {', '.join(versions)}.")
    return fitting[-1]


def written(checked: Sequence[Checked], form: str, colour: bool = False) -> str:
    """The findings in a *form*: text, json (an object, or a list of several), md, html or sarif."""
    reports = [report for report, _ in checked]
    if form == "json":
        return _json(reports[0] if len(reports) == 1 else reports)
    if form == "sarif":
        from report.check.sarif import document

        return _json(document(reports))
    if form in ("md", "html"):
        from report.check import pages

        return pages.to_html(checked) if form == "html" else pages.to_markdown(checked)
    return _text(reports, colour)


def _json(data: object) -> str:
    return msgspec.json.format(msgspec.json.encode(data), indent=1).decode() + "\n"


def _text(reports: Sequence[Report], colour: bool) -> str:
    from rich.console import Console

    from report.check.terminal import show

    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=colour, highlight=False, width=120)
    for report in reports:
        show(report, console)
    return buffer.getvalue()


def diffs(checked: Sequence[Checked]) -> str:
    """The safe fixes of all files as a unified diff."""
    return "".join(fixing.diff(text, fixing.fixed(text, report.findings), report.file) for report, text in checked)


def remaining(checked: Sequence[Checked]) -> str:
    """A line for each finding that no fix settles, with what to write instead."""
    return "".join(
        f"not fixed: {report.file}:{finding.line}: {finding.verdict}: {finding.message}\n"
        for report, _ in checked
        for finding in report.findings
        if finding.verdict != "confirmed" and finding not in fixing.fixable(report.findings)
    )
