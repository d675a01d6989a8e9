"""The page is whole, the same each time, safe, and says what the result says."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from report.judge.results import Judged, Result
from report.model import Verdict
from report.tell import page, words
from report.tell.markup import anchor, data, prose, visible

from .builders import (
    HOSTILE,
    MANY,
    answer,
    article,
    claim,
    correction,
    everything,
    evidence,
    hostile,
    result,
)
from .markup import Page

RESULTS = {"everything": everything, "hostile": hostile, "nothing": result}


@pytest.fixture(params=RESULTS)
def shown(request):
    """The page of each result."""
    return Page(page.render(RESULTS[request.param]()))


@pytest.fixture
def document():
    """The page of a result with everything in it."""
    return Page(page.render(everything()))


def q11(*claims):
    """The page of one answer."""
    return Page(page.render(result(article(answer(11, "The query string", *claims)))))


class TestWhole:
    """The page as a document."""

    @pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
    def test_is_the_same_each_time(self, make):
        """One result gives the same bytes, also after it went through its file."""
        again = msgspec.json.decode(msgspec.json.encode(make()), type=Result)
        assert page.render(make()) == page.render(again)

    def test_every_id_is_unique(self, shown):
        """No two elements have the same id, and none has a space in it."""
        ids = shown.values("id")
        assert len(ids) == len(set(ids))
        assert not any(re.search(r"\s", one) for one in ids)

    def test_every_reference_resolves(self, shown):
        """Every link within the page, and every label, leads to an element that is there."""
        links = {one[1:] for one in shown.values("href") if one.startswith("#")}
        labels = {*shown.values("aria-labelledby")}
        assert links | labels <= {*shown.values("id")}

    def test_loads_nothing(self, shown):
        """Nothing has a source; a link leads to the page, to a view of it, or to another form in its folder."""
        assert not shown.all("img") + shown.all("iframe") + shown.all("object") + shown.all("base")
        assert not shown.values("src") + shown.values("srcset") + shown.values("action")
        out = {one for one in shown.values("href") if not one.startswith(("#", "data:", "?to="))}
        assert {"errata.html", "junit.xml", "summary.md", "results.json"} <= out
        assert all(re.fullmatch(r"[\w.-]+\.(html|md|json|xml)", one) for one in out)

    def test_style_loads_nothing(self, shown):
        """The style imports nothing, and all of its pictures are in itself."""
        text = re.sub(r"xmlns='http://www.w3.org/2000/svg'", "", shown.one("style").text)
        assert not re.search(r"@import|https?:", text)
        assert set(re.findall(r"url\((.{7})", text)) == {'"data:i', "%23m)'%"}

    def test_policy_admits_only_its_own_style_and_script(self, shown):
        """The Content-Security-Policy names the hashes of the style and the script, and allows nothing else."""
        (meta,) = [one for one in shown.all("meta") if "http-equiv" in one.attributes]
        rules = dict(rule.strip().split(" ", 1) for rule in meta.attributes["content"].split(";"))
        assert rules == {
            "default-src": "'none'",
            "style-src": f"'sha256-{digest(shown.one('style'))}'",
            "script-src": f"'sha256-{digest(script_of(shown))}'",
            "img-src": "data:",
            "base-uri": "'none'",
            "form-action": "'none'",
        }

    def test_needs_nothing_that_the_policy_forbids(self, shown):
        """No element has a style or a handler of its own."""
        attributes = {name for one in shown.elements for name in one.attributes}
        assert not {one for one in attributes if one == "style" or one.startswith("on")}

    def test_headings_are_in_order(self, shown):
        """There is one heading of the first level, and no level is left out on the way down."""
        levels = [int(one.tag[1]) for one in shown.elements if re.fullmatch("h[1-6]", one.tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_has_landmarks_and_a_language(self, shown):
        """A header, a main part, a footer, a link that skips to the main part, and English."""
        assert shown.one("html").attributes["lang"] == "en"
        assert shown.one("header")
        assert shown.one("footer")
        assert [one.attributes["href"] for one in shown.all("a", "skip")] == ["#main", "#find"]
        assert shown.one("main").attributes["id"] == "main"

    def test_stays_small(self):
        """A page of 250 claims on 42 releases is not larger than 1.5 MB."""
        turns = "hhhhhhhhrrrruuuuhhhhhhhhhhhhhhrrrrrrrrrrrr"
        says = (correction("top31/q01_x.py::says", "h" * len(MANY), MANY),)
        claims = [
            claim(f"top31/q{number % 31 + 1:02d}_x.py::claim_{number}", turns, MANY, corrections=says)
            for number in range(250)
        ]
        answers = [answer(number + 1, f"Topic {number}", *claims[number::31]) for number in range(31)]
        size = len(page.render(result(article(*answers), versions=MANY)).encode())
        assert size <= 1_500_000


class TestHostile:
    """What a claim, an article or an evidence contains stays text."""

    def test_makes_no_element(self):
        """Markup in any text makes no element."""
        tags = {one.tag for one in Page(page.render(hostile())).elements}
        assert tags <= {one.tag for one in Page(page.render(everything())).elements}

    def test_is_shown_as_it_is(self):
        """Each of the characters is there to be read."""
        seen = Page(page.render(hostile())).one("article", "claim").text
        assert "</style></script><img src=x onerror=alert(1)>" in seen
        assert "{{ 7*7 }}" in seen
        assert "&amp;" in seen

    def test_controls_are_pictured(self):
        """Control characters, and those that turn the direction of text, are replaced by what can be seen."""
        text = page.render(hostile())
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "␀␛[31m\\u202e" in text

    def test_half_a_character_is_pictured(self):
        """A surrogate, which no file can hold, is escaped."""
        assert visible("a\ud800b").encode() == b"a\\ud800b"


class TestOverview:
    """The tiles and the head of the page."""

    def test_every_question_has_a_tile(self, document):
        """Each article has a tile for each of its questions, in order."""
        numbers = [int(one.text) for one in document.all("span", "number")]
        assert numbers == [*range(1, 25), *range(1, 32)]

    def test_tiles_of_answers_lead_to_them(self, document):
        """The tile of a checked answer is a link to it, and says its topic and its mark."""
        (tile,) = [one for one in document.all("a", "tile") if one.attributes["href"] == "#top31-11"]
        assert tile.attributes["title"] == "11 · Reading the query string: wrong, 1 of 2 statements hold"
        assert "wrong" in tile.attributes["class"].split()
        assert "Reading the query string: wrong" in tile.text

    def test_tiles_without_an_answer_are_empty(self, document):
        """The tile of a question that is not yet checked leads nowhere, and says so."""
        empty = document.all("span", "unchecked")
        assert len(empty) == 24 + 31 - 6
        assert all("not yet checked" in one.text for one in empty)

    def test_marks_have_shapes(self, document):
        """Each mark has a sign of its own, so that none depends on its colour."""
        signs = re.findall(r"--sign-(\w+): (url\(.*\));", document.one("style").text)
        assert {name for name, _ in signs} == {"confirmed", "outdated", "wrong", "untried"}
        assert len({picture for _, picture in signs}) == 4

    def test_counts_are_in_words(self, document):
        """The head says how many answers have which mark."""
        tally = "3 confirmed, 1 outdated, 1 wrong, 1 untried and 49 not yet checked"
        assert tally in document.one("p", "lede").text.replace(words.NBSP, " ")

    def test_says_on_what_it_was_measured(self, document):
        """The head says the release and its date, the Python, and when that was."""
        facts = document.one("dl", "facts").text
        assert "3.1.3 released 19 February 2026" in facts
        assert "3.11" in facts
        assert "20 November 2026" in facts

    def test_drift_is_listed(self, document):
        """A verdict that turned is named, with what it was and is, and leads to its claim if it still is one."""
        drift = document.one("section", "drift").text
        assert "confirmed → wrong" in drift
        assert "in the ledger → no claim any more" in drift

    def test_no_drift_is_said(self):
        """Without drift the page says that nothing has changed."""
        shown = Page(page.render(result()))
        assert "No verdict has changed." in shown.one("section", "drift").text
        assert "no verdict changed" in shown.one("dl", "facts").text

    def test_answers_say_what_holds(self, document):
        """Each answer says how many of its statements hold, and leads to each that does not, and to its slips."""
        reasons = [" ".join(one.text.split()) for one in document.all("div", "reason")]
        assert len(reasons) == 6
        assert "1 of 2 statements hold; this one does not: 11.1 arg_reads reads a value. 1 slip: 11.2" in reasons
        assert "3 of 3 statements hold." in reasons
        assert "0 of 1 statement holds." in reasons  # it is untried
        assert {"#top31-11-arg_reads", "#top31-11-is_spelled_so", "#top31-3-is_0_12_2"} <= set(document.values("href"))

    def test_errors_of_one_cause_are_one(self):
        """What fails for the cause of another error is listed with it, by its number."""
        follows = Judged(follows="claims/top31/q11_x.py::one")
        shown = q11(claim("top31/q11_x.py::one", "rrrr"), claim("top31/q11_x.py::two", "rrrr", judged=follows))
        assert "hold; these do not: 11.1 one reads a value. Same cause: 11.2" in " ".join(
            shown.one("div", "reason").text.split()
        )


class TestClaims:
    """What stands with each claim."""

    def test_permalinks_do_not_depend_on_the_order(self):
        """Each claim's place is named after the claim, wherever it stands."""
        one, two = claim("top31/q11_x.py::one"), claim("top31/q11_x.py::two")
        ids = [{*q11(*claims).values("id")} for claims in ([one, two], [two, one])]
        assert ids[0] == ids[1]
        assert {"top31-11", "top31-11-one", "top31-11-two"} <= ids[0]

    def test_each_has_its_statement_and_mark(self):
        """The sentence stands there with its code as code, and its mark as a word."""
        shown = q11(claim("top31/q11_x.py::arg", "rrrr")).one("article", "claim")
        assert "arg reads a value." in shown.text
        assert "wrong" in shown.text

    def test_kinds_are_tagged(self, document):
        """Slips and claims about data say that they are; a slip has no mark."""
        assert {one.text for one in document.all("span", "tag")} == {"slip", "data"}
        (slip,) = [one for one in document.all("article", "claim") if one.attributes["id"].endswith("is_spelled_so")]
        assert "wrong" not in slip.text

    def test_errors_come_first(self):
        """Within an answer errors come first, then slips; the numbers are those of the article."""
        shown = q11(
            claim("top31/q11_x.py::holds"),
            claim("top31/q11_x.py::slip", "rrrr", kind="editorial"),
            claim("top31/q11_x.py::error", "rrrr"),
        )
        assert [one.text.split()[0] for one in shown.all("h5")] == ["11.3", "11.2", "11.1"]

    def test_what_never_changed_takes_a_line(self):
        """A claim that always held has no timeline; its history is in its fold."""
        shown = q11(claim("top31/q11_x.py::arg"))
        assert shown.all("article", "steady")
        assert len(shown.all("ol", "timeline")) == 1  # the legend's
        assert "Held on all 4 releases tried" in shown.one("details", "proof").text

    def test_timeline_tells_runs_of_releases(self):
        """Each run of releases says what the claim did, and on which."""
        runs = q11(claim("top31/q11_x.py::arg", "hhrr")).one("article", "claim").text
        assert "works 0.12.2 – 1.1.4fails 2.3.3 – 3.1.3" in runs

    def test_timeline_tells_what_is_not_measured(self):
        """A release without an outcome stands in the timeline as not measured."""
        assert "not measured 0.12.2" in q11(claim("top31/q11_x.py::arg", ".hhr")).one("article", "claim").text

    def test_evidence_is_shown(self):
        """The assertion and the values that were seen stand there."""
        shown = q11(claim("top31/q11_x.py::arg", "rrrr")).one("dl", "seen")
        assert 'request.arg.get("user") == "Ada"' in shown.text
        assert "no attribute 'arg'" in shown.text

    def test_examples_are_counted(self):
        """Evidence of a law says of how many examples it is one."""
        seen = (replace(evidence("held")[0], times=100),)
        assert "100 examples" in q11(claim("top31/q11_x.py::arg", evidence=seen)).one("dl", "seen").text

    def test_long_values_are_folded_but_whole(self):
        """A long value is cut in the middle, and can be unfolded."""
        seen = evidence("held", f"the start {'x' * 5000} the middle {'x' * 5000} the end")
        text = q11(claim("top31/q11_x.py::arg", evidence=seen)).one("dl", "seen").text
        assert [text.count(part) for part in ("the start", "the middle", "the end")] == [2, 1, 2]

    def test_other_evidence_is_shown_once(self):
        """What was seen on other releases is shown once for all on which it was the same."""
        (other,) = q11(claim("top31/q11_x.py::arg", "hhrr")).all("details", "elsewhere")
        assert "on 0.12.2 – 1.1.4" in other.text
        assert other.text.count("'Ada' == 'Ada'") == 1

    def test_same_evidence_is_not_shown_again(self):
        """Where the same was seen on all releases, there is nothing to say about the others."""
        assert not q11(claim("top31/q11_x.py::arg", "hhhh")).all("details", "elsewhere")

    def test_correction_stands_with_its_claim(self):
        """What the answer says instead stands there, with what it did, its evidence and its test."""
        says = correction("top31/q11_x.py::args", statement="`args` reads it.")
        shown = q11(claim("top31/q11_x.py::arg", "rrrr", corrections=(says,))).one("div", "correction")
        assert "args reads it." in shown.text
        assert "tested Held on all 4 releases" in shown.text
        assert 'uv run pytest "claims/top31/q11_x.py::args"' in shown.text

    def test_rows_of_a_table_share_their_source(self, document):
        """The source of a table stands with its first row, and the others lead there."""
        rows = [one for one in document.all("article", "claim") if "codes" in one.attributes["id"]]
        assert [one.text.count("assert app.codes()") for one in rows] == [1, 0, 0]
        assert all("24.1" in one.text for one in rows[1:])

    def test_untried_has_its_reason(self):
        """A claim that could not be tried says why."""
        assert "it needs a thing" in q11(claim("top31/q11_x.py::arg", "hhhu")).one("p", "verdict").text

    def test_measured_before_is_said(self):
        """A claim whose outcome is the ledger's says so next to its mark."""
        document = q11(claim("top31/q11_x.py::arg", reason="measured before; here it needs nginx"))
        assert "measured before; here it needs nginx" in document.one("details", "proof").text

    @pytest.mark.parametrize(
        ("name", "command"),
        [
            ("arg", 'uv run pytest "claims/top31/q11_x.py::arg"'),
            ("arg[a b]", 'uv run pytest "claims/top31/q11_x.py::arg[a b]"'),
            ("arg[$HOME]", "uv run pytest 'claims/top31/q11_x.py::arg[$HOME]'"),
            ("arg[`id`'\"]", """uv run pytest 'claims/top31/q11_x.py::arg[`id`'"'"'"]'"""),
        ],
    )
    def test_command_is_one_that_a_shell_understands(self, name, command):
        """The command names the claim in quotes that a shell leaves alone."""
        assert q11(claim(f"top31/q11_x.py::{name}")).one("p", "command").text.startswith(command)


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ("hhhh", "Held on all 4 releases tried (0.12.2 to 3.1.3)."),
        ("...h", "Held on 3.1.3, the only release it was tried on. (It is not yet measured on 3 more.)"),
        ("uuhh", "Held on all 2 releases tried (2.3.3 to 3.1.3). (It could not be tried on 2 more.)"),
        ("rrrr", "Not true on any of the 4 releases tried (0.12.2 to 3.1.3)."),
        ("uuur", "Refuted on 3.1.3, the only release it was tried on. (It could not be tried on 3 more.)"),
        ("rhhh", "Holds since 1.1.4 (1 October 2013), failed up to 0.12.2."),
        ("hrhh", "Held on 3 of 4; failed on 1.1.4."),
        ("rhrh", "Held on 2 of 4; failed on 0.12.2 and 2.3.3."),
        ("rhhr", "Held only on 1.1.4 – 2.3.3, fails from 3.1.3 (9 May 2014)."),
        ("ruhh", "Holds since 2.3.3 (19 January 2014), failed up to 0.12.2. (1 release in between gave no outcome.)"),
        ("hhhr", "Held until 2.3.3, fails from 3.1.3 (9 May 2014)."),
        ("h..r", "Held until 0.12.2, fails from 3.1.3 (9 May 2014). (2 releases in between gave no outcome.)"),
        ("hhhu", "No verdict yet: it needs a thing."),
        (".u.r", "No verdict yet: refuted on 3.1.3, but not yet measured on 0.12.2, 2.3.3."),
        ("...r", "No verdict yet: refuted on 3.1.3, but not yet measured on 0.12.2 – 2.3.3."),
    ],
)
def test_history_is_said_in_plain_words(letters, said):
    """What a claim did over the releases is one plain sentence, and says what is not known."""
    assert words.history(claim("top31/q11_x.py::arg", letters), result()) == said


