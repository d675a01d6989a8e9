"""The other forms of a result are what their readers expect: JUnit, ClaimReview, badges, a job's summary."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import jsonschema
import msgspec
import pytest
from markdown_it import MarkdownIt
from msgspec_schemaorg.models.creativework.Article import Article
from msgspec_schemaorg.models.creativework.ClaimReview import ClaimReview
from msgspec_schemaorg.models.intangible.Rating import Rating
from msgspec_schemaorg.models.organization.Organization import Organization

from report.judge.results import Count, Drift, Judged, Subject
from report.tell import badge, claim_review, junit, summary
from report.tell.context import EMPTY
from report.tell.forms import FORMS, render_forms
from report.tell.index import Index
from report.tell.templates import forms

from .builders import answer, article, claim, correction, everything, hostile, result

MAKERS = {"everything": everything, "hostile": hostile, "nothing": result}


@pytest.fixture(params=MAKERS)
def made(request):
    """Each result."""
    return MAKERS[request.param]()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_each_time(made, form):
    """One result gives the same bytes, also after it went through its file."""
    again = msgspec.json.decode(msgspec.json.encode(made), type=type(made))
    assert render_forms(made, EMPTY, Path(), [form]) == render_forms(again, EMPTY, Path(), [form])


class TestJUnit:
    """As pytest writes it."""

    def test_has_the_shape_of_pytests_own(self, made, pytester):
        """No element or attribute is there, or anywhere, that pytest's own report does not have there."""
        pytester.makepyfile(
            "import pytest\ndef test_a(): assert 0\ndef test_c(): pytest.skip('c')\n"
            "def test_b(record_property): record_property('mark', 'wrong')"
        )
        pytester.inline_run("--junitxml=own.xml", "-o", "junit_family=xunit1")
        own = shape(fromstring((pytester.path / "own.xml").read_text(encoding="utf-8")))
        ours = shape(fromstring(junit.render(made).encode()))
        assert ours.keys() <= own.keys()
        assert {place: names - own[place] for place, names in ours.items() if names - own[place]} == {}

    def test_counts_what_it_has(self):
        """The counts of a suite are those of its cases."""
        for suite in fromstring(junit.render(everything()).encode()):
            cases = suite.findall("testcase")
            assert int(suite.get("tests")) == len(cases)
            assert int(suite.get("failures")) == sum(one.find("failure") is not None for one in cases)
            assert int(suite.get("skipped")) == sum(one.find("skipped") is not None for one in cases)

    def test_what_is_refuted_is_no_failure(self):
        """A refuted claim has its mark and its correction as properties; a run that exits with 0 has no failure."""
        says = correction("top31/q11_x.py::args", statement="It is `args`.")
        wrong = claim("top31/q11_x.py::arg", "rrrr", corrections=(says,), judged=Judged(happened="It is not."))
        case = self.case(wrong)
        assert case.find("failure") is None
        assert {one.get("name"): one.get("value") for one in case.iter("property")} == {
            "mark": "wrong",
            "statement": "`arg` reads a value.",
            "history": "Not true on any of the 4 releases tried (0.12.2 to 3.1.3).",
            "happened": "It is not.",
            "correction": "It is `args`.",
        }

    @pytest.mark.parametrize(
        ("letters", "given", "message"),
        [
            ("rrrr", {}, "no correction"),
            (
                "rrrr",
                {"corrections": (correction("top31/q11_x.py::args", "hhhr"),)},
                "correction does not hold (refuted)",
            ),
            ("hhhu", {"reason": "KeyError"}, "broken test: KeyError"),
            ("hhhh", {}, "drift: claims/top31/q11_x.py::arg: wrong → confirmed"),
        ],
    )
    def test_what_fails_the_run_is_a_failure(self, letters, given, message):
        """Drift, a broken test, and a correction that is missing or does not hold are failures."""
        drift = (Drift("claims/top31/q11_x.py::arg", "wrong", "confirmed"),) if letters == "hhhh" else ()
        found = self.case(claim("top31/q11_x.py::arg", letters, **given), drift=drift)
        assert found.find("failure").get("message").startswith(message)

    def test_a_candidates_drift_is_no_failure(self):
        """On a candidate, which has no date of release, drift is a forecast."""
        drift = (Drift("claims/top31/q11_x.py::arg", "wrong", "confirmed"),)
        subject = Subject("flask", "3.1.3", None, "3.11")
        assert self.case(claim("top31/q11_x.py::arg"), drift=drift, subject=subject).find("failure") is None

    def test_what_lacks_a_component_is_skipped(self):
        """A claim whose component is not installed is skipped, with the reason."""
        found = self.case(claim("top31/q11_x.py::arg", "hhhu", reason="needs nginx, which is not here"))
        assert found.find("skipped").get("message") == "needs nginx, which is not here"

    def test_a_removed_claim_is_a_failure(self):
        """A claim that only the ledger has is drift, in a suite of its own."""
        last = [*fromstring(junit.render(everything()).encode())][-1]
        assert (last.get("name"), last.get("failures")) == ("ledger", "1")

    def case(self, one, **given):
        """The test case of the only claim."""
        (found,) = fromstring(junit.render(result(article(answer(11, "A", one)), **given)).encode()).iter("testcase")
        return found


def shape(element, above=""):
    """Of each place of a document, the names of the attributes that its elements have."""
    place = f"{above}/{element.tag}"
    found = {place: set(element.attrib)}
    for child in element:
        for where, names in shape(child, place).items():
            found[where] = found.get(where, set()) | names
    return found


