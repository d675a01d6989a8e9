"""Compose the view models of the page from a result."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from report.judge.results import Answer, Article, Checked, Claim, Correction, Result
from report.model import Cell, Evidence, Mark, Outcome
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index, claim_anchor
from report.tell.markup import anchor
from report.tell.text import text_view
from report.tell.timeline import history_view, timeline, turns_of
from report.tell.views import (
    AnswerView,
    ArticleView,
    CheckedView,
    ClaimView,
    DriftView,
    EvidenceView,
    Facts,
    FailureView,
    Link,
    OtherReleases,
    PageView,
    TestView,
    Tile,
)

DERIVED = re.compile(r"^ *\+ +(where|and) ", re.MULTILINE)  # pytest explains the values from this line on
SHORT = 200  # characters: the longest observed value in a failure's summary
LONG = 600  # characters: a longer observed value is folded

Values = tuple[tuple[str, str], ...]  # (assertion, observed values)


@dataclass(frozen=True)
class _AnswerScope:
    """The answer that is composed, and by source the claim that shows it."""

    index: Index
    context: Context
    article: Article
    answer: Answer
    source_links: Mapping[str, Link]


def page_view(result: Result, context: Context) -> PageView:
    """Compose the page of a result."""
    index = Index(result)
    return PageView(
        facts=facts(result),
        articles=[_article(article, index, context) for article in result.articles],
        history=history_view(index, context),
        texts=[text_view(article, index, context) for article in result.articles],
        drift=list(_drift(index)),
    )


def facts(result: Result) -> Facts:
    """Compose the head of a page."""
    subject = result.subject
    answers = [answer for article in result.articles for answer in article.answers]
    questions = sum(article.questions for article in result.articles)
    return Facts(
        name=words.name(result),
        version=subject.version,
        released=words.day(subject.released),
        python=subject.python,
        measured=words.day(result.measured),
        releases=len(result.releases),
        oldest=words.release_and_month(result.releases[0]) if result.releases else "",
        questions=questions,
        claims=len(result.claims),
        stated=sum(len(answer.claims) for answer in answers),
        tally=words.tally(_marks(answers, questions)),
    )


def evidence_views(evidence: Sequence[Evidence]) -> list[EvidenceView]:
    """Split each piece of evidence into its values and their derivation."""
    return [_evidence_view(item) for item in evidence]


def _evidence_view(evidence: Evidence) -> EvidenceView:
    values, derived = _split_derived(evidence.observed)
    return EvidenceView(evidence.assertion, values, derived, len(values) > LONG, evidence.times)


def _split_derived(observed: str) -> tuple[str, str]:
    """Split pytest's text into the values and the explanation of their origin."""
    match = DERIVED.search(observed) if "+" in observed else None
    end = match.start() if match else len(observed)
    return observed[:end].rstrip(), observed[end:].strip("\n")


def _marks(answers: Sequence[Answer], questions: int) -> list[Mark | None]:
    """List the mark of each question; None if it is not yet checked."""
    return [*(answer.verdict for answer in answers), *([None] * (questions - len(answers)))]


def _article(article: Article, index: Index, context: Context) -> ArticleView:
    return ArticleView(
        id=article.id,
        anchor=anchor(article.id),
        title=article.title,
        tally=words.tally(_marks(article.answers, article.questions)),
        tiles=list(_tiles(article)),
        answers=[_answer(article, answer, index, context) for answer in article.answers],
    )


def _tiles(article: Article) -> Iterator[Tile]:
    answers = {answer.question: answer for answer in article.answers}
    for number in range(1, article.questions + 1):
        answer = answers.get(number)
        if answer:
            yield Tile(number, answer.verdict, answer.topic, anchor(article.id, number))
        else:
            yield Tile(number, None, "", None)


def _answer(article: Article, answer: Answer, index: Index, context: Context) -> AnswerView:
    scope = _AnswerScope(index, context, article, answer, dict(_source_links(article, answer)))
    return AnswerView(
        anchor=anchor(article.id, answer.question),
        number=answer.question,
        topic=answer.topic,
        mark=answer.verdict,
        reason=words.reason(answer),
        claims=[_claim(scope, number, claim) for number, claim in enumerate(answer.claims, start=1)],
    )


def _source_links(article: Article, answer: Answer) -> Iterator[tuple[str, Link]]:
    """Pair each source with its claims, in reverse order: in a dict, the first row of a table wins."""
    for number, claim in reversed(list(enumerate(answer.claims, start=1))):
        link = Link(claim_anchor(article, answer, claim.id), f"{answer.question}.{number}")
        yield from ((checked.source, link) for checked in (*claim.corrections, claim))


