"""References of accounts that lead nowhere, and the names that were meant."""

import pytest

from report.judge import references
from report.judge.accounts import Account, Part
from report.judge.articles import ArticleInfo

CLAIMS = [
    "claims/boxes/q01_box.py::has_a_lid",
    "claims/boxes/q01_box.py::colours[red]",
    "claims/lids/q02_lid.py::fits",
]


def about(reference, question=1):
    """An article with one account, which has one reference."""
    return ArticleInfo("boxes", "Boxes", 2, accounts={question: {"aa11": Account((Part(claims=(reference,)),))}})


@pytest.mark.parametrize("reference", ["has_a_lid", "colours", "colours[red]", "lids/q02_lid::fits", "q02_lid::fits"])
def test_a_known_reference_is_no_fault(reference):
    """A name of the question's module, a table or a row of it, and a name of another module lead to a claim."""
    assert references.unknown([about(reference)], CLAIMS) == []


@pytest.mark.parametrize(
    ("reference", "nearest"),
    [
        ("has_a_lit", "has_a_lid"),
        ("colours[redd]", "colours[red]"),
        ("lids/q02_lid::fit", "lids/q02_lid::fits"),
        ("fits", None),
        ("nothing_like_it", None),
    ],
)
def test_an_unknown_reference_is_listed_with_the_nearest_name(reference, nearest):
    """The line names the file, the table, the sentence and the reference, and the nearest name if there is one."""
    (line,) = references.unknown([about(reference)], CLAIMS)
    hint = f"; the nearest name is {nearest}" if nearest else ""
    assert line == f"unknown reference: boxes/sentences.toml, [q01] aa11: no claim is called {reference}{hint}"


def test_a_contradiction_refers_to_claims():
    """Both sides of a contradiction are references, too."""
    article = ArticleInfo("boxes", "Boxes", 2, contradictions={"lids/q02_lid::fits": "boxes/q01_box::has_no_lid"})
    (line,) = references.unknown([article], CLAIMS)
    assert line.endswith("no claim is called boxes/q01_box::has_no_lid; the nearest name is boxes/q01_box::has_a_lid")
