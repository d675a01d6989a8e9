"""The history, the articles' text, and how a test was seen to fail, as the page shows them."""

import re
from dataclasses import replace

import pytest

from report.judge.articles import Sentence
from report.judge.results import Change
from report.model import Mutant
from report.tell import page
from report.tell.context import Context

from .builders import answer, article, claim, everything, releases, result
from .markup import Page


@pytest.fixture
def document():
    """The page of a result with everything in it."""
    return Page(page.render(everything()))


@pytest.fixture
def history(document):
    """The history section of that page."""
    start = document.source.index('<section class="history"')
    return Page(document.source[start : document.source.index("</section>", start)] + "</section>")


def q11(*claims):
    """The page of one answer."""
    return Page(page.render(result(article(answer(11, "The query string", *claims)))))


class TestHistory:
    """The map of claims by releases, and what each release changed."""

    def test_shows_only_what_changed(self, history):
        """Each claim that changed has a row; the others are counted, those that did alike together."""
        rows = re.findall(r'<tr><th scope="row"><a href="#([^"]*)"', history.source)
        assert {"top31-3-is_0_12_2", "top31-11-came_back", "top31-24-codes-400"} < set(rows)
        rest = history.one("details", "rest")
        assert len(set(rows)) == len(rows) == 5
        assert "The 5 that did not change" in rest.text
        assert "fails 0.12.2 – 3.1.3: 2" in rest.text
        assert "not measured 0.12.2 – 1.1.4, works 2.3.3 – 3.1.3: 1" in rest.text

    def test_says_how_marks_sum_up_a_timeline(self, history):
        """The words of the table are joined to the three marks."""
        marks = "Confirmed: it works on 3.1.3. Outdated: it fails there, but worked before. Wrong: it never worked."
        assert marks in history.one("section", "history").text

    def test_rows_span_every_release(self, history):
        """The cells of a row are as wide together as there are releases, and say what they are."""
        cells = history.all("td")
        assert sum(int(one.attributes["colspan"]) for one in cells) == 5 * len(releases())
        assert {one.text for one in cells} == {"works", "fails"}

    def test_releases_have_their_dates_and_what_they_changed(self, history):
        """Each release stands on the axis with its month; one that changed something leads to what that was."""
        heads = [one.text for one in history.all("th") if one.attributes.get("scope") == "col"]
        assert heads == ["Claim", "0.12.2 Jun 2013", "1.1.4 Oct 2013", "2.3.3 Jan 2014", "3.1.3 May 2014"]
        assert {"#in-1.1.4", "#in-2.3.3"} <= set(history.values("href"))
        (there,) = [one for one in history.all("details", "release") if one.attributes["id"] == "in-2.3.3"]
        assert "4 claims began to work" in there.text
        assert there.text.count("no cause written down") == 2
        assert there.text.count("top31 24.") == 3

    def test_says_whose_doing_a_change_is(self):
        """A boundary names by what it came, with its changelog and a note, else the subject's own changelog."""
        change = Change("2.3.3", "Werkzeug 2.3", "https://example.org/werkzeug", "It went `away`.")
        shown = q11(claim("top31/q11_x.py::arg", "hhrr", changes=(change,)))
        lines = [one.text for one in shown.all("p", "turn")]
        assert lines == ["2.3.3: fails. Cause: Werkzeug 2.3. It went away. What Werkzeug 2.3 changed"]
        assert "https://example.org/werkzeug" in shown.values("href")

    def test_links_are_the_settings(self):
        """Links to the changelog and the documentation come from their templates; without, there are none."""
        context = Context(changelog="https://x.org/{version}#v{slug}", documentation="https://x.org/?q={term}")
        one = claim("top31/q11_x.py::arg", "hhrr", statement="`app.route('/')` and more")
        shown = Page(page.render(result(article(answer(11, "A", one))), context))
        assert {"https://x.org/2.3.3#v2-3-3", "https://x.org/?q=app.route"} <= set(shown.values("href"))


