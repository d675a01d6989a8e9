"""The result as JUnit XML, in the form of pytest's own (`xunit2`): a test case for each claim of each answer.

A claim that is refuted is a failure, which a CI server lists with the correction; one without a verdict is skipped.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from report.judge.results import Article, Claim, Result
from report.tell.errata import Erratum, erratum, refuted
from report.tell.markup import visible


def render(result: Result) -> str:
    """Write a suite for each article."""
    errata = {(spot.article.id, spot.claim.id): erratum(spot, result) for spot in refuted(result)}
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


def _case(place: str, claim: Claim, entry: Erratum | None) -> Element:
    case = Element("testcase", classname=visible(place), name=visible(claim.id.split("::", 1)[-1]), time="0")
    if entry:
        failure = SubElement(case, "failure", message=visible(f"{claim.verdict.mark}: {claim.statement}"))
        seen = "\n".join(f"assert {one.assertion}\n{one.observed}" for one in claim.evidence)
        instead = "\n".join(f"Instead: {one}" for one in entry.corrected)
        failure.text = visible("\n".join(filter(None, (entry.since, instead, seen))))
    elif claim.verdict.mark == "untried":
        SubElement(case, "skipped", message=visible(claim.reason or "untried"))
    return case
