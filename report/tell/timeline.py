"""The history in the page: a table of claims by releases, and what each release changed."""

from collections.abc import Iterator, Mapping, Sequence

from report.judge.results import Change, Checked, Release
from report.judge.verdicts import group_by_outcome
from report.model import Outcome, turns
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index, Occurrence
from report.tell.markup import anchor
from report.tell.views import Column, HistoryView, Link, Row, Segment, Turn


def timeline(outcomes: Mapping[str, Outcome], index: Index) -> list[Segment]:
    """Split the releases into runs of the same outcome."""
    key = tuple(outcomes.items())
    if key not in index.timelines:
        index.timelines[key] = [
            Segment(outcome or "unmeasured", len(versions), words.span(versions))
            for outcome, versions in group_by_outcome(outcomes, index.versions)
        ]
    return index.timelines[key]


def turns_of(checked: Checked, context: Context) -> Iterator[Turn]:
    """Yield each release on which the outcome changed, with the cause if it is known."""
    causes = {change.release: change for change in checked.changes}
    for before, version in turns(checked.outcomes):
        cause = causes.get(version) or Change(version)
        link = cause.link or context.changelog_url(version)
        yield Turn(version, checked.outcomes[before], checked.outcomes[version], cause.by, link, cause.note)


def history_view(index: Index, context: Context) -> HistoryView:
    """Compose the history table, sorted by the releases that changed each claim: the changes form a diagonal."""
    changed: list[tuple[list[Turn], Row]] = []
    unchanged: dict[tuple[Segment, ...], list[Link]] = {}
    for occurrence in index.first_occurrences.values():
        claim_turns = list(turns_of(occurrence.claim, context))
        row = _row(occurrence, index)
        if claim_turns:
            changed.append((claim_turns, row))
        else:
            unchanged.setdefault(tuple(row.timeline), []).append(row.claim)
    changed.sort(key=lambda pair: ([index.rank[turn.version] for turn in pair[0]], pair[1].claim.anchor))
    by_release: dict[str, list[tuple[Row, Turn]]] = {version: [] for version in index.versions}
    for claim_turns, row in changed:
        for turn in claim_turns:
            by_release[turn.version].append((row, turn))
    columns = [_column(release, by_release[release.version], context) for release in index.result.releases]
    groups = sorted(unchanged.items(), key=lambda group: -len(group[1]))
    return HistoryView([row for _, row in changed], groups, sum(map(len, unchanged.values())), columns)


def _row(occurrence: Occurrence, index: Index) -> Row:
    claim = occurrence.claim
    link = Link(occurrence.anchor, f"{occurrence.article.id} {occurrence.number}")
    return Row(link, claim.statement, claim.verdict.mark, timeline(claim.outcomes, index))


def _column(release: Release, release_turns: Sequence[tuple[Row, Turn]], context: Context) -> Column:
    return Column(
        anchor=anchor("in", release.version),
        version=release.version,
        month=words.month(release.released),
        day=words.day(release.released),
        changelog=context.changelog_url(release.version),
        turns=release_turns,
    )
