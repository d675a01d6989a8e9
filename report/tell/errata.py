"""The errata sheet, in the format of the RFC Editor: an entry for each refuted claim."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import msgspec

from report.judge.results import Answer, Article, Change, Checked, Claim, Contested, Count, Gravity, Result
from report.model import Evidence
from report.tell import words
from report.tell.context import EMPTY, Context
from report.tell.index import Index, Occurrence
from report.tell.markup import anchor, seen
from report.tell.templates import render_markdown, render_page
from report.tell.views import split_observed


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
    *gravity* rates a technical erratum. *happened* describes the failure in one sentence, if only by its values.
    *reply* is the author's best objection, and *rebuttal* says why it fails. *consequences* are the other claims that
    fail from the same cause.
    *contested* has both readings, if a fair reader may read the sentence otherwise.
    *sentences* are the numbers of the article's own sentences in the answer, without the question.
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
    contested: Contested | None = None
    sentences: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        """Where the author finds it: the answer, and the sentences if they are known."""
        numbers = ", ".join(map(str, self.sentences))
        return f"{self.section}, sentence {numbers}" if numbers else self.section

    @property
    def kind(self) -> str:
        """The gravity of a technical erratum, if it is rated; `slip` for an editorial one."""
        return "slip" if self.type == "Editorial" else self.gravity or "technical"


KINDS: dict[str, str] = {  # in the order of the sheet
    "fails": "anyone who copies or calls what is printed gets an error, or nothing happens",
    "unsafe": "anyone who relies on it leaves exposed what they believe to be protected",
    "misleads": "it works, but otherwise than the text says",
    "imprecise": "it happens, but something else does it, or it has another name",
    "technical": "how grave it is has not been judged",
    "slip": "a slip of spelling or form, which leaves the mark of its answer alone",
}
LEGEND = (
    "No statement here holds on {subject}. It is outdated if it held on an earlier release, and wrong if it never did. "
    "A label says what happens to a reader who follows the text: it fails, is unsafe, misleads or is imprecise. The "
    "errata are in this order; slips of spelling or form come last, and are not among the statements. The number 4.10 "
    "stands for the tenth statement that we test of answer 4, which need not be its tenth sentence."
)


@dataclass(frozen=True)
class Part:
    """The errata of an article, by kind; and by answer, also those without an erratum, in the order of the article."""

    article: Article
    errata: Sequence[Erratum]
    by_answer: Sequence[tuple[Answer, Sequence[Erratum]]]


@dataclass(frozen=True)
class MendedClaim:
    """A refuted claim that the author has mended: what it said, what its verdict *was*, and *on* which day it was read.

    *section* is empty if its answer is gone.
    """

    article: str
    section: str
    said: str
    was: str
    on: str


@dataclass(frozen=True)
class Sheet:
    """The errata of a run, or of one article: the content of `errata.json`.

    *count* says what holds, and what not; *mended* are claims that no sentence states since the author's new version.
    """

    subject: str
    version: str
    measured: str
    errata: tuple[Erratum, ...]
    count: Count
    mended: tuple[MendedClaim, ...] = ()


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the errata of all articles, then the errata of each article for its author."""
    for article in (None, *(article.id for article in result.articles)):
        name = "errata" if article is None else f"errata-{anchor(article)}"
        yield f"{name}.html", to_html(result, context, article)
        yield f"{name}.md", to_markdown(result, context, article)
        yield f"{name}.json", to_json(result, context, article)


def to_html(result: Result, context: Context = EMPTY, article: str | None = None) -> str:
    """Write the sheet as one self-contained HTML page."""
    return render_page("errata.html", **_values(result, context, article))


def to_markdown(result: Result, context: Context = EMPTY, article: str | None = None) -> str:
    """Write the sheet as Markdown."""
    return render_markdown("errata.md", **_values(result, context, article))


def to_json(result: Result, context: Context = EMPTY, article: str | None = None) -> str:
    """Write the sheet as JSON (see `Sheet`)."""
    result = result.only(article) if article else result
    mended = tuple(
        MendedClaim(each.title, each.nth(claim.question).capitalize() if claim.question else "",
                    claim.statement, claim.was, claim.on)
        for each in result.articles for claim in each.mended
    )  # fmt: skip
    errata, subject = tuple(entries(result, context)), result.subject
    sheet = Sheet(subject.name, subject.version, result.measured, errata, result.count, mended)
    return msgspec.json.format(msgspec.json.encode(sheet), indent=1).decode() + "\n"


def _values(whole: Result, context: Context, article: str | None) -> dict[str, Any]:
    """Return what the templates show; *alone* is the article of a sheet that is sent to its author."""
    result = whole if article is None else whole.only(article)
    parts = _parts(result, context)
    errata = [erratum for part in parts for erratum in part.errata]
    claims = {claim.id: claim for claim in result.claims}
    return {
        "result": result,
        "context": context,
        "index": Index(result),
        "name": words.name(result),
        "kinds": KINDS,
        "legend": LEGEND.format(subject=f"{words.name(result)} {result.subject.version}"),
        "tally": tally,
        "claims": claims,
        "proofs": partial(_proofs, claims=claims),
        "sheet": True,
        "alone": next((part.article for part in parts if article), None),
        "count": result.count,
        "parts": [part for part in parts if part.errata],
        "errata": errata,
    }


