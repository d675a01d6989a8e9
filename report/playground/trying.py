"""Opens a playground in Chromium and runs its claims there: what runs in a browser is decided by trying."""

import json
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report.errors import ReportError

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120  # for a claim, with the start of Python; the page itself stops a claim before

Tried = Mapping[str, Any]  # the outcome, the reason and the evidence, as `inside.run` returns them


def outcomes(page: str, claims: Collection[str]) -> tuple[dict[str, Tried], Sequence[str]]:
    """What each of *claims* does on a *page*, opened from the disk without a network, and the modules then loaded.

    Raises:
        ReportError: no Chromium is installed, or Playwright is not.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "playground.html")
        file.write_text(page, encoding="utf-8")
        with opened(file) as tab:
            tried = {claim: tab.evaluate("claim => judge(claim)", claim) for claim in claims}
            return tried, json.loads(tab.evaluate("() => ask({ expression: 'list(sys.modules)' })"))


@contextmanager
def opened(file: Path) -> Iterator["Page"]:
    """A page in a Chromium that reaches no network; raises as `outcomes`."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright  # only who builds a playground needs it
    except ImportError as error:
        raise ReportError(f"Playwright is not installed: {error}", "Run `uv sync`.") from error
    if not chromium:
        raise ReportError("No Chromium is installed.", "Install it: it tries which claims run in a browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            context = browser.new_context(offline=True)
            context.set_default_timeout(SECONDS * 1000)
            tab = context.new_page()
            tab.goto(file.as_uri())
            yield tab
        finally:
            browser.close()
