"""The result as the Markdown summary of a job on GitHub: at most 1 MiB, which a table of answers stays far below."""

from collections.abc import Iterator

from report.judge.results import Answer, Article, Result
from report.model import Mark
from report.tell import errata, markdown, words
from report.tell.compose import facts

SIGNS: dict[Mark, str] = {"confirmed": "✓", "outdated": "◷", "wrong": "✗", "untried": "?"}
MOST = 50  # differences that are listed one by one


def render(result: Result) -> str:
    """Write the tally, what changed, and for each answer that is not confirmed why."""
    about = facts(result)
    errors = errata.tally(errata.entries(result)) or "no errata"
    lines = [
        f"## {markdown.text(about.name)} {markdown.text(about.version)}: answers, checked",
        "",
        f"{about.questions} answers: {markdown.text(about.tally)}. {about.claims} claims on {about.releases} releases, "
        f"measured {markdown.text(about.measured)}; {errors}.",
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
    for one in result.drift[:MOST]:
        yield f"- {markdown.code(one.claim)}: {markdown.text(one.was)} → {markdown.text(one.now)}"
    if len(result.drift) > MOST:
        yield f"- and {len(result.drift) - MOST} more"


def _article(article: Article) -> Iterator[str]:
    yield f"### {markdown.text(article.title)}"
    yield ""
    yield " ".join(f"{answer.question}{SIGNS[answer.verdict]}" for answer in article.answers)
    told = [answer for answer in article.answers if answer.verdict != "confirmed"]
    if told:
        yield from ("", "| answer | mark | why |", "| --- | --- | --- |", *map(_row, told))


def _row(answer: Answer) -> str:
    where = f"{answer.question}. {markdown.text(answer.topic)}"
    return f"| {where} | {SIGNS[answer.verdict]} {answer.verdict} | {markdown.cell(words.reason(answer))} |"
