"""The tables of the judgement policy: contested cases, attributions, and the gravity of errors."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from report.judge.articles import refers
from report.judge.judgements import Judgements
from report.judge.references import qualified
from report.judge.results import Answer, Article, Claim, Contested, Count, Gravity, Result

GRAVITIES = get_args(Gravity)


def tables(result: Result, judgements: Judgements) -> dict[str, str]:
    """Each table as Markdown, by its name."""
    return {
        "contested": "\n".join(contested_table(result)),
        "attributions": "\n".join(attribution_table(result, judgements)),
        "gravity": "\n".join(gravity_table(result)),
    }


def verdict(claim: Claim) -> str:
    """The mark of a claim, or `editorial` for a slip."""
    return claim.kind if claim.kind == "editorial" else claim.verdict.mark


def contested_table(result: Result) -> Iterator[str]:
    """A row for each contested case, with both readings. Rows of a parametrised claim may share a case."""
    yield from ("| claim | as it was read | it could be read | why the first |", "|---|---|---|---|")
    cases: dict[Contested, list[Claim]] = {}
    for claim in result.claims:
        if claim.judged.contested:
            cases.setdefault(claim.judged.contested, []).append(claim)
    for case, claims in cases.items():
        name = qualified(claims[0].id).partition("[" if len(claims) > 1 else "\0")[0]
        yield f"| `{name}` | {case.read} *{verdict(claims[0])}* | {case.other} | {case.because} |"


def attribution_table(result: Result, judgements: Judgements) -> Iterator[str]:
    """A row for each statement about who does something."""
    yield from ("| it is said | who does it | claim | verdict |", "|---|---|---|---|")
    for attribution in judgements.attributions:
        for claim in result.claims:
            if refers(attribution.claim, claim.id):
                yield f"| {attribution.what} | {attribution.who} | `{qualified(claim.id)}` | {verdict(claim)} |"


def gravity_table(result: Result) -> Iterator[str]:
    """A row for each answer with errors or slips: how many statements hold, and the errors by gravity."""
    yield from (f"| answer | statements that hold | {' | '.join(GRAVITIES)} | slips |", "|---|---|" + "---|" * 5)
    for article in result.articles:
        yield from (gravity_row(article, answer) for answer in article.answers if has_errors(answer.count))


def has_errors(count: Count) -> bool:
    """Whether an answer with this *count* has an error or a slip."""
    return count.hold < count.statements or count.slips > 0


def gravity_row(article: Article, answer: Answer) -> str:
    """The row of one answer."""
    refuted = [claim for claim in answer.claims if claim.kind == "technical" and claim.verdict.refuted]
    counts = Counter(claim.judged.gravity for claim in refuted)
    numbers = " | ".join(str(counts[name] or "") for name in GRAVITIES)
    held = f"{answer.count.hold} of {answer.count.statements}"
    return f"| {article.id} {answer.question}, {answer.topic} | {held} | {numbers} | {answer.count.slips or ''} |"
