"""The errata sheet, in the format of the RFC Editor: an entry for each refuted claim."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, get_args

import msgspec

from report.judge.results import Change, Gravity, Result
from report.model import Evidence
from report.tell import markdown, words
from report.tell.compose import evidence_views, facts
from report.tell.context import Context
from report.tell.index import Index, Occurrence
from report.tell.markup import render_page
from report.tell.views import EvidenceView


@dataclass(frozen=True)
class Consequence:
    """Another claim that fails from the same cause: its number, its section, and its statement (*said*)."""

    number: str
    section: str
    said: str
    claim: str
    anchor: str


@dataclass(frozen=True)
class Erratum:
    """One entry. *number* is the claim's number in its article.

    *original* is the article's own sentences if a local copy was available (*quoted*). Otherwise it is *said*, the
    claim's statement, which is in our words. *corrected* is what the article should say.
    *since* says on which releases the claim was refuted; *changes* says what caused it.
    *status* is Verified if there is a correction and every correction held on the current release.
    *gravity* rates a technical erratum. *happened* describes the failure in one sentence. *reply* is the author's best
    objection, and *rebuttal* says why it fails. *consequences* are the other claims that fail from the same cause.
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
    def evidence_views(self) -> list[EvidenceView]:
        """The evidence, as the templates show it."""
        return evidence_views(self.evidence)


@dataclass(frozen=True)
class Sheet:
    """The errata of a run, or of one article: the content of `errata.json`."""

    subject: str
    version: str
    measured: str
    errata: tuple[Erratum, ...]


def entries(result: Result, context: Context | None = None, article: str | None = None) -> list[Erratum]:
    """List the errata (of one *article*) by article and gravity, one for each cause.

    Errata of the same gravity are in page order.
    """
    errata: list[Erratum] = []
    for name, occurrences in groupby(refuted(result), key=lambda occurrence: occurrence.article.id):
        if article in (None, name):
            groups = _by_cause(list(occurrences))
            errata += sorted((_entry(group, result, context) for group in groups), key=_gravity_rank)
    return errata


def refuted(result: Result) -> list[Occurrence]:
    """List the occurrences of refuted claims, in page order."""
    return [occurrence for occurrence in Index(result).occurrences if occurrence.claim.verdict.refuted]


def _by_cause(occurrences: Sequence[Occurrence]) -> list[list[Occurrence]]:
    """Group an article's refuted claims by cause: each group starts with the cause, its consequences follow."""
    refuted_ids = {occurrence.claim.id for occurrence in occurrences}
    groups: dict[str, list[Occurrence]] = {}
    for occurrence in occurrences:
        cause = occurrence.claim.judged.follows
        groups.setdefault(cause if cause in refuted_ids else occurrence.claim.id, []).append(occurrence)
    return [sorted(group, key=lambda occurrence: occurrence.claim.id != cause) for cause, group in groups.items()]


def _entry(group: Sequence[Occurrence], result: Result, context: Context | None) -> Erratum:
    cause, *others = group
    consequences = (
        Consequence(_number(other), _section(other), other.claim.statement, other.claim.id, other.anchor)
        for other in others
    )
    return replace(erratum(cause, result, context), consequences=tuple(consequences))


def _gravity_rank(entry: Erratum) -> int:
    """Rank an erratum: by gravity, then technical errata without gravity, then editorial errata."""
    gravities: tuple[str | None, ...] = get_args(Gravity)
    if entry.type == "Editorial":
        return len(gravities) + 1
    return gravities.index(entry.gravity) if entry.gravity else len(gravities)


def tally(errata: Sequence[Erratum]) -> str:
    """Count the errata by type and status: `3 errata (2 technical and 1 editorial), 3 verified`."""
    if not errata:
        return ""
    types = [
        f"{sum(entry.type == name for entry in errata)} {name.lower()}"
        for name in ("Technical", "Editorial")
        if name in {entry.type for entry in errata}
    ]
    verified = sum(entry.status == "Verified" for entry in errata)
    count = "1 erratum" if len(errata) == 1 else f"{len(errata)} errata"
    return f"{count} ({words.listed(types)}), {verified} verified"


def to_html(result: Result, context: Context | None = None, article: str | None = None) -> str:
    """Write the sheet as one self-contained HTML page."""
    errata = entries(result, context, article)
    sheets, head = _by_title(errata), facts(result)
    return render_page("errata.html", "print.js", sheets=sheets, tally=tally(errata), facts=head)


