"""The errata sheet has an entry for each refuted claim, and is text whatever it quotes."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import jsonschema
import msgspec
import pytest

from report import settings
from report.cli import reporting
from report.judge.articles import Mended, Sentence
from report.judge.results import Change, Contested, Count, Judged, Result, Unmarked
from report.tell import errata, markdown, views
from report.tell.context import EMPTY, Context
from tests.project import ROOT

from .builders import HOSTILE, answer, article, claim, correction, everything, evidence, hostile, result
from .markup import Page
from .site import CONTEXT

HOME = "https://example.org/p"
WRONG = "top31/q11_query_string.py::arg_reads"


def sheet(*claims, **given) -> Result:
    """A result of one answer."""
    return result(article(answer(11, "Reading the query string", *claims), **given))


def only(*claims) -> errata.Erratum:
    """The only erratum of one answer."""
    (one,) = errata.entries(sheet(*claims))
    return one


class TestEntries:
    """What becomes an erratum, and what it says."""

    @pytest.mark.parametrize(("letters", "count"), [("hhhh", 0), ("rrhh", 0), ("hhhu", 0), ("hhrr", 1), ("rrrr", 1)])
    def test_each_refuted_claim_is_one(self, letters, count):
        """A claim that is wrong or outdated is an erratum, and no other is."""
        assert len(errata.entries(sheet(claim(WRONG, letters)))) == count

    def test_number_is_that_of_the_claim(self):
        """The number is the claim's in its article: it stays when another claim is mended."""
        others = [claim("top31/q11_x.py::one", letters) for letters in ("hhhh", "rrrr")]
        numbers = [errata.entries(sheet(other, claim(WRONG, "rrrr")))[-1].number for other in others]
        assert numbers == ["top31-11.2", "top31-11.2"]

    def test_says_where_and_what(self):
        """An entry names the article and the answer, quotes the claim, and gives the correction."""
        says = correction("top31/q11_x.py::args", statement="`args` reads it.")
        one = only(claim(WRONG, "hhrr", corrections=(says,)))
        assert (one.article, one.section) == ("A list", "Answer 11: Reading the query string")
        assert one.original == "`arg_reads` reads a value."
        assert one.corrected == ("`args` reads it.",)
        assert one.since == "Held until 1.1.4, fails from 2.3.3 (19 January 2014)."
        assert one.evidence[0].observed.startswith("AttributeError")

    def test_says_what_happened(self):
        """What happened is as somebody wrote it, or else what the test found."""
        assert only(claim(WRONG, "rrrr", judged=Judged(happened="It is gone."))).happened == "It is gone."
        values = evidence("refuted", "'a' == 'b'\n +  where 'a' = f()")
        assert only(claim(WRONG, "rrrr", evidence=values)).happened == "The test found `'a' ≠ 'b'`."

    def test_are_in_the_order_of_their_labels(self):
        """Errata are in the order of their gravity; those without one follow, and slips come last."""
        judged = [("slip", None, "editorial"), ("none", None, "technical")]
        judged += [(one, one, "technical") for one in ("imprecise", "misleads", "unsafe", "fails")]
        claims = [
            claim(f"top31/q11_x.py::{name}", "rrrr", kind=kind, judged=Judged(gravity))
            for name, gravity, kind in judged
        ]
        names = [one.claim.rpartition("::")[2] for one in errata.entries(sheet(*claims))]
        assert names == ["fails", "unsafe", "misleads", "imprecise", "none", "slip"]

    def test_one_cause_is_one_erratum(self):
        """What fails from the same cause is a consequence, wherever it stands; where the cause holds, it is its own."""
        effect = claim("top31/q11_x.py::effect", "rrrr", judged=Judged("fails", follows=f"claims/{WRONG}"))
        (one,) = errata.entries(sheet(effect, claim(WRONG, "rrrr", judged=Judged("imprecise"))))
        assert (one.claim, one.gravity) == (f"claims/{WRONG}", "imprecise")
        assert [(each.number, each.said) for each in one.consequences] == [("top31-11.1", "`effect` reads a value.")]
        (alone,) = errata.entries(sheet(effect, claim(WRONG, "hhhh")))
        assert (alone.claim, alone.consequences) == (effect.id, ())

    @pytest.mark.parametrize(
        ("published", "said"),
        [
            ("2020", " It held when the article was published (2020)."),
            ("2021-03-01", " It already failed when the article was published (1 March 2021)."),
            ("2021", ""),
            (None, ""),
        ],
    )
    def test_says_whether_it_was_outdated_when_published(self, published, said):
        """Where both dates are known, an erratum says which came first."""
        turn = Change("3.1.3", "Flask 3.1.3", "https://x.org/changes")
        found = sheet(claim(WRONG, "hhhr", changes=(turn,)))
        releases = (*found.releases[:-1], replace(found.releases[-1], released="2021-02-03"))
        articles = (replace(found.articles[0], published=published),)
        (one,) = errata.entries(replace(found, releases=releases, articles=articles))
        assert one.since == f"Held until 2.3.3, fails from 3.1.3 (3 February 2021).{said}"

    @pytest.mark.parametrize(("kind", "type"), [("technical", "Technical"), ("editorial", "Editorial")])
    def test_type_is_the_kind_of_the_claim(self, kind, type):
        """An editorial claim makes an editorial erratum."""
        assert only(claim(WRONG, "rrrr", kind=kind)).type == type

    @pytest.mark.parametrize(
        ("corrections", "status"),
        [
            (["hhhh"], "Verified"),
            (["rrrh"], "Verified"),
            (["hhhh", "hhhh"], "Verified"),
            ([], "Reported"),
            (["hhhr"], "Reported"),
            (["hhhu"], "Reported"),
            (["hhhh", "hhhr"], "Reported"),
        ],
    )
    def test_is_verified_when_every_correction_held(self, corrections, status):
        """Verified says that there is a correction and that each held on the current release."""
        says = tuple(correction(f"top31/q11_x.py::c{n}", letters) for n, letters in enumerate(corrections))
        assert only(claim(WRONG, "rrrr", corrections=says)).status == status


