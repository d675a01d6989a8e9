"""Directed mutants: where their lines are, what is said of a list that is no longer true, and groups of claims."""

import pytest

from report import settings
from report.errors import DamagedFileError, ReportError
from report.measure.records import Record
from report.mutation import directed, operators
from report.mutation.directed import Directed, Listed, Same
from tests.conftest import ROOT

SUBJECT = """\
import os


@mark("first")
class C:
    code = max(
        1,
        2,
    )

    def f(self, a=3):
        if a:
            return "same"
        return ("text"
                "more")

    def g(self):
        return "same"
"""
CLAIM = "demo/q01_a::a"


def record(name):
    """A claim with an id."""
    return Record(name, "", "", "technical", False, [], [], None, 1, "", "f1")


CLAIMS = [record("claims/demo/q01_a.py::a[row]"), record("claims/demo/q01_a.py::b"), record("claims/demo/q02_c.py::c")]


@pytest.fixture(autouse=True)
def _installed(monkeypatch, tmp_path):
    """Install SUBJECT as the module `subject`, and a data file, where the search looks for packages."""
    (tmp_path / "subject.py").write_text(SUBJECT, encoding="utf-8")
    (tmp_path / "METADATA").write_text("Name: Subject\nVersion: 1\n", encoding="utf-8")
    caches = (operators.original, operators._original_digest)
    for module in (operators, directed):
        monkeypatch.setattr(module, "SITE", tmp_path)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def mutation(before, within="", file="subject.py", after="pass"):
    """The mutation that a directed mutant means; None if its line is not there, or not the only one."""
    return Directed(CLAIM, file, before, after, within).mutation


LINES = {
    "a line of a function": ("if a:", "", "C.f", [12], False),
    "in a statement of several lines": ('"more")', "", "C.f", [14, 15], False),
    "a header": ("def f(self, a=3):", "", "C.f", [11], True),
    "a decorator": ('@mark("first")', "", "C", [4, 5], True),
    "in the body of a class": ("1,", "", "C", [6, 7, 8, 9], True),
    "in a module": ("import os", "", "", [1], True),
    "one of two": ('return "same"', "C.g", "C.g", [18], False),
}


@pytest.mark.parametrize(("before", "within", "function", "lines", "at_import"), LINES.values(), ids=LINES)
def test_a_line_is_found_with_its_function_and_its_statement(before, within, function, lines, at_import):
    """A claim executes a line if it executes a line of the same statement."""
    found = mutation(before, within)

    assert (found.function, [*found.lines], found.at_import) == (function, lines, at_import)


def test_only_the_line_changes():
    """The indentation and the other lines stay."""
    found = mutation("if a:", after="if not a:")

    assert found.text == SUBJECT.replace("if a:", "if not a:")
    assert found.place[2:] == ("if a:", "if not a:")
    assert mutation("Version: 1", file="METADATA", after="Version: 2").text == "Name: Subject\nVersion: 2\n"


@pytest.mark.parametrize("place", [("no line",), ('return "same"',), ("if a:", "C.g"), ("if a:", "", "other.py")])
def test_a_line_that_is_gone_or_not_the_only_one_means_nothing(place):
    """Nothing is guessed."""
    assert mutation(*place) is None


def test_what_is_no_longer_true_is_said():
    """Each entry that means nothing has a sentence that names it; nothing is fatal."""
    listed = Listed(
        (
            Directed(CLAIM, "subject.py", "if a:", "if not a:"),
            Directed("demo/q01_a::a[row]", "subject.py", "gone", ""),
            Directed("demo/q02_c::c", "subject.py", "if a:", "if (a):"),
            Directed("demo/q01_a::z", "subject.py", "if a:", "pass"),
        ),
        (Same("The same.", ("demo/q01_a::b", "demo/q02_c::y")),),
        {"demo/q01_a::a[row]": "A reason.", "demo/q01_a::b": "Why.", "demo/q02_c::c": "Why.", "demo/q02_c::x": "Why."},
    )

    assert [*directed.stale(listed, CLAIMS, [CLAIMS[0].id, CLAIMS[1].id])] == [
        "mutants.toml: demo/q01_a::a[row]: 'gone' is no line, or several, of subject.py. Mend it.",
        "mutants.toml: demo/q02_c::c: 'if (a):' is no valid Python there, or changes nothing.",
        "mutants.toml: no claim is called demo/q01_a::z: rename or delete the entry.",
        "mutants.toml: no claim is called demo/q02_c::y: rename or delete it in its group.",
        "mutants.toml: [general]: demo/q02_c::c has a distinguishing mutant, or is no claim: take it out.",
        "mutants.toml: [general]: demo/q02_c::x has a distinguishing mutant, or is no claim: take it out.",
    ]


@pytest.mark.parametrize("name", ["demo/q01_a::a", "demo/q01_a::a[row]"])
def test_a_reason_is_of_a_claim_or_of_all_rows_of_its_table(name):
    """A claim that only general mutants kill says why."""
    listed = Listed(general={name: "Why."})

    assert [listed.reason(claim.id) for claim in CLAIMS] == ["Why.", None, None]


def test_claims_that_state_the_same_count_as_one():
    """The rows of a table are one behaviour, and so are the claims of a group."""
    listed = Listed((), (Same("The same.", ("demo/q01_a::a", "demo/q02_c::c")),))

    assert [listed.behaviour(claim.id) for claim in CLAIMS] == ["The same.", "claims/demo/q01_a.py::b", "The same."]


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        ('[[mutant]]\nclaim = "a"\n', DamagedFileError, "missing required field `file`"),
        ('[[mutant]]\nclaim = "a"\nfile = "a"\nbefore = ""\nafter = ""\nline = 3\n', DamagedFileError, "unknown field"),
        ('[general]\n"demo/q01_a::a" = ""\n', DamagedFileError, "matching regex"),
        (
            '[[mutant]]\nclaim = "a"\nfile = "pytest/a.py"\nbefore = "a"\nafter = "b"\n',
            ReportError,
            "is a tool of this",
        ),
    ],
    ids=["a field is missing", "an unknown field", "no reason", "a tool"],
)
def test_a_list_that_cannot_be_meant_is_an_error(tmp_path, text, error, why):
    """The error names the file or the mutant."""
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "mutants.toml").write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")

    with pytest.raises(error, match=why):
        directed.read(settings.read(tmp_path))
