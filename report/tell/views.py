"""What the templates show: a result, said in words and cut into the pieces of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from report.judge.verdicts import Mark
from report.measure.ledger import Outcome


@dataclass(frozen=True)
class Segment:
    """A run of releases on which a claim did the same: of a timeline."""

    outcome: Outcome | Literal["unmeasured"]
    length: int
    span: str
    title: str


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
    """What a claim did on other releases, where that was not what it does now."""

    outcome: Outcome
    span: str
    python: str
    reason: str | None
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Link:
    """A place in the page, and what it is called."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Proof:
    """What was run: where it stands, how to run it again, its source, or the *twin* that shows the same."""

    module: str
    line: int
    command: str
    source: Markup | None
    twin: Link | None


@dataclass(frozen=True)
class Shown:
    """A claim or a correction: its mark or outcome, and what shows it."""

    anchor: str
    number: str
    mark: Mark | Outcome
    statement: str
    history: str
    note: str | None
    timeline: tuple[Segment, ...]
    seen: tuple[Seen, ...]
    elsewhere: tuple[Elsewhere, ...]
    proof: Proof


@dataclass(frozen=True)
class ClaimView:
    """A claim, what the answer should say instead, where else it or its opposite is said, and how its test failed."""

    shown: Shown
    refuted: bool
    tags: tuple[str, ...]
    corrections: tuple[Shown, ...]
    same: tuple[Link, ...]
    opposite: tuple[Link, ...]
    seen_to_fail: Mapping[str, str]


@dataclass(frozen=True)
class AnswerView:
    """An answer and its claims."""

    anchor: str
    number: int
    topic: str
    mark: Mark
    claims: tuple[ClaimView, ...]


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

    anchor: str
    title: str
    tally: str
    tiles: tuple[Tile, ...]
    answers: tuple[AnswerView, ...]


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
    tally: str


@dataclass(frozen=True)
class PageView:
    """The whole page."""

    facts: Facts
    articles: tuple[ArticleView, ...]
    drift: tuple[DriftView, ...]
