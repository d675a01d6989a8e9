"""Verdicts, dates and releases in plain English."""

import datetime
from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

from report.judge.results import Answer, Article, Claim, Release, Result
from report.judge.verdicts import group_by_outcome
from report.model import Mark, Outcome, Verdict

MARKS: tuple[Mark, ...] = ("confirmed", "outdated", "wrong", "untried")
MONTHS = (  # not `%B`, which depends on the locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NBSP = "\N{NO-BREAK SPACE}"


def name(result: Result) -> str:
    """Return the name of the subject with a capital: `Flask`."""
    return result.subject.name[:1].upper() + result.subject.name[1:]


def day(iso: str | None) -> str:
    """Format an ISO 8601 date as `30 April 2023`; return other text unchanged."""
    try:
        date = datetime.date.fromisoformat(iso or "")
    except ValueError:
        return iso or ""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def month(iso: str | None) -> str:
    """Format the month of an ISO 8601 date as `Apr 2023`; return `""` for other text."""
    try:
        date = datetime.date.fromisoformat(iso or "")
    except ValueError:
        return ""
    return f"{MONTHS[date.month - 1][:3]} {date.year}"


def reason(answer: Answer) -> str:
    """Say in one line why an answer has its mark; for a refuted claim, give the correction."""
    claims = [claim for claim in answer.claims if claim.verdict.mark == answer.verdict and claim.kind == "technical"]
    if answer.verdict in ("wrong", "outdated") and claims:
        first = claims[0]
        held = f"Until {first.verdict.until}: " if first.verdict.until else "Not true on any release tried: "
        correction = (
            f"Instead: {first.corrections[0].statement}" if first.corrections else "There is no correction yet."
        )
        return f"{held}{first.statement} {correction}"
    if answer.verdict == "confirmed":
        since = [claim.verdict.since for claim in claims if claim.verdict.since]
        newest = f", some only since {max(since, key=Version)}" if since else ""
        return f"{_all(len(claims), 'claim')} hold{'s' * (len(claims) == 1)}{newest}."
    return "None of its claims could be tried."


def _all(number: int, noun: str) -> str:
    return f"Its only {noun}" if number == 1 else f"All {number} {noun}s"


def release_and_day(release: Release) -> str:
    """Return a release and its date: `3.0.0 (30 September 2023)`; without a date, only the release."""
    return f"{release.version} ({day(release.released)})" if release.released else release.version


def release_and_month(release: Release) -> str:
    """Return a release and its month: `3.0.0, Sep 2023`; without a date, only the release."""
    return ", ".join(filter(None, (release.version, month(release.released))))


def counted(number: int, noun: str) -> str:
    """Return a number and its noun: `1 release`, `2 releases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Join the parts of a list: `a, b and c`."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def tally(marks: Iterable[Mark | None]) -> str:
    """Count the marks; None is an unchecked answer: `3 confirmed, 1 wrong and 2 not yet checked`."""
    all_marks = list(marks)
    parts = [f"{all_marks.count(mark)}{NBSP}{mark}" for mark in MARKS if mark in all_marks]
    parts += [f"{all_marks.count(None)}{NBSP}not yet checked"] * (None in all_marks)
    return listed(parts)


def span(versions: Sequence[str]) -> str:
    """Return the first and the last of neighbouring releases: `2.0 – 2.3`."""
    return versions[0] if len(versions) == 1 else f"{versions[0]} – {versions[-1]}"


def spans(versions: Iterable[str], order: Sequence[str]) -> str:
    """List releases; combine those that are neighbours in *order*: `1.0, 2.0 – 2.3`."""
    selected: dict[str, Outcome] = dict.fromkeys(versions, "held")
    full_order = [*order, *(version for version in selected if version not in order)]
    return ", ".join(span(run) for outcome, run in group_by_outcome(selected, full_order) if outcome)


def history(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    """Say in one or two sentences how a claim's outcome changed over the releases."""
    describe = {
        "confirmed": _since if verdict.since else _always,
        "outdated": _until,
        "wrong": _never,
        "untried": _untried,
    }[verdict.mark]
    return describe(verdict, outcomes, result)


def _always(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    return _every("held", "Held on all", outcomes, result)


def _never(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    return _every("refuted", "Not true on any of the", outcomes, result)


def _every(outcome: Outcome, prefix: str, outcomes: Mapping[str, Outcome], result: Result) -> str:
    """Say that every tried release has *outcome*; only a release after the current one may differ."""
    tried = [version for version, tried_outcome in outcomes.items() if tried_outcome != "untried"]
    count = sum(outcomes[version] == outcome for version in tried)
    rest = _rest(outcomes, result)
    if count < len(tried):
        return f"{outcome.capitalize()} on {count} of the {len(tried)} releases it was tried on.{rest}"
    if len(tried) == 1:
        return f"{outcome.capitalize()} on {tried[0]}, the only release it was tried on.{rest}"
    order = [version for version in _order(outcomes, result) if version in tried]
    return f"{prefix} {len(tried)} releases tried ({order[0]} to {order[-1]}).{rest}"


def _since(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    order = _order(outcomes, result)
    before = order[: order.index(str(verdict.since))]
    last = [version for version in before if outcomes.get(version) == "refuted"][-1]
    again = " again" if "held" in {outcomes.get(version) for version in before} else ""
    gap = _gap(order, last, str(verdict.since))
    return f"Holds{again} since {_dated(verdict.since, result)}, failed up to {last}.{gap}"


def _until(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    gap = _gap(_order(outcomes, result), str(verdict.until), str(verdict.gone))
    return f"Held until {verdict.until}, fails from {_dated(verdict.gone, result)}.{gap}"


def _untried(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    current, order = result.subject.version, _order(outcomes, result)
    if outcomes.get(current) == "refuted":
        missing = [version for version in order[: order.index(current)] if version not in outcomes]
        return f"No verdict yet: refuted on {current}, but not yet measured on {spans(missing, order)}."
    reason = (verdict.reason or "no reason is known").rstrip(".")
    return f"No verdict yet: {reason}."


def _rest(outcomes: Mapping[str, Outcome], result: Result) -> str:
    """Say how many releases are untried or not measured."""
    untried = sum(outcome == "untried" for outcome in outcomes.values())
    missing = sum(release.version not in outcomes for release in result.releases)
    parts = [f"could not be tried on {untried}"] * bool(untried)
    parts += [f"is not yet measured on {missing}"] * bool(missing)
    return f" (It {listed(parts)} more.)" if parts else ""


def _gap(order: list[str], first: str, second: str) -> str:
    """Say how many releases between *first* and *second* have no outcome."""
    between = order.index(second) - order.index(first) - 1
    return f" ({counted(between, 'release')} in between gave no outcome.)" if between else ""


def _order(outcomes: Mapping[str, Outcome], result: Result) -> list[str]:
    """Sort the versions of the result and of *outcomes*."""
    order = [release.version for release in result.releases]
    return order if outcomes.keys() <= set(order) else sorted({*order, *outcomes}, key=Version)


def at_publication(claim: Claim, article: Article, result: Result) -> str | None:
    """Say whether an outdated claim held when its article was published; None if the dates do not show it.

    "It held" also needs the subject as the cause: another package may have changed the outcome before the release.
    """
    date = next((release.released for release in result.releases if release.version == claim.verdict.gone), None)
    if not (article.published and date and claim.verdict.mark == "outdated"):
        return None
    cause = next((change.by or "" for change in claim.changes if change.release == claim.verdict.gone), "")
    part = date[: len(article.published)]  # the article's date may be only a year, or a year and a month
    if part < article.published:
        return f"It already failed when the article was published ({_partial_date(article.published)})."
    if part > article.published and cause.lower().startswith(result.subject.name.lower()):
        return f"It held when the article was published ({_partial_date(article.published)})."
    return None


def _partial_date(iso: str) -> str:
    """Format a date that may lack its day or month: `2020`, `May 2020`, `16 May 2020`."""
    year, *rest = iso.split("-")
    return day(iso) if len(rest) == 2 else f"{MONTHS[int(rest[0]) - 1]} {year}" if rest else year


def _dated(version: str | None, result: Result) -> str:
    """Return a version with its release date, if the result has it."""
    return next((release_and_day(release) for release in result.releases if release.version == version), str(version))
