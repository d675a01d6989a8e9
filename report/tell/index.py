"""Where in the page each claim is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from report.judge.articles import place
from report.judge.results import Answer, Article, Claim, Release, Result
from report.model import Outcome
from report.tell.markup import anchor
from report.tell.views import Link, Segment


@dataclass(frozen=True)
class Spot:
    """A claim in one of the answers that make it, and its number there."""

    article: Article
    answer: Answer
    number: str
    claim: Claim

    @property
    def anchor(self) -> str:
        """The claim's place in the page."""
        return claim_anchor(self.article, self.answer, self.claim.id)


class Places:
    """What is looked up in a result again and again while a page is made of it, found once."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.order = [release.version for release in result.releases]
        self.releases: Mapping[str, Release] = {release.version: release for release in result.releases}
        self.timelines: dict[tuple[tuple[str, Outcome], ...], list[Segment]] = {}  # most claims share one of a few
        self.rank = {version: number for number, version in enumerate(self.order)}

    @cached_property
    def spots(self) -> list[Spot]:
        """Every claim in every answer that makes it, in the order of the page."""
        return [
            Spot(article, answer, f"{answer.question}.{number}", claim)
            for article in self.result.articles
            for answer in article.answers
            for number, claim in enumerate(answer.claims, start=1)
        ]

    @cached_property
    def firsts(self) -> Mapping[str, Spot]:
        """By a claim's id, where the page first shows it."""
        found: dict[str, Spot] = {}
        for spot in self.spots:
            found.setdefault(spot.claim.id, spot)
        return found

    @cached_property
    def of(self) -> Mapping[str, list[Link]]:
        """By a claim's id, each answer that shows it."""
        found: dict[str, list[Link]] = {}
        for spot in self.spots:
            link = Link(spot.anchor, f"{spot.article.id}, answer {spot.answer.question}")
            found.setdefault(spot.claim.id, []).append(link)
        return found


def claim_anchor(article: Article, answer: Answer, claim: str) -> str:
    """Name a claim's place in the page, by its answer and itself; where it is a guest, also by whence it comes."""
    home, here = place(claim), (article.id, answer.question)
    return anchor(*here, *(home if home != here else ()), claim.split("::", 1)[1])
