"""The page as a reader loads and scrolls it: nothing forces an answer into view."""

import pytest

from report.tell import page

from .builders import answer, article, claim, correction, result

MISSED = """() => [...document.querySelectorAll(".answer")].filter((answer) => {
  const { top, bottom } = answer.getBoundingClientRect();
  return bottom > 0 && top < innerHeight && answer.querySelector("noscript");
}).map((answer) => answer.id)"""
SLOWED = 8  # by this factor, the browser paints the first answers before it runs the script


@pytest.fixture(scope="module")
def long_page(tmp_path_factory):
    """A page of as many claims as ours: Chromium paints its beginning while it still reads the rest."""
    answers = [
        answer(
            number,
            f"Topic {number}",
            *(
                claim(
                    f"top31/q{number:02d}_x.py::claim_{place}",
                    "rrrr",
                    source="# a long test\n" * 100,
                    corrections=(correction(f"top31/q{number:02d}_x.py::instead_{place}"),),
                )
                for place in range(9)
            ),
        )
        for number in range(1, 32)
    ]
    path = tmp_path_factory.mktemp("long") / "index.html"
    path.write_text(page.render(result(article(*answers, questions=31))), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("slowed", [1, SLOWED])
def test_every_answer_in_view_is_whole(browser, long_page, slowed):
    """Each answer that a reader sees has its timeline, evidence and test: first load, warm cache, scrolling."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    for _ in range(2):
        tab = context.new_page()
        tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        tab.goto(f"{long_page}#answers")
        for _ in range(3):
            tab.wait_for_function(f"() => !({MISSED})().length", timeout=30_000)
            tab.mouse.move(640, 400)
            tab.mouse.wheel(0, 1500)
        tab.close()
    context.close()


IN_MIDDLE = """() => document.elementsFromPoint(innerWidth / 2, innerHeight / 2)
  .map((node) => node.closest("main [id]")).find(Boolean).id"""
IN_VIEW = """(id) => {
  const { top, bottom } = document.getElementById(id).getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}"""


@pytest.mark.parametrize("away", ["reload", "back"])
def test_the_reader_comes_back_to_the_same_claim(browser, long_page, away):
    """After a reload, or a step back from another page, the window shows what it showed before."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.goto(long_page)
    for _ in range(6):
        tab.mouse.move(200, 400)
        tab.mouse.wheel(0, 6000)
        tab.wait_for_function(f"() => !({MISSED})().length", timeout=30_000)
    tab.wait_for_timeout(1000)  # the page stores the place when scrolling has ended
    before = tab.evaluate(IN_MIDDLE)
    if away == "reload":
        tab.reload()
    else:
        tab.goto("about:blank")
        tab.go_back()
    tab.wait_for_timeout(2500)  # until the page leaves the reader alone
    assert tab.evaluate(IN_VIEW, before)
    context.close()
