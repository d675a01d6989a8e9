"""The result as the Markdown summary of a GitHub job. GitHub allows 1 MiB; a table of answers is far smaller."""

from collections.abc import Iterator

from report.judge.results import Answer, Article, Result
from report.model import Mark
from report.tell import errata, markdown, words
from report.tell.compose import facts

SIGNS: dict[Mark, str] = {"confirmed": "✓", "outdated": "◷", "wrong": "✗", "untried": "?"}
MOST = 50  # listed differences; the rest is only counted


def render(result: Result) -> str:
    """Write the tally, the drift, and a table of the answers that are not confirmed."""
    head = facts(result)
    errors = errata.tally(errata.entries(result)) or "no errata"
    lines = [
        f"## {markdown.text(head.name)} {markdown.text(head.version)}: answers, checked",
        "",
        f"{head.questions} answers: {markdown.text(head.tally)}. {head.claims} claims on {head.releases} releases, "
        f"measured {markdown.text(head.measured)}; {errors}.",
        "",
        *_drift(result),
    ]
    for article in result.articles:
        lines += ["", *_article(article)]
    return "\n".join(lines) + "\n"


def _drift(result: Result) -> Iterator[str]:
    if not result.drift:
        yield "Nothing has changed since the last accepted run."
        return
    yield f"**{words.counted(len(result.drift), 'difference')} since the last accepted run:**"
    yield ""
    for drift in result.drift[:MOST]:
        yield f"- {markdown.code(drift.claim)}: {markdown.text(drift.was)} → {markdown.text(drift.now)}"
    if len(result.drift) > MOST:
        yield f"- and {len(result.drift) - MOST} more"


def _article(article: Article) -> Iterator[str]:
    yield f"### {markdown.text(article.title)}"
    yield ""
    yield " ".join(f"{answer.question}{SIGNS[answer.verdict]}" for answer in article.answers)
    unconfirmed = [answer for answer in article.answers if answer.verdict != "confirmed"]
    if unconfirmed:
        yield from ("", "| answer | mark | why |", "| --- | --- | --- |", *map(_row, unconfirmed))


def _row(answer: Answer) -> str:
    name = f"{answer.question}. {markdown.text(answer.topic)}"
    return f"| {name} | {SIGNS[answer.verdict]} {answer.verdict} | {markdown.cell(words.reason(answer))} |"
