"""The errata sheet, in the RFC Editor's terms: an entry for each claim that is refuted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, get_args

import msgspec

from report.judge.results import Change, Gravity, Result
from report.model import Evidence
from report.tell import markdown, words
from report.tell.compose import facts, seen
from report.tell.context import Context
from report.tell.index import Places, Spot
from report.tell.markup import whole
from report.tell.views import Seen


@dataclass(frozen=True)
class Consequence:
    """Another statement that fails from the same cause: its number, where it stands, and what is said there."""

    number: str
    section: str
    said: str
    claim: str
    anchor: str


@dataclass(frozen=True)
class Erratum:
    """One entry: where it is in the article, what is said there, and what should be.

    *number* is the claim's in its article, *since* says on which releases it is refuted, *changes* by whose doing.
    *original* are the article's own sentences, where a copy was at hand (*quoted*), else as *said*: in our words.
    It is verified when there is a correction and every one of its corrections held on the current release.
    *gravity* is that of a technical erratum; what *happened* is said in a sentence; *reply* is the best that the author
    could send, *rebuttal* why it fails; *consequences* are what else fails from the same cause.
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
    gravity: Gravity | None = None
    happened: str | None = None
    reply: str | None = None
    rebuttal: str | None = None
    consequences: tuple[Consequence, ...] = ()

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


def entries(result: Result, context: Context | None = None, article: str | None = None) -> list[Erratum]:
    """List every erratum (of one *article*) by article, the gravest first; one cause is one erratum.

    Within the same gravity they are in the order of the answers and of their claims.
    """
    found: list[Erratum] = []
    for name, spots in groupby(refuted(result), key=lambda spot: spot.article.id):
        if article in (None, name):
            found += sorted((_entry(those, result, context) for those in _by_cause(list(spots))), key=_rank)
    return found


def refuted(result: Result) -> list[Spot]:
    """Every refuted claim in every answer that makes it, in the order of the page."""
    return [spot for spot in Places(result).spots if spot.claim.verdict.refuted]


def _by_cause(spots: Sequence[Spot]) -> list[list[Spot]]:
    """Group the refuted claims of an article: first one that is a cause, then those that fail from it."""
    refuted_here = {spot.claim.id for spot in spots}
    groups: dict[str, list[Spot]] = {}
    for spot in spots:
        cause = spot.claim.judged.follows
        groups.setdefault(cause if cause in refuted_here else spot.claim.id, []).append(spot)
    return [sorted(those, key=lambda spot: spot.claim.id != cause) for cause, those in groups.items()]


def _entry(spots: Sequence[Spot], result: Result, context: Context | None) -> Erratum:
    cause, *others = spots
    rest = (Consequence(_number(one), _section(one), one.claim.statement, one.claim.id, one.anchor) for one in others)
    return replace(erratum(cause, result, context), consequences=tuple(rest))


def _rank(one: Erratum) -> int:
    """The place in the order of gravity: technical errata without one come last of them, then the editorial."""
    grave: tuple[str | None, ...] = get_args(Gravity)
    return len(grave) + 1 if one.type == "Editorial" else grave.index(one.gravity) if one.gravity else len(grave)


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


def to_html(result: Result, context: Context | None = None, article: str | None = None) -> str:
    """Write the sheet as one self-contained HTML page."""
    found = entries(result, context, article)
    return whole("errata.html", "print.js", sheets=_sheets(found), tally=tally(found), facts=facts(result))


def to_json(result: Result, context: Context | None = None, article: str | None = None) -> str:
    """Write the sheet as JSON (see `Sheet`)."""
    subject = result.subject
    sheet = Sheet(subject.name, subject.version, result.measured, tuple(entries(result, context, article)))
    return msgspec.json.format(msgspec.json.encode(sheet), indent=1).decode() + "\n"


def to_markdown(result: Result, context: Context | None = None, article: str | None = None) -> str:
    """Write the sheet as Markdown."""
    about, found = facts(result), entries(result, context, article)
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


def erratum(spot: Spot, result: Result, context: Context | None = None) -> Erratum:
    """The erratum of one refuted claim, without what else fails from the same cause."""
    context, claim, answer = context or Context(), spot.claim, spot.answer
    quoted = context.quoted(spot.article.id, answer.question, claim.id)
    return Erratum(
        number=_number(spot),
        article=spot.article.title,
        section=_section(spot),
        type="Editorial" if claim.kind == "editorial" else "Technical",
        status="Verified" if claim.corrected else "Reported",
        original=" … ".join(quoted) or claim.statement,
        quoted=bool(quoted),
        said=claim.statement,
        corrected=tuple(one.statement for one in claim.corrections),
        since=" ".join(
            filter(
                None,
                (words.history(claim.verdict, claim.outcomes, result), words.published(claim, spot.article, result)),
            )
        ),
        changes=tuple(one for one in claim.changes if one.by),
        evidence=claim.evidence,
        claim=claim.id,
        anchor=spot.anchor,
        gravity=claim.judged.gravity,
        happened=claim.judged.happened,
        reply=claim.judged.reply,
        rebuttal=claim.judged.rebuttal,
    )


def _number(spot: Spot) -> str:
    return f"{spot.article.id}-{spot.number}"


def _section(spot: Spot) -> str:
    return f"Answer {spot.answer.question}: {spot.answer.topic}"


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
    yield f"- **Type:** {one.type}{f' ({one.gravity})' if one.gravity else ''}"
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
    if one.happened:
        yield f"- **What happened:** {markdown.prose(one.happened)}"
    yield f"- **Notes:** {told} Its test: {markdown.code(one.claim)}"
    for other in one.consequences:
        where = markdown.text(f"{other.number}, {other.section}")
        yield f"- **From the same cause:** {where}: {markdown.prose(other.said)}"
    for each in one.evidence:
        yield ""
        yield from markdown.block(f"assert {each.assertion}\n{each.observed}")
