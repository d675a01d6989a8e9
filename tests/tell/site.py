"""Pages of made-up results, and what a browser's tests do with them."""

import shutil

import pytest

from report.check import pages
from report.judge.articles import Sentence
from report.judge.helpers import Helper, Helpers
from report.tell import diff, errata, page
from report.tell.context import Context
from tests.check.checks import checked

from .builders import HOSTILE, everything, hostile, result

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HELPERS = Helpers(
    [
        Helper("app", "claims/conftest.py", 20, "An application.", "fixture", [1], "def app():\n    return made()"),
        Helper("made", "claims/conftest.py", 31, "", "helper", [2], "def made():\n    return Flask(NAME)"),
        Helper("NAME", "claims/conftest.py", 8, "", "helper", [], 'NAME = "a" < "b"'),
    ],
    {
        f"claims/top31/{test}": [0]
        for test in ("q18_default_port.py::listens_on_5000", "q11_query_string.py::arg_reads")
    },
)
CONTEXT = Context(
    {
        "top31": (
            Sentence(0, "A list", "a", reason="the title"),
            Sentence(11, f"Use arg. {HOSTILE}", "b", 2, claims=("claims/top31/q11_query_string.py::arg_reads",)),
            Sentence(18, "It is fine.", "c", 3),
        )
    },
    "https://example.org/changes#{slug}",
    "https://example.org/search?q={term}",
    helpers=HELPERS,
)
ARTICLE = f"""# Names

Use `request.arg` and FLASK_ENV: {HOSTILE} Validating user input prevents SQL injection.

```python
app.json_encoder = lambda: "a line that is longer than a phone is wide, and that has to be broken or to be scrolled"
def view():
return 1
```
"""
FILES = {
    "index.html": lambda: page.render(everything(), CONTEXT),
    "errata.html": lambda: errata.to_html(everything(), CONTEXT),
    "errata-top31.html": lambda: errata.to_html(everything(), CONTEXT, "top31"),
    "diff.html": lambda: diff.to_html(diff.compare(result(), everything())),
    "hostile.html": lambda: page.render(hostile()),
    "hostile-errata.html": lambda: errata.to_html(hostile()),
    "check.html": lambda: pages.to_html([(checked(ARTICLE), ARTICLE)]),
    "hostile-diff.html": lambda: diff.to_html(diff.compare(result(), hostile())),
}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"], "resultTypes": ["violations"]}
LOOKS = [("light", 1400, "screen"), ("dark", 320, "screen"), ("light", 1400, "print")]  # of a page, for axe-core
LISTENS = "#top31-18-listens_on_5000"


def barriers(tab, scheme, width, media):
    """What axe-core has against a look of a page, with everything unfolded: violations of WCAG 2.2 A and AA."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab.set_viewport_size({"width": width, "height": 800})
    tab.emulate_media(media=media, color_scheme=scheme)
    if not tab.evaluate("typeof axe === 'object'"):  # else the page has been looked at before
        tab.add_style_tag(content="* { content-visibility: visible !important }")  # axe sees only what is rendered
        tab.evaluate(axe.axe_script)
    unfold(tab)
    found = tab.evaluate("(options) => axe.run(options)", AXE)
    assert len(found["passes"]) > 10
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]


def unfold(tab):
    """Open everything that is folded, or is yet to come into view."""
    tab.evaluate(
        "() => { if (typeof reveal === 'function') reveal(document.body);"
        " for (const one of document.querySelectorAll('details')) one.open = true; }"
    )
    tab.wait_for_timeout(100)  # the events of what was opened