def to_json(result: Result, context: Context | None = None, article: str | None = None) -> str:
    """Write the sheet as JSON (see `Sheet`)."""
    subject = result.subject
    sheet = Sheet(subject.name, subject.version, result.measured, tuple(entries(result, context, article)))
    return msgspec.json.format(msgspec.json.encode(sheet), indent=1).decode() + "\n"


def to_markdown(result: Result, context: Context | None = None, article: str | None = None) -> str:
    """Write the sheet as Markdown."""
    head, errata = facts(result), entries(result, context, article)
    name = markdown.text(head.name)
    lines = [
        f"# Errata: {name} answers, checked",
        "",
        f"Measured on {name} {markdown.text(head.version)}, {markdown.text(head.measured)}: "
        f"{tally(errata) or 'no errata'}.",
        "*Verified*: the correction was run, and held. An original without quotation marks is in our words.",
    ]
    for title, sheet in _by_title(errata).items():
        lines += ["", f"## {markdown.text(title)}"]
        for entry in sheet:
            lines += ["", *_lines(entry)]
    if not errata:
        lines += ["", "There are no errata: no claim is refuted."]
    return "\n".join(lines) + "\n"


def erratum(occurrence: Occurrence, result: Result, context: Context | None = None) -> Erratum:
    """Return the erratum of one refuted claim, without its consequences."""
    context, claim, answer = context or Context(), occurrence.claim, occurrence.answer
    quotations = context.quotations(occurrence.article.id, answer.question, claim.id)
    history = words.history(claim.verdict, claim.outcomes, result)
    publication = words.at_publication(claim, occurrence.article, result)
    return Erratum(
        number=_number(occurrence),
        article=occurrence.article.title,
        section=_section(occurrence),
        type="Editorial" if claim.kind == "editorial" else "Technical",
        status="Verified" if claim.corrected else "Reported",
        original=" … ".join(quotations) or claim.statement,
        quoted=bool(quotations),
        said=claim.statement,
        corrected=tuple(correction.statement for correction in claim.corrections),
        since=f"{history} {publication}" if publication else history,
        changes=tuple(change for change in claim.changes if change.by),
        evidence=claim.evidence,
        claim=claim.id,
        anchor=occurrence.anchor,
        gravity=claim.judged.gravity,
        happened=claim.judged.happened,
        reply=claim.judged.reply,
        rebuttal=claim.judged.rebuttal,
    )


def _number(occurrence: Occurrence) -> str:
    return f"{occurrence.article.id}-{occurrence.number}"


def _section(occurrence: Occurrence) -> str:
    return f"Answer {occurrence.answer.question}: {occurrence.answer.topic}"


def _by_title(errata: Sequence[Erratum]) -> dict[str, list[Erratum]]:
    """Group the errata by the title of their article."""
    sheets: dict[str, list[Erratum]] = {}
    for entry in errata:
        sheets.setdefault(entry.article, []).append(entry)
    return sheets


def _lines(entry: Erratum) -> Iterator[str]:
    """Write an entry in Markdown, line by line."""
    yield f"### {markdown.text(entry.number)}"
    yield ""
    yield f"- **Section:** {markdown.text(entry.section)}"
    yield f"- **Type:** {entry.type}{f' ({entry.gravity})' if entry.gravity else ''}"
    yield f"- **Status:** {entry.status}"
    if entry.quoted:
        yield f"- **Original:** “{markdown.text(entry.original)}”"
        yield f"- **In our words:** {markdown.prose(entry.said)}"
    else:
        yield f"- **Original:** {markdown.prose(entry.said)}"
    for statement in entry.corrected or ("None yet.",):
        yield f"- **Corrected:** {markdown.prose(statement)}"
    if entry.happened:
        yield f"- **What happened:** {markdown.prose(entry.happened)}"
    causes = [f"By {change.by} in {change.release}: {change.note or change.link}" for change in entry.changes]
    notes = markdown.prose(" ".join([entry.since, *causes]))
    yield f"- **Notes:** {notes} Its test: {markdown.code(entry.claim)}"
    for consequence in entry.consequences:
        name = markdown.text(f"{consequence.number}, {consequence.section}")
        yield f"- **From the same cause:** {name}: {markdown.prose(consequence.said)}"
    for item in entry.evidence:
        yield ""
        yield from markdown.block(f"assert {item.assertion}\n{item.observed}")