QUOTED = Context(
    {
        "top31": (
            Sentence(11, "Use request.arg.", "a", 7, claims=(f"claims/{WRONG}",)),
            Sentence(11, "It is <fine>.", "b", 8, claims=("claims/top31/q11_x.py::other",)),
            Sentence(12, "Use it again.", "c", 9, claims=(f"claims/{WRONG}",)),
        )
    }
)


class TestQuoting:
    """With a copy of the article at hand, the original is its own sentence."""

    def test_original_is_the_answers_own_sentence(self):
        """The sentence is that of the same answer which states the claim; without one it is as we said it."""
        (one,) = errata.entries(sheet(claim(WRONG, "rrrr")), QUOTED)
        assert (one.original, one.quoted) == ("Use request.arg.", True)
        (other,) = errata.entries(sheet(claim("top31/q11_x.py::unquoted", "rrrr")), QUOTED)
        assert (other.original, other.quoted) == ("`unquoted` reads a value.", False)

    def test_both_forms_tell_a_quotation_from_our_words(self):
        """What is quoted stands in quotation marks, next to our words; what is not is said to be ours."""
        text = errata.to_markdown(sheet(claim(WRONG, "rrrr")), QUOTED)
        assert "- **Original:** “Use request.arg.”\n- **In our words:** `arg_reads` reads a value.\n" in text
        shown = Page(errata.to_html(sheet(claim(WRONG, "rrrr")), QUOTED))
        assert shown.one("q").text == "Use request.arg."
        assert "Original, in our words" not in shown.one("main").text

    def test_the_authors_sheet_begins_with_what_to_change(self):
        """A busy author reads first: where, what it says, what it should say; and below, how to prove it."""
        found = sheet(claim(WRONG, "rrrr", corrections=(correction("top31/q11_x.py::args_reads", "hhhh"),)))
        top, _, below = errata.to_markdown(found, QUOTED, "top31").partition("## Errata")
        where = "1. **top31-11.1** Answer 11: Reading the query string, sentence 1 (technical): "
        assert f"{where}“Use request.arg.” → `args_reads` reads a value. Proof: `uv run " in top
        assert "→" not in errata.to_markdown(found, QUOTED).partition("\n## ")[0]
        assert f'`uv run python -m report script "claims/{WRONG}" -o proof.py`' in below

    def test_says_whose_doing_it_is(self):
        """The notes name by what an outdated claim came to fail, and where its changelog says so."""
        change = Change("2.3.3", "Werkzeug 2.3", "https://example.org/w", "It went.")
        one = sheet(claim(WRONG, "hhrr", changes=(change, Change("2.0"))))
        assert "By Werkzeug 2.3 in 2.3.3: It went." in errata.to_markdown(one)
        assert "https://example.org/w" in Page(errata.to_html(one)).values("href")


