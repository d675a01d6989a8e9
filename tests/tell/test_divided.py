"""A report with more claims than a page shows: a page for each article, and one that lists them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from report.judge.helpers import Helper, Helpers
from report.tell import diff, index, page, templates
from report.tell.context import EMPTY
from report.tell.forms import render_forms

from .builders import answer, article, claim, everything, result
from .markup import Page

LINK = re.compile(r"^([\w.-]*)#(.+)$")
OTHER = "claims/top24/q02_routes.py::binds"


@pytest.fixture
def files(monkeypatch):
    """Every form of a result with two articles, of which a page shows three claims at most."""
    monkeypatch.setattr(index, "MOST_CLAIMS", 3)
    return forms(everything())


def forms(made, context=EMPTY):
    """The forms of a result by the names of their files."""
    return {path.name: text for path, text in render_forms(made, context, Path()).items()}


def pages(files):
    """The parsed HTML of each form."""
    return {name: Page(text) for name, text in files.items() if name.endswith(".html")}


def test_up_to_the_limit_there_is_one_page(monkeypatch):
    """The most claims that a page shows are shown on one; with one more, each article has its own."""
    most = sum(len(answer.claims) for article in everything().articles for answer in article.answers)
    monkeypatch.setattr(index, "MOST_CLAIMS", most)
    assert index.note(everything()) == []
    assert [name for name, _ in page.files(everything(), EMPTY)] == ["index.html"]
    monkeypatch.setattr(index, "MOST_CLAIMS", most - 1)
    assert [name for name, _ in page.files(everything(), EMPTY)] == [
        *("index.html", "article-top24.html", "article-top31.html")
    ]
    assert index.note(everything()) == [
        f"The report has a page for each article, which index.html lists: one page shows {most - 1} claims at most."
    ]


def test_the_footer_names_every_file(files):
    """The list of forms has each page, and what is written beside them."""
    assert {*templates.forms(everything())} == {*files} | {"results.json"}


def test_every_link_leads_somewhere(files):
    """Each link of each form leads to an element that there is, on its own page or on another."""
    shown = pages(files)
    ids = {name: {*one.values("id")} for name, one in shown.items()}
    links = [
        (name, *LINK.match(href).groups())
        for name, one in shown.items()
        for href in one.values("href")
        if LINK.match(href)
    ]
    assert {file for _, file, _ in links} >= {"", "article-top24.html", "article-top31.html"}
    assert [
        (name, file, id) for name, file, id in links if id not in ids[file or name] and not id.startswith("h-")
    ] == []


def test_the_list_of_articles_leads_to_each(files):
    """It has each article with its marks, and the drift, each claim with a link to its page."""
    shown = Page(files["index.html"])
    assert {"article-top31.html#top31", "article-top24.html#top24-2"} <= {*shown.values("href")}
    assert "article-top31.html#top31-11-arg_reads" in shown.values("href")
    assert "claims/gone.py::gone" in shown.source


def test_a_page_has_its_article_only(files):
    """The claims, counts and drift of another article are not there; the list of all is one step away."""
    text = files["article-top24.html"]
    assert "routes.py::binds" in text
    assert "arg_reads" not in text
    assert "index.html" in Page(text).values("href")


def test_a_contradiction_leads_to_the_other_page(monkeypatch):
    """Claims of two articles that contradict each other are linked over the pages."""
    monkeypatch.setattr(index, "MOST_CLAIMS", 1)
    mine = "top31/q11_x.py::f"
    made = result(
        article(answer(11, "T", claim(mine, contradicts=(OTHER,)))),
        article(answer(2, "U", claim("top24/q02_routes.py::binds", contradicts=(f"claims/{mine}",))), id="top24"),
    )
    written = forms(made)
    assert 'href="article-top24.html#top24-2-binds"' in written["article-top31.html"]
    assert 'href="article-top31.html#top31-11-f"' in written["article-top24.html"]


def test_a_page_has_the_helpers_of_its_tests(monkeypatch):
    """A helper of the tests of another article is not there."""
    monkeypatch.setattr(index, "MOST_CLAIMS", 1)
    found = (
        Helper("mine", "claims/a.py", 1, "It is mine.", "helper", ()),
        Helper("yours", "claims/a.py", 9, "It is yours.", "helper", ()),
    )
    used = {OTHER: (0,), "claims/top31/q18_default_port.py::listens_on_5000": (1,)}
    written = forms(everything(), replace(EMPTY, helpers=Helpers(found, used)))
    assert "It is mine." in written["article-top24.html"]
    assert "It is yours." not in written["article-top24.html"]
    assert "It is yours." in written["article-top31.html"]


def test_the_comparison_leads_to_the_pages(monkeypatch):
    """What changed is linked on the page of its article."""
    monkeypatch.setattr(index, "MOST_CLAIMS", 1)
    text = diff.to_html(diff.compare(everything().only("top24"), everything()))
    assert "article-top31.html#top31-11-arg_reads" in Page(text).values("href")
