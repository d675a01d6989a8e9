"""Compare two runs: marks of answers, verdicts, outcomes, wording and tests of claims, new and removed claims."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from report.judge.results import Answer, Article, Checked, Claim, Correction, Result, Unmarked
from report.tell import words
from report.tell.index import Index, pages
from report.tell.markup import anchor
from report.tell.templates import render_page

Kind = Literal["answer", "verdict", "correction", "outcomes", "wording", "test", "new", "gone"]
HEADINGS: dict[Kind, str] = {
    "answer": "Answers whose mark changed",
    "verdict": "Claims whose verdict changed",
    "correction": "Corrections whose outcome changed",
    "outcomes": "Claims whose verdict is the same but outcomes changed",
    "new": "New claims",
    "gone": "Removed claims",
    "wording": "Claims whose wording changed",
    "test": "Claims whose test changed",
}


@dataclass(frozen=True)
class Difference:
    """One difference: its subject, the link to it in the new report, and the old and the new state in words.

    *cause* says what made an outcome change, or that nobody has written it down yet.
    """

    kind: Kind
    name: str
    link: str | None
    statement: str
    was: str
    now: str
    cause: str = ""


@dataclass(frozen=True)
class Diff:
    """The names of two runs, and their differences by kind."""

    old: str
    new: str
    differences: Mapping[Kind, Sequence[Difference]]


def compare(old: Result, new: Result) -> Diff:
    """List the differences, the most serious kind first."""
    differences = [*_answers(old, new), *_claims(old, new)]
    by_kind = {kind: [item for item in differences if item.kind == kind] for kind in HEADINGS}
    return Diff(_run(old), _run(new), {kind: items for kind, items in by_kind.items() if items})


def to_text(diff: Diff) -> Iterator[str]:
    """Yield the lines for a terminal."""
    yield f"{diff.old} → {diff.new}"
    for kind, differences in diff.differences.items():
        yield f"\n{HEADINGS[kind]} ({len(differences)})"
        for difference in differences:
            summary = in_words(difference)
            yield f"  {difference.name}{f': {summary}' if summary else ''}"
            if difference.cause:
                yield f"    {difference.cause}"
    if not diff.differences:
        yield "Nothing changed."


def to_html(diff: Diff) -> str:
    """Write a self-contained page. Its links lead to the new report in the same folder."""
    return render_page("diff.html", "print.js", diff=diff, headings=HEADINGS)


def in_words(difference: Difference) -> str:
    """Return the old and the new state in one line; empty if the kind says it all."""
    was, now = difference.was, difference.now
    return f"{was} → {now}" if was and now else was or now


def _run(result: Result) -> str:
    return f"{words.name(result)} {result.subject.version} on {words.day(result.measured)}"


def _answers(old: Result, new: Result) -> Iterator[Difference]:
    marks = {(article.id, answer.question): state for article, answer, state in _states(old)}
    files = pages(new)
    for article, answer, now in _states(new):
        was = marks.get((article.id, answer.question), words.UNCHECKED)
        if was != now:
            name = f"{article.id}, {article.nth(answer.question)}"
            link = f"{files[article.id]}#{anchor(article.id, answer.question)}"
            yield Difference("answer", name, link, answer.topic, was, now)


def _states(result: Result) -> Iterator[tuple[Article, Answer | Unmarked, str]]:
    """Yield each answer with its mark, or with what it is instead."""
    for article in result.articles:
        yield from ((article, answer, answer.verdict) for answer in article.answers)
        yield from ((article, answer, words.NOTHING) for answer in article.unmarked)


def _claims(old: Result, new: Result) -> Iterator[Difference]:
    old_claims = {claim.id: claim for claim in old.claims}
    index = Index(new)
    for claim in new.claims:
        link = index.link(index.by_claim[claim.id][0])
        if claim.id in old_claims:
            yield from _claim(old_claims[claim.id], claim, link)
        else:
            yield Difference("new", claim.id, link, claim.statement, "", claim.verdict.mark)
    for name, claim in old_claims.items():
        if name not in index.by_claim:
            yield Difference("gone", name, None, claim.statement, claim.verdict.mark, "")


def _claim(old: Claim, new: Claim, link: str) -> Iterator[Difference]:
    was, now = str(old.verdict), str(new.verdict)
    if was != now:
        yield Difference("verdict", new.id, link, new.statement, was, now, _causes(old, new))
    elif old.outcomes != new.outcomes:
        changed = _changed_outcomes(old, new)
        yield Difference("outcomes", new.id, link, new.statement, "", changed, _causes(old, new))
    if old.statement != new.statement:
        yield Difference("wording", new.id, link, new.statement, old.statement, new.statement)
    if old.fingerprint != new.fingerprint:
        yield Difference("test", new.id, link, new.statement, "", "")
    yield from _corrections(old, new, link)


def _causes(old: Claim, new: Claim) -> str:
    """Name the causes of the changes that only *new* has, or the command that finds them."""
    before = {change.release for change in old.changes}
    changes = [change for change in new.changes if change.release not in before]
    said = [f"On {change.release} by {change.by}: {change.note}" for change in changes if change.by]
    missing = [change.release for change in changes if not change.by]
    how = f'Find the package with `python -m report why "{new.id}"`.'
    return " ".join([*said, f"No cause is written down for {words.listed(missing)}. {how}" if missing else ""]).strip()


def _changed_outcomes(old: Checked, new: Checked) -> str:
    """Group the releases by old and new outcome: `held → untried on 0.12 and 1.0`."""
    versions: dict[tuple[str, str], list[str]] = {}
    for version in dict.fromkeys([*old.outcomes, *new.outcomes]):
        was, now = (run.outcomes.get(version, "not measured") for run in (old, new))
        if was != now:
            versions.setdefault((was, now), []).append(version)
    return "; ".join(f"{was} → {now} on {words.listed(on)}" for (was, now), on in versions.items())


def _corrections(old: Claim, new: Claim, link: str) -> Iterator[Difference]:
    before: dict[str, Correction] = {correction.id: correction for correction in old.corrections}
    after = {correction.id: correction for correction in new.corrections}
    for name in dict.fromkeys([*before, *after]):
        was, now = (run[name].outcome if name in run else "none" for run in (before, after))
        if was != now:
            yield Difference("correction", name, link, (after.get(name) or before[name]).statement, was, now)
