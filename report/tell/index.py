"""Index of a result: where the page shows each claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from report.judge.articles import place
from report.judge.results import Answer, Article, Claim, Result
from report.model import Outcome
from report.tell.markup import anchor
from report.tell.views import Link, Segment


@dataclass(frozen=True)
class Occurrence:
    """A claim in one of the answers that state it. *number* is question and position, such as `11.2`."""

    article: Article
    answer: Answer
    number: str
    claim: Claim

    @property
    def anchor(self) -> str:
        """The id of the claim's element in the page."""
        return claim_anchor(self.article, self.answer, self.claim.id)


class Index:
    """Lookups that rendering repeats; each is computed once for a result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.versions = [release.version for release in result.releases]
        self.rank = {version: number for number, version in enumerate(self.versions)}
        self.timelines: dict[tuple[tuple[str, Outcome], ...], list[Segment]] = {}  # a cache: most claims share a few

    @cached_property
    def occurrences(self) -> list[Occurrence]:
        """Every claim in every answer that states it, in page order."""
        return [
            Occurrence(article, answer, f"{answer.question}.{number}", claim)
            for article in self.result.articles
            for answer in article.answers
            for number, claim in enumerate(answer.claims, start=1)
        ]

    @cached_property
    def first_occurrences(self) -> Mapping[str, Occurrence]:
        """By claim id, the first occurrence in the page."""
        firsts: dict[str, Occurrence] = {}
        for occurrence in self.occurrences:
            firsts.setdefault(occurrence.claim.id, occurrence)
        return firsts

    @cached_property
    def links(self) -> Mapping[str, list[Link]]:
        """By claim id, a link to each answer that states the claim."""
        links: dict[str, list[Link]] = {}
        for occurrence in self.occurrences:
            link = Link(occurrence.anchor, f"{occurrence.article.id}, answer {occurrence.answer.question}")
            links.setdefault(occurrence.claim.id, []).append(link)
        return links


def claim_anchor(article: Article, answer: Answer, claim: str) -> str:
    """Return the id of a claim's element: its article, its answer and its name.

    If another answer's module defines the claim, the id contains that article and question as well.
    """
    home, here = place(claim), (article.id, answer.question)
    return anchor(*here, *(home if home != here else ()), claim.split("::", 1)[1])
