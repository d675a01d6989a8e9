"""The layout of `results.json`: nothing is lost, equal things stand once, and it grows with what differs."""

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.errors import DamagedFileError
from report.judge import result_file, results
from report.model import Cell, Evidence
from tests.tell.builders import VERSIONS, answer, article, claim, correction, everything, hostile, releases, result

NAME = "top31/q11_x.py::f"
texts = st.text(st.characters(codec="utf-8"), max_size=4)
evidence = st.lists(st.builds(Evidence, texts, texts, st.integers(1, 3)), max_size=2).map(tuple)
outcomes = st.sampled_from(["held", "refuted", "untried"])
python = st.none() | st.sampled_from(["3.9", "3.11"])
cells = st.dictionaries(  # of releases of the result and of others, in any order
    st.sampled_from([*VERSIONS, "0.1", "9.0"]),
    st.builds(Cell, outcomes, st.none() | texts, evidence, python),
)
courses = st.dictionaries(st.sampled_from(VERSIONS), outcomes)


def stating(*claims):
    """A result of one answer."""
    return result(article(answer(11, "A topic", *claims)))


def unpacked(text):
    """What a packed text says, before its consistency is checked."""
    return msgspec.convert(result_file.unpack(json.loads(text)), results.Result)


def in_order(whole):
    """The cells and outcomes of each claim and correction, as lists: their order counts, too."""
    return [([*one.cells.items()], [*one.outcomes.items()]) for one in (*whole.claims, *whole.corrections)]


@given(st.lists(st.tuples(cells, courses, evidence), min_size=1, max_size=3), cells)
def test_what_is_packed_is_unpacked(found, corrected):
    """Any cells, outcomes and evidence are read as they were, in their order; and give the same bytes again."""
    says = correction(f"{NAME}_instead", cells=corrected)
    claims = [
        claim(f"{NAME}{number}", cells=cells, outcomes=course, evidence=seen, corrections=(says,))
        for number, (cells, course, seen) in enumerate(found)
    ]
    whole = stating(*claims)
    text = results.text(whole)
    assert unpacked(text) == whole
    assert in_order(unpacked(text)) == in_order(whole)
    assert results.text(unpacked(text)) == text


@pytest.mark.parametrize("whole", [everything(), hostile()], ids=["everything", "hostile"])
def test_a_whole_result_is_kept(whole):
    """Every field of every kind of claim, and texts full of markup and control characters, are kept."""
    assert unpacked(results.text(whole)) == whole


def test_equal_evidence_stands_once():
    """Claims that saw the same share it, and a span joins the releases on which they did."""
    packed = json.loads(results.text(stating(*(claim(f"{NAME}{number}", "rrhh") for number in range(9)))))
    assert len(packed["evidence"]) == 2
    assert packed["outcomes"] == [dict(zip(VERSIONS, ["refuted", "refuted", "held", "held"], strict=True))]
    for one in result_file.all_checked(packed):
        assert [(span["first"], span["last"]) for span in one["cells"]] == [("0.12.2", "1.1.4"), ("2.3.3", "3.1.3")]


def test_a_release_that_is_not_measured_ends_a_span():
    """What stands between two spans was not measured: no cell is made up."""
    packed = json.loads(results.text(stating(claim(NAME, "h.hh"))))
    (one,) = result_file.all_checked(packed)
    assert [(span["first"], span["last"]) for span in one["cells"]] == [("0.12.2", "0.12.2"), ("2.3.3", "3.1.3")]


def test_the_file_grows_with_changes_and_not_with_releases():
    """Ten times the releases cost their own dates and one course of outcomes; each change costs a span."""

    def size(letters, count, number=200):
        versions = tuple(f"1.{minor}" for minor in range(count))
        claims = (claim(f"{NAME}{each}", letters * (count // len(letters)), versions) for each in range(number))
        return len(results.text(result(article(answer(11, "T", *claims)), versions=versions)))

    extra = len(json.dumps([msgspec.to_builtins(each) for each in releases([f"1.{n}" for n in range(400)])]))
    assert size("h", 400) < size("h", 40) + 2 * extra
    assert size("hr", 400) > 3 * size("h", 400)  # each of its 400 changes stands in the file


def broken(**given):
    """A packed result whose only claim has other fields."""
    packed = json.loads(results.text(stating(claim(NAME))))
    next(result_file.all_checked(packed)).update(given)
    return packed


SPAN = {"first": "0.12.2", "last": "3.1.3", "outcome": "held"}


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(broken(evidence=[7]), id="evidence that is not there"),
        pytest.param(broken(evidence=[-1]), id="evidence before the first"),
        pytest.param(broken(source=-1), id="a source before the first"),
        pytest.param(broken(outcomes=1), id="outcomes that are not there"),
        pytest.param(broken(cells=[SPAN | {"last": "9.0"}]), id="a span to a release that is not there"),
        pytest.param(broken(cells=[SPAN | {"evidence": [9]}]), id="a span with evidence that is not there"),
        pytest.param(broken(cells={"3.1.3": {"outcome": "held"}}), id="the cells of schema 3"),
        pytest.param({key: value for key, value in broken().items() if key != "sources"}, id="no sources"),
    ],
)
def test_a_position_that_leads_nowhere_is_damage(tmp_path, packed):
    """A table has no such entry, or the releases have no such span: the file is refused."""
    (tmp_path / "other.json").write_text(json.dumps(packed), encoding="utf-8")
    with pytest.raises(DamagedFileError, match=r"other\.json is damaged"):
        results.read(tmp_path / "other.json")


def test_a_file_that_stands_for_too_much_is_refused(tmp_path, monkeypatch):
    """A short file may stand for more cells than the memory holds."""
    monkeypatch.setattr(result_file, "MOST_CELLS", 7)
    whole = stating(*(claim(f"{NAME}{number}") for number in range(2)))
    (tmp_path / "other.json").write_text(results.text(whole), encoding="utf-8")
    with pytest.raises(DamagedFileError, match="it stands for more than 7 cells"):
        results.read(tmp_path / "other.json")


def test_the_measured_date_changes_one_line():
    """Two results differ in the lines that say so: a file can be compared line by line."""
    whole = everything()
    before, after = (results.text(each).splitlines() for each in (whole, replace(whole, measured="2030-01-01")))
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
