"""Which mutants the search tries on a claim, and in which order."""

from collections import Counter

import pytest

from report.measure.records import Record
from report.mutation import operators
from report.mutation.candidates import NOWHERE, Target, Traced, rank
from report.mutation.operators import Mutation

SUBJECT = """\
def usual():
    return 'x'


def run(p=700):
    return 5000


def idle():
    return "" + ""
"""


def record(statement="", source="", name="claims/demo/q01_a.py::a"):
    """A claim that says *statement*."""
    return Record(name, statement, "", "technical", False, [], [], None, 1, source, "f1")


def target(statement="", source="", trace=None):
    """A claim that says *statement*, and executes what is in *trace*."""
    return Target(record(statement, source), Traced("a", "f1", "", 0, "", trace or {}), "a")


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Install SUBJECT as the module `subject`, where the search looks for packages."""
    caches = (operators.mutations, operators.original, operators._original_digest)
    (tmp_path / "subject.py").write_text(SUBJECT, encoding="utf-8")
    monkeypatch.setattr(operators, "SITE", tmp_path)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("installed")
def test_what_the_claim_names_comes_first():
    """First comes the function that the claim names, then what few claims execute, then what takes effect at import."""
    claim = target("`run()` gives a port.", "assert run() == 5000", {"subject.py": [2, 6]})
    other = target(trace={"subject.py": [2]})

    found = rank(claim, Counter(line for found in (claim, other, other) for line in found.lines))

    shown = [(claim.distance(mutation), mutation.constant or mutation.operator) for mutation in found]
    assert shown == [(0, "5000"), (0, "700"), (4, "x")]


@pytest.mark.usefixtures("installed")
def test_a_number_that_the_claim_names_comes_first():
    """A port or a status code tells what a claim is about, also where it is a default, which takes effect at import."""
    claim = target("It is so.", "assert found() == 700", {"subject.py": [6]})

    assert [mutation.constant for mutation in rank(claim, Counter(claim.lines))] == ["700", "5000"]


DISTANCES = {
    "the function in the statement": ("C.route", "", 0),
    "the plural of its word": ("Request.cookies", "", 0),
    "a filter of Jinja": ("do_upper", "", 0),
    "the function in the test": ("Flask.endpoint", "", 1),
    "a function of the tests themselves": ("Flask.test_client", "", NOWHERE),
    "a text in the statement": ("f", "upper", 1),
    "its class": ("Blueprint.f", "", 2),
    "nothing": ("f.g", "c", NOWHERE),
}


@pytest.mark.parametrize(("function", "constant", "distance"), DISTANCES.values(), ids=DISTANCES)
def test_how_far_a_mutation_is(function, constant, distance):
    """A mutation is near if it is in what the claim names."""
    source = "assert test_client(Blueprint).endpoint"
    claim = target("`route` and the filter `upper` set a cookie.", source)

    assert claim.distance(Mutation("x.py", (1, 0, 1, 1), "", function, constant)) == distance


def test_a_module_or_package_is_the_last_that_a_claim_names():
    """The words of a path count, too."""
    claim = target("Flask has blueprints.")
    far = [Mutation(file, (1, 0, 1, 1), "", "f") for file in ("flask/app.py", "x/blueprints.py", "x/y.py")]

    assert [*map(claim.distance, far)] == [3, 3, NOWHERE]


@pytest.mark.usefixtures("installed")
def test_equivalent_mutants_have_no_id_and_duplicates_the_same():
    """A mutant is what its bytecode is: `"" - ""` differs from `"" + ""`, but `5_000` does not from `5000`."""

    def identify(replacement, line=6, start=11, end=15):
        return Mutation("subject.py", (line, start, line, end), replacement, "run").id

    assert identify("5_000") == identify("(5000)") == ""
    assert identify("5001") == identify("5_001") != ""
    assert identify("5002") not in ("", identify("5001"))
    assert identify("5000)") == ""


def test_a_claim_covers_the_lines_that_it_executes():
    """A mutation at import matters to all claims that use the file, and so does one of a data file."""
    claim = target(trace={"a.py": [0, 3], "b.txt": [0]})

    def covered(file, line, at_import=False):
        return claim.covers(Mutation(file, (line, 0, line + 1, 1), "", "", at_import=at_import))

    assert [covered("a.py", line) for line in (1, 2, 3, 4)] == [False, True, True, False]
    assert covered("a.py", 9, at_import=True)
    assert covered("b.txt", 5)
    assert not covered("c.py", 3, at_import=True)
