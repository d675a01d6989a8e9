"""What the page computes from a result: timelines, changes, values on other releases, and the history table."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from shlex import quote
from typing import Literal

from report.judge.results import Answer, Article, Change, Checked, Unmarked
from report.judge.verdicts import group_by_outcome
from report.model import Cell, Evidence, Outcome, turns
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index, Occurrence
from report.tell.markup import anchor

DERIVED = re.compile(r"^ *\+ +(where|and) ", re.MULTILINE)  # pytest explains the values from this line on

Values = tuple[tuple[str, str], ...]  # (assertion, observed values)


@dataclass(frozen=True)
class Segment:
    """One bar of a timeline: *length* neighbouring releases with the same outcome."""

    outcome: Outcome | Literal["unmeasured"]
    length: int
    span: str


@dataclass(frozen=True)
class Turn:
    """The outcome after a change, which has its release, its cause and a link to a changelog."""

    now: Outcome
    change: Change


@dataclass(frozen=True)
class Since:
    """A statement that does not hold on every release: since when it does, in *words*, and the *change* behind it."""

    occurrence: Occurrence
    words: str
    change: Change


@dataclass(frozen=True)
class OtherReleases:
    """Releases with the same outcome and values, which differ from the current release's.

    *ranks* are the positions of the releases in the result, separated by spaces; *python* lists Python versions.
    """

    outcome: Outcome
    reason: str | None
    evidence: Sequence[Evidence]
    span: str
    ranks: str
    python: str


@dataclass(frozen=True)
class History:
    """The claims that changed, in order of their changes; and by timeline, how many are *unchanged*, the most first.

    *turns* has, by release, the claims whose outcome it changed, by the new outcome and the cause: first what broke.
    """

    changed: Sequence[Occurrence]
    unchanged: Sequence[tuple[Sequence[Segment], int]]
    turns: Mapping[str, Mapping[tuple[Outcome, Change], Sequence[Occurrence]]]


def tiles(article: Article) -> list[tuple[int, Answer | Unmarked | None]]:
    """Pair each question of an article with its answer; None if it is not yet checked."""
    answers: dict[int, Answer | Unmarked] = {answer.question: answer for answer in article.unmarked}
    answers |= {answer.question: answer for answer in article.answers}
    return [(question, answers.get(question)) for question in range(1, article.questions + 1)]


def since(article: Article, index: Index) -> list[Since]:
    """List the statements of an article that hold now, but not on every release before, section by section."""
    stated = (each for each in index.occurrences if each.article is article and each.claim.kind == "technical")
    return [_since(each) for each in stated if each.claim.verdict.since]


def _since(occurrence: Occurrence) -> Since:
    claim, release = occurrence.claim, str(occurrence.claim.verdict.since)
    before = {claim.outcomes[version] for version in takewhile(lambda version: version != release, claim.outcomes)}
    change = next((change for change in claim.changes if change.release == release), Change(release))
    return Since(occurrence, f"{'again ' if 'held' in before else ''}since {release}", change)


def split_observed(observed: str) -> tuple[str, str]:
    """Split pytest's text into the values and the explanation of their origin."""
    match = DERIVED.search(observed) if "+" in observed else None
    end = match.start() if match else len(observed)
    return observed[:end].rstrip(), observed[end:].strip("\n")


def shell_quoted(claim: str) -> str:
    """Quote a claim id as one shell word; use double quotes where they are safe."""
    return quote(claim) if any(character in claim for character in '"$`\\!') else f'"{claim}"'


def script_file(claim: str) -> str:
    """Name the file of a claim's script; its only dot is that of its ending, as pytest needs it."""
    return f"{anchor(claim).replace('.', '_')}.py"


def timeline(checked: Checked, index: Index) -> list[Segment]:
    """Split the releases into runs of the same outcome."""
    return [
        Segment(outcome or "unmeasured", len(versions), words.span(versions))
        for outcome, versions in group_by_outcome(checked.outcomes, index.versions)
    ]


def turns_of(checked: Checked, context: Context) -> list[Turn]:
    """List the releases on which the outcome changed, each with the cause, if one is found."""
    causes = {change.release: change for change in checked.changes}
    outcomes = checked.outcomes
    changes = [(outcomes[release], causes.get(release, Change(release))) for _, release in turns(outcomes)]
    links = [change.link or context.changelog_url(change.release) for _, change in changes]
    return [Turn(now, replace(change, link=link)) for (now, change), link in zip(changes, links, strict=True)]


def other_releases(checked: Checked, index: Index) -> Iterator[OtherReleases]:
    """Group the other releases by outcome and values; leave out those that agree with the current release.

    Only the current release shows how the values were derived: on others, the derivation differs in internal names.
    If the assertions are the current release's, they are not repeated.
    """
    current = checked.cells.get(index.result.subject.version)
    seen_now = _seen(current) if current else None
    groups: dict[tuple[Outcome, Values, str | None], list[str]] = {}
    distinct = {id(cell): cell for cell in checked.cells.values()}  # on most releases, the same object
    found = {key: _seen(cell) for key, cell in distinct.items()}
    for version, cell in checked.cells.items():
        seen = found[id(cell)]
        if seen != seen_now:
            groups.setdefault((*seen, cell.reason), []).append(version)
    assertions = [item.assertion for item in current.evidence] if current else None
    for (outcome, values, reason), versions in groups.items():
        repeated = [assertion for assertion, _ in values] == assertions
        yield OtherReleases(
            outcome=outcome,
            reason=reason,
            evidence=[Evidence("" if repeated else assertion, observed) for assertion, observed in values],
            span=words.spans(versions, index.versions),
            ranks=" ".join(str(index.rank[version]) for version in versions if version in index.rank),
            python=words.listed(list(dict.fromkeys(checked.cells[version].python or "" for version in versions))),
        )


def _seen(cell: Cell) -> tuple[Outcome, Values]:
    return cell.outcome, tuple((item.assertion, split_observed(item.observed)[0]) for item in cell.evidence)


def history(index: Index, context: Context) -> History:
    """Compose the history table, sorted by the releases that changed each claim: the changes form a diagonal."""
    firsts = [(first, turns_of(first.claim, context)) for first, *_ in index.by_claim.values()]
    unchanged = Counter(tuple(timeline(first.claim, index)) for first, found in firsts if not found)
    changed = [(first, found) for first, found in firsts if found]
    changed.sort(key=lambda pair: ([index.rank[turn.change.release] for turn in pair[1]], pair[0].anchor))
    releases: dict[str, dict[tuple[Outcome, Change], list[Occurrence]]] = {version: {} for version in index.versions}
    found = ((occurrence, turn) for occurrence, turns in changed for turn in turns)
    for occurrence, turn in sorted(found, key=lambda pair: pair[1].now == "held"):
        releases[turn.change.release].setdefault((turn.now, turn.change), []).append(occurrence)
    return History([occurrence for occurrence, _ in changed], unchanged.most_common(), releases)
