"""What is not yet checked, and what cannot be checked here: on the page, in the summary, on the badge and the sheet."""

import json
from dataclasses import replace

from report.judge.articles import Sentence
from report.judge.results import Count
from report.tell import badge, errata, page, summary
from report.tell.context import Context
from tests.tell.builders import answer, article, claim, result
from tests.tell.markup import Page

OPEN = replace(answer(11, "Reading", claim("top31/q11_x.py::arg")), count=Count(1, 1, 0, 2))
ARTICLE = replace(
    article(OPEN, answer(12, "Writing", claim("top31/q12_y.py::form"))),
    count=Count(2, 2, 0, 2),
    url="https://x.org/list?a=1&b=2",
    author="Ada <Lovelace>",
    licence="CC BY 4.0",
    published="2020-05",
)
SAID = (
    Sentence(11, "It works on Mars.", "a", 1, unchecked=("needs a rocket",)),
    Sentence(11, "And more.", "b", 2, todo=2),
)


def shown():
    """The page with a copy of the article."""
    return Page(page.render(result(ARTICLE), Context({"top31": SAID})))


def test_a_mark_says_what_it_does_not_cover():
    """The tile and the head of an answer name the number of open parts; a settled answer has no such words."""
    tiles = {one.attributes["href"]: one for one in shown().elements if "tile" in one.attributes.get("class", "")
             and "href" in one.attributes}  # fmt: skip
    assert "partial" in tiles["#top31-11"].attributes["class"].split()
    assert "2 parts not yet checked" in tiles["#top31-11"].text
    assert tiles["#top31-12"].attributes["class"].split() == ["tile", "confirmed"]
    heads = [one.text for one in shown().all("div", "head")]
    assert ["2 parts not yet checked" in text for text in heads] == [True, False]


def test_the_text_says_what_cannot_be_checked():
    """A sentence in the text has the reason why it cannot be checked here, and the number of its open parts."""
    text = shown().one("section", "text").text
    assert "It works on Mars. not checkable here: needs a rocket" in " ".join(text.split())
    assert "And more. 2 parts not yet checked" in " ".join(text.split())
    assert "accounted for" not in text
    assert "2 parts not yet checked. The article’s text" in " ".join(text.split())


def test_the_summary_lists_an_answer_that_is_not_settled():
    """An open answer is in the table though it is confirmed, and has a sign in the row of marks."""
    text = summary.render(result(ARTICLE))
    assert "confirmed; 2 parts not yet checked" in text
    assert "11✓… 12✓" in text


def test_a_badge_with_open_parts_is_not_green():
    """The badge names the open parts, and has another colour than a settled article's."""
    whole = json.loads(badge.render(article(answer(12, "Writing", claim("top31/q12_y.py::form")))))
    found = json.loads(badge.render(ARTICLE))
    assert found["message"] == "2 confirmed; 2 parts not yet checked"
    assert found["color"] != whole["color"]


def test_where_an_article_stands_is_shown():
    """Author, date, licence and address stand in the article's section and on its sheet, and nothing where unknown."""
    words = "By Ada <Lovelace>, May 2020. Licence: CC BY 4.0. https://x.org/list?a=1&b=2"
    sheet = Page(errata.to_html(result(ARTICLE), article="top31"))
    for seen in (shown(), sheet):
        assert seen.one("p", "source").text.strip() == words
        assert ARTICLE.url in seen.values("href")
    assert "By Ada" in errata.to_markdown(result(ARTICLE), article="top31")
    assert not Page(page.render(result(article(OPEN)))).all("p", "source")
