"""The page in a real browser, as its readers use it: links, the filter, the keyboard."""

import functools

import pytest

from report.judge.results import Change
from report.tell import page

from .builders import answer, article, claim, result
from .site import FILES, LISTENS, unfold

ROWS = "[...document.querySelectorAll('.map tbody tr:not([hidden]) a')].map((one) => one.hash.slice(1))"


def ids_of(tab):
    """Every id of a page."""
    return set(tab.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)"))


@pytest.fixture(scope="module")
def ids(browser, site):
    """Tell every id of a page, which is opened once."""

    @functools.cache
    def found(name):
        tab = browser.new_page()
        tab.goto((site / name).as_uri())
        ids = ids_of(tab)
        tab.close()
        return ids

    return found


def claims_in(tab):
    """The ids of the claims that are shown."""
    return tab.evaluate(
        "[...document.querySelectorAll('article.claim')].filter((one) => one.checkVisibility()).map((one) => one.id)"
    )


class TestLinks:
    """Links and permalinks."""

    @pytest.mark.parametrize("name", FILES)
    def test_every_link_resolves(self, visit, ids, name):
        """Each link leads to a place that is there: of this page, or of another in its folder."""
        tab = visit(name)
        unfold(tab)
        links = tab.evaluate("[...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'))")
        places = {"": ids_of(tab)} | {
            file: ids("hostile.html" if name.startswith("hostile") else file)
            for file in {one.partition("#")[0] for one in links}
            if file.endswith(".html")
        }
        for link in links:
            file, _, place = link.partition("#")
            assert not place or file.startswith(("https://example.org/", "?")) or place in places[file], link

    @pytest.mark.parametrize("name", ["index.html", "hostile.html"])
    def test_every_permalink_brings_its_place_into_view(self, visit, name):
        """The address of each claim and answer, opened afresh, shows it at once."""
        ids = visit(name).evaluate("[...document.querySelectorAll('.claim, .answer, .release')].map((one) => one.id)")
        assert len(ids) > 1
        tab = visit(name)
        for one in ids:
            tab.evaluate("(id) => { location.hash = encodeURIComponent(id); }", one)
            tab.wait_for_function(
                "(id) => { const { top } = document.getElementById(id).getBoundingClientRect();"
                " const end = scrollY + innerHeight > document.documentElement.scrollHeight - 2;"
                " return top > -2 && top < (end ? innerHeight : innerHeight / 4); }",
                arg=one,
                timeout=30_000,
            )

    def test_a_release_shows_what_it_changed(self, visit):
        """A click on a release of the map unfolds what it changed."""
        tab = visit()
        tab.locator("th a[href='#in-2.3.3']").click()
        assert tab.locator("[id='in-2.3.3'] li").count() == 4
        assert tab.locator("[id='in-2.3.3'] li").first.is_visible()
        tab.locator("[id='in-2.3.3'] a.only").click()
        assert "to=2.3.3" in tab.url
        assert len(claims_in(tab)) == 4

    def test_two_releases_are_compared(self, visit):
        """Two releases show what broke and what was repaired between them; the filter then shows as many claims."""
        tab = visit()
        tab.locator("#between [name=from]").select_option("0.12.2")
        assert (
            tab.locator("#between output")
            .text_content()
            .startswith("1 claim broke; 3 claims began to work (one cause).")
        )
        first = tab.locator("#between .cause").first.locator("p, li")
        assert first.all_text_contents() == [
            "fails 1.1.4. no cause written down.",
            "top31 3.1 is_0_12_2 reads a value.",
        ]
        assert tab.url.endswith("?from=0.12.2&to=3.1.3#history")
        tab.reload()
        assert tab.locator("#between [name=from]").input_value() == "0.12.2"
        assert tab.locator("#between output").text_content().startswith("1 claim broke")
        tab.locator("#between a.only").click()
        assert "from=0.12.2&to=3.1.3" in tab.url
        assert len(claims_in(tab)) == 4
        assert tab.locator("#count").inner_text() == "4 of 10 claims that changed from 0.12.2 to 3.1.3"

    def test_what_changed_between_two_releases_has_its_cause(self, visit, site):
        """The claims stand under the release and the cause that changed them; back in time, what broke works again."""
        went, came = (
            Change("2.3.3", "Werkzeug 2", None, "It `went`. For good."),
            Change("3.1.3", "Flask 3", None, "It came."),
        )
        claims = [claim(f"top31/q11_x.py::{name}", "hhrr", changes=(went,)) for name in ("a", "b")]
        claims += [claim("top31/q11_x.py::c", "hrrh", changes=(Change("1.1.4"), came))]
        (site / "causes.html").write_text(page.render(result(article(answer(11, "T", *claims)))), encoding="utf-8")
        tab = visit("causes.html")
        tab.locator("#between [name=from]").select_option("1.1.4")
        assert (
            tab.locator("#between output")
            .text_content()
            .startswith("2 claims broke (one cause); 1 claim began to work.")
        )
        assert [each.locator("p, li").all_text_contents() for each in tab.locator("#between .cause").all()] == [
            ["fails 2.3.3. Werkzeug 2: It went.", "top31 11.1 a reads a value.", "top31 11.2 b reads a value."],
            ["works 3.1.3. Flask 3: It came.", "top31 11.3 c reads a value."],
        ]
        tab.locator("#between [name=from]").select_option("2.3.3")
        tab.locator("#between [name=to]").select_option("1.1.4")
        assert tab.locator("#between .cause p").all_text_contents() == ["works 2.3.3. Werkzeug 2: It went."]

    def test_a_sentence_leads_to_its_claim(self, visit):
        """In the text of an article, each sentence is a click away from its claim."""
        tab = visit()
        tab.locator(".copy-of summary").first.click()
        tab.locator(".line a.wrong").click()
        assert tab.url.endswith("#top31-11-arg_reads")


