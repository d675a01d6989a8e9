"""The findings as HTML, the article with a note beside each finding, and as Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.check.model import Finding, Report
from report.check.terminal import executed, shortened, summary

TONES = {"gone": "wrong", "never": "wrong", "error": "wrong", "deprecated": "outdated"}  # classes of our style


@dataclass(frozen=True)
class Piece:
    """A stretch of the article, with the numbers of the findings about it."""

    text: str
    numbers: tuple[int, ...] = ()
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the article in pieces, and the findings (with their numbers) that begin in it."""

    number: int
    pieces: tuple[Piece, ...]
    notes: tuple[tuple[int, Finding], ...]


def to_html(reports: Sequence[tuple[Report, str]]) -> str:
    """One self-contained page; each report goes with the text of its file."""
    from report.tell.templates import render_page

    files = [(report, lines(text, report.findings), summary(report)) for report, text in reports]
    return render_page("check.html", files=files, tone=tone, executed=executed)


def tone(finding: Finding) -> str:
    """The class of a finding's colour."""
    return TONES.get(finding.verdict, finding.verdict)


def to_markdown(reports: Sequence[tuple[Report, str]]) -> str:
    """A section for each file, with a table of its findings."""
    from report.tell.templates import render_markdown

    files = [(report, summary(report)) for report, _ in reports]
    return render_markdown("check.md", files=files, shortened=shortened, executed=executed)


def lines(text: str, findings: Sequence[Finding]) -> list[Line]:
    """The lines of an article, each cut where a finding begins or ends."""
    numbered = [*enumerate(findings, start=1)]
    found, at = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        end = at + len(line)
        here = [(index, finding) for index, finding in numbered if finding.start < end and finding.end > at]
        pieces = tuple(_pieces(text, at, at + len(line.rstrip("\r")), here))
        notes = tuple((index, finding) for index, finding in numbered if finding.line == number)
        found.append(Line(number, pieces, notes))
        at = end + 1
    return found


def _pieces(text: str, start: int, end: int, findings: Sequence[tuple[int, Finding]]) -> Iterator[Piece]:
    places = (place for _, finding in findings for place in (finding.start, finding.end) if start < place < end)
    cuts = sorted({start, end, *places})
    for first, last in pairwise(cuts):
        over = [(index, finding) for index, finding in findings if finding.start < last and finding.end > first]
        worst = min(over, key=lambda pair: pair[1].end - pair[1].start)[1] if over else None
        yield Piece(text[first:last], tuple(index for index, _ in over), tone(worst) if worst else "")
