"""How the reports show each mark."""

from typing import NamedTuple

from report.model import Mark


class Look(NamedTuple):
    """The sign and the meaning of a mark and its colour in a badge."""

    sign: str
    meaning: str  # with `{name}` and `{version}` of the subject
    colour: str


MARKS: dict[Mark, Look] = {
    "confirmed": Look("✓", "holds on {name} {version}", "brightgreen"),
    "outdated": Look("◷", "fails on {version}, held on an earlier release", "yellow"),
    "wrong": Look("✗", "fails on {version}, and on each earlier release tried", "red"),
    "untried": Look("?", "could not be tried; the reason is given", "lightgrey"),
}