def _claim(scope: _AnswerScope, number: int, claim: Claim) -> ClaimView:
    index = scope.index
    link = Link(claim_anchor(scope.article, scope.answer, claim.id), f"{scope.answer.question}.{number}")
    return ClaimView(
        checked=_checked(scope, link, link, claim, claim.verdict.mark),
        refuted=claim.outcomes.get(index.result.subject.version) == "refuted",
        tags=["editorial"] * (claim.kind == "editorial") + ["data"] * claim.data,
        corrections=[_correction(scope, link, correction) for correction in claim.corrections],
        same=[other for other in index.links[claim.id] if other.anchor != link.anchor],
        contradicts=[other for opposite in claim.contradicts for other in index.links.get(opposite, ())],
        documentation=scope.context.documentation_url(claim.statement),
        judged=claim.judged,
    )


def _correction(scope: _AnswerScope, claim: Link, correction: Correction) -> CheckedView:
    link = Link(f"{claim.anchor}--{anchor(correction.id.split('::', 1)[-1])}", claim.text)
    return _checked(scope, link, claim, correction, correction.outcome)


def _checked(scope: _AnswerScope, link: Link, claim: Link, checked: Checked, mark: Mark | Outcome) -> CheckedView:
    """Compose what claims and corrections share. *claim* links to the claim itself, or to the corrected claim."""
    index, source_link = scope.index, scope.source_links[checked.source]
    return CheckedView(
        anchor=link.anchor,
        number=link.text,
        mark=mark,
        statement=checked.statement,
        history=words.history(checked.verdict, checked.outcomes, index.result),
        note=checked.reason if checked.verdict.mark != "untried" else None,
        timeline=timeline(checked.outcomes, index),
        turns=list(turns_of(checked, scope.context)),
        evidence=evidence_views(checked.evidence),
        other_releases=list(_other_releases(checked.cells, index)),
        test=_test(checked, None if source_link == claim else source_link),
        failure=_failure(checked.seen_to_fail, index.result) if checked.seen_to_fail else None,
    )


def _other_releases(cells: Mapping[str, Cell], index: Index) -> Iterator[OtherReleases]:
    """Group the other releases by outcome and values; leave out those that agree with the current release.

    Only the current release shows how the values were derived: on others, the derivation differs in internal names.
    If the assertions are the current release's, they are not repeated.
    """
    current = cells.get(index.result.subject.version)
    values_of = {current.evidence: _values(current.evidence)} if current else {}
    groups: dict[tuple[Outcome, Values, str | None], list[str]] = {}
    for version, cell in cells.items():
        if current and cell.outcome == current.outcome and cell.evidence == current.evidence:
            continue
        values = values_of.get(cell.evidence) or values_of.setdefault(cell.evidence, _values(cell.evidence))
        if current is None or (cell.outcome, values) != (current.outcome, values_of[current.evidence]):
            groups.setdefault((cell.outcome, values, cell.reason), []).append(version)
    assertions = [item.assertion for item in current.evidence] if current else None
    for (outcome, values, reason), versions in groups.items():
        repeated = [assertion for assertion, _ in values] == assertions
        yield OtherReleases(
            outcome=outcome,
            span=words.spans(versions, index.versions),
            ranks=" ".join(str(index.rank[version]) for version in versions if version in index.rank),
            python=words.listed(list(dict.fromkeys(cells[version].python or "" for version in versions))),
            reason=reason,
            evidence=[
                EvidenceView("" if repeated else assertion, observed, "", len(observed) > LONG, 1)
                for assertion, observed in values
            ],
        )


def _values(evidence: Sequence[Evidence]) -> Values:
    return tuple((item.assertion, _split_derived(item.observed)[0]) for item in evidence)


def _test(checked: Checked, source_link: Link | None) -> TestView:
    return TestView(
        line=checked.line,
        command=f"uv run pytest {_shell_quoted(checked.id)}",
        source=None if source_link else checked.source.rstrip(),
        source_link=source_link,
    )


def _failure(seen_to_fail: Mapping[str, str], result: Result) -> FailureView:
    """Summarise in one line how a test was seen to fail: on a release, or with a mutant of an installed package."""
    if "release" in seen_to_fail:
        return FailureView(f"This test can fail: it failed on {words.name(result)} {seen_to_fail['release']}", "")
    if "change" in seen_to_fail:
        observed = _split_derived(seen_to_fail["seen"])[0].partition("\nFailing test case")[0]
        summary = f"This test can fail: it failed with {seen_to_fail['change']} in {seen_to_fail['sabotage']}"
        return FailureView(summary, observed if len(observed) <= SHORT else f"{observed[:SHORT]}…")
    if "excused" in seen_to_fail:
        return FailureView(f"This test was never seen to fail: {seen_to_fail['excused'].rstrip('.')}", "")
    return FailureView("; ".join(f"{name}: {value}" for name, value in seen_to_fail.items()), "")


def _shell_quoted(claim: str) -> str:
    """Quote a claim id as one shell word; use double quotes where they are safe."""
    return quote(claim) if any(character in claim for character in '"$`\\!') else f'"{claim}"'


def _drift(index: Index) -> Iterator[DriftView]:
    for drift in index.result.drift:
        links = index.links.get(drift.claim)
        yield DriftView(drift.claim, links[0].anchor if links else None, drift.was, drift.now)
