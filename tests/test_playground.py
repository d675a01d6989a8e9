"""The playground: a page from the disk that runs claims on real Flask, without a network."""

import shutil
from dataclasses import replace

import pytest

from report import playground, settings
from report.errors import ReportError
from report.judge import ledger_result
from report.judge.assembly import Project
from report.measure import runs
from report.playground import packing, trying
from report.playground.choosing import agrees, chosen, reason
from report.tell import context, page
from tests.project import ROOT

QUESTIONS = (1, 11)  # of top31: the first has claims that no browser can run
CLAIM = "claims/top31/q11_query_string.py::arg_reads_the_query_string"
CORRECTION = "claims/top31/q11_query_string.py::args_reads_the_query_string"


@pytest.fixture(scope="module")
def result():
    """What the ledger says about the claims of two questions."""
    config = settings.read(ROOT)
    whole = ledger_result.from_ledger(config.subject, Project.read(config), runs.collect(config, None), "2026-01-01")
    (article,) = (each for each in whole.articles if each.id == "top31")
    answers = tuple(each for each in article.answers if each.question in QUESTIONS)
    return replace(whole, articles=(replace(article, answers=answers),))


@pytest.fixture(scope="module")
def built(result, tmp_path_factory):
    """The file of a playground with these claims."""
    if not any(map(shutil.which, trying.BROWSERS)):
        pytest.skip("no chromium is installed")
    try:
        packing.runtime(ROOT / ".history")
        text = playground.render(settings.read(ROOT), result, context.EMPTY)
    except ReportError as error:
        pytest.skip(f"the playground cannot be built here: {error}")
    file = tmp_path_factory.mktemp("site") / "playground.html"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def tab(built):
    """The page, opened from the disk in a browser without a network; it keeps what it asks for."""
    with trying.opened(built) as opened:
        opened.asked = []
        opened.on("request", lambda request: opened.asked.append(request.url))
        opened.goto(f"{built.as_uri()}#top31-11-{CLAIM.partition('::')[2]}")
        opened.reload()
        opened.locator(".panel").first.wait_for()
        yield opened


def test_its_claims_agree_with_the_ledger(tab, result):
    """Each claim that runs there has the outcome of the ledger, and the others are listed with a reason."""
    version = result.subject.version
    checked = {each.id: each for each in (*result.claims, *result.corrections)}
    there = tab.evaluate("async () => Object.keys(await allCodes())")
    assert {CLAIM, CORRECTION} <= {*there} < {*checked}
    for claim in there:
        assert agrees(checked[claim], tab.evaluate("claim => judge(claim)", claim), version), claim
    listed = tab.locator(".others li").evaluate_all("all => all.map(each => each.textContent)")
    assert all(any(claim in text for text in listed) for claim in {*checked} - {*there})
    assert {url.partition(":")[0] for url in tab.asked} == {"file", "blob"}


def test_an_edited_assertion_turns_the_result(tab):
    """Claim and correction stand side by side, and nothing is replayed."""
    claim, correction = tab.locator(".panel").all()
    assert claim.bounding_box()["y"] == correction.bounding_box()["y"]
    for panel, outcome in ((claim, "refuted"), (correction, "held")):
        panel.get_by_role("button", name="Run").click()
        panel.locator(f"output .{outcome}").wait_for()
    assert "object has no attribute 'arg'" in claim.locator("output").inner_text()

    text = claim.locator("textarea").input_value()
    claim.locator("textarea").fill(text.replace("request.arg.get", "request.args.get"))
    claim.get_by_role("button", name="Run").click()
    claim.locator("output .held").wait_for()
    claim.get_by_role("button", name="Undo").click()
    assert claim.locator("textarea").input_value() == text


@pytest.mark.parametrize("call", ["threading.Thread().start()", "subprocess.run(['true'])", "sys.exit(1)"])
def test_what_a_browser_lacks_refutes_nothing(tab, call):
    """A server, thread or process that cannot start is no refutation: the page says what is missing."""
    own = f"def {CLAIM.partition('::')[2]}():\n    import subprocess, sys, threading\n    assert {call}\n"
    seen = tab.evaluate("([claim, own]) => judge(claim, own)", [CLAIM, own])
    assert seen["outcome"] == "untried"
    assert reason(seen).startswith("It starts a server, a thread or another process.")


def test_only_with_the_option_the_report_links_to_it(result):
    """The report names it only where it is said to be there."""
    assert "playground.html" not in page.render(result)
    assert page.render(result, context.Context(playground=True)).count('href="playground.html"') == 1


def test_a_claim_that_does_otherwise_is_left_out(result):
    """A claim with other values than were measured does not run, and the reader sees why."""
    (claim,) = (each for each in result.claims if each.id == CLAIM)
    seen = {"outcome": "refuted", "reason": "", "evidence": [{"observed": "ImportError: cannot import name 'x'"}]}
    choice = chosen(result, {CLAIM: seen})
    assert not choice.runs
    assert claim in choice.others["A browser shows other values than were measured."]
