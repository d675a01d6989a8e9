"""An article as its reader knows it, each sentence with what came of it."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from report.judge.articles import Stated
from report.judge.results import Article
from report.judge.verdicts import worst
from report.model import Mark
from report.tell.context import Context
from report.tell.index import Places
from report.tell.markup import anchor
from report.tell.views import Link, Passage, Phrase, TextView


def text_view(article: Article, places: Places, context: Context) -> TextView:
    """Compose the text of an article, by its questions and lines; without a copy it has no passages."""
    marks = {spot.claim.id: spot.claim.verdict.mark for spot in places.spots}
    links = {
        (spot.answer.question, spot.claim.id): Link(spot.anchor, spot.number)
        for spot in places.spots
        if spot.article is article
    }
    stated = context.texts.get(article.id, ())
    passages = groupby(stated, key=lambda one: one.sentence.question)
    answers = {answer.question: answer.verdict for answer in article.answers}
    return TextView(
        id=article.id,
        anchor=anchor("text", article.id),
        title=article.title,
        passages=[_passage(article, question, list(those), answers, links, marks) for question, those in passages],
        open=sum(not one.claims and one.reason is None for one in stated),
    )


def _passage(
    article: Article,
    question: int,
    stated: Sequence[Stated],
    answers: Mapping[int, Mark],
    links: Mapping[tuple[int, str], Link],
    marks: Mapping[str, Mark],
) -> Passage:
    lines = groupby(stated, key=lambda one: one.sentence.line)
    return Passage(
        question=Link(anchor(article.id, question), str(question)) if question in answers else None,
        mark=answers.get(question),
        lines=[[_phrase(one, links, marks) for one in line] for _, line in lines],
    )


def _phrase(one: Stated, links: Mapping[tuple[int, str], Link], marks: Mapping[str, Mark]) -> Phrase:
    known = [claim for claim in one.claims if (one.sentence.question, claim) in links]
    return Phrase(
        text=one.sentence.text,
        mark=worst(marks[claim] for claim in known) if known else None,
        claims=[links[one.sentence.question, claim] for claim in known],
        reason=one.reason,
    )
