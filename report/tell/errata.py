"""The errata sheet, in the format of the RFC Editor: an entry for each refuted claim."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, get_args

import msgspec

from report.judge.results import Change, Gravity, Result
from report.model import Evidence
from report.tell import words
from report.tell.context import EMPTY, Context
from report.tell.index import Index, Occurrence
from report.tell.markup import anchor
from report.tell.templates import render_markdown, render_page


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


@dataclass(frozen=True)
class Sheet:
    """The errata of a run, or of one article: the content of `errata.json`."""

    subject: str
    version: str
    measured: str
    errata: tuple[Erratum, ...]


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the errata of all articles, then the errata of each article for its author."""
    for article in (None, *(article.id for article in result.articles)):
        name = "errata" if article is None else f"errata-{anchor(article)}"
        yield f"{name}.html", to_html(result, context, article)
        yield f"{name}.md", to_markdown(result, context, article)
        yield f"{name}.json", to_json(result, context, article)


def to_html(result: Result, context: Context = EMPTY, article: str | None = None) -> str:
    """Write the sheet as one self-contained HTML page."""
    return render_page("errata.html", "print.js", **_values(result, context, article))


def to_markdown(result: Result, context: Context = EMPTY, article: str | None = None) -> str:
    """Write the sheet as Markdown."""
    return render_markdown("errata.md", **_values(result, context, article))


def to_json(result: Result, context: Context = EMPTY, article: str | None = None) -> str:
    """Write the sheet as JSON (see `Sheet`)."""
    subject = result.subject
    sheet = Sheet(subject.name, subject.version, result.measured, tuple(entries(result, context, article)))
    return msgspec.json.format(msgspec.json.encode(sheet), indent=1).decode() + "\n"


def _values(result: Result, context: Context, article: str | None) -> dict[str, Any]:
    """Return what the templates show; *sheets* are the errata by the title of their article."""
    errata = entries(result, context, article)
    sheets = [(title, list(group)) for title, group in groupby(errata, key=lambda entry: entry.article)]
    return {"result": result, "name": words.name(result), "sheets": sheets, "tally": tally(errata)}


def tally(errata: Sequence[Erratum]) -> str:
    """Count the errata by type and status: `3 errata (2 technical and 1 editorial), 3 verified`."""
    if not errata:
        return ""
    types = Counter(entry.type for entry in errata)
    counts = [f"{types[name]} {name.lower()}" for name in ("Technical", "Editorial") if types[name]]
    verified = sum(entry.status == "Verified" for entry in errata)
    number = "1 erratum" if len(errata) == 1 else f"{len(errata)} errata"
    return f"{number} ({words.listed(counts)}), {verified} verified"


def entries(result: Result, context: Context = EMPTY, article: str | None = None) -> list[Erratum]:
    """List the errata (of one *article*) by article and gravity, one for each cause.

    Errata of the same gravity are in page order.
    """
    refuted = [occurrence for occurrence in Index(result).occurrences if occurrence.claim.verdict.refuted]
    errata: list[Erratum] = []
    for name, occurrences in groupby(refuted, key=lambda occurrence: occurrence.article.id):
        if article in (None, name):
            groups = _by_cause(list(occurrences))
            errata += sorted((_entry(group, result, context) for group in groups), key=_gravity_rank)
    return errata


def _by_cause(occurrences: Sequence[Occurrence]) -> list[list[Occurrence]]:
    """Group an article's refuted claims by cause: each group starts with the cause, its consequences follow."""
    refuted = {occurrence.claim.id for occurrence in occurrences}
    groups: dict[str, list[Occurrence]] = {}
    for occurrence in occurrences:
        cause = occurrence.claim.judged.follows
        groups.setdefault(cause if cause in refuted else occurrence.claim.id, []).append(occurrence)
    return [sorted(group, key=lambda occurrence: occurrence.claim.id != cause) for cause, group in groups.items()]


def _gravity_rank(entry: Erratum) -> int:
    """Rank an erratum: by gravity, then technical errata without gravity, then editorial errata."""
    gravities: tuple[str | None, ...] = (*get_args(Gravity), None)
    return len(gravities) if entry.type == "Editorial" else gravities.index(entry.gravity)


def _entry(group: Sequence[Occurrence], result: Result, context: Context) -> Erratum:
    """Return the erratum of a cause, the first of *group*, with its consequences, the others."""
    occurrence, *others = group
    claim, article, judged = occurrence.claim, occurrence.article, occurrence.claim.judged
    quotations = context.quotations(article.id, occurrence.answer.question, claim.id)
    return Erratum(
        number=_number(occurrence),
        article=article.title,
        section=_section(occurrence),
        type="Editorial" if claim.kind == "editorial" else "Technical",
        status="Verified" if claim.corrected else "Reported",
        original=" … ".join(quotations) or claim.statement,
        quoted=bool(quotations),
        said=claim.statement,
        corrected=tuple(correction.statement for correction in claim.corrections),
        since=words.refutation(claim, article, result),
        changes=tuple(change for change in claim.changes if change.by),
        evidence=claim.evidence,
        claim=claim.id,
        anchor=occurrence.anchor,
        gravity=judged.gravity,
        happened=judged.happened,
        reply=judged.reply,
        rebuttal=judged.rebuttal,
        consequences=tuple(
            Consequence(_number(other), _section(other), other.claim.statement, other.claim.id, other.anchor)
            for other in others
        ),
    )


def _number(occurrence: Occurrence) -> str:
    return f"{occurrence.article.id}-{occurrence.number}"


def _section(occurrence: Occurrence) -> str:
    return f"Answer {occurrence.answer.question}: {occurrence.answer.topic}"
