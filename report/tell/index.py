"""Index of a result: where the page shows each claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from report.judge.articles import Sentence, place
from report.judge.results import Answer, Article, Claim, Result
from report.model import Mark
from report.tell.markup import anchor


@dataclass(frozen=True)
class Occurrence:
    """A claim in one of the answers that state it. *number* is question and position, such as `11.2`."""

    article: Article
    answer: Answer
    number: str
    claim: Claim

    @cached_property
    def anchor(self) -> str:
        """The id of the claim's element: its article, its answer and its name.

        If another answer's module defines the claim, the id contains that article and question as well.
        """
        home, here = place(self.claim.id), (self.article.id, self.answer.question)
        return anchor(*here, *(home if home != here else ()), self.claim.id.split("::", 1)[1])

    @property
    def mark(self) -> Mark:
        """The mark of the claim."""
        return self.claim.verdict.mark

    @property
    def is_slip(self) -> bool:
        """Whether the claim is a slip of spelling or form: it has a label instead of a mark."""
        return self.claim.kind == "editorial" and self.claim.verdict.refuted

    @property
    def is_error(self) -> bool:
        """Whether the claim is a statement that does not hold."""
        return self.claim.kind == "technical" and self.claim.verdict.refuted

    @property
    def is_steady(self) -> bool:
        """Whether the claim held on each release that it was tried on."""
        return self.mark == "confirmed" and "refuted" not in self.claim.outcomes.values()


MOST_CLAIMS = 10_000  # that one page shows (docs/scale.md)


def pages(result: Result) -> dict[str, str]:
    """The file of the report that shows each article (an id): one for all, or past MOST_CLAIMS one for each."""
    single = sum(len(answer.claims) for article in result.articles for answer in article.answers) <= MOST_CLAIMS
    return {each.id: "index.html" if single else f"article-{anchor(each.id)}.html" for each in result.articles}


def is_divided(result: Result) -> bool:
    """Whether the report has a page for each article."""
    return "index.html" not in pages(result).values() and bool(result.articles)


def note(result: Result) -> list[str]:
    """Say that the report has a page for each article, if it has."""
    why = f"one page shows {MOST_CLAIMS:,} claims at most"
    return [f"The report has a page for each article, which index.html lists: {why}."] if is_divided(result) else []


class Index:
    """Lookups that rendering repeats; each is computed once for a result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.versions = [release.version for release in result.releases]
        self.rank = {version: number for number, version in enumerate(self.versions)}

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
    def pages(self) -> Mapping[str, str]:
        """The file of the report that shows each article, by its id."""
        return pages(self.result)

    def link(self, occurrence: Occurrence, here: Article | None = None) -> str:
        """Return the link to an occurrence: from the page that shows the article *here*, or from another form."""
        file = self.pages[occurrence.article.id]
        return f"{'' if here and file == self.pages[here.id] else file}#{occurrence.anchor}"

    @cached_property
    def by_claim(self) -> Mapping[str, list[Occurrence]]:
        """The occurrences of each claim, by its id."""
        occurrences: dict[str, list[Occurrence]] = {}
        for occurrence in self.occurrences:
            occurrences.setdefault(occurrence.claim.id, []).append(occurrence)
        return occurrences

    @cached_property
    def by_answer(self) -> Mapping[tuple[str, int], list[Occurrence]]:
        """The occurrences in each answer, by its article and question: first errors, then slips, then the others."""
        groups = groupby(self.occurrences, key=lambda occurrence: (occurrence.article.id, occurrence.answer.question))
        return {
            answer: sorted(group, key=lambda item: (not item.is_error, not item.is_slip)) for answer, group in groups
        }

    def causes(self, article: Article, answer: Answer) -> list[list[Occurrence]]:
        """Group the errors of an answer by cause: the first of a group, then those that follow from it."""
        groups: dict[str, list[Occurrence]] = {}
        for occurrence in self.by_answer[article.id, answer.question]:
            if occurrence.is_error:
                cause = occurrence.claim.judged.follows
                groups.setdefault(cause if cause in groups else occurrence.claim.id, []).append(occurrence)
        return list(groups.values())

    def cause(self, occurrence: Occurrence) -> Occurrence | None:
        """Return the claim of the same answer from which a claim follows."""
        answer = self.by_answer[occurrence.article.id, occurrence.answer.question]
        return next((other for other in answer if other.claim.id == occurrence.claim.judged.follows), None)

    def opposites(self, claim: Claim) -> list[Occurrence]:
        """List where the claims occur that *claim* contradicts."""
        return [occurrence for opposite in claim.contradicts for occurrence in self.by_claim.get(opposite, ())]

    def stated(self, article: Article, sentence: Sentence) -> list[Occurrence]:
        """List the claims that a sentence of an article states, as its answer shows them."""
        answer = self.by_answer.get((article.id, sentence.question), ())
        by_id = {occurrence.claim.id: occurrence for occurrence in answer}
        return [by_id[claim] for claim in sentence.claims if claim in by_id]

    def showing_source(self, occurrence: Occurrence, source: str) -> Occurrence:
        """Return the first occurrence of the same answer with this source: the rows of a table share one."""
        answer = self.by_answer[occurrence.article.id, occurrence.answer.question]
        return next(
            other
            for other in answer
            if source in (other.claim.source, *(correction.source for correction in other.claim.corrections))
        )
