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


# Takes out each claim of which every element looks like one that stays: the same tag and classes, in the same parent.
ONE_OF_A_LOOK = """() => {
  const look = (each) => each.tagName + "." + each.className;
  const seen = new Set();
  for (const claim of document.querySelectorAll(".claim")) {
    const looks = [claim, ...claim.querySelectorAll("*")].map((each) => look(each.parentElement) + ">" + look(each));
    if (looks.every((each) => seen.has(each))) claim.remove();
    looks.forEach((each) => seen.add(each));
  }
  return document.querySelectorAll(".claim").length;
}"""


@pytest.fixture(scope="module")
def site(job, whole, tmp_path_factory):
    """The pages of the ledger's result, with the text of the articles where a copy is at hand."""
    texts = context.read(job.settings, whole)
    folder = tmp_path_factory.mktemp("report")
    before = replace(whole, articles=whole.articles[1:], measured="2020-01-01")
    pages = {
        "index.html": page.render(whole, texts),
        "errata.html": errata.to_html(whole, texts),
        "diff.html": diff.to_html(diff.compare(before, whole)),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "looks"), [("errata.html", LOOKS[1:2]), ("diff.html", LOOKS[2:]), ("index.html", LOOKS)]
)
def test_axe_finds_no_barrier(browser, site, name, looks):  # noqa: F811
    """axe-core finds no violation of WCAG 2.2 A or AA, with everything unfolded, in what looks different."""
    with browser.new_context(bypass_csp=True) as context:
        tab = context.new_page()
        tab.goto((site / name).as_uri())
        assert (tab.evaluate(ONE_OF_A_LOOK) > 10) == (name == "index.html")
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
