"""How fast the page is made and opened, against pytest-html's self-contained report of as many tests, in one run.

10,000 claims on 42 releases are made up, of which every sixth changed once; pytest-html reports 10,000 tests, of which
as many failed. Chromium opens both by turns, and the median of its load events is compared; then the filter of the
page is used, and the time from the key to the painted frame taken. Run it as

    uv run --with pytest-html python benchmarks/page.py [claims] [rounds]
"""

import datetime
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from report.judge.results import SCHEMA, Answer, Article, Claim, Correction, Release, Result, Subject
from report.judge.verdicts import judge, worst
from report.model import Cell, Evidence, Outcome, Verdict
from report.tell import page

FIRST = datetime.date(2016, 12, 21)
RELEASES = tuple(
    Release(f"{number // 10}.{number % 10}.0", (FIRST + datetime.timedelta(80 * number)).isoformat())
    for number in range(42)
)
VERSIONS = [release.version for release in RELEASES]
SOURCE = '''@claim
def reads_value_{0}(app, client):
    """`request.args.get("value_{0}")` reads a value from the query string."""
    with app.test_request_context("/data?value_{0}=Ada&other=Grace"):
        found = request.args.get("value_{0}")
    assert found == "Ada"  # and not Grace
    assert client.get("/data?value_{0}=Ada").status_code == 200
'''
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TESTS = """
import pytest

@pytest.mark.parametrize("number", range({0}))
def test_value(number):
    assert number % 6 or number % 7 == 3, "what is seen when it fails"
"""
FILTER = """async (text) => {
  const field = document.querySelector('#filter input');
  field.value = text;
  const begun = performance.now();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begun;
}"""


def evidence(outcome: Outcome, number: int) -> tuple[Evidence, ...]:
    """What a claim saw: two assertions that held, or one that did not."""
    if outcome == "refuted":
        return (Evidence('found == "Ada"', f"AttributeError: 'Request' object has no attribute 'args_{number}'"),)
    where = " +  where 200 = <WrapperTestResponse streamed [200 OK]>.status_code"
    return Evidence('found == "Ada"', "'Ada' == 'Ada'"), Evidence(f"client.get({number})", f"200 == 200\n{where}")


def claim(number: int) -> Claim:
    """One claim: every sixth changes once; of the others every tenth never held."""
    turn = number % 41 + 1 if number % 6 == 0 else 0
    first: Outcome = "refuted" if number % 12 == 6 or (not turn and number % 10 == 0) else "held"
    second: Outcome = {"held": "refuted", "refuted": "held"}[first] if turn else first  # type: ignore[assignment]
    outcomes = {version: first if place < turn else second for place, version in enumerate(VERSIONS)}
    seen = {outcome: evidence(outcome, number) for outcome in (first, second)}
    shared = {"line": 8, "fingerprint": "0" * 12, "reason": None, "changes": ()}
    name = f"claims/list{number % 2}/q{number // 20 + 1:03d}_x.py::reads_value_{number}"
    held = dict.fromkeys(VERSIONS, Cell("held", None, evidence("held", number), "3.9"))
    says = Correction(
        **{**shared, "id": f"{name}_instead", "statement": f"`request.values_{number}` reads it."},
        **{"outcomes": dict.fromkeys(VERSIONS, "held"), "cells": held, "outcome": "held"},
        **{"evidence": evidence("held", number), "source": SOURCE.format(f"{number}_instead")},
        verdict=Verdict("confirmed"),
    )
    return Claim(
        **{**shared, "id": name, "statement": f'`request.args.get("value_{number}")` reads a value.'},
        **{"outcomes": outcomes, "evidence": seen[second], "source": SOURCE.format(number), "kind": "technical"},
        cells={version: Cell(outcome, None, seen[outcome], "3.9") for version, outcome in outcomes.items()},
        verdict=judge(outcomes, VERSIONS[-1], VERSIONS),
        **{"data": False, "corrections": (says,) if second == "refuted" else ()},
    )


def made_up(claims: int) -> Result:
    """A result of two articles, ten claims to an answer."""
    answers: dict[tuple[int, int], list[Claim]] = {}
    for number in range(claims):
        answers.setdefault((number % 2, number // 20 + 1), []).append(claim(number))
    articles = [
        Article(
            f"list{which}",
            f"List {which}",
            claims // 20 + 1,
            tuple(
                Answer(question, f"Question {question}", worst(claim.verdict.mark for claim in those), tuple(those))
                for (article, question), those in answers.items()
                if article == which
            ),
        )
        for which in (0, 1)
    ]
    subject = Subject("flask", VERSIONS[-1], RELEASES[-1].released, "3.11")
    return Result(SCHEMA, subject, "2026-11-20", RELEASES, tuple(articles))


def peer(folder: Path, tests: int) -> Path:
    """The self-contained report of pytest-html on *tests* tests."""
    (folder / "test_peer.py").write_text(TESTS.format(tests), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    report = folder / "peer.html"
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", f"--html={report}", "--self-contained-html"]
    subprocess.run([*command, "test_peer.py"], cwd=folder, capture_output=True, check=False, timeout=900)
    return report


def load(browser: Browser, path: Path) -> float:
    """Seconds until Chromium's load event, in a new tab."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto(path.as_uri(), wait_until="load", timeout=120_000)
    seconds = float(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"))
    tab.close()
    return seconds


def respond(browser: Browser, path: Path) -> list[tuple[float, float]]:
    """Milliseconds that the filter takes for each of some texts: on the clock, and of the page's main thread alone."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto(path.as_uri(), wait_until="load", timeout=120_000)
    tab.wait_for_timeout(1000)
    tab.keyboard.press("/")  # as a reader does: the claims come into view
    tab.wait_for_timeout(1000)
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    found = []
    for text in ("value_77", "value_7", "v", "wrong", "nothing at all", ""):
        before = busy(session)
        waited = float(tab.evaluate(FILTER, text))
        found.append((waited, busy(session) - before))
        tab.wait_for_timeout(1000)  # what follows when the typing rests
    tab.close()
    return found


def busy(session: CDPSession) -> float:
    """Milliseconds of CPU that the page's main thread has taken: other work on the machine does not count."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration")


def main(claims: int = 10_000, rounds: int = 5) -> None:
    """Print each figure, and the ratio."""
    result = made_up(claims)
    begun = time.process_time()
    text = page.render(result)
    print(
        f"{claims} claims × {len(RELEASES)} releases: rendered in {time.process_time() - begun:.2f} s of CPU", end=", "
    )
    print(f"{len(text.encode()) / 1e6:.1f} MB, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        ours, theirs = Path(name, "ours.html"), peer(Path(name), claims)
        ours.write_text(text, encoding="utf-8")
        print(f"pytest-html: {theirs.stat().st_size / 1e6:.1f} MB")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        pairs = [(load(browser, ours), load(browser, theirs)) for _ in range(rounds)]
        for mine, other in pairs:
            print(f"load event: {mine:.2f} s, pytest-html {other:.2f} s, ratio {other / mine:.1f}")
        print(f"median ratio: {statistics.median(other / mine for mine, other in pairs):.1f}")
        waits = respond(browser, ours)
        print("filter, ms on the clock:", *(f"{one:.0f}" for one, _ in waits))
        print("filter, ms of the page's main thread:", *(f"{one:.0f}" for _, one in waits))
        browser.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
