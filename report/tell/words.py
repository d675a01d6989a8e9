"""Verdicts, dates and releases in plain English."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from packaging.version import Version

from report.judge.results import Answer, Article, Checked, Claim, Count, Result
from report.judge.verdicts import group_by_outcome
from report.model import Mark, Outcome
from report.tell.marks import MARKS

MONTHS = (  # not `%B`, which depends on the locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?")
NBSP = "\N{NO-BREAK SPACE}"
NOTHING, UNCHECKED = "with nothing to check", "not yet checked"  # what an answer is that has no mark


def name(result: Result) -> str:
    """Return the name of the subject with a capital: `Flask`."""
    return result.subject.name[:1].upper() + result.subject.name[1:]


def day(iso: str | None) -> str:
    """Format an ISO 8601 date, also without its day or month, as `30 April 2023`; return other text unchanged."""
    match = DATE.fullmatch(iso or "")
    if not match:
        return iso or ""
    year, number, date = match.groups()
    return " ".join([*([date.lstrip("0")] if date else []), *([MONTHS[int(number) - 1]] if number else []), year])


def month(iso: str | None) -> str:
    """Format the month of an ISO 8601 date as `Apr 2023`; return `""` for other text."""
    match = DATE.fullmatch(iso or "")
    return f"{MONTHS[int(match[2]) - 1][:3]} {match[1]}" if match and match[2] else ""


def reason(answer: Answer) -> str:
    """Say in one line why an answer has its mark; for a refuted claim, give the correction."""
    claims = [claim for claim in answer.claims if claim.verdict.mark == answer.verdict and claim.kind == "technical"]
    if claims and claims[0].verdict.refuted:
        first = claims[0]
        held = f"Held until {first.verdict.until}" if first.verdict.until else "Not true on any release tried"
        instead = f"Instead: {first.corrections[0].statement}" if first.corrections else "There is no correction yet."
        return f"{held}: {first.statement} {instead}"
    if answer.verdict == "confirmed":
        since = [claim.verdict.since for claim in claims if claim.verdict.since]
        newest = f", some only since {max(since, key=Version)}" if since else ""
        return f"{'Its only claim holds' if len(claims) == 1 else f'All {len(claims)} claims hold'}{newest}."
    return "None of its claims could be tried."


def counted(number: int, noun: str) -> str:
    """Return a number and its noun: `1 release`, `2 releases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def statements(count: Count, whose: str = "") -> str:
    """Say how many statements hold, and what is open: `5 of 6 statements hold; 1 part not yet checked`."""
    if count.todo and not count.statements:
        return todo(count.todo)
    hold = f"{count.hold} of {whose}{counted(count.statements, 'statement')} hold{'s' if count.statements == 1 else ''}"
    return f"{hold}; {todo(count.todo)}" if count.todo else hold


def todo(number: int) -> str:
    """Say how many parts of sentences are not yet checked: `2 parts not yet checked`."""
    return f"{counted(number, 'part')} not yet checked"


def about(article: Article) -> str:
    """Say whose an article is, of when, and on what terms: `By Ada, May 2020. Licence: CC BY 4.0.`; `""` if unknown."""
    date = day(article.published)
    origin = [f"By {article.author}", date] if article.author else [date and f"Published {date}"]
    terms = article.licence and f"Licence: {article.licence}"
    return " ".join(f"{part}." for part in (", ".join(filter(None, origin)), terms) if part)


def listed(parts: Sequence[str]) -> str:
    """Join the parts of a list: `a, b and c`."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def tally(articles: Iterable[Article]) -> str:
    """Count the answers by mark: `3 confirmed, 1 wrong, 1 with nothing to check and 2 not yet checked`."""
    counts: Counter[Mark | str] = Counter()
    for article in articles:
        counts.update(answer.verdict for answer in article.answers)
        counts[NOTHING] += len(article.unmarked)
        counts[UNCHECKED] += article.unchecked
    return listed([f"{counts[name]}{NBSP}{name}" for name in (*MARKS, NOTHING, UNCHECKED) if counts[name] > 0])


def unmarked(article: Article) -> str:
    """Say how many answers have no mark: `2 sections state nothing that can be checked`; `""` if none."""
    number = len(article.unmarked)
    state = "states" if number == 1 else "state"
    return f"{counted(number, article.answer)} {state} nothing that can be checked" if number else ""


def pieces(articles: Iterable[Article]) -> str:
    """Count the answers of articles, each by its word: `55 answers and 24 sections`."""
    counts: Counter[str] = Counter()
    for article in articles:
        counts[article.answer] += article.questions
    return listed([counted(number, word) for word, number in counts.most_common()])


def span(versions: Sequence[str]) -> str:
    """Return the first and the last of neighbouring releases: `2.0 – 2.3`."""
    return versions[0] if len(versions) == 1 else f"{versions[0]} – {versions[-1]}"


def spans(versions: Iterable[str], order: Sequence[str]) -> str:
    """List releases; combine those that are neighbours in *order*: `1.0, 2.0 – 2.3`."""
    selected: dict[str, Outcome] = dict.fromkeys(versions, "held")
    full_order = [*order, *(version for version in selected if version not in order)]
    return ", ".join(span(run) for outcome, run in group_by_outcome(selected, full_order) if outcome)


def history(checked: Checked, result: Result) -> str:
    """Say in one or two sentences how the outcome changed over the releases."""
    if checked.verdict.mark == "outdated":
        return _until(checked, result)
    if checked.verdict.mark == "untried":
        return _untried(checked, result)
    order, since = _order(checked, result), checked.verdict.since
    before = {version: checked.outcomes.get(version) for version in order[: order.index(since)]} if since else {}
    if not since or "held" in before.values():
        return _mostly(checked, result)
    last = [version for version, outcome in before.items() if outcome == "refuted"][-1]
    return f"Holds since {_dated(since, result)}, failed up to {last}.{_gap(order, last, since)}"


def _mostly(checked: Checked, result: Result) -> str:
    """Say that each tried release has the same outcome, or on which it failed."""
    tried = [version for version in _order(checked, result) if checked.outcomes.get(version, "untried") != "untried"]
    failed = [version for version in tried if checked.outcomes[version] == "refuted"]
    rest = _rest(checked, result)
    if 0 < len(failed) < len(tried):
        runs = listed(spans(failed, tried).split(", "))
        return f"Held on {len(tried) - len(failed)} of {len(tried)}; failed on {runs}.{rest}"
    if len(tried) == 1:
        return f"{'Refuted' if failed else 'Held'} on {tried[0]}, the only release it was tried on.{rest}"
    prefix = "Not true on any of the" if failed else "Held on all"
    return f"{prefix} {len(tried)} releases tried ({tried[0]} to {tried[-1]}).{rest}"


def _until(checked: Checked, result: Result) -> str:
    until, gone = str(checked.verdict.until), str(checked.verdict.gone)
    order = _order(checked, result)
    gap = _gap(order, until, gone)
    if "refuted" in {checked.outcomes.get(version) for version in order[: order.index(until)]}:
        held = [version for version, outcome in checked.outcomes.items() if outcome == "held"]
        return f"Held only on {spans(held, order)}, fails from {_dated(gone, result)}.{gap}"
    return f"Held until {until}, fails from {_dated(gone, result)}.{gap}"


def _untried(checked: Checked, result: Result) -> str:
    current, order = result.subject.version, _order(checked, result)
    if checked.outcomes.get(current) == "refuted":
        missing = [version for version in order[: order.index(current)] if version not in checked.outcomes]
        return f"No verdict yet: refuted on {current}, but not yet measured on {spans(missing, order)}."
    return f"No verdict yet: {(checked.verdict.reason or 'no reason is known').rstrip('.')}."


def _rest(checked: Checked, result: Result) -> str:
    """Say how many releases are untried or not measured."""
    untried = sum(outcome == "untried" for outcome in checked.outcomes.values())
    missing = sum(release.version not in checked.outcomes for release in result.releases)
    parts = [f"could not be tried on {untried}"] * bool(untried)
    parts += [f"is not yet measured on {missing}"] * bool(missing)
    return f" (It {listed(parts)} more.)" if parts else ""


def _gap(order: list[str], first: str, second: str) -> str:
    """Say how many releases between *first* and *second* have no outcome."""
    between = order.index(second) - order.index(first) - 1
    return f" ({counted(between, 'release')} in between gave no outcome.)" if between else ""


def _order(checked: Checked, result: Result) -> list[str]:
    """Sort the versions of the result and of the outcomes."""
    order = [release.version for release in result.releases]
    return order if checked.outcomes.keys() <= set(order) else sorted({*order, *checked.outcomes}, key=Version)


def _dated(version: str, result: Result) -> str:
    """Return a release with its date, if the result has it: `3.0.0 (30 September 2023)`."""
    date = day(next((release.released for release in result.releases if release.version == version), None))
    return f"{version} ({date})" if date else version


def refutation(claim: Claim, article: Article, result: Result) -> str:
    """Say since when a claim is refuted, and whether it held when its article was published."""
    publication = _at_publication(claim, article, result)
    return f"{history(claim, result)} {publication}" if publication else history(claim, result)


def _at_publication(claim: Claim, article: Article, result: Result) -> str | None:
    """Say whether an outdated claim held when its article was published; None if the dates do not show it.

    "It held" also needs the subject as the cause: another package may have changed the outcome before the release.
    """
    date = next((release.released for release in result.releases if release.version == claim.verdict.gone), None)
    if not (article.published and date and claim.verdict.mark == "outdated"):
        return None
    cause = next((change.by or "" for change in claim.changes if change.release == claim.verdict.gone), "")
    part = date[: len(article.published)]  # the article's date may be only a year, or a year and a month
    if part < article.published:
        return f"It already failed when the article was published ({day(article.published)})."
    if part > article.published and cause.lower().startswith(result.subject.name.lower()):
        return f"It held when the article was published ({day(article.published)})."
    return None