class TestReviews:
    """schema.org's ClaimReview."""

    def test_has_no_property_that_its_type_lacks(self, made):
        """Every node has only the properties that schema.org gives its type."""
        types = {one.__name__: one for one in (Article, ClaimReview, Organization, Rating)}
        graph = claim_review.document(Index(made))["@graph"]
        for node in graph:
            assert set(node) <= set(types[node["@type"]].__struct_encode_fields__)

    def test_every_reference_resolves(self, made):
        """What a review only names is there."""
        graph = claim_review.document(Index(made))["@graph"]
        names = {node["@id"] for node in graph if "@id" in node}
        named = set(re.findall(r'\{"@id": "([^"]*)"\}', json.dumps(graph)))
        assert named <= names

    def test_reviews_each_refuted_claim_once(self):
        """Each claim that is outdated or wrong has a review, and its rating is that of the verdict."""
        found = [one for one in claim_review.document(Index(everything()))["@graph"] if one["@type"] == "ClaimReview"]
        assert len(found) == sum(one.verdict.mark in ("outdated", "wrong") for one in everything().claims)
        ratings = {one["url"]: one["reviewRating"]["@id"] for one in found}
        assert ratings["#top31-11-arg_reads"] == "#rating-wrong"
        assert ratings["#top31-3-is_0_12_2"] == "#rating-outdated"


BADGE = {  # https://shields.io/badges/endpoint-badge, which publishes its fields as a table
    "type": "object",
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "color": {"enum": ["brightgreen", "yellow", "red", "lightgrey"]},
    },
    "required": ["schemaVersion", "label", "message", "color"],
    "additionalProperties": False,
}


class TestBadge:
    """The endpoint of shields.io."""

    def test_is_what_the_endpoint_asks_for(self, made):
        """Each badge has the fields of an endpoint, and no others."""
        for one in made.articles:
            jsonschema.validate(json.loads(badge.render(one)), BADGE)

    @pytest.mark.parametrize(
        ("letters", "message", "colour"),
        [
            (["hhhh"], "1 confirmed", "brightgreen"),
            (["hhhh", "hhrr"], "1 confirmed, 1 outdated", "yellow"),
            (["hhhh", "hhrr", "rrrr"], "1 confirmed, 1 outdated, 1 wrong", "red"),
            (["hhhu"], "1 untried", "lightgrey"),
            ([], "not yet checked", "lightgrey"),
        ],
    )
    def test_has_the_colour_of_the_worst(self, letters, message, colour):
        """The badge counts the marks, and has the colour of the worst."""
        answers = [answer(n, "A", claim(f"top31/q{n:02}_x.py::f", one)) for n, one in enumerate(letters, start=1)]
        found = json.loads(badge.render(article(*answers)))
        assert (found["message"], found["color"]) == (message, colour)


class TestSummary:
    """GitHub's job summary."""

    def test_says_why(self):
        """It has the tally, what changed, and a row for each answer that is not confirmed."""
        text = summary.render(everything())
        assert "2 technical errata, 1 slip, 1 with a tested correction" in text
        assert "**2 verdicts changed since the last accepted run:**" in text
        assert "3◷ 11✗ 18✓ 24✓ 28?" in text
        said = "Not true on any release tried: `arg_reads` reads a value. Instead: "
        assert f"| 11. Reading the query string | ✗ wrong | 1 of 2 | {said}" in text

    def test_says_what_holds(self):
        """It begins with how many statements hold, and counts the errata by gravity."""
        bad = claim("top31/q11_x.py::f", "rrrr", judged=Judged("unsafe"))
        held = Count(statements=3, hold=2)
        one = replace(article(replace(answer(11, "A", bad), count=held)), count=held)
        text = summary.render(result(one, count=held))
        assert "**2 of 3 statements hold**; 1 technical erratum (unsafe: 1), none with a tested correction." in text
        assert "| 11. A | ✗ wrong | 2 of 3 | Not true on any release tried: " in text

    def test_stays_within_githubs_limit(self):
        """However much has changed, it is far smaller than 1 MiB."""
        drift = tuple(Drift(f"claims/x.py::{n}", "confirmed", "wrong") for n in range(20_000))
        assert len(summary.render(replace(everything(), drift=drift)).encode()) < 100_000

    def test_hostile_text_stays_text(self):
        """A reader of Markdown finds no markup in what is quoted, and the table keeps its columns."""
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(summary.render(hostile()))
        kinds = {one.type for token in tokens for one in (token, *(token.children or ()))}
        assert not {one for one in kinds if re.match("html|link|image|s_open", one)}
        assert [one.type for one in tokens].count("td_open") == 4

    def test_a_bar_in_code_does_not_end_its_cell(self):
        """A bar within code stands in its cell."""
        one = claim(
            "top31/q11_x.py::f", "rrrr", statement="`a | b` is | so", corrections=(correction("top31/q11_x.py::g"),)
        )
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(summary.render(result(article(answer(11, "A", one)))))
        assert [one.type for one in tokens].count("td_open") == 4
        assert any("a | b" in (child.content) for token in tokens for child in token.children or ())


def test_the_footer_names_each_file():
    """The list that the page shows has exactly the files that the forms write, and results.json."""
    made = everything()
    written = {path.name for path in render_forms(made, EMPTY, Path())}
    assert {*forms(made)} == written | {"results.json"}
