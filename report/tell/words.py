"""Verdicts, dates and releases as one would say them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

from report.judge.results import Answer, Article, Claim, Release, Result
from report.judge.verdicts import runs
from report.model import Mark, Outcome, Verdict

MARKS: tuple[Mark, ...] = ("confirmed", "outdated", "wrong", "untried")
MONTHS = (  # and not `%B`, which speaks the machine's language
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NBSP = "\N{NO-BREAK SPACE}"


def name(result: Result) -> str:
    """Say what was measured by its name, with a capital."""
    return result.subject.name[:1].upper() + result.subject.name[1:]


def day(iso: str | None) -> str:
    """Say a date, `30 April 2023`; what is no date is said as it stands."""
    try:
        date = datetime.date.fromisoformat(iso or "")
    except ValueError:
        return iso or ""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def month(iso: str | None) -> str:
    """Say the month of a date, `Apr 2023`; of what is no date, nothing."""
    try:
        date = datetime.date.fromisoformat(iso or "")
    except ValueError:
        return ""
    return f"{MONTHS[date.month - 1][:3]} {date.year}"


def reason(answer: Answer) -> str:
    """Say in a line why an answer has its mark: for the worst, what is so instead."""
    worst = [one for one in answer.claims if one.verdict.mark == answer.verdict and one.kind == "technical"]
    if answer.verdict in ("wrong", "outdated") and worst:
        first = worst[0]
        held = f"Until {first.verdict.until}: " if first.verdict.until else "Not true on any release tried: "
        instead = f" Instead: {first.corrections[0].statement}" if first.corrections else ""
        return held + first.statement + (instead or " There is no correction yet.")
    if answer.verdict == "confirmed":
        since = [one.verdict.since for one in worst if one.verdict.since]
        newest = f", some only since {max(since, key=Version)}" if since else ""
        return f"{_all(len(worst), 'claim')} hold{'s' * (len(worst) == 1)}{newest}."
    return "None of its claims could be tried."


def _all(number: int, noun: str) -> str:
    return f"Its only {noun}" if number == 1 else f"All {number} {noun}s"


def dated(release: Release) -> str:
    """Say a release and its date, as far as it is known."""
    return f"{release.version} ({day(release.released)})" if release.released else release.version


def begun(release: Release) -> str:
    """Say a release and its month, as far as it is known."""
    return ", ".join(filter(None, (release.version, month(release.released))))


def counted(number: int, noun: str) -> str:
    """Say a number and its noun: `1 release`, `2 releases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Join parts of a sentence: `a, b and c`."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def tally(marks: Iterable[Mark | None]) -> str:
    """Count each mark: `3 confirmed, 1 wrong and 2 not yet checked` (None)."""
    found = list(marks)
    parts = [f"{found.count(mark)}{NBSP}{mark}" for mark in MARKS if mark in found]
    parts += [f"{found.count(None)}{NBSP}not yet checked"] * (None in found)
    return listed(parts)


def span(versions: Sequence[str]) -> str:
    """Say neighbouring releases, by the first and the last."""
    return versions[0] if len(versions) == 1 else f"{versions[0]} – {versions[-1]}"


def spans(versions: Iterable[str], order: Sequence[str]) -> str:
    """Say releases, those that follow one another in *order* taken together."""
    these: dict[str, Outcome] = dict.fromkeys(versions, "held")
    known = [*order, *(version for version in these if version not in order)]
    return ", ".join(span(run) for outcome, run in runs(these, known) if outcome)


def history(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    """Say what a claim did over the releases, in a plain sentence or two."""
    told = {
        "confirmed": _since if verdict.since else _always,
        "outdated": _until,
        "wrong": _never,
        "untried": _untried,
    }[verdict.mark]
    return told(verdict, outcomes, result)


def _always(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    return _every("held", "Held on all", outcomes, result)


def _never(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    return _every("refuted", "Not true on any of the", outcomes, result)


def _every(what: Outcome, said: str, outcomes: Mapping[str, Outcome], result: Result) -> str:
    """Say that a claim did *what* on each release that was tried, but perhaps on one after the current."""
    tried = [version for version, outcome in outcomes.items() if outcome != "untried"]
    alike = [version for version in tried if outcomes[version] == what]
    rest = _rest(outcomes, result)
    if len(alike) < len(tried):
        return f"{what.capitalize()} on {len(alike)} of the {len(tried)} releases it was tried on.{rest}"
    if len(tried) == 1:
        return f"{what.capitalize()} on {tried[0]}, the only release it was tried on.{rest}"
    order = [version for version in _order(outcomes, result) if version in tried]
    return f"{said} {len(tried)} releases tried ({order[0]} to {order[-1]}).{rest}"


def _since(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    order = _order(outcomes, result)
    before = order[: order.index(str(verdict.since))]
    last = [version for version in before if outcomes.get(version) == "refuted"][-1]
    again = " again" if "held" in {outcomes.get(version) for version in before} else ""
    gap = _gap(order, last, str(verdict.since))
    return f"Holds{again} since {_on(verdict.since, result)}, failed up to {last}.{gap}"


def _until(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    gap = _gap(_order(outcomes, result), str(verdict.until), str(verdict.gone))
    return f"Held until {verdict.until}, fails from {_on(verdict.gone, result)}.{gap}"


def _untried(verdict: Verdict, outcomes: Mapping[str, Outcome], result: Result) -> str:
    now, order = result.subject.version, _order(outcomes, result)
    if outcomes.get(now) == "refuted":
        missing = [version for version in order[: order.index(now)] if version not in outcomes]
        return f"No verdict yet: refuted on {now}, but not yet measured on {spans(missing, order)}."
    reason = (verdict.reason or "no reason is known").rstrip(".")
    return f"No verdict yet: {reason}."


def _rest(outcomes: Mapping[str, Outcome], result: Result) -> str:
    """Say how many releases gave no outcome, and why not."""
    untried = sum(outcome == "untried" for outcome in outcomes.values())
    missing = sum(release.version not in outcomes for release in result.releases)
    parts = [f"could not be tried on {untried}"] * bool(untried)
    parts += [f"is not yet measured on {missing}"] * bool(missing)
    return f" (It {listed(parts)} more.)" if parts else ""


def _gap(order: list[str], first: str, second: str) -> str:
    """Say how many releases between the two sides of a boundary gave no outcome."""
    between = order.index(second) - order.index(first) - 1
    return f" ({counted(between, 'release')} in between gave no outcome.)" if between else ""


def _order(outcomes: Mapping[str, Outcome], result: Result) -> list[str]:
    """List the releases in the order of their versions, with those that only this claim knows."""
    order = [release.version for release in result.releases]
    return order if outcomes.keys() <= set(order) else sorted({*order, *outcomes}, key=Version)


def published(claim: Claim, article: Article, result: Result) -> str | None:
    """Say of what is outdated whether it already was when the article came out, as far as both dates are known.

    That it held then is said only where the subject itself changed it: another package may have changed it earlier.
    """
    date = next((one.released for one in result.releases if one.version == claim.verdict.gone), None)
    if not (article.published and date and claim.verdict.mark == "outdated"):
        return None
    cause = next((one.by or "" for one in claim.changes if one.release == claim.verdict.gone), "")
    part = date[: len(article.published)]  # the article's date may be no more than a year
    if part < article.published:
        return f"It already failed when the article was published ({_partial(article.published)})."
    if part > article.published and cause.lower().startswith(result.subject.name.lower()):
        return f"It held when the article was published ({_partial(article.published)})."
    return None


def _partial(iso: str) -> str:
    """Say a date, or as much of it as is known: `2020`, `May 2020`, `16 May 2020`."""
    year, *rest = iso.split("-")
    return day(iso) if len(rest) == 2 else f"{MONTHS[int(rest[0]) - 1]} {year}" if rest else year


def _on(version: str | None, result: Result) -> str:
    return next((dated(release) for release in result.releases if release.version == version), str(version))
