"""The verdict on a claim, from its outcomes, and the mark of an answer, from its claims: both are always computed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from report.model import Cell, Mark, Outcome, Verdict, counted, outcomes, version

SEVERITY: tuple[Mark, ...] = ("untried", "confirmed", "outdated", "wrong")


def judge(outcomes: Mapping[str, Outcome], current: str, releases: Iterable[str]) -> Verdict:
    """The verdict on the release *current*, from the outcomes by release; without an outcome, a release is unmeasured.

    Releases are ordered by version number, not by date; those after *current* do not count.
    """
    order = sorted({*releases, *outcomes, current}, key=version)
    past = order[: order.index(current)]
    now = outcomes.get(current)
    if now == "held":
        return Verdict("confirmed", since=_held_since([*past, current], outcomes))
    if now != "refuted":
        return Verdict("untried", reason=f"untried on {current}" if now else f"not measured on {current}")
    held = [release for release in past if outcomes.get(release) == "held"]
    if held:
        after = order[order.index(held[-1]) + 1 :]
        gone = next(release for release in after if outcomes.get(release) == "refuted")
        return Verdict("outdated", until=held[-1], gone=gone)
    unmeasured = [release for release in past if release not in outcomes]
    if unmeasured:
        return Verdict("untried", reason=f"refuted on {current}, but not yet measured on {', '.join(unmeasured)}")
    return Verdict("wrong")


def judge_cells(cells: Mapping[str, Cell], current: str, releases: Iterable[str]) -> Verdict:
    """The verdict on the release *current*, as `judge` infers it, from the *cells* of a run or of the ledger.

    An untried verdict has the reason of the current cell, if that has one.
    """
    verdict, now = judge(outcomes(counted(cells)), current, releases), cells.get(current)
    return replace(verdict, reason=now.reason) if verdict.mark == "untried" and now and now.reason else verdict


def _held_since(order: list[str], outcomes: Mapping[str, Outcome]) -> str | None:
    """The first release on which it held after the last that refuted it; None if none refuted it."""
    refuted = [index for index, release in enumerate(order) if outcomes.get(release) == "refuted"]
    if not refuted:
        return None
    return next(release for release in order[refuted[-1] + 1 :] if outcomes.get(release) == "held")


def worst(marks: Iterable[Mark]) -> Mark:
    """The mark of an answer: the worst of its claims' *marks*. Untried counts only if there is no other."""
    return max(marks, key=SEVERITY.index, default="untried")


def group_by_outcome(outcomes: Mapping[str, Outcome], order: Iterable[str]) -> list[tuple[Outcome | None, list[str]]]:
    """Group consecutive releases with the same outcome, as a timeline shows them; None is unmeasured."""
    return [(outcome, list(releases)) for outcome, releases in groupby(order, outcomes.get)]
