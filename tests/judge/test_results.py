"""`results.json`: what every report is made from, and others may read."""

import copy
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from report.errors import DamagedFileError
from report.judge import results
from tests.project import SUBJECT

SCHEMA = Path(results.__file__).parents[1] / "results.schema.json"


@pytest.fixture(scope="module")
def path(accepted):
    """The file that a real run has written."""
    return accepted.root / "out" / "results.json"


@pytest.fixture(scope="module")
def written(path):
    """What stands in that file."""
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_schema_is_one():
    """The JSON Schema is valid, and of the dialect that it names."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


def test_a_run_is_of_the_schema(written):
    """What a real run has written validates against the committed schema."""
    jsonschema.validate(written, json.loads(SCHEMA.read_text(encoding="utf-8")), jsonschema.Draft202012Validator)


def test_a_run_has_the_keys_that_others_rely_on(written):
    """The file has every key that the design names, at its place."""
    (article,) = written["articles"]
    answer = article["answers"][0]
    wrong = next(claim for claim in answer["claims"] if claim["verdict"]["mark"] == "wrong")
    version = written["subject"]["version"]
    assert written["schema"] == 4
    assert written["subject"].keys() >= {"name", "version", "released", "python"}
    assert written["subject"]["name"] == SUBJECT
    assert [release.keys() for release in written["releases"]] == [{"version", "released"}]
    assert {key: answer[key] for key in ("question", "topic", "verdict")} == {
        "question": 1,
        "topic": "Escaping: the first answer of the small projects' article, which errs here and there",
        "verdict": "wrong",
    }
    assert wrong.keys() >= {"id", "statement", "kind", "verdict", "seen_to_fail", "source"}
    assert wrong["verdict"].keys() == {"mark", "since", "until", "gone", "reason"}
    assert written["outcomes"][wrong["outcomes"]] == {version: "refuted"}
    (span,) = wrong["cells"]
    assert (span["first"], span["last"], span["outcome"]) == (version, version, "refuted")
    assert written["evidence"][span["evidence"][0]].keys() >= {"assertion", "observed"}
    assert wrong["evidence"] == span["evidence"]
    assert written["sources"][wrong["source"]].startswith("@claim\ndef ")
    assert wrong["corrections"][0].keys() >= {"id", "statement", "outcome"}
    assert wrong["corrections"][0]["outcome"] == "held"


def test_nothing_is_null_in_the_evidence(path):
    """Every outcome that is not untried has evidence on its release."""
    found = results.read(path)
    for one in (*found.claims, *found.corrections):
        for cell in one.cells.values():
            assert cell.evidence or cell.outcome == "untried", one.id


def test_what_is_written_is_read(path):
    """A result that is read and written again is the same, byte for byte."""
    assert results.text(results.read(path)) == path.read_text(encoding="utf-8")


def test_a_result_of_the_schema_before_is_read(path, tmp_path):
    """A file in which nothing is packed, with its words for what made a test fail, says the same."""
    found = results.read(path)
    old = msgspec.to_builtins(found) | {"schema": 3}
    waived, killer = old["articles"][0]["answers"][0]["claims"][:2]
    waived["seen_to_fail"] = {"waived": "It reads a date."}
    killer["seen_to_fail"] = {"mutant": "Flask 3.1.3, line 7", "change": "`a` left out", "seen": "2 == 1"}
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    read = results.read(tmp_path / "old.json")
    seen = {claim.id: claim.seen_to_fail for claim in read.claims}
    assert seen[waived["id"]] == {"waived": "It reads a date."}
    assert seen[killer["id"]].keys() == {"mutant", "change", "seen"}
    assert [claim.cells for claim in read.claims] == [claim.cells for claim in found.claims]
    assert [claim.verdict for claim in read.claims] == [claim.verdict for claim in found.claims]


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_truncated_file_is_damaged(path, tmp_path, share):
    """A file that is cut off anywhere is refused, with its name and what to do, and is left as it is."""
    text = path.read_text(encoding="utf-8")
    cut = tmp_path / "cut.json"
    cut.write_text(text[: int(len(text.rstrip()) * share)], encoding="utf-8")
    before = cut.read_bytes()
    with pytest.raises(DamagedFileError, match=r"cut\.json is damaged: .*`uv run pytest claims`"):
        results.read(cut)
    assert cut.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"schema": 4', '"schema": 5', id="of another schema"),
        pytest.param('"schema": 4', '"schema": 2', id="of a schema too old"),
        pytest.param('"verdict":"wrong"', '"verdict":"right"', id="with a verdict that there is not"),
        pytest.param('"outcome":"refuted"', '"outcome":"failed"', id="with an outcome that there is not"),
        pytest.param('"subject"', '"object"', id="without its subject"),
    ],
)
def test_a_file_that_says_something_else_is_damaged(path, tmp_path, old, new):
    """A file that is whole but not of the schema is refused."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "other.json").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DamagedFileError, match=r"other\.json is damaged"):
        results.read(tmp_path / "other.json")


def test_a_verdict_without_its_outcome_is_damaged(path, written, tmp_path):
    """What no release refuted is not wrong."""
    other = copy.deepcopy(written)
    claims = [claim for article in other["articles"] for answer in article["answers"] for claim in answer["claims"]]
    next(claim for claim in claims if claim["verdict"]["mark"] == "wrong")["outcomes"] = len(other["outcomes"])
    other["outcomes"].append({})
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(DamagedFileError, match="does not match its outcomes"):
        results.read(tmp_path / "other.json")


def test_a_missing_file_is_damaged(tmp_path):
    """Where there is no file, that is said in the same terms."""
    with pytest.raises(DamagedFileError, match=r"none\.json is damaged: .*No such file"):
        results.read(tmp_path / "none.json")
