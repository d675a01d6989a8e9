"""How the reports show each mark."""

from typing import NamedTuple

from report.model import Mark


class Look(NamedTuple):
    """The sign and the meaning of a mark, its colour in a badge, and its rating in a ClaimReview."""

    sign: str
    meaning: str  # with `{name}` and `{version}` of the subject
    colour: str
    rating: int | None


MARKS: dict[Mark, Look] = {
    "confirmed": Look("✓", "holds on {name} {version}", "brightgreen", None),
    "outdated": Look("◷", "fails on {version}, held on an earlier release", "yellow", 3),
    "wrong": Look("✗", "fails on {version}, and on each earlier release tried", "red", 1),
    "untried": Look("?", "could not be tried; the reason is given", "lightgrey", None),
}
