"""The errata as SARIF 2.1.0, which code scanners and editors show: a result for each, where the article states it.

Where a copy of the article is at hand, a result has the place of its sentence; the fix replaces that by the
correction. See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

import json
from typing import Any
from urllib.parse import quote

from report.judge.articles import Sentence
from report.judge.results import Result
from report.model import Mark
from report.tell.context import Context
from report.tell.index import Places, Spot

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RULES: dict[Mark, str] = {"wrong": "Held on no release that was tried.", "outdated": "Held on an earlier release."}
NAMES = list(RULES)


def render(result: Result, context: Context | None = None) -> str:
    """Write the log of one run."""
    spots = [spot for spot in Places(result).spots if spot.claim.verdict.mark in RULES]
    run = {
        "tool": {"driver": _driver(result)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(spot, context or Context()) for spot in spots],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(result: Result) -> dict[str, Any]:
    rules = [{"id": name, "shortDescription": {"text": told}} for name, told in RULES.items()]
    return {"name": f"{result.subject.name} answers, checked", "version": result.subject.version, "rules": rules}


def _result(spot: Spot, context: Context) -> dict[str, Any]:
    claim = spot.claim
    instead = " ".join(one.statement for one in claim.corrections)
    said = f"{claim.statement} {f'Instead: {instead}' if instead else 'There is no correction yet.'}"
    sentences = [
        one.sentence
        for one in context.texts.get(spot.article.id, ())
        if claim.id in one.claims and one.sentence.question == spot.answer.question
    ]
    found = {
        "ruleId": claim.verdict.mark,
        "ruleIndex": NAMES.index(claim.verdict.mark),
        "level": "note" if claim.kind == "editorial" else "error" if claim.verdict.mark == "wrong" else "warning",
        "message": {"text": said},
        "locations": [_location(spot, one) for one in sentences] or [_location(spot)],
        "partialFingerprints": {"claim/v1": f"{spot.article.id}/{claim.id}"},
    }
    fixes = [_fix(spot, sentences[0], instead)] if sentences and claim.corrected else []
    return found | ({"fixes": fixes} if fixes else {})


def _location(spot: Spot, sentence: Sentence | None = None) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(spot)}
    logical = {"name": spot.number, "fullyQualifiedName": f"{spot.article.id}/{spot.number}"}
    region = {"region": _region(sentence) | {"snippet": {"text": sentence.text}}} if sentence else {}
    return {"physicalLocation": place | region, "logicalLocations": [logical]}


def _artifact(spot: Spot) -> dict[str, Any]:
    return {"uri": f"articles/{quote(spot.article.id)}.txt"}


def _region(sentence: Sentence) -> dict[str, Any]:
    end = sentence.column + len(sentence.text)
    return {"startLine": sentence.line, "startColumn": sentence.column, "endLine": sentence.line, "endColumn": end}


def _fix(spot: Spot, sentence: Sentence, instead: str) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(sentence), "insertedContent": {"text": instead}}
    change = {"artifactLocation": _artifact(spot), "replacements": [replacement]}
    return {"description": {"text": "Say what holds instead."}, "artifactChanges": [change]}
