"""Evidence in words: what failed is marked, its sign says what was found, and long values are cut."""

import re

import pytest

from report.judge.results import Contested, Judged
from report.model import Evidence
from report.tell import page
from report.tell.markup import seen

from .builders import answer, article, claim, result
from .markup import Page


class TestValues:
    """The values of an assertion."""

    @pytest.mark.parametrize(
        ("observed", "failed", "shown"),
        [
            ("'a' == 'b == c'", True, "'a' ≠ 'b == c'"),
            ("'a' == 'a'", False, "'a' == 'a'"),
            ("0 > 0", True, "0 ≯ 0"),
            ("'a' in ['b', ('is', 1 < 2)]", True, "'a' not in ['b', ('is', 1 < 2)]"),
            ("'a' not in ['a']", True, "'a' in ['a']"),
            ("(1 == 2 and 2 == 2)", True, "(1 == 2 and 2 == 2)"),
            ("ValueError: it is not so", True, "ValueError: it is not so"),
            ("not 'a' in 'b'", True, "not 'a' in 'b'"),
            ("False", True, "False"),
        ],
    )
    def test_a_failed_comparison_is_shown_as_false(self, observed, failed, shown):
        """The sign between the values of a failed assertion says what was found; other text stays as it is."""
        assert seen(observed, failed) == (shown, shown)

    def test_long_operands_are_cut_apart(self):
        """Each side of a comparison keeps its beginning and its end, and the sign stays."""
        short, whole = seen(f"'{'a' * 400}!' == '{'b' * 400}'", True)
        assert "a!' ≠ 'bb" in short
        assert len(short) < 260 < len(whole)

    @pytest.mark.parametrize(("letters", "marks"), [("rrrr", ["passed", "failed"]), ("hhhh", ["passed", "passed"])])
    def test_each_assertion_passed_or_failed(self, letters, marks):
        """Of a refuted claim the last assertion failed; those before it, and all of one that holds, passed."""
        both = (Evidence("one", "1 == 1"), Evidence("two", "1 == 2"))
        found = result(article(answer(11, "A", claim("top31/q11_x.py::arg", letters, evidence=both))))
        classes = [one.attributes.get("class") for one in Page(page.render(found)).all("dt")]
        assert [one for one in classes if one in ("passed", "failed")][:2] == marks

    @pytest.mark.parametrize(("letters", "derived"), [("rrrr", ["+  where 2 = g()"]), ("hhhh", [])])
    def test_says_where_the_values_of_a_failure_come_from(self, letters, derived):
        """The derivation is a fold under the assertion that failed; of what passed, the values say enough."""
        both = (Evidence("f()", "1 == 1\n +  where 1 = f()"), Evidence("g()", "1 == 2\n +  where 2 = g()"))
        found = result(article(answer(11, "A", claim("top31/q11_x.py::arg", letters, evidence=both))))
        assert re.findall(r"How pytest derived it</summary><samp> (.*)</samp>", page.render(found)) == derived


@pytest.mark.parametrize(("letters", "folds"), [("hhhh", 1), ("rrrr", 0)])
def test_a_second_reading_is_folded_where_the_claim_holds(letters, folds):
    """The readings of a contested claim are on the page: open where it is refuted, folded where it holds."""
    judged = Judged(contested=Contested("one", "two", "it says so"))
    shown = Page(page.render(result(article(answer(11, "A", claim("top31/q11_x.py::arg", letters, judged=judged))))))
    assert [one.text for one in shown.all("summary")].count("It could be read otherwise") == folds
    text = shown.one("dl", "readings").text
    assert [word in text for word in ("one.", "two.", "it says so. Disagree?")] == [True, True, True]
