"""The page in a real browser: it asks for nothing, says nothing on the console, fits, and has no barriers."""

import re
from dataclasses import replace

import pytest

from report.tell import page

from .builders import answer, article, claim, everything, result
from .site import CONTEXT, FILES, LISTENS, LOOKS, barriers, unfold


def overflow(tab):
    """How many pixels of the page stand beyond the window."""
    return tab.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("name", FILES)
def test_asks_for_nothing_and_says_nothing(visit, name):
    """The page is the only request, and the console stays empty: the policy admits all that the page needs."""
    tab = visit(name)
    unfold(tab)
    assert [url.rsplit("/", 1)[-1] for url in tab.asked if not url.startswith("data:")] == [name]
    assert tab.said == []


@pytest.mark.parametrize("name", FILES)
def test_does_not_scroll_sideways(visit, name):
    """Nothing stands beyond the window, from a small phone to a large screen, unfolded or not."""
    tab = visit(name)
    for prepare in (lambda tab: None, unfold):
        prepare(tab)
        for width in (320, 400, 1400, 3840):
            tab.set_viewport_size({"width": width, "height": 800})
            assert overflow(tab) <= 0, width


def test_follows_the_colours_of_the_reader(visit):
    """The page is light where the reader likes it light, and dark where dark."""
    colours = {
        scheme: visit(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert colours == {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 24, 29)"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(visit, scheme):
    """Every colour of text stands out from what is behind it by 4.5 to 1 (WCAG 2.2 AA)."""
    tab = visit(color_scheme=scheme, viewport={"width": 1400, "height": 800})
    unfold(tab)
    assert tab.evaluate(CONTRASTS) >= 4.5


def test_tiles_lead_to_their_answers(visit):
    """A click on a tile brings its answer into view."""
    tab = visit()
    tab.locator("a.tile[href='#top31-24']").click()
    assert tab.url.endswith("#top31-24")
    assert tab.evaluate("document.getElementById('top31-24').getBoundingClientRect().top < innerHeight")


def test_first_tab_stop_skips_to_the_content(visit):
    """The first key press of a keyboard's user reaches a visible link to the content."""
    tab = visit()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().width") > 50


def test_second_tab_stop_skips_to_find(visit):
    """The second leads to the field that finds."""
    tab = visit()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => document.activeElement.id === 'find'")


def test_command_can_be_copied(visit):
    """The button copies the command, and nothing but the command."""
    tab = visit(view=LISTENS, permissions=["clipboard-read", "clipboard-write"])
    tab.locator(f"{LISTENS} button.copy").click()
    tab.wait_for_function("document.getElementById('status').textContent === 'Copied'")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == 'uv run pytest "claims/top31/q18_default_port.py::listens_on_5000"'


def test_source_shows_what_it_uses(visit):
    """Under the source stand the helpers that it reaches, their own source folded; each is on the page once before."""
    tab = visit(view=LISTENS)
    uses = tab.locator(f"{LISTENS} ul.helpers > li")
    assert [text.strip() for text in uses.all_inner_texts()] == ["app An application.", "made", "NAME"]
    uses.last.locator("summary").click()
    assert uses.last.locator("pre").inner_text() == 'NAME = "a" < "b"'
    assert tab.content().count("An application.") == 2
    assert tab.locator('[id="~0"]').count() == 1


def test_line_leads_to_the_repository(visit, site):
    """Where the project has an address, the lines of a test and of its helpers lead there."""
    context = replace(CONTEXT, repository="https://example.org/p")
    (site / "repository.html").write_text(page.render(everything(), context), encoding="utf-8")
    proof = visit("repository.html", LISTENS).locator(f"{LISTENS} .proof")
    for helper in proof.locator(".helpers summary").all():
        helper.click()
    links = proof.get_by_role("link", name="line")
    links.nth(3).wait_for()
    files = "https://example.org/p/blob/HEAD/claims"
    assert [link.get_attribute("href") for link in links.all()] == [
        f"{files}/top31/q18_default_port.py#L8",
        f"{files}/conftest.py#L20",
        f"{files}/conftest.py#L31",
        f"{files}/conftest.py#L8",
    ]


def test_source_is_coloured(visit):
    """What is unfolded is highlighted: whole strings, decorators and keywords, and no element more."""
    tab = visit(view=LISTENS)
    tab.wait_for_function("CSS.highlights.size > 0")
    coloured = tab.evaluate(
        "Object.fromEntries([...CSS.highlights].map(([kind, ranges]) => [kind, [...ranges].map((one) =>"
        " one.startContainer.data.slice(one.startOffset, one.endOffset))]))"
    )
    assert coloured == {"d": ["@claim"], "k": ["def", "assert"], "s": ['"""It does."""'], "m": ["5000"]}
    assert tab.locator(f"{LISTENS} pre *").count() == 0


def test_reads_without_script(visit):
    """Without JavaScript the command is there, and no button that would do nothing."""
    tab = visit(java_script_enabled=False)
    tab.locator("#top31-18-listens_on_5000 summary").first.click()
    assert tab.locator("#top31-18-listens_on_5000 .command code").is_visible()
    assert not tab.locator("#top31-18-listens_on_5000 button.copy").is_visible()


def test_prints_the_evidence_on_request(visit):
    """On paper there are statements, marks and corrections; evidence and tests only if the reader asks; no buttons."""
    tab = visit()
    tab.locator("#show-help").scroll_into_view_if_needed()
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("#top31-11-arg_reads .correction .statement").is_visible()
    assert tab.locator("#top31-11-arg_reads > .verdict .badge").is_visible()
    tab.evaluate("reveal(document.body)")
    assert not tab.locator(f"{LISTENS} .command code").is_visible()
    assert not tab.locator("#top31-11-arg_reads .seen").first.is_visible()
    tab.evaluate("document.getElementById('evidence').checked = true")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(f"{LISTENS} .command code").is_visible()
    assert not tab.locator(f"{LISTENS} button.copy").is_visible()
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not tab.evaluate("document.querySelectorAll('.proof[open]').length")


def test_prints_the_history_in_short(visit):
    """On paper, the history is a line for each release: no table, no list, no form, and no list of helpers or files."""
    tab = visit()
    tab.evaluate("() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }")
    tab.emulate_media(media="print")
    assert tab.locator("[id='in-2.3.3'] > summary").is_visible()
    for long in (".map", ".rest", ".release ul", ".since table", ".between", "#articles", "#helpers", ".forms"):
        assert tab.locator(long).count()
        assert not tab.locator(long).first.is_visible(), long


def test_paper_is_filled(browser, tmp_path):
    """A list of confirmed claims starts where there is room: it may go on, on the next sheet."""
    answers = [
        answer(number, "A topic", *(claim(f"top31/q{number:02}_x.py::f{place}") for place in range(40)))
        for number in (1, 2)
    ]
    (tmp_path / "index.html").write_text(page.render(result(article(*answers))), encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    sheets = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(format="A4")))
    tab.close()
    assert sheets == 3


def test_find_stays_in_view_on_a_phone(visit):
    """On a phone, Find and Top are at hand wherever the reader is among the answers; there is no keyboard's help."""
    tab = visit(view="#top31-24", viewport={"width": 390, "height": 600}, has_touch=True)
    tab.mouse.wheel(0, 300)
    tab.wait_for_function("() => document.getElementById('find').getBoundingClientRect().top >= 0")
    assert tab.evaluate("document.getElementById('find').getBoundingClientRect().bottom") < 80
    assert not tab.locator("#show-help").is_visible()
    tab.locator(".find a").click()
    tab.wait_for_function("() => scrollY < 100")


@pytest.mark.parametrize("name", FILES)
def test_axe_finds_no_barrier(visit, name):
    """axe-core finds no violation of WCAG 2.2 A or AA, with everything unfolded, however the page is looked at."""
    tab = visit(name, bypass_csp=True)
    assert {look: barriers(tab, *look) for look in LOOKS} == {look: [] for look in LOOKS}


def test_axe_would_find_a_barrier(visit):
    """The check above can fail: a button without a word is found."""
    tab = visit(bypass_csp=True)
    tab.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert "button-name" in [name for name, _ in barriers(tab, *LOOKS[0])]


CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (one) => {
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
  };
  const speaks = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const shown = [...document.querySelectorAll("body *")].filter((one) => !one.closest("script, svg"));
  return Math.min(...shown.filter(speaks).map(contrast));
}"""
