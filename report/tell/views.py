"""What the templates show: a result, said in words and cut into the pieces of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from report.judge.results import Judged
from report.model import Mark, Outcome


@dataclass(frozen=True)
class Segment:
    """A run of releases on which a claim did the same: of a timeline."""

    outcome: Outcome | Literal["unmeasured"]
    length: int
    span: str


@dataclass(frozen=True)
class Seen:
    """An assertion and the values that were seen, whether they are long, and whence they came (*derived*)."""

    assertion: str
    values: str
    derived: str
    long: bool
    times: int


@dataclass(frozen=True)
class Elsewhere:
    """What a claim did on other releases, where that was not what it does now; *on* are their places in the order."""

    outcome: Outcome
    span: str
    on: str
    python: str
    reason: str | None
    seen: Sequence[Seen]


@dataclass(frozen=True)
class Link:
    """A place in the page, and what it is called."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Turn:
    """A release that changed what a claim does, from what to what, by whose doing, and where to read about it."""

    version: str
    was: Outcome
    now: Outcome
    by: str | None = None
    link: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Proof:
    """What was run: its line in its module, how to run it again, its source, or the *twin* that shows the same."""

    line: int
    command: str
    source: str | None
    twin: Link | None


@dataclass(frozen=True)
class Failed:
    """How a test has been seen to fail, and what it *saw* when it did; or why it has not."""

    said: str
    saw: str


@dataclass(frozen=True)
class Shown:
    """A claim or a correction: its mark or outcome, what shows it, and how its test was seen to fail."""

    anchor: str
    number: str
    mark: Mark | Outcome
    statement: str
    history: str
    note: str | None
    timeline: Sequence[Segment]
    turns: Sequence[Turn]
    seen: Sequence[Seen]
    elsewhere: Sequence[Elsewhere]
    proof: Proof
    failed: Failed | None


@dataclass(frozen=True)
class ClaimView:
    """A claim, what the answer should say instead, where else it or its opposite is said, and how it was judged."""

    shown: Shown
    refuted: bool
    tags: Sequence[str]
    corrections: Sequence[Shown]
    same: Sequence[Link]
    opposite: Sequence[Link]
    documentation: str | None
    judged: Judged


@dataclass(frozen=True)
class AnswerView:
    """An answer, the reason of its mark in a line, and its claims."""

    anchor: str
    number: int
    topic: str
    mark: Mark
    reason: str
    claims: Sequence[ClaimView]


@dataclass(frozen=True)
class Tile:
    """One question of an article in the overview; without a mark where it is not yet checked."""

    number: int
    mark: Mark | None
    topic: str
    anchor: str | None


@dataclass(frozen=True)
class ArticleView:
    """An article: a tile for each of its questions, and the answers that are checked."""

    id: str
    anchor: str
    title: str
    tally: str
    tiles: Sequence[Tile]
    answers: Sequence[AnswerView]


@dataclass(frozen=True)
class Row:
    """A claim in the map of the history."""

    claim: Link
    statement: str
    mark: Mark
    timeline: Sequence[Segment]


@dataclass(frozen=True)
class Column:
    """A release in the map of the history, when it came out, and the claims that it turned."""

    anchor: str
    version: str
    month: str
    day: str
    changelog: str | None
    turned: Sequence[tuple[Row, Turn]]


@dataclass(frozen=True)
class HistoryView:
    """The claims that changed, in the order in which they did; the *steady* others, those that did alike together."""

    rows: Sequence[Row]
    rest: Sequence[tuple[Sequence[Segment], Sequence[Link]]]
    steady: int
    columns: Sequence[Column]


@dataclass(frozen=True)
class Phrase:
    """A sentence of an article, the mark of the worst claim that it states, its claims, or why it states none."""

    text: str
    mark: Mark | None
    claims: Sequence[Link]
    reason: str | None


@dataclass(frozen=True)
class Passage:
    """The lines of an article that belong to one question; *question* is None before the first."""

    question: Link | None
    mark: Mark | None
    lines: Sequence[Sequence[Phrase]]


@dataclass(frozen=True)
class TextView:
    """The text of an article, or where a copy of it is looked for; *open* counts what nothing accounts for."""

    id: str
    anchor: str
    title: str
    passages: Sequence[Passage]
    open: int


@dataclass(frozen=True)
class DriftView:
    """A verdict that turned, and the place of its claim in the page where it has one."""

    claim: str
    anchor: str | None
    was: str
    now: str


@dataclass(frozen=True)
class Facts:
    """What a page is about, in words: on what it was measured, when, and how far it reaches back."""

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
