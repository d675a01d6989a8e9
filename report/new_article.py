"""A new article: its folder in the claims, with an account for each of its sentences, to be filled in."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report import reader
from report.errors import ReportError
from report.files import write_whole
from report.judge import account_file, articles
from report.judge.account_file import Entry, Table
from report.judge.accounts import quoted
from report.judge.articles import ArticleInfo
from report.judge.drafts import Drafts
from report.judge.revision import compare, sentences_of
from report.judge.rewriting import Rewriter, table_name
from report.measure.records import Record
from report.reader.outline import Outline
from report.settings import Settings

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
FILL_IN = """\
# Fill in what is known, and remove the # before it:
# answer = "section"
# url = "https://…"
# author = "…"
# licence = "…"
# published = "2020-05\""""
HASHES = """\
# What each sentence states, by its hash; report/judge/accounts.py describes the values.
# `python -m report sentences {name} --open` prints the texts of those that are open."""
PRINTED = "\n# Code as the article prints it, for claims that read it.\n[printed]\n"


@dataclass(frozen=True)
class Draft:
    """A new article: the id, what the folder will contain, the file of the author's text, and where its copy goes.

    *accounted* sentences have an account of another article, *proposed* ones have proposals, of *sentences* in all.
    """

    id: str
    folder: Path
    texts: Mapping[str, str]
    source: Path
    copy: Path
    sentences: int
    accounted: int
    proposed: int

    def summary(self) -> Iterator[str]:
        """What is known, in a few lines."""
        left = self.sentences - self.accounted
        yield f"{self.id}: {self.sentences} different sentences; {self.accounted} are accounted for in other articles,"
        yield f"{left} are not yet checked, {self.proposed} of these with claims that they may state."


def draft(config: Settings, file: Path, name: str | None, outline: Outline, begins: str | None,
          records: Sequence[Record]) -> Draft:  # fmt: skip
    """What is made for the article in *file*, whose *outline* has been read; *name* is its id, or else the file's.

    Raises:
        ReportError: the id is no name of a package, or it is taken, or another copy of this name exists.
    """
    name = name or re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    suffix = articles.suffix(file)
    folder, copy = config.claims / name, config.articles / f"{name}{suffix}"
    if not NAME.match(name):
        raise ReportError(f"{name!r} is no id of an article.", "Use --id with letters a–z, digits and underscores.")
    if folder.exists() or folder.with_suffix(".py").exists():
        raise ReportError(f"{folder} exists; nothing is overwritten.", "Choose another --id, or delete it first.")
    copies = (config.articles / f"{name}{suffix}" for suffix in articles.SUFFIXES)
    if other := next((path for path in copies if path.exists() and path.read_bytes() != file.read_bytes()), None):
        raise ReportError(f"{other} is another text; nothing is overwritten.", "Choose another --id, or remove it.")
    drafts = Drafts(articles.read(config.claims), records)
    text = _accounts(name, outline, begins, reader.text_of(file), drafts)
    init = f'"""An article of {len(outline.questions)} questions; sentences.toml says what is checked of it."""\n'
    counts = len(sentences_of(outline)), drafts.accounted, drafts.proposed
    return Draft(name, folder, {"__init__.py": init, "sentences.toml": text}, file, copy, *counts)


def _accounts(name: str, outline: Outline, begins: str | None, source: str, drafts: Drafts) -> str:
    """The text of `sentences.toml`: its *source* is a new version of an article that had no sentence."""
    about = ArticleInfo(name, outline.title or name, len(outline.questions), begins)
    read_as = f"begins = {quoted(begins)}" if begins else f"layout = {quoted(outline.read_as)}"
    head = [f"title = {quoted(about.title)}", f"questions = {about.questions}", read_as, FILL_IN]
    file = account_file.parse("".join(f"{line}\n" for line in [*head, HASHES.format(name=name)]))
    Rewriter(file, about, {}, Path(name)).rewrite(about, outline, compare([], sentences_of(outline)), drafts)
    if pieces := [*_pieces(outline, source)]:
        file.tables.append(Table("printed", PRINTED, pieces))
    return str(file)


def _pieces(outline: Outline, source: str) -> Iterator[Entry]:
    """An entry for each block of code that the article prints: its lines, and their hash."""
    lines = source.splitlines()
    for part in outline.parts:
        for number, code in enumerate(part.code, start=1):
            last = code.line + len(source[code.start : code.end].splitlines()) - 1
            digest = hashlib.sha256("\n".join(lines[code.line - 1 : last]).encode()).hexdigest()
            key = f"{table_name(part.number)}_code{number}"
            yield Entry(key, f'{key} = {{lines = [{code.line}, {last}], sha256 = "{digest}"}}\n')


def make(made: Draft) -> None:
    """Make the folder whole or not at all, and the copy of the article. Raises OSError, and then nothing is left."""
    copied = not made.copy.exists()
    temporary = Path(tempfile.mkdtemp(prefix=f".{made.id}.", dir=made.folder.parent.parent))
    try:
        for name, text in made.texts.items():
            write_whole(temporary / name, text)
        temporary.chmod(0o755)
        if copied:
            made.copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made.source, made.copy)
        temporary.rename(made.folder)
    except OSError:
        if copied:
            made.copy.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
