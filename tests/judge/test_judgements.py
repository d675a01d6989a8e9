"""What people judged about claims, as a file keeps it."""

import pytest

from report.errors import DamagedFileError
from report.judge import judgements
from report.judge.results import Contested, Judged

OPENS, FITS = "claims/demo/q01_boxes.py::box_opens", "claims/demo/q02_lids.py::lid_fits[round]"
WRITTEN = """\
[claims."demo/q02_lids::lid_fits[round]"]
gravity = "fails"
happened = "The lid fell in."
reply = "Most lids are round."
rebuttal = "This box is square."
follows = "demo/q01_boxes::box_opens"

[claims."demo/q01_boxes::box_opens"]
read = "It opens by itself."
other = "Somebody can open it."
because = "Nobody is named."

[[attributions]]
what = "The box opens itself"
who = "the hinge"
claim = "demo/q01_boxes::box_opens"
"""


@pytest.fixture
def written(tmp_path):
    """The judgements that a file of that text gives."""

    def read(text):
        path = tmp_path / "judgements.toml"
        path.write_text(text, encoding="utf-8")
        return judgements.read(path)

    return read


def test_a_judgement_is_of_its_claim(written):
    """A claim has what is written under its reference, and the id of the claim whose cause it shares."""
    found = written(WRITTEN)
    because = Contested("It opens by itself.", "Somebody can open it.", "Nobody is named.")
    fails = Judged("fails", "The lid fell in.", "Most lids are round.", "This box is square.", follows=OPENS)
    assert found.judged([OPENS, FITS]) == {OPENS: Judged(contested=because), FITS: fails}
    assert found.attributions[0].who == "the hinge"


def test_another_row_has_no_judgement(written):
    """What is written of a row is not of the others."""
    assert FITS.replace("round", "oval") not in written(WRITTEN).judged([OPENS, FITS.replace("round", "oval")])


def test_where_there_is_no_file_nothing_is_judged(tmp_path):
    """The file is not needed."""
    assert judgements.read(tmp_path / "judgements.toml").judged([OPENS]) == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WRITTEN.replace("fails", "terrible"), id="no gravity"),
        pytest.param(WRITTEN.replace("reply =", "answer ="), id="another field"),
        pytest.param(WRITTEN.replace('other = "Somebody can open it."\n', ""), id="a reading without the other"),
        pytest.param(WRITTEN[:30], id="cut off"),
    ],
)
def test_a_damaged_file_is_named(written, text):
    """What cannot be read is an error that names the file."""
    with pytest.raises(DamagedFileError, match=r"judgements\.toml"):
        written(text)
