"""The verdicts as schema.org ClaimReview, which search engines for fact checks read.

See https://schema.org/ClaimReview and https://schema.org/Rating. The scale: 1 is false, 3 was true once, 5 is true.
"""

from typing import Any

from report.judge.results import Result
from report.model import Mark
from report.tell.index import Index, Occurrence
from report.tell.markup import anchor

SCALE = {"bestRating": 5, "worstRating": 1}
RATINGS: dict[Mark, int] = {"wrong": 1, "outdated": 3, "confirmed": 5}


def document(result: Result) -> dict[str, Any]:
    """Return a JSON-LD document: one review for each claim with a verdict, and the nodes that reviews share."""
    author = {"@type": "Organization", "@id": "#author", "name": f"{result.subject.name} answers, checked"}
    articles = [
        {"@type": "Article", "@id": f"#{anchor(article.id)}", "name": article.title} for article in result.articles
    ]
    ratings = [
        {"@type": "Rating", "@id": f"#rating-{mark}", **SCALE, "ratingValue": value, "alternateName": mark}
        for mark, value in RATINGS.items()
    ]
    occurrences = Index(result).first_occurrences.values()
    reviews = [_review(occurrence, result) for occurrence in occurrences if occurrence.claim.verdict.mark in RATINGS]
    return {"@context": "https://schema.org", "@graph": [author, *articles, *ratings, *reviews]}


def _review(occurrence: Occurrence, result: Result) -> dict[str, Any]:
    return {
        "@type": "ClaimReview",
        "url": f"#{occurrence.anchor}",
        "claimReviewed": occurrence.claim.statement,
        "datePublished": result.measured,
        "author": {"@id": "#author"},
        "itemReviewed": {"@id": f"#{anchor(occurrence.article.id)}"},
        "reviewRating": {"@id": f"#rating-{occurrence.claim.verdict.mark}"},
    }
