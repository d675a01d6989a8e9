"""Why an outcome changes: boundaries, and experiments that exchange the other packages."""

import pytest

from report import explanation
from report.measure.attribution import Boundary, Finding, Inquiry, Trial, boundaries
from report.measure.environments import parse_pins
from report.measure.ledger import Entry, Ledger
from report.measure.releases import Release
from report.model import Cell, Environment, Evidence
from tests.past import NEIGHBOUR, NEW, NOW, OLD, pinned
from tests.project import SUBJECT

HELD, REFUTED, UNTRIED = Cell("held"), Cell("refuted", None, (Evidence("a == b", "1 == 2"),)), Cell("untried", "why")
RELEASES = [Release(version, "2020-01-01", "1") for version in ("1.9", "1.10", "2.0")]


def found(**cells):
    """The boundaries of a claim, as pairs of versions; `v1_9` is release 1.9, `v2_0_on_3_9` its run on Python 3.9."""
    named = {name[1:].replace("_on_", "@").replace("_", "."): cell for name, cell in cells.items()}
    return [(one.before.version, one.after.version) for one in boundaries(Entry("q::one", "f", named), RELEASES)]


def test_boundaries_lie_between_neighbours():
    """Releases are ordered by version; each change of outcome is a boundary."""
    assert found(v1_9=HELD, v1_10=HELD, v2_0=HELD) == []
    assert found(v2_0=REFUTED, v1_10=HELD, v1_9=HELD) == [("1.10", "2.0")]
    assert found(v1_9=HELD, v1_10=REFUTED, v2_0=HELD) == [("1.9", "1.10"), ("1.10", "2.0")]


def test_what_is_untried_or_unmeasured_is_passed_over():
    """A boundary skips releases without an outcome, and releases that are not in the data file."""
    assert found(v1_9=HELD, v1_10=UNTRIED, v2_0=REFUTED) == [("1.9", "2.0")]
    assert found(v1_9=HELD, v2_0=REFUTED) == [("1.9", "2.0")]
    assert found(v1_9=HELD, v3_0=REFUTED) == []


def test_a_boundary_is_drawn_on_one_python():
    """What only the newer Python refutes is no boundary between releases, and is said to be the Python's."""
    cells = {"v1_10": HELD, "v2_0": REFUTED}

    assert found(**cells, v2_0_on_3_9=HELD) == []
    assert found(**cells, v2_0_on_3_9=REFUTED) == [("1.10", "2.0")]
    assert found(**cells, v2_0_on_3_9=UNTRIED) == [("1.10", "2.0")]

    both = {"1.10": HELD, "2.0": REFUTED, "2.0@3.9": HELD}
    known = Ledger({"2.0": Environment("3.11", "x"), "2.0@3.9": Environment("3.9", "y")})
    *_, last = explanation.beginning(Entry("q::one", "f", both), RELEASES, known)
    assert last == "  On 2.0 the Python decides: refuted on 3.11, held on 3.9."


def test_the_pins_of_a_file():
    """Each pin has its canonical name, its version and all its lines; comments are ignored."""
    text = "# a comment\nClick==8.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nflask_wtf==1.0\n"

    assert parse_pins(text) == {
        "click": ("8.0", "Click==8.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb"),
        "flask-wtf": ("1.0", "flask_wtf==1.0"),
    }


def inquiry(**outcomes):
    """An inquiry into a boundary with two changed packages, whose trials give *outcomes*; and the list of trials."""
    made = Inquiry.__new__(Inquiry)
    made.settings = type("Settings", (), {"subject": "flask"})
    made.boundary = Boundary("q::one", *RELEASES[1:], HELD, REFUTED)
    made.old = {name: ("1", f"{name}==1") for name in ("flask", "click", "jinja2", "same")}
    made.new = {name: ("2", f"{name}==2") for name in ("flask", "click", "jinja2")} | {"same": ("1", "same==1")}
    made.own_needs, made.python = {"jinja2"}, "3.9"
    tried = []

    def trial(what, pins):
        new = [name for name, (version, _) in pins.items() if version == "2"]
        tried.append("+".join(new))
        return Trial(what, outcomes.get("_".join(new), "held"))

    made.trial = trial
    return made, tried


