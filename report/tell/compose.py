"""From a result to what the templates show."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from report.judge.results import Answer, Article, Checked, Claim, Correction, Result
from report.model import Cell, Evidence, Mark, Outcome
from report.tell import words
from report.tell.context import Context
from report.tell.index import Places, claim_anchor
from report.tell.markup import anchor
from report.tell.text import text_view
from report.tell.timeline import history_view, timeline, turned
from report.tell.views import (
    AnswerView,
    ArticleView,
    ClaimView,
    DriftView,
    Elsewhere,
    Facts,
    Failed,
    Link,
    PageView,
    Proof,
    Seen,
    Shown,
    Tile,
)

DERIVED = re.compile(r"^ *\+ +(where|and) ", re.MULTILINE)  # pytest tells from here on whence the values came
SHORT = 200  # characters of what a test saw when it failed
LONG = 600  # characters of an observed value: a longer one is shown by its beginning, and folded


@dataclass(frozen=True)
class _Setting:
    """Where a claim is shown: in which answer of which article, and which claim first shows each source."""

    places: Places
    context: Context
    article: Article
    answer: Answer
    firsts: Mapping[str, Link]


def page_view(result: Result, context: Context) -> PageView:
    """Compose the page of a result."""
    places = Places(result)
    return PageView(
        facts=facts(result),
        articles=[_article(article, places, context) for article in result.articles],
        history=history_view(places, context),
        texts=[text_view(article, places, context) for article in result.articles],
        drift=list(_drift(places)),
    )


def facts(result: Result) -> Facts:
    """Gather what stands at the head of a page."""
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
        oldest=words.begun(result.releases[0]) if result.releases else "",
        questions=questions,
        claims=len(result.claims),
        stated=sum(len(answer.claims) for answer in answers),
        tally=words.tally(_marks(answers, questions)),
    )


def seen(evidence: Sequence[Evidence]) -> list[Seen]:
    """Show evidence, and apart from the values whence they came."""
    return [_seen(one) for one in evidence]


def _seen(one: Evidence) -> Seen:
    values, derived = _parted(one.observed)
    return Seen(one.assertion, values, derived, len(values) > LONG, one.times)


def _parted(observed: str) -> tuple[str, str]:
    """Part the values from whence they came."""
    found = DERIVED.search(observed) if "+" in observed else None
    end = found.start() if found else len(observed)
    return observed[:end].rstrip(), observed[end:].strip("\n")


def _marks(answers: Sequence[Answer], questions: int) -> list[Mark | None]:
    """List the mark of each question, None where it is not yet checked."""
    return [*(answer.verdict for answer in answers), *([None] * (questions - len(answers)))]


def _article(article: Article, places: Places, context: Context) -> ArticleView:
    return ArticleView(
        id=article.id,
        anchor=anchor(article.id),
        title=article.title,
        tally=words.tally(_marks(article.answers, article.questions)),
        tiles=list(_tiles(article)),
        answers=[_answer(article, answer, places, context) for answer in article.answers],
    )


def _tiles(article: Article) -> Iterator[Tile]:
    answers = {answer.question: answer for answer in article.answers}
    for number in range(1, article.questions + 1):
        answer = answers.get(number)
        if answer:
            yield Tile(number, answer.verdict, answer.topic, anchor(article.id, number))
        else:
            yield Tile(number, None, "", None)


def _answer(article: Article, answer: Answer, places: Places, context: Context) -> AnswerView:
    setting = _Setting(places, context, article, answer, dict(_firsts(article, answer)))
    return AnswerView(
        anchor=anchor(article.id, answer.question),
        number=answer.question,
        topic=answer.topic,
        mark=answer.verdict,
        reason=words.reason(answer),
        claims=[_claim(setting, number, claim) for number, claim in enumerate(answer.claims, start=1)],
    )


def _firsts(article: Article, answer: Answer) -> Iterator[tuple[str, Link]]:
    """Pair each source with the claim that shows it, last claim first: rows of a table share theirs."""
    for number, claim in reversed(list(enumerate(answer.claims, start=1))):
        link = Link(claim_anchor(article, answer, claim.id), f"{answer.question}.{number}")
        yield from ((one.source, link) for one in (*claim.corrections, claim))


def _claim(setting: _Setting, number: int, claim: Claim) -> ClaimView:
    places = setting.places
    here = Link(claim_anchor(setting.article, setting.answer, claim.id), f"{setting.answer.question}.{number}")
    return ClaimView(
        shown=_shown(setting, here, here, claim, claim.verdict.mark),
        refuted=claim.outcomes.get(places.result.subject.version) == "refuted",
        tags=["editorial"] * (claim.kind == "editorial") + ["data"] * claim.data,
        corrections=[_correction(setting, here, one) for one in claim.corrections],
        same=[link for link in places.of[claim.id] if link.anchor != here.anchor],
        opposite=[link for one in claim.contradicts for link in places.of.get(one, ())],
        documentation=setting.context.pages_on(claim.statement),
        judged=claim.judged,
    )


def _correction(setting: _Setting, claim: Link, one: Correction) -> Shown:
    here = Link(f"{claim.anchor}--{anchor(one.id.split('::', 1)[-1])}", claim.text)
    return _shown(setting, here, claim, one, one.outcome)


def _shown(setting: _Setting, here: Link, claim: Link, one: Checked, mark: Mark | Outcome) -> Shown:
    """Show what claims and corrections have in common; *claim* is the one that a correction stands with."""
    places, first = setting.places, setting.firsts[one.source]
    return Shown(
        anchor=here.anchor,
        number=here.text,
        mark=mark,
        statement=one.statement,
        history=words.history(one.verdict, one.outcomes, places.result),
        note=one.reason if one.verdict.mark != "untried" else None,
        timeline=timeline(one.outcomes, places),
        turns=list(turned(one, setting.context)),
        seen=seen(one.evidence),
        elsewhere=list(_elsewhere(one.cells, places)),
        proof=_proof(one, None if first == claim else first),
        failed=_failed(one.seen_to_fail, places.result) if one.seen_to_fail else None,
    )


def _elsewhere(cells: Mapping[str, Cell], places: Places) -> Iterator[Elsewhere]:
    """Group the other releases by what was seen on them, those left out where it is what is seen now.

    Whence the values came is told of the current release only: elsewhere it is the same but for names of internals.
    Nor is an assertion told again that is the current release's.
    """
    now = cells.get(places.result.subject.version)
    known = {now.evidence: _values(now.evidence)} if now else {}
    groups: dict[tuple[Outcome, tuple[tuple[str, str], ...], str | None], list[str]] = {}
    for version, cell in cells.items():
        if now and cell.outcome == now.outcome and cell.evidence == now.evidence:
            continue
        values = known.get(cell.evidence) or known.setdefault(cell.evidence, _values(cell.evidence))
        if now is None or (cell.outcome, values) != (now.outcome, known[now.evidence]):
            groups.setdefault((cell.outcome, values, cell.reason), []).append(version)
    for (outcome, values, reason), versions in groups.items():
        pythons = words.listed(list(dict.fromkeys(cells[version].python or "" for version in versions)))
        same = now is not None and [one for one, _ in values] == [one.assertion for one in now.evidence]
        told = [Seen("" if same else assertion, seen, "", len(seen) > LONG, 1) for assertion, seen in values]
        on = " ".join(str(places.rank[version]) for version in versions if version in places.rank)
        yield Elsewhere(outcome, words.spans(versions, places.order), on, pythons, reason, told)


def _values(evidence: Sequence[Evidence]) -> tuple[tuple[str, str], ...]:
    return tuple((one.assertion, _parted(one.observed)[0]) for one in evidence)


def _proof(one: Checked, twin: Link | None) -> Proof:
    return Proof(
        line=one.line,
        command=f"uv run pytest {_quoted(one.id)}",
        source=None if twin else one.source.rstrip(),
        twin=twin,
    )


def _failed(found: Mapping[str, str], result: Result) -> Failed:
    """Say in a line how a test was seen to fail: on a release, or with a change of what is installed."""
    if "release" in found:
        return Failed(f"This test has been seen to fail: on {words.name(result)} {found['release']}", "")
    if "change" in found:
        saw = _parted(found["seen"])[0].partition("\nFailing test case")[0]
        said = f"This test has been seen to fail: with {found['change']} in {found['sabotage']}"
        return Failed(said, saw if len(saw) <= SHORT else f"{saw[:SHORT]}…")
    if "excused" in found:
        return Failed(f"This test has not been seen to fail: {found['excused'].rstrip('.')}", "")
    return Failed("; ".join(f"{how}: {what}" for how, what in found.items()), "")


def _quoted(claim: str) -> str:
    """Quote a claim's id so that a shell takes it for one word."""
    return quote(claim) if any(character in claim for character in '"$`\\!') else f'"{claim}"'


def _drift(places: Places) -> Iterator[DriftView]:
    for one in places.result.drift:
        links = places.of.get(one.claim)
        yield DriftView(one.claim, links[0].anchor if links else None, one.was, one.now)