class TestFilter:
    """The filter and its place in the URL."""

    @pytest.mark.parametrize(
        ("view", "count"),
        [
            ("", 10),
            ("?article=top24", 1),
            ("?mark=wrong", 1),
            ("?kind=editorial", 1),
            ("?kind=data", 1),
            ("?turn=2.3.3", 4),
            ("?to=2.3.3", 4),
            ("?from=0.12.2&to=2.3.3", 4),
            ("?from=0.12.2&to=1.1.4", 2),
            ("?from=2.3.3", 0),
            ("?q=listens", 1),
            ("?q=codes+401", 1),
            ("?q=AttributeError&mark=wrong", 1),
            ("?mark=nonsense", 10),
            ("?q=%3Cimg", 0),
        ],
    )
    def test_a_view_can_be_sent(self, visit, view, count):
        """An address with a filter shows what it names, counts it, and has no row of what it hides."""
        tab = visit(view=view)
        shown = claims_in(tab)
        assert len(shown) == count
        assert tab.locator("#count").inner_text().startswith(f"{count} of 10 claims")
        assert tab.locator("#none").is_visible() == (count == 0)
        tab.wait_for_function(f"(shown) => {ROWS}.every((row) => shown.includes(row))", arg=shown)  # a moment later

    def test_hits_in_statements_come_first(self, visit):
        """What is only in a test or its evidence is shown on request, and says so; statements show what was typed."""
        tab = visit(view="?q=get")
        assert claims_in(tab) == ["top31-11-arg_reads"]
        text = tab.locator("#tests").inner_text().strip()
        assert text == "Show 9 more: the words are in the test, not in the statement"
        tab.wait_for_function("() => CSS.highlights.has('found')")
        marked = tab.evaluate(
            "[...CSS.highlights.get('found')].map((one) =>"
            " one.startContainer.data.slice(one.startOffset, one.endOffset))"
        )
        assert set(marked) == {"get"}
        tab.locator("#tests input").check()
        assert len(claims_in(tab)) == 10
        assert tab.locator("[data-found=test]").count() == 9
        tab.wait_for_function("() => location.search === '?q=get&tests=on'")
        tab = visit(view="?q=query")  # in no statement: all are shown
        assert tab.locator("[data-found=topic]").count() == len(claims_in(tab)) == 3
        assert not tab.locator("#tests").is_visible()

    def test_says_what_it_did_not_find(self, visit):
        """Without a hit, the page repeats the words, as text."""
        tab = visit(view="?q=%3Cimg")
        assert tab.locator("#none span").inner_text() == "No claim contains “<img”."
        tab.locator("#filter [name=q]").fill("listnes")
        assert tab.locator("#none").inner_text() == "No claim contains “listnes”. Did you mean listens? Show all"
        tab.locator("#near").click()
        assert len(claims_in(tab)) == 1
        tab.locator("#filter [name=q]").fill("listens nowhere")
        assert (
            tab.locator("#none").inner_text() == "No claim contains “listens nowhere”. Did you mean listens? Show all"
        )
        tab.locator("#filter [name=q]").fill("<img")
        tab.locator("#filter [name=mark]").select_option("wrong")
        assert tab.locator("#none span").inner_text() == "No claim that matches the other filters contains “<img”."
        tab.locator("#filter [name=q]").fill("")
        tab.locator("#filter [name=mark]").select_option("untried")
        tab.locator("#filter [name=kind]").select_option("data")
        assert tab.locator("#none span").inner_text() == "No claim matches these filters."

    def test_leads_to_the_answers_whose_topic_it_is(self, visit):
        """Answers with the words in their topic are named above the hits, wherever they stand."""
        tab = visit(view="?q=codes")
        assert tab.locator("#named").inner_text() == "Answers on this: top31 24 The codes"
        tab.locator("#named a").click()
        assert tab.url.endswith("?q=codes#top31-24")
        tab.locator("#filter [name=q]").fill("listens")
        assert not tab.locator("#named").is_visible()

    def test_a_search_leaves_the_claim_that_the_address_named(self, visit):
        """The address of a search names no claim: opened afresh it would show the claim, and not what was found."""
        tab = visit(view="#top31-3-is_0_12_2")
        tab.locator("#filter [name=q]").fill("codes")
        tab.wait_for_function("() => location.search === '?q=codes'")
        assert tab.evaluate("location.hash") == ""

    def test_what_is_typed_is_in_the_address(self, visit):
        """What the fields say is soon in the URL, and opening that shows the same; clearing it empties both."""
        tab = visit()
        tab.locator("#filter [name=q]").fill("codes")
        tab.locator("#filter [name=mark]").select_option("confirmed")
        assert len(claims_in(tab)) == 3
        tab.wait_for_function("() => location.search === '?q=codes&mark=confirmed'")
        tab.reload()
        assert len(claims_in(tab)) == 3
        tab.locator("#filter [type=reset]").click()
        assert len(claims_in(tab)) == 10
        tab.wait_for_function("() => !location.search")

    def test_rows_follow_in_a_map_that_is_open(self, visit):
        """The rows of the history follow the filter, too."""
        tab = visit()
        assert len(tab.evaluate(ROWS)) == 5
        tab.locator("#filter [name=q]").fill("codes")
        tab.wait_for_function(f"() => {ROWS}.length === 3")
        assert set(tab.evaluate(ROWS)) == set(claims_in(tab))

    def test_says_why_the_history_is_empty(self, visit):
        """Over the table stands how many rows the filter hides, with a button that shows all."""
        tab = visit(view="?q=sesion")
        tab.wait_for_selector("#rows:not([hidden])")
        assert tab.locator("#rows span").inner_text() == "The filter hides every row of this table."
        tab.locator("#filter [name=q]").fill("codes")
        tab.wait_for_function(
            "() => document.querySelector('#rows span').textContent === 'The filter hides 2 of 5 rows.'"
        )
        tab.locator("#rows button").click()
        tab.wait_for_selector("#rows[hidden]", state="attached")
        assert len(tab.evaluate(ROWS)) == 5

    def test_says_which_releases_it_compares(self, visit):
        """The two releases come from the history, and stand next to the count; an unknown one counts for nothing."""
        count = visit(view="?from=0.12.2&to=2.3.3").locator("#count")
        assert count.inner_text() == "4 of 10 claims that changed from 0.12.2 to 2.3.3"
        assert visit(view="?to=2.3.3").locator("#count").inner_text() == "4 of 10 claims that changed in 2.3.3"
        assert visit(view="?to=9.9").locator("#count").inner_text() == "10 of 10 claims"
        assert visit().locator("select[name=from]").count() == 1

    def test_a_permalink_is_never_hidden(self, visit):
        """A link to a claim that the filter hides shows everything again, and the claim."""
        tab = visit(view="?mark=wrong")
        tab.evaluate("location.hash = 'top31-18-listens_on_5000'")
        tab.wait_for_function("() => !location.search")
        assert tab.locator(f"{LISTENS} h5").is_visible()

    def test_tiles_of_hidden_answers_fade(self, visit):
        """The overview shows which answers are left."""
        tab = visit(view="?mark=wrong")
        tab.wait_for_selector("a.tile.off")
        assert tab.locator("a.tile:not(.off)").evaluate_all("(all) => all.map((one) => one.hash)") == ["#top31-11"]


