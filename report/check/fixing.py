"""Safe fixes: those with exactly one replacement, as a unified diff or applied."""

import ast
import difflib
import io
from collections.abc import Sequence

from report.check.model import Finding


def fixable(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that have a fix, in their order; of two that overlap, the first."""
    chosen: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: (finding.start, finding.end)):
        is_free = not chosen or chosen[-1].end <= finding.start
        if finding.fix not in (None, finding.text) and is_free:
            chosen.append(finding)
    return chosen


STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def fixed(text: str, findings: Sequence[Finding]) -> str:
    """The text with all fixes; everything else stays as it is, but quotes that keep a fixed line from being Python."""
    for finding in reversed(fixable(findings)):
        line = text[: finding.start].rpartition("\n")[2] + (finding.fix or "")
        rest, end, after = text[finding.end :].partition("\n")
        before = text[: finding.start + len(finding.fix or "") - len(line)]
        text = before + _quotes_straightened(line + rest) + end + after
    return text


def _quotes_straightened(line: str) -> str:
    """A line with straight quotation marks, if only they make it Python: a fix has to run as it is pasted."""
    return line if _compiles(line) or not _compiles(straight := line.translate(STRAIGHT)) else straight


def _compiles(line: str) -> bool:
    try:
        ast.parse(line.strip())
    except (SyntaxError, ValueError):
        return False
    return True


def diff(text: str, new: str, name: str) -> str:
    """A unified diff that `git apply` takes, with the line ends of the file; empty if nothing changes."""
    name = name.removeprefix("./").lstrip("/")
    before, after = (io.StringIO(content).readlines() for content in (text, new))
    lines = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
