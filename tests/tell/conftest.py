"""What the browser's tests share: a Chromium, a folder of pages, and visits to them."""

import pytest

from report.tell.forms import render_forms

from .builders import everything
from .site import ARGUMENTS, CHROMIUM, CONTEXT, FILES


@pytest.fixture(scope="module")  # and not the session's: while Playwright runs, no other test could run an event loop
def browser():
    """A Chromium that is installed here."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the pages in it, and the other forms that the page links to."""
    folder = tmp_path_factory.mktemp("site")
    for path, text in render_forms(everything(), CONTEXT, folder).items():  # to which the pages link
        path.write_text(text, encoding="utf-8")
    for name, make in FILES.items():
        (folder / name).write_text(make(), encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser, site):
    """Open a page of the site, and keep what it says and asks for."""
    contexts = []

    def opened(name="index.html", view="", **given):
        context = browser.new_context(**given)
        contexts.append(context)
        tab = context.new_page()
        tab.said, tab.asked = [], []
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.goto((site / name).as_uri() + view)
        return tab

    yield opened
    for context in contexts:
        context.close()
