"""The verdicts as schema.org ClaimReview, which search engines for fact checks read.

See https://schema.org/ClaimReview and https://schema.org/Rating. The scale: 1 is false, 3 was true once, 5 is true.
Only claims that are outdated or wrong have a review: those of all claims would be 170 kB of the page.
Library considered: msgspec-schemaorg; the tests check the document against its types, and no run needs it.
"""

from typing import Any

from report.judge.results import Result
from report.tell.index import Index, Occurrence
from report.tell.marks import MARKS
from report.tell.markup import anchor

SCALE = {"bestRating": 5, "worstRating": 1}


def document(index: Index) -> dict[str, Any]:
    """Return a JSON-LD document: one review for each claim that is outdated or wrong, and what the reviews share."""
    result = index.result
    author = {"@type": "Organization", "@id": "#author", "name": f"{result.subject.name} answers, checked"}
    articles = [
        {"@type": "Article", "@id": f"#{anchor(article.id)}", "name": article.title} for article in result.articles
    ]
    ratings = [
        {"@type": "Rating", "@id": f"#rating-{mark}", **SCALE, "ratingValue": look.rating, "alternateName": mark}
        for mark, look in reversed(MARKS.items())
        if look.rating
    ]
    reviews = [_review(first, result) for first, *_ in index.by_claim.values() if MARKS[first.mark].rating]
    return {"@context": "https://schema.org", "@graph": [author, *articles, *ratings, *reviews]}


def _review(occurrence: Occurrence, result: Result) -> dict[str, Any]:
    return {
        "@type": "ClaimReview",
        "url": f"#{occurrence.anchor}",
        "claimReviewed": occurrence.claim.statement,
        "datePublished": result.measured,
        "author": {"@id": "#author"},
        "itemReviewed": {"@id": f"#{anchor(occurrence.article.id)}"},
        "reviewRating": {"@id": f"#rating-{occurrence.mark}"},
    }
