"""The releases: a data file that a command refreshes and a person reads."""

from dataclasses import replace
from datetime import date

import pytest

from report.errors import DamagedFileError, UnknownReleaseError
from report.measure import releases
from report.measure.releases import Release

RELEASES = [
    Release("0.9", date.fromisoformat("2012-07-01")),
    Release("0.12.2", date.fromisoformat("2017-05-16"), "0.12"),
    Release("2.2.5", date.fromisoformat("2023-05-02"), "2.2"),
]


@pytest.fixture
def path(tmp_path):
    """A data file of three releases, two of which are run."""
    releases.write(tmp_path / "releases.toml", reversed(RELEASES))
    return tmp_path / "releases.toml"


def test_what_is_written_is_read(path):
    """Releases are read as they were written, in the order of their numbers."""
    assert releases.read(path) == RELEASES


def test_a_changed_file_keeps_its_comments(path):
    """A release is added at the end or updated in its place; nothing else changes."""
    text = path.read_text(encoding="utf-8").replace('"0.12"\n', '"0.12" # the first with a stack\n')
    path.write_text(text, encoding="utf-8")
    releases.write(path, [Release("1.0", date(2018, 4, 26), "1.0", ("sha256:aa",)), replace(RELEASES[0], stack="0.9")])

    added = '\n[[releases]]\nversion = "1.0"\nreleased = 2018-04-26\nstack = "1.0"\nhashes = [\n  "sha256:aa",\n]\n'
    assert path.read_text(encoding="utf-8") == text.replace("2012-07-01\n", '2012-07-01\nstack = "0.9"\n') + added


def test_a_missing_file_names_no_release(tmp_path):
    """Where there is no data file, no release is known."""
    assert releases.read(tmp_path / "none.toml") == []


def test_the_releases_that_are_run(path):
    """Those with a stack are run, or some of them."""
    assert [one.version for one in releases.select(path)] == ["0.12.2", "2.2.5"]
    assert [one.version for one in releases.select(path, ["2.2.5"])] == ["2.2.5"]


@pytest.mark.parametrize("version", ["0.9", "9.9.9", "latest"])
def test_an_unknown_release_is_refused(path, version):
    """A release that there is not, or that is not run, is named together with those that are."""
    with pytest.raises(UnknownReleaseError, match=rf"no release {version} to measure\. Known: 0\.12\.2, 2\.2\.5\."):
        releases.select(path, [version])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[[releases]]\nversion = "1.0"\nreleased = 2018-', id="cut off"),
        pytest.param('[[releases]]\nversion = "1.0"\n', id="without a date"),
        pytest.param('[[releases]]\nversion = "one"\nreleased = 2018-04-26\n', id="with a version that is none"),
        pytest.param('[releases]\nversion = "1.0"\nreleased = 2018-04-26\n', id="with a table for a list"),
        pytest.param("releases = 3\n", id="with a number for a list"),
        pytest.param("<<<<<<< HEAD\n", id="with the marks of a conflict"),
        pytest.param("\udcff", id="no text"),
    ],
)
def test_a_damaged_file_is_named(path, text):
    """A data file that cannot be read is refused with its name and what to do, and is left as it is."""
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    before = path.read_bytes()
    with pytest.raises(DamagedFileError, match=r"releases\.toml is damaged: .*--refresh"):
        releases.read(path)
    assert path.read_bytes() == before
