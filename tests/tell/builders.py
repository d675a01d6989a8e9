"""Results as tests need them: small, whole, and with verdicts that follow from the outcomes."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from report.judge.assembly import count
from report.judge.results import (
    SCHEMA,
    Answer,
    Article,
    Claim,
    Correction,
    Count,
    Drift,
    Release,
    Result,
    Subject,
)
from report.judge.verdicts import judge, worst
from report.model import Cell, Evidence, Outcome, Verdict

VERSIONS = ("0.12.2", "1.1.4", "2.3.3", "3.1.3")
MANY = tuple(f"{major}.{minor}.{patch}" for major in (0, 1, 2) for minor in range(7) for patch in (0, 1))
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


def cells(found: Mapping[str, Outcome]) -> dict[str, Cell]:
    """A cell for each outcome."""
    return {
        version: Cell(outcome, "it needs a thing" if outcome == "untried" else None, evidence(outcome), "3.9")
        for version, outcome in found.items()
    }


def verdict(found: Mapping[str, Outcome], versions: tuple[str, ...]) -> Verdict:
    """The verdict that follows from outcomes; where the last is untried, with the reason of `cells`."""
    inferred = judge(found, versions[-1], versions)
    now = cells(found).get(versions[-1])
    return replace(inferred, reason=now.reason) if inferred.mark == "untried" and now and now.reason else inferred


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
        "verdict": verdict(found, versions),
        "evidence": now.evidence if now else (),
        "reason": now.reason if now else None,
        "source": f'@claim\ndef {function}(app):\n    """It does."""\n    assert app.{function}() == 5000\n',
        "line": 8,
        "fingerprint": "eb0ddef3a331",
        "changes": (),
    } | given


def correction(name: str, letters: str = "hhhh", versions: Iterable[str] = VERSIONS, **given: Any) -> Correction:
    """A correction; its outcome is the last of *letters*."""
    return Correction(**({"outcome": LETTERS[letters[-1]]} | checked(name, letters, versions, **given)))


def claim(name: str, letters: str = "hhhh", versions: Iterable[str] = VERSIONS, **given: Any) -> Claim:
    """A claim; its verdict follows from *letters*."""
    versions = tuple(versions)
    basis = checked(name, letters, versions)
    judged = {
        "kind": "technical",
        "data": False,
        "reason": basis["reason"] or basis["verdict"].reason,
        "corrections": (),
    }
    return Claim(**(basis | judged | given))


def answer(question: int, topic: str, *claims: Claim) -> Answer:
    """An answer, its mark that of its worst technical claim."""
    mark = worst(one.verdict.mark for one in claims if one.kind == "technical")
    return Answer(question, topic, mark, tuple(claims), count(claims))


def article(*answers: Answer, id: str = "top31", title: str = "A list", questions: int = 31, **given: Any) -> Article:
    """An article and those of its answers that are checked."""
    return Article(id, title, questions, tuple(answers), count=sum((one.count for one in answers), Count()), **given)


def result(*articles: Article, versions: Iterable[str] = VERSIONS, **given: Any) -> Result:
    """A whole result, measured on the last of *versions*."""
    found = releases(versions)
    whole = {
        "schema": SCHEMA,
        "subject": Subject("flask", found[-1].version, "2026-02-19", "3.11"),
        "measured": "2026-11-20",
        "releases": found,
        "articles": articles,
        "count": sum((one.count for one in articles), Count()),
    }
    return Result(**(whole | given))


def everything() -> Result:
    """A result with every mark, every kind of claim, a table, drift, and questions that are not yet checked."""
    q11, q24 = "top31/q11_query_string.py", "top31/q24_error_codes.py"
    says_args = correction(f"{q11}::args_reads", statement="`request.args.get()` reads a value.")
    first = article(
        answer(3, "The stable version", claim("top31/q03_version.py::is_0_12_2", "hrrr", data=True)),
        answer(
            11,
            "Reading the query string",
            claim(f"{q11}::arg_reads", "rrrr", corrections=(says_args,)),
            claim(f"{q11}::is_spelled_so", "rrrr", kind="editorial"),
            claim(f"{q11}::came_back", "hrhh"),
        ),
        answer(18, "The default port", claim("top31/q18_default_port.py::listens_on_5000")),
        answer(24, "The codes", *(claim(f"{q24}::codes[{code}]", "rrhh") for code in (400, 401, 404))),
        answer(28, "SQLite", claim("top31/q28_sqlite.py::is_built_in", "hhhu")),
    )
    second = article(
        answer(2, "Routes", claim("top24/q02_routes.py::binds", "..hh", seen_to_fail={"GET": "it is POST"})),
        id="top24",
        title="Another list",
        questions=24,
    )
    drift = (
        Drift(f"claims/{q11}::arg_reads", "confirmed", "wrong"),
        Drift("claims/gone.py::gone", "in the ledger", "no claim any more"),
    )
    return result(second, first, drift=drift)


HOSTILE = (
    "</style></script><img src=x onerror=alert(1)>`<b>`\"'{{ 7*7 }}\x00\x1b[31m\u202e[a](javascript:0)\n# `` | &amp;"
)


def hostile() -> Result:
    """A result whose every text is full of markup and control characters."""
    seen = (Evidence(HOSTILE, f"{HOSTILE}\n +  where {HOSTILE}", 3), Evidence("law()", HOSTILE * 20))
    fields = {"statement": HOSTILE, "source": f"def f():\n    assert {HOSTILE!r} #{HOSTILE}\n", "reason": HOSTILE}
    name = f"top31/q11_x.py::f[{HOSTILE}]"
    bad = claim(
        name,
        "rrrr",
        corrections=(correction(f"{name}!", evidence=seen, **fields),),
        evidence=seen,
        seen_to_fail={HOSTILE: HOSTILE},
        **fields,
    )
    subject = Subject(HOSTILE, "3.1.3", HOSTILE, HOSTILE)
    return result(
        article(answer(11, HOSTILE, bad), id=HOSTILE, title=HOSTILE, questions=12),
        subject=subject,
        measured=HOSTILE,
        drift=(Drift(bad.id, HOSTILE, HOSTILE), Drift(HOSTILE, HOSTILE, HOSTILE)),
    )
