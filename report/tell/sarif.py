"""The errata as SARIF 2.1.0 for code scanners and editors: a result for each answer that states a refuted claim.

With a local copy of the article, a result has the region of its sentence, and a fix that replaces the sentence by
the correction. See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

import json
from typing import Any
from urllib.parse import quote

from report.judge.articles import Sentence
from report.judge.results import Result
from report.model import Mark
from report.tell.context import Context
from report.tell.index import Index, Occurrence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RULES: dict[Mark, str] = {"wrong": "It held on no release tried.", "outdated": "It held on an earlier release."}
RULE_IDS = list(RULES)


def render(result: Result, context: Context | None = None) -> str:
    """Write the log of one run."""
    occurrences = [occurrence for occurrence in Index(result).occurrences if occurrence.claim.verdict.mark in RULES]
    run = {
        "tool": {"driver": _driver(result)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(occurrence, context or Context()) for occurrence in occurrences],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(result: Result) -> dict[str, Any]:
    rules = [{"id": name, "shortDescription": {"text": description}} for name, description in RULES.items()]
    return {"name": f"{result.subject.name} answers, checked", "version": result.subject.version, "rules": rules}


def _result(occurrence: Occurrence, context: Context) -> dict[str, Any]:
    claim = occurrence.claim
    correction = " ".join(item.statement for item in claim.corrections)
    message = f"{claim.statement} {f'Instead: {correction}' if correction else 'There is no correction yet.'}"
    sentences = [
        stated
        for stated in context.texts.get(occurrence.article.id, ())
        if claim.id in stated.claims and stated.question == occurrence.answer.question
    ]
    entry = {
        "ruleId": claim.verdict.mark,
        "ruleIndex": RULE_IDS.index(claim.verdict.mark),
        "level": "note" if claim.kind == "editorial" else "error" if claim.verdict.mark == "wrong" else "warning",
        "message": {"text": message},
        "locations": [_location(occurrence, sentence) for sentence in sentences] or [_location(occurrence)],
        "partialFingerprints": {"claim/v1": f"{occurrence.article.id}/{claim.id}"},
    }
    fixes = [_fix(occurrence, sentences[0], correction)] if sentences and claim.corrected else []
    return entry | ({"fixes": fixes} if fixes else {})


def _location(occurrence: Occurrence, sentence: Sentence | None = None) -> dict[str, Any]:
    physical = {"artifactLocation": _artifact(occurrence)}
    number = occurrence.number
    logical = {"name": number, "fullyQualifiedName": f"{occurrence.article.id}/{number}"}
    region = {"region": _region(sentence) | {"snippet": {"text": sentence.text}}} if sentence else {}
    return {"physicalLocation": physical | region, "logicalLocations": [logical]}


def _artifact(occurrence: Occurrence) -> dict[str, Any]:
    return {"uri": f"articles/{quote(occurrence.article.id)}.txt"}


def _region(sentence: Sentence) -> dict[str, Any]:
    end = sentence.column + len(sentence.text)
    return {"startLine": sentence.line, "startColumn": sentence.column, "endLine": sentence.line, "endColumn": end}


def _fix(occurrence: Occurrence, sentence: Sentence, correction: str) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(sentence), "insertedContent": {"text": correction}}
    change = {"artifactLocation": _artifact(occurrence), "replacements": [replacement]}
    return {"description": {"text": "Replace the sentence by the correction."}, "artifactChanges": [change]}
