"""The history as a page shows it: claims by releases, and what each release changed."""

from collections.abc import Iterator, Mapping, Sequence

from report.judge.results import Change, Checked, Release
from report.judge.verdicts import runs
from report.model import Outcome, turns
from report.tell import words
from report.tell.context import Context
from report.tell.index import Places, Spot
from report.tell.markup import anchor
from report.tell.views import Column, HistoryView, Link, Row, Segment, Turn


def timeline(outcomes: Mapping[str, Outcome], places: Places) -> list[Segment]:
    """Cut the releases into runs on which a claim did the same."""
    key = tuple(outcomes.items())
    if key not in places.timelines:
        found = runs(outcomes, places.order)
        places.timelines[key] = [Segment(one or "unmeasured", len(those), words.span(those)) for one, those in found]
    return places.timelines[key]


def turned(one: Checked, context: Context) -> Iterator[Turn]:
    """Every release on which a claim did not do what it had done before, and whose doing that was."""
    causes = {change.release: change for change in one.changes}
    for before, version in turns(one.outcomes):
        cause = causes.get(version) or Change(version)
        link = cause.link or context.changes_of(version)
        yield Turn(version, one.outcomes[before], one.outcomes[version], cause.by, link, cause.note)


def history_view(places: Places, context: Context) -> HistoryView:
    """Compose the map: what turned last stands last, so that the map is read along its diagonal."""
    changed: list[tuple[list[Turn], Row]] = []
    rest: dict[tuple[Segment, ...], list[Link]] = {}
    for spot in places.firsts.values():
        found = list(turned(spot.claim, context))
        row = _row(spot, places)
        if found:
            changed.append((found, row))
        else:
            rest.setdefault(tuple(row.timeline), []).append(row.claim)
    changed.sort(key=lambda one: ([places.rank[turn.version] for turn in one[0]], one[1].claim.anchor))
    by_release: dict[str, list[tuple[Row, Turn]]] = {version: [] for version in places.order}
    for found, row in changed:
        for turn in found:
            by_release[turn.version].append((row, turn))
    columns = [_column(release, by_release[release.version], context) for release in places.result.releases]
    alike = sorted(rest.items(), key=lambda one: -len(one[1]))
    return HistoryView([row for _, row in changed], alike, sum(map(len, rest.values())), columns)


def _row(spot: Spot, places: Places) -> Row:
    claim = spot.claim
    link = Link(spot.anchor, f"{spot.article.id} {spot.number}")
    return Row(link, claim.statement, claim.verdict.mark, timeline(claim.outcomes, places))


def _column(release: Release, turned: Sequence[tuple[Row, Turn]], context: Context) -> Column:
    return Column(
        anchor=anchor("in", release.version),
        version=release.version,
        month=words.month(release.released),
        day=words.day(release.released),
        changelog=context.changes_of(release.version),
        turned=turned,
    )
