"""The result as JUnit XML, in pytest's `xunit2` format: a test case for each claim of each answer.

A refuted claim is a failure, with its correction; a claim without a verdict is skipped.
Library considered: junitparser; for three elements the standard library's ElementTree is as short.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from report.judge.results import Article, Result
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index, Occurrence
from report.tell.markup import visible


def files(result: Result, context: Context) -> Iterator[tuple[str, str]]:
    """Write the test suites."""
    yield "junit.xml", render(result)


def render(result: Result) -> str:
    """Write a test suite for each article."""
    suites = Element("testsuites", name=visible(f"{result.subject.name} {result.subject.version}"))
    occurrences = Index(result).occurrences
    for article in result.articles:
        cases = [occurrence for occurrence in occurrences if occurrence.article is article]
        suites.append(_suite(article, cases, result))
    indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _suite(article: Article, cases: Sequence[Occurrence], result: Result) -> Element:
    marks = Counter(occurrence.mark for occurrence in cases)
    failures, skipped = marks["wrong"] + marks["outdated"], marks["untried"]
    counts = {"errors": 0, "failures": failures, "skipped": skipped, "tests": len(cases), "time": 0}
    stamp = {"timestamp": visible(f"{result.measured}T00:00:00"), "hostname": "localhost"}
    attributes = {"name": visible(article.id), **{name: str(count) for name, count in counts.items()}, **stamp}
    suite = Element("testsuite", attributes)
    suite.extend(_case(occurrence, result) for occurrence in cases)
    return suite


def _case(occurrence: Occurrence, result: Result) -> Element:
    claim, answer = occurrence.claim, f"{occurrence.article.id}.q{occurrence.answer.question:02}"
    case = Element("testcase", classname=visible(answer), name=visible(claim.id.split("::", 1)[1]), time="0")
    if claim.verdict.refuted:
        failure = SubElement(case, "failure", message=visible(f"{occurrence.mark}: {claim.statement}"))
        lines = [words.refutation(claim, occurrence.article, result)]
        lines += [f"Instead: {correction.statement}" for correction in claim.corrections]
        lines += [f"assert {item.assertion}\n{item.observed}" for item in claim.evidence]
        failure.text = visible("\n".join(lines))
    elif claim.verdict.mark == "untried":
        SubElement(case, "skipped", message=visible(claim.reason or "untried"))
    return case
