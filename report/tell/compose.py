"""From a result to what the templates show."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from report.judge.articles import place
from report.judge.results import Answer, Article, CellResult, Checked, Claim, Correction, Result
from report.judge.verdicts import Mark, Verdict, judge, runs
from report.measure.ledger import Evidence, Outcome
from report.tell import words
from report.tell.markup import anchor, highlighted
from report.tell.views import (
    AnswerView,
    ArticleView,
    ClaimView,
    DriftView,
    Elsewhere,
    Facts,
    Link,
    PageView,
    Proof,
    Seen,
    Segment,
    Shown,
    Tile,
)

DERIVED = re.compile(r"^ *\+ +(where|and) ", re.MULTILINE)  # pytest tells from here on whence the values came
LONG = 600  # characters of an observed value: a longer one is shown by its beginning, and folded


@dataclass(frozen=True)
class _Setting:
    """Where a claim is shown: in which answer of which article, and which claim first shows each source."""

    result: Result
    article: Article
    answer: Answer
    firsts: Mapping[str, Link]


def page_view(result: Result) -> PageView:
    """Compose the page of a result."""
    return PageView(
        facts=facts(result),
        articles=tuple(_article(article, result) for article in result.articles),
        drift=tuple(_drift(result)),
    )


def facts(result: Result) -> Facts:
    """Gather what stands at the head of a page."""
    subject = result.subject
    answers = [answer for article in result.articles for answer in article.answers]
    questions = sum(article.questions for article in result.articles)
    return Facts(
        name=subject.name[:1].upper() + subject.name[1:],
        version=subject.version,
        released=words.day(subject.released),
        python=subject.python,
        measured=words.day(result.measured),
        releases=len(result.releases),
        oldest=words.dated(result.releases[0]) if result.releases else "",
        questions=questions,
        claims=len(result.claims),
        tally=words.tally(_marks(answers, questions)),
    )


def claim_anchor(article: Article, answer: Answer, claim: str) -> str:
    """Name a claim's place in the page, by its answer and itself; by its whole id, where it is a guest."""
    home = place(claim) == (article.id, answer.question)
    return anchor(article.id, answer.question, claim.split("::", 1)[1] if home else claim)


def seen(evidence: Sequence[Evidence]) -> tuple[Seen, ...]:
    """Show evidence, and apart from the values whence they came."""
    return tuple(_seen(one) for one in evidence)


def _seen(one: Evidence) -> Seen:
    found = DERIVED.search(one.observed)
    end = found.start() if found else len(one.observed)
    values, derived = one.observed[:end].rstrip(), one.observed[end:].strip("\n")
    return Seen(one.assertion, values, derived, len(values) > LONG, one.times)


def _marks(answers: Sequence[Answer], questions: int) -> list[Mark | None]:
    """List the mark of each question, None where it is not yet checked."""
    return [*(answer.verdict for answer in answers), *([None] * (questions - len(answers)))]


def _article(article: Article, result: Result) -> ArticleView:
    return ArticleView(
        anchor=anchor(article.id),
        title=article.title,
        tally=words.tally(_marks(article.answers, article.questions)),
        tiles=tuple(_tiles(article)),
        answers=tuple(_answer(article, answer, result) for answer in article.answers),
    )


def _tiles(article: Article) -> Iterator[Tile]:
    answers = {answer.question: answer for answer in article.answers}
    for number in range(1, article.questions + 1):
        answer = answers.get(number)
        if answer:
            yield Tile(number, answer.verdict, answer.topic, anchor(article.id, number))
        else:
            yield Tile(number, None, "", None)


def _answer(article: Article, answer: Answer, result: Result) -> AnswerView:
    setting = _Setting(result, article, answer, dict(_firsts(article, answer)))
    return AnswerView(
        anchor=anchor(article.id, answer.question),
        number=answer.question,
        topic=answer.topic,
        mark=answer.verdict,
        claims=tuple(_claim(setting, number, claim) for number, claim in enumerate(answer.claims, start=1)),
    )


def _firsts(article: Article, answer: Answer) -> Iterator[tuple[str, Link]]:
    """Pair each source with the claim that shows it, last claim first: rows of a table share theirs."""
    for number, claim in reversed(list(enumerate(answer.claims, start=1))):
        link = Link(claim_anchor(article, answer, claim.id), f"{answer.question}.{number}")
        yield from ((one.source, link) for one in (*claim.corrections, claim))