class TestJson:
    """The sheet as data."""

    @pytest.mark.parametrize("make", [everything, hostile, result])
    def test_has_the_same_entries(self, make):
        """It is read back as what was written, entry by entry."""
        sheet = msgspec.json.decode(errata.to_json(make()), type=errata.Sheet)
        assert list(sheet.errata) == errata.entries(make())
        jsonschema.validate(json.loads(errata.to_json(make())), msgspec.json.schema(errata.Sheet))

    def test_has_what_the_author_has_mended(self):
        """A claim that no sentence states any more is there, with its section if its answer is still there."""
        gone = (Mended(11, "It was so.", "wrong", "2026-11-01"), Mended(0, "It is gone.", "wrong", "2026-11-02"))
        whole = result(replace(sheet(claim(WRONG)).articles[0], mended=gone))
        for sheets in (errata.to_json(whole), errata.to_json(whole, EMPTY, "top31")):
            assert json.loads(sheets)["mended"] == [
                {"article": "A list", "section": "Answer 11", "said": "It was so.", "was": "wrong", "on": "2026-11-01"},
                {"article": "A list", "section": "", "said": "It is gone.", "was": "wrong", "on": "2026-11-02"},
            ]

    def test_one_article_has_its_own(self):
        """The sheet of an article has the errata of that article only, in every form."""
        whole = sheet(claim(WRONG, "rrrr"))
        assert errata.to_json(whole, EMPTY, "top31") == errata.to_json(whole)
        assert json.loads(errata.to_json(whole, EMPTY, "top24"))["errata"] == []
        assert "There are no errata" in errata.to_html(whole, EMPTY, "top24")
        assert "There are no errata" in errata.to_markdown(whole, EMPTY, "top24")

    def test_an_article_without_errata_has_a_sheet_that_says_so(self):
        """Its author reads how many statements hold; nobody praises what is not yet checked."""
        right = replace(sheet(claim(WRONG)).articles[0], id="right")
        unchecked = replace(right, id="unchecked", answers=(), count=Count(todo=3))
        for write in (errata.to_html, errata.to_markdown):
            whole = result(right, unchecked)
            assert "1 of your 1 statement holds" in write(whole, EMPTY, "right")
            assert "There are no errata: no claim is refuted." in write(whole, EMPTY, "right")
            assert "3 parts not yet checked" in write(whole, EMPTY, "unchecked")
            assert "There are no errata: nothing is checked yet." in write(whole, EMPTY, "unchecked")


