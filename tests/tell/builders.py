"""Results as tests need them: small, whole, and with verdicts that follow from the outcomes as real ones do."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from report.judge.results import Answer, Article, CellResult, Claim, Correction, Release, Result, Subject
from report.judge.verdicts import judge, worst
from report.measure.ledger import Evidence, Outcome

VERSIONS = ("0.12.2", "1.1.4", "2.3.3", "3.1.3")
MANY = tuple(
    ["0.10", "0.10.1", "0.11", "0.11.1", "0.12", "0.12.1", "0.12.2", "0.12.3", "0.12.4", "0.12.5", "1.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.1.0", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "2.0.0", "2.0.1", "2.0.2", "2.0.3", "2.1.0", "2.1.1", "2.1.2", "2.1.3", "2.2.0", "2.2.1", "2.2.2", "2.2.3", "2.2.5", "2.3.0", "2.3.2", "2.3.3", "3.0.0", "3.0.2", "3.0.3", "3.1.0", "3.1.2", "3.1.3"]
)
LETTERS: dict[str, Outcome] = {"h": "held", "r": "refuted", "u": "untried"}
SEEN = {"held": "'Ada' == 'Ada'", "refuted": "AttributeError: 'Request' object has no attribute 'arg'"}


def releases(versions: Iterable[str] = VERSIONS) -> tuple[Release, ...]:
    """Releases, a season apart."""
    first = datetime.date(2013, 6, 13)
    return tuple(
        Release(version, (first + datetime.timedelta(days=110 * number)).isoformat())
        for number, version in enumerate(versions)
    )


def outcomes(letters: str, versions: Iterable[str] = VERSIONS) -> dict[str, Outcome]:
    """Outcomes by release, a letter each: held, refuted, untried, or `.` where it was not measured."""
    return {version: LETTERS[letter] for version, letter in zip(versions, letters, strict=True) if letter != "."}


def evidence(outcome: Outcome, observed: str | None = None) -> tuple[Evidence, ...]:
    """What was seen with *outcome*: nothing where it is untried."""
    if outcome == "untried":
        return ()
    return (Evidence('request.arg.get("user") == "Ada"', observed or SEEN[outcome]),)


def cells(found: Mapping[str, Outcome]) -> dict[str, CellResult]:
    """A cell for each outcome."""
    return {
        version: CellResult(outcome, "3.9", "it needs a thing" if outcome == "untried" else None, evidence(outcome))
        for version, outcome in found.items()
    }


def checked(name: str, letters: str, versions: Iterable[str], **given: Any) -> dict[str, Any]:
    """What claims and corrections share, by *name*, `top31/q11_query_string.py::reads_it`."""
    versions = tuple(versions)
    found = outcomes(letters, versions)
    function = name.split("::")[-1].split("[")[0]
    now = cells(found).get(versions[-1])
    return {
        "id": f"claims/{name}",
        "statement": f"`{function}` reads a value.",
        "outcomes": found,
        "cells": cells(found),
        "evidence": now.evidence if now else (),
        "reason": now.reason if now else None,
        "source": f'@claim\ndef {function}(app):\n    """It does."""\n    assert app.{function}() == 5000\n',
        "line": 8,
        "fingerprint": "eb0ddef3a331",
    } | given


def correction(name: str, letters: str = "hhhh", versions: Iterable[str] = VERSIONS, **given: Any) -> Correction:
    """A correction; its outcome is the last of *letters*."""
    return Correction(**({"outcome": LETTERS[letters[-1]]} | checked(name, letters, versions, **given)))


def claim(name: str, letters: str = "hhhh", versions: Iterable[str] = VERSIONS, **given: Any) -> Claim:
    """A claim; its verdict follows from *letters*."""
    versions = tuple(versions)
    basis = checked(name, letters, versions)
    verdict = judge(basis["outcomes"], versions[-1], versions)
    judged = {
        "kind": "technical",
        "data": False,
        "verdict": verdict.mark,
        "since": verdict.since,
        "until": verdict.until,
        "gone": verdict.gone,
        "reason": basis["reason"] or verdict.reason,
        "corrections": (),
    }
    return Claim(**(basis | judged | given))


def answer(question: int, topic: str, *claims: Claim) -> Answer:
    """An answer, its mark that of its worst technical claim."""
    return Answer(question, topic, worst(one.verdict for one in claims if one.kind == "technical"), tuple(claims))


def article(*answers: Answer, id: str = "top31", title: str = "A list", questions: int = 31) -> Article:
    """An article and those of its answers that are checked."""
    return Article(id, title, questions, tuple(answers))


def result(*articles: Article, versions: Iterable[str] = VERSIONS, **given: Any) -> Result:
    """A whole result, measured on the last of *versions*."""
    found = releases(versions)
    subject = Subject("flask", found[-1].version, "2026-02-19", "3.11")
    return Result(
        **(
            {
                "schema": 1,
                "subject": subject,
                "measured": "2026-11-20",
                "releases": found,
                "articles": articles,
            }
            | given
        )
    )
