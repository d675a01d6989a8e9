"""The result as JUnit XML, in pytest's `xunit1` format: a test case for each claim of each answer.

What makes the run exit with 1 is a failure: drift, a broken test, a correction that does not hold. A refuted claim is
none: it has its mark, what happened and its correction as properties. A claim that lacks a component is skipped.
Library considered: junitparser; for three elements the standard library's ElementTree is as short.
"""

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from report.judge.results import Claim, Result
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index, Occurrence
from report.tell.markup import visible


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the test suites."""
    yield "junit.xml", render(result)


def render(result: Result) -> str:
    """Write a test suite for each article, and one for the claims that the ledger has and the run has not."""
    suites = Element("testsuites", name=visible(f"{result.subject.name} {result.subject.version}"))
    drift = {} if result.subject.released is None else {each.claim: f"{each.was} → {each.now}" for each in result.drift}
    occurrences = Index(result).occurrences
    for article in result.articles:
        cases = [_case(occurrence, drift, result) for occurrence in occurrences if occurrence.article is article]
        suites.append(_suite(article.id, cases, result))
    known = {checked.id for claim in result.claims for checked in (claim, *claim.corrections)}
    if removed := [_removed(claim, change) for claim, change in drift.items() if claim not in known]:
        suites.append(_suite("ledger", removed, result))
    indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _suite(name: str, cases: Sequence[Element], result: Result) -> Element:
    failures, skipped = (sum(case.find(tag) is not None for case in cases) for tag in ("failure", "skipped"))
    counts = {"errors": 0, "failures": failures, "skipped": skipped, "tests": len(cases), "time": 0}
    stamp = {"timestamp": visible(f"{result.measured}T00:00:00"), "hostname": "localhost"}
    attributes = {"name": visible(name), **{name: str(count) for name, count in counts.items()}, **stamp}
    suite = Element("testsuite", attributes)
    suite.extend(cases)
    return suite


def _case(occurrence: Occurrence, drift: Mapping[str, str], result: Result) -> Element:
    claim, answer = occurrence.claim, f"{occurrence.article.id}.q{occurrence.answer.question:02}"
    case = Element("testcase", classname=visible(answer), name=visible(claim.id.split("::", 1)[1]), time="0")
    if claim.verdict.refuted:
        properties = SubElement(case, "properties")
        for name, value in _properties(occurrence, result):
            SubElement(properties, "property", name=name, value=visible(value))
    if faults := list(_faults(claim, drift, result.subject.version)):
        SubElement(case, "failure", message=visible(faults[0])).text = visible("\n".join(faults))
    elif claim.verdict.mark == "untried":
        SubElement(case, "skipped", message=visible(claim.reason or "untried"))
    return case


def _properties(occurrence: Occurrence, result: Result) -> Iterator[tuple[str, str]]:
    claim = occurrence.claim
    yield "mark", occurrence.mark
    yield "statement", claim.statement
    if claim.judged.happened:
        yield "happened", claim.judged.happened
    yield "history", words.refutation(claim, occurrence.article, result)
    for correction in claim.corrections:
        yield "correction", correction.statement


def _faults(claim: Claim, drift: Mapping[str, str], version: str) -> Iterator[str]:
    """Yield what is wrong with the claim or its corrections, and not with the article."""
    for checked in (claim, *claim.corrections):
        if checked.id in drift:
            yield f"drift: {checked.id}: {drift[checked.id]}"
    lacking = (claim.reason or "").endswith(", which is not here")  # the recorder's words
    if claim.outcomes.get(version) == "untried" and not lacking:
        yield f"broken test: {claim.reason}"
    for correction in claim.corrections:
        if correction.outcome != "held":
            yield f"correction does not hold ({correction.outcome}): {correction.statement}"
    if claim.verdict.refuted and not claim.corrections:
        yield "no correction"


def _removed(claim: str, change: str) -> Element:
    case = Element("testcase", classname="ledger", name=visible(claim), time="0")
    SubElement(case, "failure", message=visible(f"drift: {change}"))
    return case