class TestHtml:
    """The sheet as a page."""

    def test_has_an_entry_for_each_erratum(self):
        """Each erratum is an entry with its number, its answer, and what to say instead, under its gravity."""
        page = Page(errata.to_html(everything()))
        assert [one.text.partition(" ")[0] for one in page.all("h3")] == ["Technical", "Slip"]
        assert [one.text.partition(" ")[0] for one in page.all("h4")] == ["top31-3.1", "top31-11.1", "top31-11.2"]
        labels = {one.text for one in page.all("dt")}
        assert {"Original, in our words", "Correction tested ✓", "Correction"} <= labels

    def test_counts_what_it_has(self):
        """The head says how many errata there are, of which type, and how many corrections were tested."""
        lede = Page(errata.to_html(everything())).one("p", "lede").text
        counts = "6 of 9 statements hold on Flask 3.1.3; 3 do not, from 2 causes."
        assert lede == f"{counts} 2 technical errata, 1 slip, 1 with a tested correction."

    def test_counts_all_articles_in_the_order_of_the_labels(self):
        """The errata of all articles list the labels in the order of a sheet, whichever article comes first."""
        claims = [
            claim(f"{name}/q11_x.py::f", "rrrr", judged=Judged(gravity))
            for name, gravity in (("top24", "misleads"), ("top31", "fails"))
        ]
        articles = [
            article(answer(11, "T", one), id=name) for one, name in zip(claims, ("top24", "top31"), strict=True)
        ]
        for write in (errata.to_html, errata.to_markdown):
            assert "2 technical errata (fails: 1, misleads: 1)" in write(result(*articles))

    @pytest.mark.parametrize("write", [errata.to_html, errata.to_markdown])
    def test_says_how_marks_timelines_and_labels_relate(self, write):
        """One paragraph at the head joins the words, and says that the order is none of harm."""
        legend = errata.LEGEND.format(subject="Flask 3.1.3")
        assert {*errata.KINDS} - {"technical", "slip"} <= {*re.findall(r"\w+", legend)}
        assert write(everything()).count(legend) == write(everything(), EMPTY, "top31").count(legend) == 1
        assert "no order of harm" not in write(everything(), EMPTY, "top24")

    def test_a_contested_erratum_has_both_readings(self):
        """It says how it was read, how it could be, and what the author could reply, and how to disagree."""
        judged = Judged(reply="It `was`.", rebuttal="It is not.", contested=Contested("one", "two", "it says so"))
        found = sheet(claim(WRONG, "rrrr", judged=judged))
        context = Context(repository=HOME, policy="docs/p.md")
        page = Page(errata.to_html(found, context))
        assert "It was. Our answer: It is not." in page.one("p", "reply").text
        assert [one.text for one in page.all("dd")][-4:-1] == ["one.", "two.", "it says so. Disagree?"]
        assert {"https://example.org/p", "https://example.org/p/blob/HEAD/docs/p.md"} <= {*page.values("href")}
        assert "**It could be read as:** two." in errata.to_markdown(found)

    def test_a_reply_without_an_answer_is_shown(self):
        """Whoever wrote the reply only has not answered it yet."""
        found = sheet(claim(WRONG, "rrrr", judged=Judged(reply="It was.")))
        assert "It was. Our answer: None yet." in Page(errata.to_html(found)).one("p", "reply").text
        assert "It was. **Our answer:** None yet." in errata.to_markdown(found)


