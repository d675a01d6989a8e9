"""The right answers: for each question what holds, in our words, and in one line what the article got wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from report.judge.results import Answer, Article, Checked, Result
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index
from report.tell.markup import anchor
from report.tell.templates import render_markdown, render_page

OTHERS = "Other questions"  # the chapter of those that `claims/topics.toml` does not list


@dataclass(frozen=True)
class Truth:
    """A statement that holds now: *proof* is the link to its claim in the report, *since* its first release.

    *since* is None if it held on every release that it was tried on.
    """

    statement: str
    proof: str
    since: str | None


@dataclass(frozen=True)
class Fault:
    """A statement that does not hold, in our words, the link to its claim in the report, and who states it."""

    statement: str
    proof: str
    article: Article


@dataclass(frozen=True)
class RightAnswer:
    """An answer as it should be, or those of several articles: what holds, once each, and what they got wrong."""

    heading: str
    truths: Sequence[Truth]
    faults: Sequence[Fault]


@dataclass(frozen=True)
class Chapter:
    """Right answers under one heading: those of an *article*, or those about related topics."""

    title: str
    answers: Sequence[RightAnswer]
    article: Article | None = None


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the right answers by topic, then those of each article, as pages and as Markdown."""
    index = Index(result)
    sheets = {"answers": chapters(result, context, index)}
    sheets |= {f"answers-{anchor(each.id)}": [of_article(each, index)] for each in result.articles}
    for name, parts in sheets.items():
        shown = [part for part in parts if part.answers]
        values: dict[str, Any] = {"result": result, "context": context, "parts": shown, "name": words.name(result)}
        yield f"{name}.html", render_page("answers.html", **values)
        yield f"{name}.md", render_markdown("answers.md", **values)


def chapters(result: Result, context: Context, index: Index) -> list[Chapter]:
    """The answers of all articles by topic: what several articles say stands there once."""
    stated = {f"{each.id}-{answer.question}": (each, answer) for each in result.articles for answer in each.answers}
    found = []
    for title, topics in context.topics.items():
        merged = {topic: [stated.pop(each) for each in ids if each in stated] for topic, ids in topics.items()}
        found.append(Chapter(title, _shown([right(topic, of, index) for topic, of in merged.items()])))
    others = [right(answer.topic, [(article, answer)], index) for article, answer in stated.values()]
    return [*found, Chapter(OTHERS if found else "Questions", _shown(others))]


def of_article(article: Article, index: Index) -> Chapter:
    """The right answers to the questions of an article, in its own order."""
    answers = [right(f"{each.question}. {each.topic}", [(article, each)], index) for each in article.answers]
    return Chapter(article.title, _shown(answers), article)


def right(heading: str, answers: Sequence[tuple[Article, Answer]], index: Index) -> RightAnswer:
    """The right answer: the confirmed claims, and the corrections of the others, in the order of the *answers*."""
    truths: dict[str, Truth] = {}
    faults: dict[str, Fault] = {}
    for article, answer in answers:
        stated = index.by_answer.get((article.id, answer.question), ())
        for each in sorted(stated, key=lambda each: answer.claims.index(each.claim)):
            proof = index.link(each)
            holding: list[Checked] = [each.claim] if each.mark == "confirmed" else []
            if each.claim.verdict.refuted:
                faults.setdefault(each.claim.statement, Fault(each.claim.statement, proof, article))
                holding += [correction for correction in each.claim.corrections if correction.outcome == "held"]
            for checked in holding:
                truths.setdefault(checked.statement, Truth(checked.statement, proof, checked.verdict.since))
    return RightAnswer(heading, [*truths.values()], [*faults.values()])


def _shown(answers: Sequence[RightAnswer]) -> list[RightAnswer]:
    return [each for each in answers if each.truths or each.faults]
