"""Recorded runs, whole or cut off."""

import pytest

from report.errors import DamagedFileError, TruncatedRunError
from report.measure import records

HEAD = '{"schema": 1, "python": "3.9.18", "packages": {"flask": "0.12.2"}}\n'
CLAIM = (
    '{"claim": {"id": "a", "statement": "", "topic": "", "kind": "technical", "data": false, "corrects": [],'
    ' "needs": [], "lacking": null, "line": 1, "source": "", "fingerprint": "f", "outcome": "held", "reason": null,'
    ' "evidence": [{"assertion": "1", "observed": "1\u2028\u0085", "times": 1}]}, "seconds": 0.1}\n'
)
END = '{"end": 0}\n'


@pytest.fixture
def path(tmp_path):
    """Where the record of a test is."""
    return tmp_path / "record.jsonl"


def test_a_whole_run(path):
    """A record that has its last line is whole, whatever was seen."""
    path.write_text(HEAD + CLAIM + END, encoding="utf-8")
    recorded = records.read(path)
    assert (recorded.packages, recorded.whole) == ({"flask": "0.12.2"}, True)
    assert [(one.id, one.outcome, one.evidence[0].observed) for one in recorded.records] == [
        ("a", "held", "1\u2028\u0085")
    ]


@pytest.mark.parametrize("text", ["", HEAD, HEAD + CLAIM, HEAD + CLAIM + END[:-1]])
def test_a_run_that_was_cut_off_is_refused(path, text):
    """A record without its last line is no run."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TruncatedRunError, match=r"record\.jsonl has no last line"):
        records.read(path)


def test_a_run_that_was_cut_off_may_be_read_partly(path):
    """The lines before the cut are read on request; half a line is not."""
    path.write_text(HEAD + CLAIM + CLAIM[:50], encoding="utf-8")
    recorded = records.read(path, allow_truncated=True)
    assert ([one.id for one in recorded.records], recorded.whole) == (["a"], False)


@pytest.mark.parametrize("text", ["", HEAD[:-1]])
def test_a_run_that_never_began_has_no_packages(path, text):
    """A record without its first line says nothing at all."""
    path.write_text(text, encoding="utf-8")
    assert records.read(path, allow_truncated=True) == records.RecordedRun({}, (), whole=False)


@pytest.mark.parametrize("line", ["nonsense\n", '{"claim": {"id": "a"}}\n', CLAIM.replace("held", "passed")])
def test_a_damaged_line_is_refused(path, line):
    """A line that is whole but says something else is damage."""
    path.write_text(HEAD + line + END, encoding="utf-8")
    with pytest.raises(DamagedFileError, match=r"record\.jsonl is damaged"):
        records.read(path, allow_truncated=True)
