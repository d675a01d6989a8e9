"""The right answers: for each question what holds, in our words, and in one line what the article got wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from report.judge.results import Answer, Article, Checked, Result
from report.tell import words
from report.tell.context import EMPTY, Context
from report.tell.index import Index, Occurrence
from report.tell.markup import anchor
from report.tell.templates import render_markdown, render_page

OTHERS = "Other questions"  # the chapter of those that `claims/topics.toml` does not list
PRINTED = re.compile(r"\bas (it is )?printed\b|\bprinted (line|command)\b")  # of the article's code, not of the subject


@dataclass(frozen=True)
class Truth:
    """A statement that holds now: *proof* is the link to its claim in the report.

    *when* says since which release, if it does not hold on all of them. *likewise* are the other rows of its table:
    what they say instead, each with its link.
    """

    statement: str
    proof: str
    when: str
    likewise: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Fault:
    """A statement that does not hold, in our words, the link to its claim in the report, and who states it.

    *until* is the last release on which it held.
    """

    statement: str
    proof: str
    article: Article
    until: str | None = None


@dataclass(frozen=True)
class Asked:
    """A question that an answer answers: its *number* and *topic*; the article's own *words* if there is a copy."""

    article: Article
    number: int
    topic: str
    words: str

    @property
    def link(self) -> str:
        """The place in the article's own sheet."""
        return f"answers-{anchor(self.article.id)}.html#{anchor(self.article.id, self.number)}"


@dataclass(frozen=True)
class RightAnswer:
    """An answer as it should be, or those of several articles: what holds, once each, and what they got wrong."""

    heading: str
    anchor: str
    truths: Sequence[Truth]
    faults: Sequence[Fault]
    asked: Sequence[Asked] = ()


@dataclass(frozen=True)
class Chapter:
    """Right answers under one heading: those of an *article*, or those about related topics."""

    title: str
    answers: Sequence[RightAnswer]
    article: Article | None = None


@dataclass
class Sheet:
    """What the answers of a sheet share. A statement stands there once: *said* has those that do already.

    *printed*: statements about the code that an article prints are among them.
    """

    index: Index
    context: Context = EMPTY
    printed: bool = True
    said: set[str] = field(default_factory=set)


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the right answers by topic, then those of each article, as pages and as Markdown."""
    index = Index(result)
    sheets = {"answers": chapters(result, Sheet(index, context, printed=False))}
    sheets |= {f"answers-{anchor(each.id)}": [of_article(each, index, context)] for each in result.articles}
    for name, parts in sheets.items():
        shown = [part for part in parts if part.answers]
        values: dict[str, Any] = {"result": result, "context": context, "parts": shown, "name": words.name(result)}
        yield f"{name}.html", render_page("answers.html", **values)
        yield f"{name}.md", render_markdown("answers.md", **values)


def chapters(result: Result, sheet: Sheet) -> list[Chapter]:
    """The answers of all articles by topic: what several articles or topics say stands there once."""
    stated = {f"{each.id}-{answer.question}": (each, answer) for each in result.articles for answer in each.answers}
    found = []
    for title, topics in sheet.context.topics.items():
        merged = {topic: [stated.pop(each) for each in ids if each in stated] for topic, ids in topics.items()}
        found.append(Chapter(title, _shown([right(topic, anchor(topic), of, sheet) for topic, of in merged.items()])))
    others = [
        right(answer.topic, anchor(article.id, answer.question), [(article, answer)], sheet)
        for article, answer in stated.values()
    ]
    return [*found, Chapter(OTHERS if found else "Questions", _shown(others))]


def of_article(article: Article, index: Index, context: Context) -> Chapter:
    """The right answers to the questions of an article, in its own order."""
    answers = [
        right(
            f"{each.question}. {each.topic}",
            anchor(article.id, each.question),
            [(article, each)],
            Sheet(index, context),
        )
        for each in article.answers
    ]
    return Chapter(article.title, _shown(answers), article)


def right(heading: str, place: str, answers: Sequence[tuple[Article, Answer]], sheet: Sheet) -> RightAnswer:
    """The right answer: the confirmed claims, and the corrections of the others, in the order of the *answers*."""
    found: list[tuple[Checked, Occurrence]] = []
    faults: dict[str, Fault] = {}
    for article, answer in answers:
        stated = sheet.index.by_answer.get((article.id, answer.question), ())
        for each in sorted(stated, key=lambda each: answer.claims.index(each.claim)):
            if each.claim.verdict.refuted:
                fault = Fault(each.claim.statement, sheet.index.link(each), article, each.claim.verdict.until)
                faults.setdefault(each.claim.statement, fault)
                found += [(correction, each) for correction in each.claim.corrections if correction.outcome == "held"]
            elif each.mark == "confirmed":
                found.append((each.claim, each))
    asked = [
        Asked(article, answer.question, answer.topic, sheet.context.question(article.id, answer.question))
        for article, answer in answers
    ]
    return RightAnswer(heading, place, [*_truths(found, sheet)], [*faults.values()], asked)


def _truths(found: Sequence[tuple[Checked, Occurrence]], sheet: Sheet) -> Iterator[Truth]:
    """What holds and was not said yet; the rows of a table, which differ in some words, are one."""
    new = []
    for checked, occurrence in found:
        if checked.statement not in sheet.said and (sheet.printed or not PRINTED.search(checked.statement)):
            sheet.said.add(checked.statement)
            new.append((checked, sheet.index.link(occurrence)))
    for (_, when), rows in groupby(new, lambda each: (each[0].id.partition("[")[0], held(each[0], sheet.index))):
        (first, proof), *others = rows
        likewise = [(difference(first.statement, row.statement), link) for row, link in others]
        yield Truth(first.statement, proof, when, likewise)


def held(checked: Checked, index: Index) -> str:
    """On which releases a statement holds, or since when it has been tried; empty if it always held."""
    outcomes = {version: checked.outcomes.get(version) for version in index.versions}
    tried = [version for version, outcome in outcomes.items() if outcome in ("held", "refuted")]
    failed = [version for version in tried if outcomes[version] == "refuted"]
    since = checked.verdict.since
    if since and tried.index(since) > len(failed):
        return f"except on {words.spans(failed, tried)}"
    if since:
        return f"since {since}"
    return f"tried since {tried[0]}" if tried and tried[0] != index.versions[0] else ""


def difference(first: str, other: str) -> str:
    """The words of a sentence that *first*, its like, has not; the whole sentence if they would cut code."""
    one, two = first.split(" "), other.split(" ")
    changes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    changed = [change[3:] for change in changes if change[0] != "equal"]
    words = " ".join(two[changed[0][0] : changed[-1][1]]).rstrip(".,:;") if changed else ""
    return words if words and words.count("`") % 2 == 0 else other.rstrip(".")


def _shown(answers: Sequence[RightAnswer]) -> list[RightAnswer]:
    return [each for each in answers if each.truths or each.faults]
