"""What the forms call an answer, which of them state nothing, and since when statements hold."""

import json

from report import main_job
from report.judge import results
from report.judge.articles import Sentence
from report.judge.results import Change, Unmarked
from report.tell import diff, errata, page, summary, words
from report.tell.context import EMPTY, Context

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


class TestNothing:
    """An answer that states nothing that can be checked has no mark, and is listed apart."""

    FOUND = sections(
        answer(11, "The query", claim(WRONG)), questions=4, unmarked=(Unmarked(2, "What is next"), Unmarked(3))
    )

    def test_is_counted_apart(self):
        """It is neither confirmed nor untried nor unchecked."""
        tally = "1\xa0confirmed, 2\xa0with nothing to check and 1\xa0not yet checked"
        assert words.tally(self.FOUND.articles) == tally
        text = summary.render(self.FOUND)
        assert "2 sections state nothing that can be checked: 2 (What is next), 3." in text
        assert main_job.tally(self.FOUND) == [
            "top31: 1 of 4 sections: 1 confirmed; 2 sections state nothing that can be checked"
        ]

    def test_is_listed_on_the_page(self):
        """Its tile leads to the list after the answers; beside the article's text it has a label."""
        said = Context({"top31": (Sentence(2, "Read on.", "a", reason="advice"),)})
        shown = Page(page.render(self.FOUND, said))
        assert "2 sections state nothing that can be checked:" in shown.source
        (item,) = [one for one in shown.all("li") if one.attributes.get("id") == "top31-2"]
        assert item.text == "2 What is next"
        tiles = [one.attributes["href"] for one in shown.all("a", "silent")]
        assert tiles == ["#top31-2", "#top31-3"]
        assert "2 nothing to check" in shown.one("section", "text").text

    def test_is_kept_in_the_result(self, tmp_path):
        """The result is read back as it was; a result without the field is read, too."""
        path = tmp_path / "results.json"
        path.write_text(results.text(self.FOUND), encoding="utf-8")
        assert results.read(path) == self.FOUND
        data = json.loads(results.text(self.FOUND))
        del data["articles"][0]["unmarked"], data["articles"][0]["answer"]
        path.write_text(json.dumps(data), encoding="utf-8")
        assert results.read(path).articles[0].unchecked == 3

    def test_a_change_is_in_the_diff(self):
        """The diff says which answers lost or got a mark."""
        marked = sections(*(answer(n, "T", claim(f"top31/q{n:02}_x.py::f")) for n in (2, 11)), questions=4)
        lines = [*diff.to_text(diff.compare(marked, self.FOUND))]
        assert "  top31, section 2: confirmed → with nothing to check" in lines
        assert "  top31, section 3: not yet checked → with nothing to check" in lines
        lines = [*diff.to_text(diff.compare(self.FOUND, marked))]
        assert "  top31, section 2: with nothing to check → confirmed" in lines


class TestSince:
    """The statements that do not hold on every release stand in a table, each with its cause."""

    CAUSE = Change("2.3.3", "Flask 2.3", "https://example.org/changes", "`arg` is | new.")
    FOUND = sections(
        answer(3, "Signs", claim("top31/q03_x.py::always")),
        answer(
            11,
            "The query",
            claim("top31/q11_x.py::always"),
            claim("top31/q11_x.py::later", "rrhh", changes=(CAUSE,)),
            claim("top31/q11_x.py::slip", "rrhh", kind="editorial"),
            claim("top31/q11_x.py::never", "rrrr"),
            claim("top31/q11_x.py::again", "hrhh"),
            claim("top31/q11_x.py::untried", "urhh"),
        ),
    )

    def test_stands_on_the_page(self):
        """A row leads to its statement and to the changelog; what always held, or fails now, has none."""
        shown = Page(page.render(self.FOUND))
        table = shown.one("details", "since")
        assert table.text.startswith("3 of 6 statements hold now, but not on every earlier release")
        assert "11.2later reads a value.since 2.3.3Flask 2.3 arg is | new." in table.text
        assert "11.5again reads a value.again since 2.3.3" in table.text
        assert "11.6untried reads a value.since 2.3.3" in table.text
        assert {"#top31-11-later", "https://example.org/changes"} <= {*shown.values("href")}
        assert not Page(page.render(sections(self.FOUND.articles[0].answers[0]))).all("details", "since")

    def test_is_in_the_summary(self):
        """The summary has the same rows, as Markdown."""
        text = summary.render(self.FOUND)
        assert "| section | holds | statement | cause |" in text
        assert r"| 11.2 | since 2.3.3 | `later` reads a value. | Flask 2.3: `arg` is \| new. |" in text
        assert "| 11.5 | again since 2.3.3 | `again` reads a value. |  |" in text