class TestAlone:
    """The sheet of one article, which is sent to its author without the report."""

    @pytest.fixture
    def alone(self):
        """The sheet of an article with two statements, one of which fails with a consequence."""
        effect = claim("top31/q12_x.py::effect", "rrrr", judged=Judged(follows=f"claims/{WRONG}"))
        says = correction("top31/q11_x.py::args")
        answers = [answer(11, "The query string", claim(WRONG, "rrrr", corrections=(says,))), answer(12, "B", effect)]
        answers += [answer(13, "C", claim("top31/q13_x.py::f"))]
        first = article(*answers, unmarked=(Unmarked(14, "D"),))
        return Page(errata.to_html(result(first, article(id="top24", title="Another list")), EMPTY, "top31"))

    def test_is_the_authors(self, alone):
        """Its heading and its title are the article's, and it begins with what is right."""
        assert alone.one("h1").text == alone.one("title").text == "A list: errata"
        assert alone.one("p", "lede").text.startswith(
            "1 of your 3 statements hold on Flask 3.1.3; 2 do not, from 1 cause."
        )

    def test_needs_no_other_file(self, alone):
        """Every link stays on the sheet; each target is there."""
        links = {link for link in alone.values("href") if not link.startswith("data:")}
        assert {link[0] for link in links} == {"#"}
        assert {link[1:] for link in links} <= {*alone.values("id")}

    def test_without_an_address_it_says_to_whom_to_write(self, alone):
        """Each erratum leads to the paragraph, which gives an example of what to name."""
        (how,) = [one.text for one in alone.all("p") if one.attributes.get("id") == "disagree"]
        assert "Write to whoever sent you this sheet." in how
        assert f"such as top31-11.1, claims/{WRONG})" in how
        assert [one.attributes["href"] for one in alone.all("a", "disagree")] == ["#disagree"]
        assert "its address is not configured" in alone.one("dl", "facts").text
        text = errata.to_markdown(sheet(claim(WRONG, "rrrr")))
        assert "Write to whoever sent you this sheet." in text
        assert "its address is not configured" in text

    @pytest.mark.parametrize("article", [None, "top31", "top24"])
    def test_with_an_address_it_leads_to_the_project(self, article):
        """It links to the project and to the policy; each erratum links to a new issue with its number and its test."""
        context = Context(repository=HOME, policy="docs/p.md")
        page = Page(errata.to_html(everything(), context, article))
        assert {HOME, f"{HOME}/blob/HEAD/docs/p.md"} <= {*page.values("href")}
        assert HOME in page.one("dl", "facts").text  # on paper, too
        issues = [parse_qs(urlsplit(one.attributes["href"]).query) for one in page.all("a", "disagree")]
        entries = errata.entries(everything().only(article) if article else everything(), context)
        assert [issue["title"] for issue in issues] == [[f"Disagree: {entry.number}"] for entry in entries]
        assert all(entry.claim in issue["body"][0] for entry, issue in zip(entries, issues, strict=True))
        text = errata.to_markdown(everything(), context, article)
        assert text.count(f"<{HOME}/issues/new?title=Disagree%3A%20top31-11.1&body=") == (article != "top24")

    def test_has_the_tests(self, alone):
        """The tests of claim, correction and consequence are there, folded, with their evidence."""
        proofs = alone.all("details", "proof")
        assert [one.text.count("uv run pytest") for one in proofs] == [1, 1, 1]
        assert not any("open" in one.attributes for one in proofs)
        assert [one.text.count("assert request.arg.get") for one in proofs] == [1, 1, 1]

    def test_has_what_the_tests_use(self):
        """An erratum has the source of all that its tests reach: fixtures, functions and constants, each once."""
        context = replace(CONTEXT, repository=HOME)
        page = Page(errata.to_html(everything(), context, "top31"))
        assert " ".join(page.one("ul", "helpers").text.split()) == (
            "app An application. claims/conftest.py, line 20, fixture def app(): return made() "
            "made claims/conftest.py, line 31 def made(): return Flask(NAME) "
            'NAME claims/conftest.py, line 8 NAME = "a" < "b"'
        )
        assert f"{HOME}/blob/HEAD/claims/conftest.py#L20" in page.values("href")
        assert 'class="helpers"' not in errata.to_html(everything(), context, "top24")

    def test_begins_in_short(self, alone):
        """The head of the sheet has each erratum with its place, what to write instead, and how to prove it."""
        short = alone.one("ol", "short").text.strip()
        assert short.split("\n")[:3] == [
            "top31-11.1 Answer 11: The query string technical",
            "arg_reads reads a value.",
            "args reads a value. ",
        ]
        assert f'report script "claims/{WRONG}" -o proof.py' in short
        assert "1 answer states nothing that can be checked: 14. D" in alone.one("main").text

    def test_links_to_scripts_that_are_there(self):
        """Where the scripts of the errata stand beside it, the sheet links to them."""
        made = sheet(claim(WRONG, "rrrr"))
        links = Page(errata.to_html(made, Context(scripts=True), "top31")).values("href")
        assert [link for link in links if link.startswith("scripts/")] == [
            f"scripts/{views.script_file(f'claims/{WRONG}')}"
        ]
        assert "scripts/" not in errata.to_html(made, EMPTY, "top31")

    def test_empty_sheet_says_so(self):
        """Without a refuted claim the sheet says that there are no errata."""
        assert "There are no errata" in Page(errata.to_html(result())).one("main").text

    def test_hostile_text_stays_text(self):
        """Markup in any text makes no element."""
        tags = {one.tag for one in Page(errata.to_html(hostile())).elements}
        assert not tags & {"img", "b"}

    @pytest.mark.parametrize("make", [everything, hostile, result])
    def test_is_the_same_each_time(self, make):
        """One result gives the same bytes."""
        assert errata.to_html(make()) == errata.to_html(make())


