"""The badge of an article, in the JSON format of a shields.io endpoint: https://shields.io/badges/endpoint-badge."""

import json
from collections import Counter

from report.judge.results import Article
from report.model import Mark
from report.tell.words import MARKS

COLOURS: dict[Mark, str] = {"wrong": "red", "outdated": "yellow", "confirmed": "brightgreen", "untried": "lightgrey"}


def render(article: Article) -> str:
    """Write the badge: the number of answers for each mark, in the colour of the worst mark."""
    counts = Counter(answer.verdict for answer in article.answers)
    message = ", ".join(f"{counts[mark]} {mark}" for mark in MARKS if counts[mark]) or "not yet checked"
    colour = next((COLOURS[mark] for mark in COLOURS if counts[mark]), "lightgrey")
    badge = {"schemaVersion": 1, "label": article.title, "message": message, "color": colour}
    return json.dumps(badge, indent=1) + "\n"
