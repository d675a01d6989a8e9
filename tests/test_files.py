"""Files are written whole or not at all."""

import pytest

from report import files
from report.files import write_whole
from report.model import Environment


def test_what_is_written_is_there(tmp_path):
    """The text stands in the file, in a folder that is made where it is missing."""
    path = tmp_path / "new" / "folder" / "file.txt"
    write_whole(path, "déjà vu\n")
    assert path.read_bytes() == "déjà vu\n".encode()


def test_the_old_content_is_replaced(tmp_path):
    """Nothing of a longer text is left, and the file keeps its permissions."""
    path = tmp_path / "file.txt"
    write_whole(path, "a longer text")
    path.chmod(0o640)
    write_whole(path, "short")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("short", 0o640)


@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_a_write_that_fails_changes_nothing(tmp_path, monkeypatch, error):
    """Where the disk is full, or the user has had enough, the old content stands and no draft is left."""
    path = tmp_path / "file.txt"
    write_whole(path, "before")

    def fail(handle):
        raise error

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(type(error)):
        write_whole(path, "after")
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("text", "whole"), [(b"1\n2\n", [b"1", b"2"]), (b"1\n2", [b"1"]), (b"2", []), (b"", [])])
def test_lines_of_a_truncated_file(tmp_path, text, whole):
    """A last line without a line break is read, or left out where that is asked for."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(text)

    assert files.read_lines(path, allow_truncated=True) == whole
    assert files.read_lines(path) == text.split()


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([b'{"python": "3", "stack": "a"}', b"{}"], "line 3: Object missing required field `python`"),
        ([b'{"python": "3", "stack": "a"}'] * 2, "line 3: the stack is listed twice"),
    ],
)
def test_a_damaged_line_is_named_by_its_number(lines, fault):
    """The number counts from that of the first line."""
    with pytest.raises(ValueError, match=fault):
        files.decode_lines(lines, Environment, first=2, unique="stack")
