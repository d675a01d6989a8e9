"""What changed between two runs: marks of answers, verdicts and outcomes of claims, and claims that came or went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from report.judge.results import Checked, Claim, Correction, Result
from report.tell import words
from report.tell.index import Places
from report.tell.markup import anchor, whole

Kind = Literal["answer", "verdict", "correction", "outcomes", "wording", "test", "new", "gone"]
HEADINGS: dict[Kind, str] = {
    "answer": "Answers whose mark changed",
    "verdict": "Claims whose verdict changed",
    "correction": "Corrections that do otherwise",
    "outcomes": "Other outcomes on some releases",
    "new": "New claims",
    "gone": "Claims that are gone",
    "wording": "Claims that are worded otherwise",
    "test": "Claims whose test is another",
}


@dataclass(frozen=True)
class Change:
    """One difference: of what, where in the new page it is shown, what was, and what is now."""

    kind: Kind
    name: str
    anchor: str | None
    statement: str
    was: str
    now: str


@dataclass(frozen=True)
class Diff:
    """The differences of two runs, by their kind, and the runs in words."""

    old: str
    new: str
    changes: Mapping[Kind, Sequence[Change]]


def compare(old: Result, new: Result) -> Diff:
    """List what differs, the gravest first."""
    found = [*_answers(old, new), *_claims(old, new)]
    changes = {kind: [one for one in found if one.kind == kind] for kind in HEADINGS}
    return Diff(_run(old), _run(new), {kind: those for kind, those in changes.items() if those})


def to_text(diff: Diff) -> Iterator[str]:
    """Write the lines of a terminal."""
    yield f"{diff.old} → {diff.new}"
    for kind, changes in diff.changes.items():
        yield f"\n{HEADINGS[kind]} ({len(changes)})"
        for one in changes:
            yield f"  {one.name}{f': {told(one)}' if told(one) else ''}"
    if not diff.changes:
        yield "Nothing changed."


def to_html(diff: Diff) -> str:
    """Write a self-contained page, whose links lead to the report beside it."""
    return whole("diff.html", "print.js", diff=diff, headings=HEADINGS, facts=None)


def told(change: Change) -> str:
    """Say a difference in a line."""
    return f"{change.was} → {change.now}" if change.was and change.now else change.was or change.now


def _run(result: Result) -> str:
    return f"{words.name(result)} {result.subject.version} on {words.day(result.measured)}"


def _answers(old: Result, new: Result) -> Iterator[Change]:
    before = {(one.id, answer.question): answer.verdict for one in old.articles for answer in one.answers}
    for article in new.articles:
        for answer in article.answers:
            was = before.get((article.id, answer.question), "not yet checked")
            if was != answer.verdict:
                name, there = f"{article.id}, answer {answer.question}", anchor(article.id, answer.question)
                yield Change("answer", name, there, answer.topic, was, answer.verdict)


def _claims(old: Result, new: Result) -> Iterator[Change]:
    before = {claim.id: claim for claim in old.claims}
    places = Places(new)
    for claim in new.claims:
        there = places.of[claim.id][0].anchor
        if claim.id in before:
            yield from _claim(before[claim.id], claim, there)
        else:
            yield Change("new", claim.id, there, claim.statement, "", claim.verdict.mark)
    for name in [one for one in before if one not in places.of]:
        yield Change("gone", name, None, before[name].statement, before[name].verdict.mark, "")


def _claim(old: Claim, new: Claim, there: str) -> Iterator[Change]:
    was, now = (str(one.verdict) for one in (old, new))
    if was != now:
        yield Change("verdict", new.id, there, new.statement, was, now)
    elif old.outcomes != new.outcomes:
        yield Change("outcomes", new.id, there, new.statement, "", _otherwise(old, new))
    if old.statement != new.statement:
        yield Change("wording", new.id, there, new.statement, old.statement, new.statement)
    if old.fingerprint != new.fingerprint:
        yield Change("test", new.id, there, new.statement, "", "")
    yield from _corrections(old, new, there)


def _otherwise(old: Checked, new: Checked) -> str:
    """Say on which releases which outcome is another."""
    turned: dict[tuple[str, str], list[str]] = {}
    for version in dict.fromkeys([*old.outcomes, *new.outcomes]):
        pair = tuple(one.outcomes.get(version, "not measured") for one in (old, new))
        if pair[0] != pair[1]:
            turned.setdefault((pair[0], pair[1]), []).append(version)
    return "; ".join(f"{was} → {now} on {words.listed(on)}" for (was, now), on in turned.items())


def _corrections(old: Claim, new: Claim, there: str) -> Iterator[Change]:
    before: dict[str, Correction] = {one.id: one for one in old.corrections}
    after = {one.id: one for one in new.corrections}
    for name in dict.fromkeys([*before, *after]):
        was, now = (those[name].outcome if name in those else "none" for those in (before, after))
        if was != now:
            yield Change("correction", name, there, (after.get(name) or before[name]).statement, was, now)
