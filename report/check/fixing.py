"""Safe fixes: those with exactly one replacement, as a unified diff or applied."""

import difflib
from collections.abc import Sequence

from report.check.model import Finding


def fixable(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that have a fix, in their order; of two that overlap, the first."""
    chosen: list[Finding] = []
    for one in sorted(findings, key=lambda one: (one.start, one.end)):
        if one.fix is not None and one.fix != one.text and (not chosen or chosen[-1].end <= one.start):
            chosen.append(one)
    return chosen


def fixed(text: str, findings: Sequence[Finding]) -> str:
    """The text with all fixes; everything else stays as it is."""
    pieces, at = [], 0
    for one in fixable(findings):
        pieces += [text[at : one.start], one.fix or ""]
        at = one.end
    return "".join([*pieces, text[at:]])


def diff(text: str, new: str, name: str) -> str:
    """A unified diff that `git apply` takes, with the line ends of the file; empty if nothing changes."""
    name = name.removeprefix("./").lstrip("/")
    before, after = (one.split("\n") for one in (text, new))
    lines = difflib.unified_diff(_ended(before), _ended(after), f"a/{name}", f"b/{name}", n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _ended(lines: list[str]) -> list[str]:
    """The lines with their ends; the last has none."""
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
