"""The text of an article: each sentence with its mark and links to its claims."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from report.judge.articles import Sentence
from report.judge.results import Article
from report.judge.verdicts import worst
from report.model import Mark
from report.tell.context import Context
from report.tell.index import Index
from report.tell.markup import anchor
from report.tell.views import Link, Passage, SentenceView, TextView


def text_view(article: Article, index: Index, context: Context) -> TextView:
    """Compose the text of an article by question and line. Without a local copy there are no passages."""
    marks = {occurrence.claim.id: occurrence.claim.verdict.mark for occurrence in index.occurrences}
    links = {
        (occurrence.answer.question, occurrence.claim.id): Link(occurrence.anchor, occurrence.number)
        for occurrence in index.occurrences
        if occurrence.article is article
    }
    sentences = context.texts.get(article.id, ())
    by_question = groupby(sentences, key=lambda stated: stated.question)
    answers = {answer.question: answer.verdict for answer in article.answers}
    return TextView(
        id=article.id,
        anchor=anchor("text", article.id),
        title=article.title,
        passages=[_passage(article, question, list(group), answers, links, marks) for question, group in by_question],
        unaccounted=sum(not stated.claims and stated.reason is None for stated in sentences),
    )


def _passage(
    article: Article,
    question: int,
    sentences: Sequence[Sentence],
    answers: Mapping[int, Mark],
    links: Mapping[tuple[int, str], Link],
    marks: Mapping[str, Mark],
) -> Passage:
    by_line = groupby(sentences, key=lambda stated: stated.line)
    return Passage(
        question=Link(anchor(article.id, question), str(question)) if question in answers else None,
        mark=answers.get(question),
        lines=[[_sentence(stated, links, marks) for stated in line] for _, line in by_line],
    )


def _sentence(stated: Sentence, links: Mapping[tuple[int, str], Link], marks: Mapping[str, Mark]) -> SentenceView:
    claims = [claim for claim in stated.claims if (stated.question, claim) in links]
    return SentenceView(
        text=stated.text,
        mark=worst(marks[claim] for claim in claims) if claims else None,
        claims=[links[stated.question, claim] for claim in claims],
        reason=stated.reason,
    )
