"""The report on the articles themselves, made of the committed ledger: no claim is run for it."""

from dataclasses import replace

import pytest

from report.judge import results
from report.judge.assembly import assemble
from report.main_job import Job
from report.measure import runs
from report.tell import context, diff, errata, page
from report.tell.context import Context
from tests.project import ROOT

from .tell.conftest import browser  # noqa: F401 (a fixture)
from .tell.site import LOOKS, barriers

MOST = 2_500_000  # bytes of the page with the articles' texts; without them, 2 MB


@pytest.fixture(scope="module")
def job():
    """What the ledger, and all that is committed with it, know."""
    return Job.prepare(ROOT)


@pytest.fixture(scope="module")
def whole(job):
    """The result of a run in which each claim did what it last did, as the ledger has it."""
    run = job.run([])
    return assemble(replace(run, records=[last(one, run) for one in runs.collect(job.settings, None)]))


def last(record, run):
    """A record with the outcome that the ledger has."""
    cell = run.project.ledger.cells(record.id, record.fingerprint).get(run.subject.version)
    if cell is None:
        return record
    return replace(record, outcome=cell.outcome, reason=cell.reason, evidence=cell.evidence)


def test_the_result_is_small(whole):
    """What every reader of the data loads: equal evidence stands once in it."""
    assert len(results.text(whole).encode()) < 1_500_000


def few(result):
    """Of each answer the claims that are not simply confirmed, and one that is: the others look like it."""
    return replace(
        result,
        articles=tuple(
            replace(article, answers=tuple(replace(one, claims=tuple(notable(one.claims))) for one in article.answers))
            for article in result.articles
        ),
    )


def notable(claims):
    """The claims that have more to show than the first that is confirmed on all releases."""
    plain = [one for one in claims if one.verdict.mark == "confirmed" and not one.verdict.since]
    return [one for one in claims if one not in plain[1:]]


@pytest.fixture(scope="module")
def site(job, whole, tmp_path_factory):
    """The pages of the ledger's result, with the text of the articles where a copy is at hand."""
    result = few(whole)
    texts = context.read(job.settings, whole)
    folder = tmp_path_factory.mktemp("report")
    before = replace(result, articles=result.articles[1:], measured="2020-01-01")
    pages = {
        "index.html": page.render(result, texts),
        "errata.html": errata.to_html(result, texts),
        "diff.html": diff.to_html(diff.compare(before, result)),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "looks"), [("errata.html", LOOKS[1:2]), ("diff.html", LOOKS[2:]), ("index.html", LOOKS)]
)
def test_axe_finds_no_barrier(browser, site, name, looks):  # noqa: F811
    """axe-core finds no violation of WCAG 2.2 A or AA, with everything unfolded."""
    with browser.new_context(bypass_csp=True) as context:
        tab = context.new_page()
        tab.goto((site / name).as_uri())
        assert {look: barriers(tab, *look) for look in looks} == {look: [] for look in looks}


def test_page_is_small(job, whole):
    """The page can be sent by mail, with the text of the articles in it where a copy is at hand."""
    without = len(page.render(whole, Context()).encode())
    assert without < 2_000_000
    assert without / 2 < len(page.render(whole, context.read(job.settings, whole)).encode()) < MOST


def test_page_is_the_same_each_time(job, whole):
    """The same result gives the same bytes."""
    texts = context.read(job.settings, whole)
    assert page.render(whole, texts) == page.render(whole, texts)
