"""`report copy`: an article's text comes from a source distribution, whole and as it was judged, or not at all."""

import hashlib
import io
import tarfile

import pytest

from report import article_copy, settings
from report.errors import ReportError

TEXT = "1. What is a box?\n\nA box.\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
ABOUT = """\
title = "Boxes"
questions = 1

[source]
distribution = "boxes"
version = "1.0"
member = "docs/boxes.rst"
licence = "LICENSE.txt"
sha256 = "{digest}"
"""


@pytest.fixture
def config(project, monkeypatch):
    """The settings of a project with an article that comes from a distribution, and one that does not."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    project.write("claims/boxes/sentences.toml", ABOUT.format(digest=DIGEST))
    return settings.read(project.root)


@pytest.fixture
def sources(monkeypatch):
    """What the source distribution contains, by name, instead of what the package index gives."""
    files = {"boxes-1.0/docs/boxes.rst": TEXT, "boxes-1.0/LICENSE.txt": "Do as you like.\n", "boxes-1.0/x.txt": "x"}

    def download(source, path):
        with tarfile.open(path, "w:gz") as tar:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))

    monkeypatch.setattr(article_copy, "download", download)
    return files


def test_the_text_and_its_licence_are_brought(config, sources, monkeypatch):
    """The copy is the text, byte for byte, and the licence lies next to it; a second call needs no network."""
    path = article_copy.fetch(config, "boxes")
    assert path == config.articles / "boxes.rst"
    assert path.read_bytes() == TEXT.encode()
    assert (config.articles / "LICENSE-boxes").read_text(encoding="utf-8") == "Do as you like.\n"
    monkeypatch.setattr(article_copy, "download", None)
    assert article_copy.fetch(config, "boxes") == path


def test_another_text_is_not_taken(config, sources):
    """A text with another hash, or an archive without it, leaves nothing."""
    sources["boxes-1.0/docs/boxes.rst"] = TEXT + "And more.\n"
    with pytest.raises(ReportError, match=r"docs/boxes.rst of boxes 1.0 is another text than the one judged"):
        article_copy.fetch(config, "boxes")
    del sources["boxes-1.0/docs/boxes.rst"]
    with pytest.raises(ReportError, match=r"The sources of boxes 1.0 cannot be read: 'docs/boxes.rst'"):
        article_copy.fetch(config, "boxes")
    assert not config.articles.exists()


def test_a_copy_is_not_overwritten(config, sources, project):
    """Another text that is there stays, whatever its layout."""
    project.write("articles/boxes.md", "Mine.")
    with pytest.raises(ReportError, match=r"boxes.md is another text; nothing is overwritten"):
        article_copy.fetch(config, "boxes")
    assert [path.name for path in config.articles.iterdir()] == ["boxes.md"]


def test_an_error_is_one_line(config):
    """Without a network, a source or an article, the reason and the remedy are said."""
    with pytest.raises(ReportError, match=r"The package index did not give the sources of boxes 1.0: .*Try again"):
        article_copy.fetch(config, "boxes")  # these tests may connect to loopback only
    with pytest.raises(ReportError, match=r"does not say where its text is. Save its text as .*demo.txt"):
        article_copy.fetch(config, "demo")
    with pytest.raises(ReportError, match="There is no article 'none'"):
        article_copy.fetch(config, "none")
    assert not config.articles.exists()
