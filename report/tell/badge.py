"""The badge of an article, in the JSON format of a shields.io endpoint: https://shields.io/badges/endpoint-badge."""

import json
from collections import Counter
from collections.abc import Iterator

from report.judge.results import Article, Result
from report.judge.verdicts import worst
from report.tell import words
from report.tell.context import Context
from report.tell.marks import MARKS
from report.tell.markup import anchor


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write a badge for each article."""
    for article in result.articles:
        yield f"badge-{anchor(article.id)}.json", render(article)


def render(article: Article) -> str:
    """Write the badge: the number of answers for each mark, in the colour of the worst mark."""
    counts = Counter(answer.verdict for answer in article.answers)
    message = ", ".join(f"{counts[mark]} {mark}" for mark in MARKS if counts[mark]) or "not yet checked"
    mark = worst(counts)
    if article.count.todo:
        message += f"; {words.todo(article.count.todo)}"
        mark = "untried" if mark == "confirmed" else mark  # what is open is not behind a plain green
    badge = {"schemaVersion": 1, "label": article.title, "message": message, "color": MARKS[mark].colour}
    return json.dumps(badge, indent=1) + "\n"
