"""The findings as SARIF 2.1.0, which GitHub, editors and reviewdog show beside the lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from report.check.model import VERDICTS, Finding, Report, Verdict

MEANINGS: dict[Verdict, str] = {
    "gone": "A name that an earlier release had",
    "never": "A name that the release does not have",
    "error": "Code that cannot be parsed, or raises",
    "wrong": "A statement that is wrong on every release measured",
    "outdated": "A statement or code that an earlier release fulfilled",
    "deprecated": "A name that is announced to go",
    "confirmed": "A statement that holds",
}
LEVELS: dict[Verdict, str] = {"outdated": "warning", "deprecated": "warning", "confirmed": "none"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def document(reports: Sequence[Report]) -> dict[str, Any]:
    """One run of the check, with a rule for each verdict."""
    rules = [{"id": verdict, "shortDescription": {"text": MEANINGS[verdict]}} for verdict in VERDICTS]
    results = [_result(report.file, finding) for report in reports for finding in report.findings]
    driver = {"name": "report check", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(file: str, finding: Finding) -> dict[str, Any]:
    region = {
        "startLine": finding.line, "startColumn": finding.column,
        "endLine": finding.end_line, "endColumn": finding.end_column,
    }  # fmt: skip
    artifact = {"uri": quote(Path(file).as_posix())}
    kind = {"kind": "pass"} if finding.verdict == "confirmed" else {}
    result = {
        "ruleId": finding.verdict,
        "level": LEVELS.get(finding.verdict, "error"),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        **kind,
    }
    if finding.fix is not None:
        replacement = {"deletedRegion": region, "insertedContent": {"text": finding.fix}}
        change = {"artifactLocation": artifact, "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": f"Write {finding.fix}"}, "artifactChanges": [change]}]
    return result