@pytest.mark.parametrize(
    ("outcomes", "cause"),
    [
        pytest.param({"flask": "refuted"}, "flask", id="the subject"),
        pytest.param({"click_jinja2": "refuted", "jinja2": "refuted"}, "jinja2 2", id="one package"),
        pytest.param({"click_jinja2": "refuted"}, "several other packages together", id="several packages"),
        pytest.param({}, "flask and the other packages together", id="only together"),
        pytest.param(
            {"flask": "refuted", "click_jinja2": "refuted"}, "flask as well as the other packages", id="each by itself"
        ),
        pytest.param(
            {"flask": None},
            "flask or the other packages (unknown: the exchanged versions do not run)",
            id="an exchange that does not run",
        ),
        pytest.param(
            {"flask": None, "click": "refuted"}, "click 2", id="an exchange that does not run, and one package"
        ),
    ],
)
def test_the_cause(outcomes, cause):
    """The cause alone changes the outcome when it is exchanged; an exchange that does not run proves nothing."""
    made, tried = inquiry(**outcomes)
    finding = made.find()

    assert finding.cause == cause
    assert {*finding.changed} == {"click", "jinja2"}
    assert tried[:2] == ["click+jinja2", "flask"]


def test_the_likely_package_is_tried_first():
    """Requirements of the subject are tried first; the trials end with the package that changes the outcome."""
    made, tried = inquiry(click_jinja2="refuted", jinja2="refuted")
    made.find()

    assert tried == ["click+jinja2", "flask", "jinja2"]


def test_without_other_changes_it_is_the_subject():
    """If no other package changed, nothing is tried."""
    made, tried = inquiry()
    made.new = {**made.old, "flask": ("2", "flask==2")}

    assert made.find() == Finding({}, [], "flask")
    assert tried == []


def test_why_names_the_cause(past):
    """Of three claims, one changed with the subject, one with another package, and one never."""
    asked = [past.start_report("why", name) for name in ("has_soft_unicode", "signs_web_tokens", "escapes")]
    subject, neighbour, neither = map(past.end, asked)

    beside = pinned("1.1", NEIGHBOUR).version, pinned("3.1", NEIGHBOUR).version
    changed = f"Other packages changed, too: {NEIGHBOUR} {beside[0]} → {beside[1]}."
    subject.stdout.fnmatch_lines(
        [
            f"  held         {OLD.version}",
            f"  refuted      {NEW.version} … *",
            f"*held on {OLD.version} (2021-05-18)*",
            f"*refuted on {NEW.version} (2022-05-18)*",
            changed,
            f"  held         {SUBJECT} {OLD.version} with the newer packages*",
            f"  refuted      {SUBJECT} {NEW.version} with the older packages*",
            f"Cause: {SUBJECT}.",
        ]
    )
    neighbour.stdout.fnmatch_lines([changed, f"Cause: {NEIGHBOUR} {beside[1]}."])
    assert neither.outlines[1:] == [
        f"  held         {OLD.version} … {NOW.version}",
        "No release changes it: every tried release gave the same outcome.",
    ]
    assert not [*(past.root / ".history").rglob("trial-*")]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("no_such_claim", "No claim is called 'no_such_claim'. Try a part of its id"),
        ("q01_names", "3 claims match 'q01_names'. Name one: claims/demo/q01_names.py::escapes, "),
    ],
)
def test_a_claim_that_is_not_one(past, name, hint):
    """A name that no claim has, or that several have, is an error with a hint: what to try, or the candidates."""
    result = past.report("why", name)

    assert (result.ret, result.outlines) == (2, [])
    (line,) = result.errlines
    assert line.startswith(f"report: {hint}")