class TestKeyboard:
    """The keyboard alone."""

    def test_single_keys(self, visit):
        """`/` finds, `j` and `k` go from claim to claim, `o` unfolds, `?` helps, and Escape leaves."""
        tab = visit()
        tab.keyboard.press("/")
        tab.keyboard.type("arg_reads")
        assert claims_in(tab) == ["top31-11-arg_reads"]
        tab.keyboard.press("Escape")
        tab.locator("#filter [type=reset]").click()
        for key in "jjjk":
            tab.keyboard.press(key)
        assert tab.evaluate("document.activeElement.closest('.claim').id") == "top31-3-is_0_12_2"
        assert tab.url.endswith("#top31-3-is_0_12_2")
        tab.keyboard.press("o")
        assert tab.locator("#top31-3-is_0_12_2 pre").is_visible()
        tab.keyboard.press("?")
        assert tab.locator("#help").is_visible()
        tab.keyboard.press("Escape")
        assert not tab.locator("#help").is_visible()

    def test_errors_are_a_key_apart(self, visit):
        """`n` and `p` go to the next and the previous error, over what holds and over slips."""
        tab = visit()
        tab.keyboard.press("n")
        focused = "document.activeElement.closest('.claim')?.id"
        assert tab.evaluate(focused) == "top31-3-is_0_12_2"
        tab.keyboard.press("n")
        assert tab.evaluate(focused) == "top31-11-arg_reads"
        tab.keyboard.press("n")
        assert tab.evaluate(focused) == "top31-11-arg_reads"
        tab.keyboard.press("p")
        assert tab.evaluate(focused) == "top31-3-is_0_12_2"

    def test_single_keys_can_be_switched_off(self, visit):
        """Who speaks to the computer can switch the single keys off (WCAG 2.1.4)."""
        tab = visit()
        tab.locator("#show-help").click()
        tab.locator("#keys").uncheck()
        tab.locator("#help button").click()
        tab.keyboard.press("j")
        assert tab.evaluate("document.activeElement.closest('.claim')") is None
        tab.reload()
        tab.keyboard.press("j")
        assert tab.evaluate("document.activeElement.closest('.claim')") is None

    def test_keys_with_a_modifier_are_the_browsers(self, visit):
        """Control and a letter stay the browser's."""
        tab = visit()
        tab.keyboard.press("Control+j")
        assert tab.evaluate("document.activeElement.closest('.claim')") is None

    @pytest.mark.parametrize("key", ["Control+f", "Meta+f", "F3"])
    def test_the_browsers_search_finds_everything(self, visit, key):
        """Before the browser searches the page, what was yet to come into view is there."""
        tab = visit(viewport={"width": 400, "height": 300})
        assert tab.evaluate("document.querySelectorAll('noscript').length")
        tab.keyboard.press(key)
        assert not tab.evaluate("document.querySelectorAll('noscript').length")

    def test_a_timeline_is_read_release_by_release(self, visit):
        """A focused timeline says the release, its date, the outcome and what was seen; the arrows move on."""
        tab = visit(view="#top31-11-came_back")
        tab.keyboard.press("j")
        line = tab.locator("#top31-11-came_back .timeline")
        line.focus()
        tip = tab.locator("#tip")
        tab.keyboard.press("ArrowLeft")
        assert tip.inner_text().startswith("2.3.3, 19 January 2014: works")
        assert "'Ada' == 'Ada'" in tip.inner_text()
        tab.keyboard.press("ArrowLeft")
        assert tip.inner_text().startswith("1.1.4, 1 October 2013: fails")
        assert "AttributeError" in tip.inner_text()
        assert "1.1.4" in tab.locator("#status").text_content()
        tab.keyboard.press("Escape")
        assert not tip.is_visible()

    def test_a_timeline_tells_under_the_pointer(self, visit):
        """The pointer on a timeline gives the release that it is on."""
        tab = visit(view="#top31-11-came_back")
        tab.locator("#top31-11-came_back .timeline li").nth(1).hover()
        assert tab.locator("#tip").inner_text().startswith("1.1.4, 1 October 2013: fails")

    def test_tab_reaches_everything(self, visit):
        """Every link, field, button and fold takes the focus in turn, and shows that it has it."""
        tab = visit("hostile.html", viewport={"width": 1400, "height": 2000})
        unfold(tab)
        wanted = tab.evaluate(
            "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')]"
            ".filter((one) => one.checkVisibility() && !one.closest('dialog')).length"
        )
        seen = set()
        for _ in range(wanted + 5):
            tab.keyboard.press("Tab")
            seen.add(
                tab.evaluate(
                    "() => { const one = document.activeElement; one.dataset.n ??= String(Math.random());"
                    " return one === document.body ? '' : one.dataset.n; }"
                )
            )
        assert len(seen - {""}) >= wanted
