"""What the forms call an answer, which of them state nothing, and since when statements hold."""

from report.tell import diff, errata, page, summary
from report.tell.context import EMPTY

from .builders import answer, article, claim, result
from .markup import Page

WRONG = "top31/q11_x.py::arg"


def sections(*answers, **given):
    """A result of an article whose answers are sections."""
    return result(article(*answers, **({"answer": "section", "questions": 12} | given)))


class TestWord:
    """An article says what its answers are called."""

    def test_is_in_every_form(self):
        """No form calls a section an answer."""
        found = sections(answer(11, "The query", claim(WRONG, "rrrr")))
        assert [one.section for one in errata.entries(found)] == ["Section 11: The query"]
        sheet = errata.to_html(found, EMPTY, "top31")
        assert "Errata by section" in sheet
        assert "Answer 11" not in sheet + errata.to_markdown(found, EMPTY, "top31")
        (text,) = (text for _, text in summary.files(found, EMPTY))
        assert "12 sections: " in text
        assert "| section | mark |" in text
        shown = Page(page.render(found))
        assert shown.one("h4").text.startswith("Section 11")
        assert "What 12 sections say" in shown.source
        (lines,) = ([*diff.to_text(diff.compare(result(), found))],)
        assert "  top31, section 11: not yet checked → wrong" in lines

    def test_articles_may_differ(self):
        """The answers of several articles are counted by their words."""
        found = result(article(), article(id="manual", answer="section", questions=1))
        assert "What 31 answers and 1 section say" in page.render(found)