def test_history_does_not_overlook_a_later_release():
    """A claim that fails on a release after the current one did not hold on all."""
    later = claim("top31/q11_x.py::arg", "hhhr", verdict=Verdict("confirmed"))
    assert words.history(later, result()) == "Held on 3 of 4; failed on 3.1.3."


@pytest.mark.parametrize(
    ("iso", "said"), [("2023-04-30", "30 April 2023"), ("soon", "soon"), (None, ""), (HOSTILE, HOSTILE)]
)
def test_dates_are_said_in_words(iso, said):
    """A date is said in words, and what is none as it stands."""
    assert words.day(iso) == said


def test_prose_sets_off_code():
    """Backticks set off code, and markup within them stays text."""
    assert prose("`<b>` & `x") == "<code>&lt;b&gt;</code> &amp; `x"


def test_anchors_tell_names_apart_that_look_alike():
    """Characters that an id cannot have do not make two places one."""
    assert anchor("codes[401]") == "codes-401"
    assert anchor("codes[a b]") != anchor("codes[a/b]")


def test_source_keeps_every_character():
    """The source of a test stands in the page as it is written."""
    source = "@claim\ndef f():\n    assert '<b>' in \"&\"  # no\n\n    assert a >\\\n    b < c"
    assert q11(claim("top31/q11_x.py::f", source=source)).one("pre").text == source


def test_data_cannot_end_its_element():
    """What stands in a script element as JSON cannot end it, and is what it was when it is read."""
    written = data([HOSTILE, "\u2028\x7f"])
    assert not re.search("[<\x00-\x1f\x7f-\x9f\u2028\u202e]", written)
    assert json.loads(written) == [HOSTILE, "\u2028\x7f"]


def script_of(shown):
    """The script of a page that runs."""
    (found,) = [one for one in shown.all("script") if "type" not in one.attributes]
    return found


def digest(element):
    """The hash of an element's text, as a policy names it."""
    return base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
