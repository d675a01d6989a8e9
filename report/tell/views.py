"""View models: the data that the templates show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from report.judge.results import Judged
from report.model import Mark, Outcome


@dataclass(frozen=True)
class Segment:
    """One bar of a timeline: *length* neighbouring releases with the same outcome."""

    outcome: Outcome | Literal["unmeasured"]
    length: int
    span: str


@dataclass(frozen=True)
class EvidenceView:
    """An assertion and its observed values.

    *derived* is pytest's explanation of the values. *long* values are folded. A law made the assertion *times* times.
    """

    assertion: str
    values: str
    derived: str
    long: bool
    times: int


@dataclass(frozen=True)
class OtherReleases:
    """Releases with the same outcome and values, which differ from the current release's.

    *ranks* are the positions of the releases in the result, separated by spaces; *python* lists Python versions.
    """

    outcome: Outcome
    span: str
    ranks: str
    python: str
    reason: str | None
    evidence: Sequence[EvidenceView]


@dataclass(frozen=True)
class Link:
    """The id of an element in the page, and the text of a link to it."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Turn:
    """A release on which a claim's outcome changed, the cause (*by*), and a link to the changelog."""

    version: str
    was: Outcome
    now: Outcome
    by: str | None = None
    link: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class TestView:
    """A test: its line in its module, the command that runs it, and its source.

    If another row of the same table shows the source, *source* is None and *source_link* leads to that row.
    """

    line: int
    command: str
    source: str | None
    source_link: Link | None


@dataclass(frozen=True)
class FailureView:
    """How a test was seen to fail, or why it was not; *observed* is the value that it saw."""

    summary: str
    observed: str


@dataclass(frozen=True)
class CheckedView:
    """What claims and corrections share. A claim shows its mark, a correction its outcome."""

    anchor: str
    number: str
    mark: Mark | Outcome
    statement: str
    history: str
    note: str | None
    timeline: Sequence[Segment]
    turns: Sequence[Turn]
    evidence: Sequence[EvidenceView]
    other_releases: Sequence[OtherReleases]
    test: TestView
    failure: FailureView | None


@dataclass(frozen=True)
class ClaimView:
    """A claim and its corrections, links to the same and to contradicting claims, and what people judged."""

    checked: CheckedView
    refuted: bool
    tags: Sequence[str]
    corrections: Sequence[CheckedView]
    same: Sequence[Link]
    contradicts: Sequence[Link]
    documentation: str | None
    judged: Judged


@dataclass(frozen=True)
class AnswerView:
    """An answer, the reason for its mark in one line, and its claims."""

    anchor: str
    number: int
    topic: str
    mark: Mark
    reason: str
    claims: Sequence[ClaimView]


@dataclass(frozen=True)
class Tile:
    """One question of an article in the overview. *mark* is None if the answer is not yet checked."""

    number: int
    mark: Mark | None
    topic: str
    anchor: str | None


@dataclass(frozen=True)
class ArticleView:
    """An article: a tile for each question, and its checked answers."""

    id: str
    anchor: str
    title: str
    tally: str
    tiles: Sequence[Tile]
    answers: Sequence[AnswerView]


@dataclass(frozen=True)
class Row:
    """A claim in the history table."""

    claim: Link
    statement: str
    mark: Mark
    timeline: Sequence[Segment]


@dataclass(frozen=True)
class Column:
    """A release in the history table, its date, and the claims whose outcome it changed."""

    anchor: str
    version: str
    month: str
    day: str
    changelog: str | None
    turns: Sequence[tuple[Row, Turn]]


@dataclass(frozen=True)
class HistoryView:
    """The claims that changed, in order of their changes, and the *unchanged* ones, grouped by timeline."""

    rows: Sequence[Row]
    unchanged: Sequence[tuple[Sequence[Segment], Sequence[Link]]]
    unchanged_count: int
    columns: Sequence[Column]


@dataclass(frozen=True)
class SentenceView:
    """A sentence of an article, its worst mark, and links to its claims; *reason* says why it states none."""

    text: str
    mark: Mark | None
    claims: Sequence[Link]
    reason: str | None


@dataclass(frozen=True)
class Passage:
    """The lines of one answer, each a list of sentences; *question* is None before the first question."""

    question: Link | None
    mark: Mark | None
    lines: Sequence[Sequence[SentenceView]]


@dataclass(frozen=True)
class TextView:
    """The text of an article, empty without a copy; *unaccounted* counts sentences without claim and reason."""

    id: str
    anchor: str
    title: str
    passages: Sequence[Passage]
    unaccounted: int


@dataclass(frozen=True)
class DriftView:
    """A verdict that changed; *anchor* is None if the claim is not in the page."""

    claim: str
    anchor: str | None
    was: str
    now: str


@dataclass(frozen=True)
class Facts:
    """The head of a page, in words. *claims* counts each claim once, *stated* once for each answer that states it."""

    name: str
    version: str
    released: str
    python: str
    measured: str
    releases: int
    oldest: str
    questions: int
    claims: int
    stated: int
    tally: str


@dataclass(frozen=True)
class PageView:
    """The whole page."""

    facts: Facts
    articles: Sequence[ArticleView]
    history: HistoryView
    texts: Sequence[TextView]
    drift: Sequence[DriftView]
