"""The verdicts as schema.org's ClaimReview, for those who search the web for checked facts.

See https://schema.org/ClaimReview, and https://schema.org/Rating for the scale: 1 is false, 3 was true once, 5 is true.
"""

from typing import Any

from report.judge.results import Result
from report.model import Mark
from report.tell.index import Places, Spot
from report.tell.markup import anchor

SCALE = {"bestRating": 5, "worstRating": 1}
RATINGS: dict[Mark, int] = {"wrong": 1, "outdated": 3, "confirmed": 5}


def document(result: Result) -> dict[str, Any]:
    """Write a JSON-LD document with a review of every claim that has a verdict; what they share is told once."""
    author = {"@type": "Organization", "@id": "#author", "name": f"{result.subject.name} answers, checked"}
    articles = [
        {"@type": "Article", "@id": f"#{anchor(article.id)}", "name": article.title} for article in result.articles
    ]
    ratings = [
        {"@type": "Rating", "@id": f"#rating-{mark}", **SCALE, "ratingValue": value, "alternateName": mark}
        for mark, value in RATINGS.items()
    ]
    reviews = [_review(spot, result) for spot in Places(result).firsts.values() if spot.claim.verdict.mark in RATINGS]
    return {"@context": "https://schema.org", "@graph": [author, *articles, *ratings, *reviews]}


def _review(spot: Spot, result: Result) -> dict[str, Any]:
    return {
        "@type": "ClaimReview",
        "url": f"#{spot.anchor}",
        "claimReviewed": spot.claim.statement,
        "datePublished": result.measured,
        "author": {"@id": "#author"},
        "itemReviewed": {"@id": f"#{anchor(spot.article.id)}"},
        "reviewRating": {"@id": f"#rating-{spot.claim.verdict.mark}"},
    }
