"""A comparison shows what changed between two runs, and nothing else."""

from dataclasses import replace

import pytest

from report.model import Verdict
from report.tell import diff

from .builders import HOSTILE, answer, article, claim, correction, everything, hostile, outcomes, result
from .markup import Page

NAME = "top31/q11_x.py::arg"


def run(*claims):
    """A run of one answer."""
    return result(article(answer(11, "The query string", *claims)))


def kinds(old, new):
    """What changed, by its kind, each in a line."""
    return {kind: [diff.in_words(one) for one in found] for kind, found in diff.compare(old, new).differences.items()}


SAYS = correction("top31/q11_x.py::args")
BEFORE = claim(NAME)
SITUATIONS = {
    "the same": (BEFORE, BEFORE, {}),
    "a verdict turned": (
        BEFORE,
        claim(NAME, "hhhr"),
        {"answer": ["confirmed → outdated"], "verdict": ["confirmed → outdated: held until 2.3.3, fails from 3.1.3"]},
    ),
    "a boundary moved": (
        claim(NAME, "rrhh"),
        claim(NAME, "rhhh"),
        {"verdict": ["confirmed since 2.3.3 → confirmed since 1.1.4"]},
    ),
    "an outcome": (claim(NAME, "hhhh"), claim(NAME, "uuhh"), {"outcomes": ["held → untried on 0.12.2 and 1.1.4"]}),
    "measured": (claim(NAME, ".hhh"), BEFORE, {"outcomes": ["not measured → held on 0.12.2"]}),
    "worded otherwise": (BEFORE, replace(BEFORE, statement="It is."), {"wording": ["`arg` reads a value. → It is."]}),
    "tested otherwise": (BEFORE, replace(BEFORE, fingerprint="other"), {"test": [""]}),
    "corrected": (claim(NAME, "rrrr"), claim(NAME, "rrrr", corrections=(SAYS,)), {"correction": ["none → held"]}),
    "a correction fails": (
        claim(NAME, "rrrr", corrections=(SAYS,)),
        claim(NAME, "rrrr", corrections=(replace(SAYS, outcome="refuted"),)),
        {"correction": ["held → refuted"]},
    ),
}


@pytest.mark.parametrize(("old", "new", "changes"), SITUATIONS.values(), ids=SITUATIONS)
def test_tells_what_changed(old, new, changes):
    """Each difference is listed under its kind, once."""
    assert kinds(run(old), run(new)) == changes


def test_claims_come_and_go():
    """A claim that only one of the runs has is new or gone, and only its own answer's mark may change with it."""
    other = claim("top31/q11_x.py::other", "rrrr")
    assert kinds(run(BEFORE), run(BEFORE, other)) == {"answer": ["confirmed → wrong"], "new": ["wrong"]}
    assert kinds(run(BEFORE, other), run(BEFORE)) == {"answer": ["wrong → confirmed"], "gone": ["wrong"]}


def test_what_is_unchanged_is_said():
    """Two runs that are the same give a line that says so, and a page as well."""
    found = diff.compare(everything(), everything())
    assert list(diff.to_text(found))[-1] == "Nothing changed."
    assert "Nothing changed" in Page(diff.to_html(found)).one("main").text


def test_the_terminal_and_the_page_say_the_same():
    """Every line of the terminal's is in the page, and the links lead to the newer report."""
    found = diff.compare(run(BEFORE), run(claim(NAME, "hhhr"), claim("top31/q11_x.py::b")))
    shown = Page(diff.to_html(found))
    lines = [line.strip() for line in diff.to_text(found) if line.startswith("  ")]
    assert len(lines) == 3
    for line in lines:
        for part in line.split(": ", 1):
            assert part in shown.one("main").text or part.replace(" → ", "") in shown.one("main").text
    assert "index.html#top31-11-arg" in shown.values("href")


def test_hostile_text_stays_text():
    """Markup in any text makes no element."""
    other = hostile()
    (first,) = other.articles
    (bad,) = first.answers[0].claims
    verdict = Verdict("outdated", until="1.1.4", gone="2.3.3")
    turned = replace(bad, statement=HOSTILE * 2, outcomes=outcomes("hhrr"), verdict=verdict)
    there = replace(other, articles=(replace(first, answers=(replace(first.answers[0], claims=(turned,)),)),))
    tags = {one.tag for one in Page(diff.to_html(diff.compare(other, there))).elements}
    assert not tags & {"img", "b"}