class TestText:
    """The articles' own text, with what came of each sentence."""

    SAID = (
        Sentence(0, "A list", "a", 1, reason="the title"),
        Sentence(11, "It has <b>arg</b>.", "b", 2, claims=("claims/top31/q11_x.py::arg", "claims/top31/q11_x.py::b")),
        Sentence(11, "And more!", "c", 2),
    )

    def shown(self, said):
        """The page of two claims, with a copy of their article."""
        both = (claim("top31/q11_x.py::b", "rrrr"), claim("top31/q11_x.py::arg"))
        return Page(page.render(result(article(answer(11, "A", *both))), Context({"top31": said})))

    def test_sentences_stand_apart(self):
        """There is a space between two sentences of a line."""
        lines = [one.text for one in self.shown(self.SAID).all("p", "line")]
        assert lines == ["A list [the title]", "It has <b>arg</b>. wrong 11.2 11.1 And more! not accounted for"]

    def test_sentences_are_marked_and_lead_to_their_claims(self):
        """A sentence has the mark of the worst of its claims, and a link to each of them."""
        shown = self.shown(self.SAID)
        first, second = [one for one in shown.elements if one.tag == "a" and one.text.endswith(("11.1", "11.2"))][-2:]
        assert (first.attributes["class"], first.text) == ("wrong", "It has <b>arg</b>. wrong 11.2")
        assert (second.attributes["href"], second.text) == ("#top31-11-b", "11.1")

    def test_what_states_nothing_says_why(self):
        """A sentence without a claim has its reason, and one that nothing accounts for stands out and is counted."""
        shown = self.shown(self.SAID)
        assert shown.all("small")[-1].text == "[the title]"
        assert shown.one("mark").text == "And more!"
        assert "1 sentence is not accounted for." in shown.one("section", "text").text
        assert "Every sentence is accounted for." in self.shown(self.SAID[:2]).one("section", "text").text

    def test_without_a_copy_it_says_how_to_get_one(self, document):
        """Without a copy there is no text, and what to do about it."""
        assert not document.all("p", "line")
        assert "articles/top31.txt" in "".join(one.text for one in document.all("section", "text"))
        known = Page(page.render(everything(), Context(sources=["top31"])))
        assert "python -m report copy top31" in "".join(one.text for one in known.all("section", "text"))


MUTANT = Mutant("flask/cli.py", 9, "return <b>", "return 5001", "Flask 3.1.3")
SEEN = """[5001] == [5000]
 +  where [5001] = ports()
Failing test case: ports(
    name='0',
)"""


class TestFailed:
    """How a test has been seen to fail."""

    @pytest.mark.parametrize(
        ("how", "said"),
        [
            ({"release": "2.3.3"}, "This test can fail: it failed on Flask 2.3.3."),
            (
                {"mutant": "Flask 3.1.3, flask/cli.py, line 9", "change": "`5000` changed to `5001`", "seen": SEEN},
                "This test can fail: with 5000 changed to 5001 on purpose in Flask 3.1.3, flask/cli.py, line 9, "
                "it saw [5001] == [5000].",
            ),
            ({"mutant": MUTANT, "seen": SEEN}, "With it, the test saw [5001] == [5000]."),
            ({"release": "2.3.3", "mutant": MUTANT, "seen": SEEN}, "This test can fail: it failed on Flask 2.3.3."),
            ({"waived": "It reads a date."}, "This test was never seen to fail, and is waived: It reads a date."),
            ({"GET": "it is POST"}, "GET: it is POST."),
        ],
    )
    def test_how_it_was_seen_to_fail_is_said(self, how, said):
        """A claim says in a line how its test has been seen to fail, and what it saw then."""
        shown = q11(claim("top31/q11_x.py::arg", seen_to_fail=how)).one("article", "claim")
        assert shown.text.rstrip().endswith(said)

    @pytest.mark.parametrize(
        ("others", "said"),
        [
            (0, "An edit of Flask 3.1.3’s source that would make this false, the nearest of those tried"),
            (1, "An edit of Flask 3.1.3’s source that would make this false, the nearest of those tried"),
            (None, "An edit of Flask 3.1.3’s source that makes this test fail, and others too"),
        ],
    )
    def test_the_change_that_makes_it_false_is_shown_as_two_lines(self, others, said):
        """The line before and after, and what is known of it: it is the nearest that was tried, not of all."""
        how = {"mutant": replace(MUTANT, others=others), "seen": SEEN}
        shown = q11(claim("top31/q11_x.py::arg", seen_to_fail=how)).one("div", "mutant")
        assert shown.text == f"{said} (flask/cli.py, line 9):− return <b>+ return 5001"

    def test_what_it_saw_when_it_failed_is_short(self):
        """Only the beginning of a long value is shown: it is one of many that a fault may cause."""
        how = {"mutant": "Flask", "change": "`a` left out", "seen": "x" * 5000}
        assert "x…" in q11(claim("top31/q11_x.py::arg", seen_to_fail=how)).one("article", "claim").text[-210:]
