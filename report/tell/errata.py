"""The errata sheet, in the RFC Editor's terms: an entry for each claim that is refuted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from report.judge.results import Change, Result
from report.judge.verdicts import Verdict
from report.measure.ledger import Evidence
from report.tell import markdown, words
from report.tell.beside import Beside
from report.tell.compose import facts, seen
from report.tell.markup import whole
from report.tell.places import Places, Spot
from report.tell.views import Seen


@dataclass(frozen=True)
class Erratum:
    """One entry: where it is in the article, what is said there, and what should be.

    *number* is the claim's in its article, *since* says on which releases it is refuted, *changes* by whose doing.
    *original* are the article's own sentences, where a copy was at hand (*quoted*), else as *said*: in our words.
    It is verified when there is a correction and every one of its corrections held on the current release.
    """

    number: str
    article: str
    section: str
    type: Literal["Technical", "Editorial"]
    status: Literal["Verified", "Reported"]
    original: str
    quoted: bool
    said: str
    corrected: tuple[str, ...]
    since: str
    changes: tuple[Change, ...]
    evidence: tuple[Evidence, ...]
    claim: str
    anchor: str

    @property
    def seen(self) -> list[Seen]:
        """The evidence, as the templates show it."""
        return seen(self.evidence)


@dataclass(frozen=True)
class Sheet:
    """The errata of a run, or of one article of it: what `errata.json` holds."""

    subject: str
    version: str
    measured: str
    errata: tuple[Erratum, ...]


def entries(result: Result, beside: Beside | None = None, article: str | None = None) -> list[Erratum]:
    """List every erratum (of one *article*), in the order of the articles, of their answers and of the claims."""
    return [
        _erratum(spot, result, beside or Beside())
        for spot in Places(result).spots
        if spot.claim.verdict in ("wrong", "outdated") and article in (None, spot.article.id)
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


def to_html(result: Result, beside: Beside | None = None, article: str | None = None) -> str:
    """Write the sheet as one self-contained HTML page."""
    found = entries(result, beside, article)
    return whole("errata.html", "print.js", sheets=_sheets(found), tally=tally(found), facts=facts(result))


def to_json(result: Result, beside: Beside | None = None, article: str | None = None) -> str:
    """Write the sheet as JSON (see `Sheet`)."""
    subject = result.subject
    sheet = Sheet(subject.name, subject.version, result.measured, tuple(entries(result, beside, article)))
    return msgspec.json.format(msgspec.json.encode(sheet), indent=1).decode() + "\n"


def to_markdown(result: Result, beside: Beside | None = None, article: str | None = None) -> str:
    """Write the sheet as Markdown."""
    about, found = facts(result), entries(result, beside, article)
    name = markdown.text(about.name)
    lines = [
        f"# Errata: {name} answers, checked",
        "",
        f"Measured on {name} {markdown.text(about.version)}, {markdown.text(about.measured)}: "
        f"{tally(found) or 'no errata'}.",
        "*Verified*: the correction was run, and held. An original without quotation marks is in our words.",
    ]
    for title, errata in _sheets(found).items():
        lines += ["", f"## {markdown.text(title)}"]
        for one in errata:
            lines += ["", *_lines(one)]
    if not found:
        lines += ["", "There are no errata: no claim is refuted."]
    return "\n".join(lines) + "\n"


def _erratum(spot: Spot, result: Result, beside: Beside) -> Erratum:
    claim, answer = spot.claim, spot.answer
    verified = bool(claim.corrections) and all(one.outcome == "held" for one in claim.corrections)
    verdict = Verdict(claim.verdict, claim.since, claim.until, claim.gone)
    quoted = beside.quoted(spot.article.id, answer.question, claim.id)
    return Erratum(
        number=f"{spot.article.id}-{spot.number}",
        article=spot.article.title,
        section=f"Answer {answer.question}: {answer.topic}",
        type="Editorial" if claim.kind == "editorial" else "Technical",
        status="Verified" if verified else "Reported",
        original=" … ".join(quoted) or claim.statement,
        quoted=bool(quoted),
        said=claim.statement,
        corrected=tuple(one.statement for one in claim.corrections),
        since=words.history(verdict, claim.outcomes, result),
        changes=tuple(one for one in claim.changes if one.by),
        evidence=claim.evidence,
        claim=claim.id,
        anchor=spot.anchor,
    )


def _sheets(errata: Sequence[Erratum]) -> dict[str, list[Erratum]]:
    """Sort the errata by the title of their article."""
    sheets: dict[str, list[Erratum]] = {}
    for one in errata:
        sheets.setdefault(one.article, []).append(one)
    return sheets


def _lines(one: Erratum) -> Iterator[str]:
    """Write an entry in Markdown."""
    yield f"### {markdown.text(one.number)}"
    yield ""
    yield f"- **Section:** {markdown.text(one.section)}"
    yield f"- **Type:** {one.type}"
    yield f"- **Status:** {one.status}"
    if one.quoted:
        yield f"- **Original:** “{markdown.text(one.original)}”"
        yield f"- **That is to say:** {markdown.prose(one.said)}"
    else:
        yield f"- **Original:** {markdown.prose(one.said)}"
    for statement in one.corrected or ("None yet.",):
        yield f"- **Corrected:** {markdown.prose(statement)}"
    causes = [f"By {change.by} in {change.release}: {change.note or change.link}" for change in one.changes]
    told = markdown.prose(" ".join([one.since, *causes]))
    yield f"- **Notes:** {told} Its test: {markdown.code(one.claim)}"
    for each in one.evidence:
        yield ""
        yield from markdown.block(f"assert {each.assertion}\n{each.observed}")
