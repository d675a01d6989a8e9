"""Why a claim changed where it did."""

import pytest

from report.errors import DamagedFileError
from report.judge import changes
from report.judge.results import Change

BOUNDARY = "claims/demo/q02_lids.py::lid_fits[round]"
WRITTEN = """\
[[changes]]
release = "2.0"
by = "Hinge 3.1"
link = "https://hinge.example/changes"
note = "Lids are square."
claims = ["demo/q02_lids::lid_fits[round]", "demo/q01_boxes::box_opens"]
"""
CAUSE = Change("2.0", "Hinge 3.1", "https://hinge.example/changes", "Lids are square.")


@pytest.fixture
def causes(tmp_path):
    """The causes that a file of that text gives."""

    def read(text):
        path = tmp_path / "changes.toml"
        path.write_text(text, encoding="utf-8")
        return changes.read(path)

    return read


@pytest.mark.parametrize(
    ("claim", "release", "expected"),
    [
        pytest.param(BOUNDARY, "2.0", CAUSE, id="its row and release"),
        pytest.param(BOUNDARY, "3.0", Change("3.0"), id="another release"),
        pytest.param("claims/demo/q02_lids.py::lid_fits[oval]", "2.0", Change("2.0"), id="another row"),
        pytest.param("claims/demo/q01_boxes.py::box_opens[red]", "2.0", CAUSE, id="a row of a whole table"),
        pytest.param("claims/toys/q01_boxes.py::box_opens", "2.0", Change("2.0"), id="another article"),
    ],
)
def test_a_cause_is_of_its_claims_on_its_release(causes, claim, release, expected):
    """A change has the cause that names its claim and its release, else none."""
    assert changes.of(claim, {"1.0": "held", release: "refuted"}, causes(WRITTEN)) == (expected,)


def test_where_there_is_no_file_no_cause_is_known(tmp_path):
    """The file is not needed."""
    assert changes.read(tmp_path / "changes.toml") == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WRITTEN.replace("by =", "bye ="), id="another field"),
        pytest.param(WRITTEN.replace('note = "Lids are square."\n', ""), id="a field less"),
        pytest.param(WRITTEN[:60], id="cut off"),
        pytest.param("[[changes", id="no TOML"),
        pytest.param('changes = "none"', id="another shape"),
    ],
)
def test_a_damaged_file_is_named(causes, text):
    """What cannot be read is an error that names the file and says what to do."""
    with pytest.raises(DamagedFileError, match=r"changes\.toml.*report/judge/changes\.py describes its fields"):
        causes(text)