def _claim(setting: _Setting, number: int, claim: Claim) -> ClaimView:
    here = Link(claim_anchor(setting.article, setting.answer, claim.id), f"{setting.answer.question}.{number}")
    verdict = Verdict(claim.verdict, claim.since, claim.until, claim.gone, claim.reason)
    return ClaimView(
        shown=_shown(setting, here, here, claim, claim.verdict, verdict),
        refuted=claim.outcomes.get(setting.result.subject.version) == "refuted",
        tags=tuple(["editorial"] * (claim.kind == "editorial") + ["data"] * claim.data),
        corrections=tuple(_correction(setting, here, one) for one in claim.corrections),
        same=tuple(link for link in _places(claim.id, setting.result) if link.anchor != here.anchor),
        opposite=tuple(link for one in claim.contradicts for link in _places(one, setting.result)),
        seen_to_fail=claim.seen_to_fail or {},
    )


def _places(claim: str, result: Result) -> Iterator[Link]:
    """Every answer in which a claim is shown."""
    for article in result.articles:
        for answer in article.answers:
            if any(one.id == claim for one in answer.claims):
                yield Link(claim_anchor(article, answer, claim), f"{article.id}, answer {answer.question}")


def _correction(setting: _Setting, claim: Link, one: Correction) -> Shown:
    result = setting.result
    here = Link(f"{claim.anchor}--{anchor(one.id.split('::', 1)[-1])}", claim.text)
    verdict = judge(one.outcomes, result.subject.version, [release.version for release in result.releases])
    return _shown(setting, here, claim, one, one.outcome, verdict)


def _shown(setting: _Setting, here: Link, claim: Link, one: Checked, mark: Mark | Outcome, verdict: Verdict) -> Shown:
    """Show what claims and corrections have in common; *claim* is the one that a correction stands with."""
    first = setting.firsts[one.source]
    return Shown(
        anchor=here.anchor,
        number=here.text,
        mark=mark,
        statement=one.statement,
        history=words.history(verdict, one.outcomes, setting.result),
        note=one.reason if verdict.mark != "untried" else None,
        timeline=tuple(_timeline(one.outcomes, setting.result)),
        seen=seen(one.evidence),
        elsewhere=tuple(_elsewhere(one.cells, setting.result)),
        proof=_proof(one, None if first == claim else first),
    )


def _timeline(outcomes: Mapping[str, Outcome], result: Result) -> Iterator[Segment]:
    releases = {release.version: release for release in result.releases}
    for outcome, versions in runs(outcomes, releases):
        ends = [words.dated(releases[version]) for version in dict.fromkeys((versions[0], versions[-1]))]
        said = outcome or "not measured"
        title = f"{said} on {' to '.join(ends)}"
        if len(versions) > 1:
            title += f", {words.counted(len(versions), 'release')}"
        yield Segment(outcome or "unmeasured", len(versions), words.span(versions), title)


def _elsewhere(cells: Mapping[str, CellResult], result: Result) -> Iterator[Elsewhere]:
    """Group the other releases by what was seen on them, those left out where it is what is seen now."""
    order = [release.version for release in result.releases]
    now = cells.get(result.subject.version)
    groups: dict[tuple[Outcome, tuple[Evidence, ...], str | None], list[str]] = {}
    for version, cell in cells.items():
        if now is None or (cell.outcome, cell.evidence) != (now.outcome, now.evidence):
            groups.setdefault((cell.outcome, cell.evidence, cell.reason), []).append(version)
    for (outcome, evidence, reason), versions in groups.items():
        pythons = words.listed(list(dict.fromkeys(cells[version].python for version in versions)))
        yield Elsewhere(outcome, words.spans(versions, order), pythons, reason, seen(evidence))


def _proof(one: Checked, twin: Link | None) -> Proof:
    return Proof(
        module=one.id.split("::", 1)[0],
        line=one.line,
        command=f"uv run pytest {_quoted(one.id)}",
        source=None if twin else highlighted(one.source),
        twin=twin,
    )


def _quoted(claim: str) -> str:
    """Quote a claim's id so that a shell takes it for one word."""
    return quote(claim) if any(character in claim for character in '"$`\\!') else f'"{claim}"'


def _drift(result: Result) -> Iterator[DriftView]:
    anchors = {
        claim.id: claim_anchor(article, answer, claim.id)
        for article in result.articles
        for answer in article.answers
        for claim in answer.claims
    }
    for one in result.drift:
        yield DriftView(one.claim, anchors.get(one.claim), one.was, one.now)
