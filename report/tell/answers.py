"""The right answers: for each question what holds, in our words, and in one line what the article got wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from report.judge.results import Answer, Article, Checked, Result
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index
from report.tell.templates import render_markdown, render_page


@dataclass(frozen=True)
class Truth:
    """A statement that holds now: *proof* is the anchor of its claim in the report, *since* its first release.

    *since* is None if it held on every release that it was tried on.
    """

    statement: str
    proof: str
    since: str | None


@dataclass(frozen=True)
class Fault:
    """A statement of the article that does not hold, in our words, with the anchor of its claim in the report."""

    statement: str
    proof: str


@dataclass(frozen=True)
class RightAnswer:
    """An answer as it should be: what holds, without repetition, and what the article got wrong."""

    answer: Answer
    truths: Sequence[Truth]
    faults: Sequence[Fault]


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the right answers as a page and as Markdown."""
    index = Index(result)
    parts = [(article, [right(article, answer, index) for answer in article.answers]) for article in result.articles]
    values = {"result": result, "context": context, "parts": parts, "name": words.name(result), "pages": index.pages}
    yield "answers.html", render_page("answers.html", **values)
    yield "answers.md", render_markdown("answers.md", **values)


def right(article: Article, answer: Answer, index: Index) -> RightAnswer:
    """The right answer to a question: its confirmed claims, and the corrections of the others, in its own order."""
    truths: dict[str, Truth] = {}
    faults: dict[str, Fault] = {}
    stated = index.by_answer.get((article.id, answer.question), ())
    for each in sorted(stated, key=lambda each: answer.claims.index(each.claim)):
        holding: list[Checked] = [each.claim] if each.mark == "confirmed" else []
        if each.claim.verdict.refuted:
            faults.setdefault(each.claim.statement, Fault(each.claim.statement, each.anchor))
            holding += [correction for correction in each.claim.corrections if correction.outcome == "held"]
        for checked in holding:
            truths.setdefault(checked.statement, Truth(checked.statement, each.anchor, checked.verdict.since))
    return RightAnswer(answer, [*truths.values()], [*faults.values()])
