"""The result as JUnit XML, in pytest's `xunit2` format: a test case for each claim of each answer.

A refuted claim is a failure, with its correction; a claim without a verdict is skipped.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from report.judge.results import Article, Claim, Result
from report.tell.errata import Erratum, erratum, refuted
from report.tell.markup import visible


def render(result: Result) -> str:
    """Write a test suite for each article."""
    errata = {
        (occurrence.article.id, occurrence.claim.id): erratum(occurrence, result) for occurrence in refuted(result)
    }
    suites = Element("testsuites", name=visible(f"{result.subject.name} {result.subject.version}"))
    for article in result.articles:
        suites.append(_suite(article, result, errata))
    indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _suite(article: Article, result: Result, errata: dict[tuple[str, str], Erratum]) -> Element:
    cases = list(_cases(article))
    failed = sum(claim.verdict.refuted for _, claim in cases)
    skipped = sum(claim.verdict.mark == "untried" for _, claim in cases)
    counts = {"errors": "0", "failures": str(failed), "skipped": str(skipped), "tests": str(len(cases)), "time": "0"}
    stamp = {"timestamp": visible(f"{result.measured}T00:00:00"), "hostname": "localhost"}
    suite = Element("testsuite", {"name": visible(article.id), **counts, **stamp})
    for answer, claim in cases:
        suite.append(_case(f"{article.id}.{answer}", claim, errata.get((article.id, claim.id))))
    return suite


def _cases(article: Article) -> Iterator[tuple[str, Claim]]:
    for answer in article.answers:
        for claim in answer.claims:
            yield f"q{answer.question:02}", claim


def _case(class_name: str, claim: Claim, entry: Erratum | None) -> Element:
    case = Element("testcase", classname=visible(class_name), name=visible(claim.id.split("::", 1)[-1]), time="0")
    if entry:
        failure = SubElement(case, "failure", message=visible(f"{claim.verdict.mark}: {claim.statement}"))
        observed = "\n".join(f"assert {item.assertion}\n{item.observed}" for item in claim.evidence)
        corrections = "\n".join(f"Instead: {statement}" for statement in entry.corrected)
        failure.text = visible("\n".join(filter(None, (entry.since, corrections, observed))))
    elif claim.verdict.mark == "untried":
        SubElement(case, "skipped", message=visible(claim.reason or "untried"))
    return case