class TestMarkdown:
    """The sheet as Markdown."""

    def test_has_an_entry_for_each_erratum(self):
        """An entry names its fields, one to a line, and shows its evidence."""
        says = correction("top31/q11_x.py::args", statement="`args` reads it.")
        text = errata.to_markdown(sheet(claim(WRONG, "rrrr", corrections=(says,))))
        assert "## A list\n\n0 of 1 statement holds. 1 technical erratum, with a tested correction.\n" in text
        assert "\n### top31-11.1\n" in text
        assert "- **Answer 11: Reading the query string** (technical: " in text
        assert "- **Original:** `arg_reads` reads a value.\n" in text
        assert "- **Correction (tested ✓):** `args` reads it.\n" in text
        assert '  ✗ assert request.arg.get("user") == "Ada"\n  AttributeError' in text

    def test_without_a_correction_it_says_so(self):
        """An erratum that has no correction yet says that."""
        assert "- **Correction:** None yet.\n" in errata.to_markdown(sheet(claim(WRONG, "rrrr")))

    def test_empty_sheet_says_so(self):
        """Without a refuted claim the sheet says that there are no errata."""
        assert "There are no errata" in errata.to_markdown(result())

    def test_hostile_text_stays_text(self):
        """A reader of Markdown finds no markup, link or heading in what is quoted."""
        parser = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False})
        tokens = parser.parse(errata.to_markdown(hostile()))
        kinds = {one.type for token in tokens for one in (token, *(token.children or ()))}
        assert not {one for one in kinds if re.match("html|link|image|table|s_open|em_open_", one)}
        assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h3"]

    @pytest.mark.parametrize(
        ("said", "written"),
        [
            ("a *b* _c_ [d](e)", r"a \*b\* \_c\_ \[d\](e)"),
            ("<b> & `x", r"\<b\> \& \`x"),
            ("two\nlines", "two lines"),
            ("https://example.com", r"https\://example.com"),
            ("a `b*c` d", "a `b*c` d"),
            ("$x$ ~y~ #1", r"\$x\$ \~y\~ \#1"),
        ],
    )
    def test_prose_is_escaped_but_for_its_code(self, said, written):
        """What Markdown would take for markup is escaped, and code stays code."""
        assert markdown.prose(said) == written

    def test_fences_are_longer_than_what_they_hold(self):
        """No run of backticks in a value ends its block or its span."""
        assert markdown.block("a\n````\nb").startswith("  `````text\n")
        assert markdown.code("a``b") == "``` a``b ```"

    def test_hostile_value_stays_in_its_block(self):
        """Every line of a value is indented as its fence is."""
        assert all(line.startswith("  ") for line in markdown.block(HOSTILE * 3).split("\n") if line)


PATCH = "--- a/top31.txt\n+++ b/top31.txt\n@@ -1 +1 @@\n-`request.arg`\n+`request.args`\n"


def test_the_sheet_of_an_article_has_its_patch():
    """The author's own sheet has the safe fixes of a copy; the sheet of all, and one without fixes, say nothing."""
    made = sheet(claim(WRONG, "rrrr"))
    texts = dict(errata.files(made, Context(patches={"top31": PATCH})))
    assert "+`request.args`" in texts["errata-top31.md"]
    assert "+`request.args`" in texts["errata-top31.html"]
    assert not any("git apply" in texts[name] for name in ("errata.md", "errata.html"))
    assert not any("git apply" in text for _, text in errata.files(made, EMPTY))


def test_the_patch_of_a_copy_is_what_check_can_replace(tmp_path, monkeypatch):
    """It names the file of the copy, wherever that is; an article without a safe fix has none."""
    monkeypatch.setenv("ARTICLES_DIR", str(tmp_path))
    (tmp_path / "top31.txt").write_text("1) Reading?\n\nUse `request.arg.get('x')`, a dictionary.\n", encoding="utf-8")
    (tmp_path / "top24.txt").write_text("1) Reading?\n\nUse `request.args.get('x')`, a dictionary.\n", encoding="utf-8")
    patches = reporting.patches(settings.read(ROOT), ["top31", "top24"])
    assert [*patches] == ["top31"]
    assert patches["top31"].startswith("--- a/top31.txt\n+++ b/top31.txt\n")
    assert "+Use `request.args.get('x')`" in patches["top31"]