def _proofs(erratum: Erratum, claims: Mapping[str, Claim]) -> list[Checked]:
    """List the claims and corrections whose tests the entry shows."""
    claim = claims[erratum.claim]
    return [claim, *claim.corrections, *(claims[item.claim] for item in erratum.consequences)]


def _parts(result: Result, context: Context) -> list[Part]:
    """Return the errata of each article."""
    errata = [(article, _entries(result, article, context)) for article in result.articles]
    return [Part(article, own, _by_answer(article, own)) for article, own in errata]


def _by_answer(article: Article, errata: Sequence[Erratum]) -> list[tuple[Answer, list[Erratum]]]:
    """Pair each answer with its errata, and those whose consequences are in it."""
    by_section: dict[str, list[Erratum]] = {}
    for entry in errata:
        for section in dict.fromkeys([entry.section, *(item.section for item in entry.consequences)]):
            by_section.setdefault(section, []).append(entry)
    return [(answer, by_section.get(_section(article, answer), [])) for answer in article.answers]


def tally(errata: Sequence[Erratum]) -> str:
    """Count the errata: `2 technical errata (fails: 1, unsafe: 1), 1 slip, each with a tested correction`."""
    kinds = Counter(entry.kind for entry in errata)
    slips, tested = kinds.pop("slip", 0), sum(entry.status == "Verified" for entry in errata)
    technical = kinds.total()
    rated = ", ".join(f"{kind}: {kinds[kind]}" for kind in KINDS if kinds[kind]) if {*kinds} - {"technical"} else ""
    counts = [f"{technical} technical {'erratum' if technical == 1 else 'errata'}{f' ({rated})' if rated else ''}"]
    counts = counts * bool(technical) + [words.counted(slips, "slip")] * bool(slips)
    which = ("each " if len(errata) > 1 else "") if tested == len(errata) else f"{tested or 'none'} "
    return f"{', '.join(counts)}, {which}with a tested correction" if errata else ""


def entries(result: Result, context: Context = EMPTY) -> list[Erratum]:
    """List the errata by article and gravity, one for each cause; those of the same gravity are in page order."""
    return [erratum for article in result.articles for erratum in _entries(result, article, context)]


def _entries(result: Result, article: Article, context: Context) -> list[Erratum]:
    refuted = [each for each in Index(result).occurrences if each.article is article and each.claim.verdict.refuted]
    found = (_entry(group, result, context) for group in _by_cause(refuted))
    return sorted(found, key=lambda entry: [*KINDS].index(entry.kind))


def _by_cause(occurrences: Sequence[Occurrence]) -> list[list[Occurrence]]:
    """Group an article's refuted claims by cause: each group starts with the cause, its consequences follow."""
    refuted = {occurrence.claim.id for occurrence in occurrences}
    groups: dict[str, list[Occurrence]] = {}
    for occurrence in occurrences:
        cause = occurrence.claim.judged.follows
        groups.setdefault(cause if cause in refuted else occurrence.claim.id, []).append(occurrence)
    return [sorted(group, key=lambda occurrence: occurrence.claim.id != cause) for cause, group in groups.items()]


def _entry(group: Sequence[Occurrence], result: Result, context: Context) -> Erratum:
    """Return the erratum of a cause, the first of *group*, with its consequences, the others."""
    occurrence, *others = group
    claim, article, judged = occurrence.claim, occurrence.article, occurrence.claim.judged
    quotations = context.quotations(article.id, occurrence.answer.question, claim.id)
    return Erratum(
        number=_number(occurrence),
        article=article.title,
        section=_section(article, occurrence.answer),
        type="Editorial" if claim.kind == "editorial" else "Technical",
        status="Verified" if claim.corrected else "Reported",
        sentences=tuple(quotations),
        original=" … ".join(quotations.values()) or claim.statement,
        quoted=bool(quotations),
        said=claim.statement,
        corrected=tuple(correction.statement for correction in claim.corrections),
        since=words.refutation(claim, article, result),
        changes=tuple(change for change in claim.changes if change.by),
        evidence=claim.evidence,
        claim=claim.id,
        anchor=occurrence.anchor,
        gravity=judged.gravity,
        happened=judged.happened or _found(claim.evidence),
        reply=judged.reply,
        rebuttal=judged.rebuttal,
        consequences=tuple(
            Consequence(
                _number(other), _section(article, other.answer), other.claim.statement, other.claim.id, other.anchor
            )
            for other in others
        ),
        contested=judged.contested,
    )


def _found(evidence: Sequence[Evidence]) -> str | None:
    """Say what the failed assertion, the last one, found."""
    if not evidence:
        return None
    values = seen(split_observed(evidence[-1].observed)[0], failed=True)[0].replace("`", "'")
    return f"The test found `{values}`."


def _number(occurrence: Occurrence) -> str:
    return f"{occurrence.article.id}-{occurrence.number}"


def _section(article: Article, answer: Answer) -> str:
    return f"{article.nth(answer.question).capitalize()}: {answer.topic}"
