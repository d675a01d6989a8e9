"""The tables of the judgement policy: contested cases, who does what, and how grave the errors of each answer are."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import get_args

from report.judge.articles import refers
from report.judge.judgements import Judgements
from report.judge.results import Answer, Article, Claim, Contested, Count, Gravity, Result

GRAVITIES = get_args(Gravity)


def tables(found: Result, judged: Judgements) -> dict[str, str]:
    """Each table as Markdown, by its name."""
    return {
        "contested": "\n".join(contested(found)),
        "attributions": "\n".join(attributions(found, judged)),
        "gravity": "\n".join(gravity(found)),
    }


def reference(claim: Claim) -> str:
    """A claim's id as the data files write it: `article/module::name`."""
    return re.sub(r"(?:.*/)?([^/]+/[^/]+)\.py::", r"\1::", claim.id)


def verdict(claim: Claim) -> str:
    """The verdict on a claim; of a slip, that it is one."""
    return claim.kind if claim.kind == "editorial" else claim.verdict.mark


def contested(found: Result) -> Iterator[str]:
    """A row for each contested claim, or for each table of claims that are contested alike: both readings."""
    yield from ("| claim | as it was read | it could be read | why the first |", "|---|---|---|---|")
    cases: dict[Contested, list[Claim]] = {}
    for claim in found.claims:
        if claim.judged.contested:
            cases.setdefault(claim.judged.contested, []).append(claim)
    for case, claims in cases.items():
        name = reference(claims[0]).partition("[" if len(claims) > 1 else "\0")[0]
        yield f"| `{name}` | {case.read} *{verdict(claims[0])}* | {case.other} | {case.because} |"


def attributions(found: Result, judged: Judgements) -> Iterator[str]:
    """A row for each statement about who does something."""
    yield from ("| it is said | who does it | claim | verdict |", "|---|---|---|---|")
    for one in judged.attributions:
        for claim in found.claims:
            if refers(one.claim, "", 0, claim.id):
                yield f"| {one.what} | {one.who} | `{reference(claim)}` | {verdict(claim)} |"


def gravity(found: Result) -> Iterator[str]:
    """A row for each answer with errors: how many of its statements hold, and how grave the others are."""
    yield from (f"| answer | statements that hold | {' | '.join(GRAVITIES)} | slips |", "|---|---|" + "---|" * 5)
    for article in found.articles:
        yield from (row(article, answer) for answer in article.answers if errs(answer.count))


def errs(count: Count) -> bool:
    """Whether an answer has an error or a slip."""
    return count.hold < count.statements or count.slips > 0


def row(article: Article, answer: Answer) -> str:
    """The row of one answer."""
    refuted = [one for one in answer.claims if one.kind == "technical" and one.verdict.refuted]
    counts = Counter(one.judged.gravity for one in refuted)
    numbers = " | ".join(str(counts[name] or "") for name in GRAVITIES)
    held = f"{answer.count.hold} of {answer.count.statements}"
    return f"| {article.id} {answer.question}, {answer.topic} | {held} | {numbers} | {answer.count.slips or ''} |"
