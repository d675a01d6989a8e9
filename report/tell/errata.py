"""The errata sheet, in the RFC Editor's terms: an entry for each claim that is refuted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from report.judge.results import Answer, Article, Claim, Result
from report.judge.verdicts import Verdict
from report.measure.ledger import Evidence
from report.tell import markdown, words
from report.tell.compose import claim_anchor, facts, seen
from report.tell.markup import whole
from report.tell.views import Seen


@dataclass(frozen=True)
class Erratum:
    """One entry; *number* is the claim's in its article, *since* says on which releases it is refuted.

    It is verified when there is a correction and every one of its corrections held on the current release.
    """

    number: str
    article: str
    question: int
    topic: str
    claim: str
    anchor: str
    type: Literal["Technical", "Editorial"]
    status: Literal["Verified", "Reported"]
    original: str
    corrected: tuple[str, ...]
    since: str
    evidence: tuple[Evidence, ...]

    @property
    def section(self) -> str:
        """Where in the article it is."""
        return f"Answer {self.question}: {self.topic}"

    @property
    def seen(self) -> tuple[Seen, ...]:
        """The evidence, as the templates show it."""
        return seen(self.evidence)


def entries(result: Result) -> list[Erratum]:
    """List every erratum, in the order of the articles, of their answers and of the claims."""
    return [
        _erratum(article, answer, number, claim, result)
        for article in result.articles
        for answer in article.answers
        for number, claim in enumerate(answer.claims, start=1)
        if claim.verdict in ("wrong", "outdated")
    ]


def tally(errata: Sequence[Erratum]) -> str:
    """Count them, by type and status: `3 errata (2 technical, 1 editorial), 3 verified`."""
    if not errata:
        return ""
    types = [
        f"{sum(one.type == name for one in errata)} {name.lower()}"
        for name in ("Technical", "Editorial")
        if name in {one.type for one in errata}
    ]
    verified = sum(one.status == "Verified" for one in errata)
    counted = "1 erratum" if len(errata) == 1 else f"{len(errata)} errata"
    return f"{counted} ({words.listed(types)}), {verified} verified"


def to_html(result: Result) -> str:
    """Write the sheet as one self-contained HTML page."""
    return whole("errata.html", sheets=_sheets(result), tally=tally(entries(result)), facts=facts(result))


def to_markdown(result: Result) -> str:
    """Write the sheet as Markdown."""
    about = facts(result)
    name = markdown.text(about.name)
    lines = [
        f"# Errata: {name} answers, checked",
        "",
        f"Measured on {name} {markdown.text(about.version)}, {markdown.text(about.measured)}.",
        "Originals are in our words. *Verified*: the correction was run, and held.",
    ]
    sheets = _sheets(result)
    for title, errata in sheets.items():
        lines += ["", f"## {markdown.text(title)}"]
        for one in errata:
            lines += ["", *_lines(one)]
    if not sheets:
        lines += ["", "There are no errata: no claim is refuted."]
    return "\n".join(lines) + "\n"


def _erratum(article: Article, answer: Answer, number: int, claim: Claim, result: Result) -> Erratum:
    verified = bool(claim.corrections) and all(one.outcome == "held" for one in claim.corrections)
    verdict = Verdict(claim.verdict, claim.since, claim.until, claim.gone)
    return Erratum(
        number=f"{article.id}-{answer.question}.{number}",
        article=article.title,
        question=answer.question,
        topic=answer.topic,
        claim=claim.id,
        anchor=claim_anchor(article, answer, claim.id),
        type="Editorial" if claim.kind == "editorial" else "Technical",
        status="Verified" if verified else "Reported",
        original=claim.statement,
        corrected=tuple(one.statement for one in claim.corrections),
        since=words.history(verdict, claim.outcomes, result),
        evidence=claim.evidence,
    )


def _sheets(result: Result) -> dict[str, list[Erratum]]:
    """Sort the errata by the title of their article."""
    sheets: dict[str, list[Erratum]] = {}
    for one in entries(result):
        sheets.setdefault(one.article, []).append(one)
    return sheets


def _lines(one: Erratum) -> Iterator[str]:
    """Write an entry in Markdown."""
    yield f"### {markdown.text(one.number)}"
    yield ""
    yield f"- **Section:** {markdown.text(one.section)}"
    yield f"- **Type:** {one.type}"
    yield f"- **Status:** {one.status}"
    yield f"- **Original:** {markdown.prose(one.original)}"
    for statement in one.corrected or ("None yet.",):
        yield f"- **Corrected:** {markdown.prose(statement)}"
    yield f"- **Notes:** {markdown.text(one.since)} Its test: {markdown.code(one.claim)}"
    for each in one.evidence:
        yield ""
        yield from markdown.block(f"assert {each.assertion}\n{each.observed}")
