"""The page of the playground, but for the Python in it: what a reader sees before the first run."""

import json

import pytest

from report import playground
from report.playground.choosing import Choice
from report.playground.packing import RUNTIME
from report.tell.context import EMPTY

from .builders import HOSTILE, answer, article, claim, correction, result
from .site import barriers

RIGHT = correction("top31/q11_x.py::args_reads", "hhhh")
WRONG = claim("top31/q11_x.py::arg_reads", "rrrr", corrections=(RIGHT,), statement=f"`arg` reads it. {HOSTILE}")
SERVER = claim("top31/q11_x.py::served", "hhhh")


@pytest.fixture
def opened(browser, tmp_path):
    """Open the page at a width in colours; what it says in the console has to be empty."""
    made = result(article(answer(11, "Reading the query string", WRONG, SERVER)))
    given = {"before": HOSTILE, "options": [], "needs": []}
    codes = {
        each.id: given | {"own": f"{HOSTILE} = 1\n" * 3, "statement": each.statement, "measured": outcome}
        for each, outcome in ((WRONG, "refuted"), (RIGHT, "held"))
    }
    lock = json.dumps({"info": {"python": "3.14.0", "abi_version": "2026_0"}}).encode()
    runtime = dict.fromkeys(RUNTIME, b"") | {RUNTIME[-1]: lock}
    choice = Choice([*codes], {"It starts a server.": [SERVER]})
    text = playground.page(made, EMPTY, runtime, {"packages": b"", "inside": b""}, codes, choice)
    (tmp_path / "playground.html").write_text(text, encoding="utf-8")
    said = []

    def visit(width, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
        tab = context.new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.goto((tmp_path / "playground.html").as_uri())
        tab.locator(".panel").first.wait_for()
        return tab

    yield visit
    assert said == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_it_has_no_barrier_and_fits(opened, width, scheme):
    """axe-core finds nothing; claim and correction share a row where there is room, and nothing is too wide."""
    tab = opened(width, scheme)
    claim, correction = tab.locator(".panel").all()
    assert (claim.bounding_box()["y"] == correction.bounding_box()["y"]) == (width > 1000)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(tab, scheme, width, "screen") == []


def test_what_is_shown_is_text(opened):
    """Statements and code come from outside; a claim that does not run has its reason and its command."""
    tab = opened(1280)
    assert HOSTILE in tab.locator(".panel details pre").first.text_content()
    assert tab.locator(".panel .quiet").all_inner_texts() == ["In the report: fails", "In the report: works"]
    assert f'report script "{SERVER.id}"' in tab.locator(".others").text_content()
