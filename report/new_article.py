"""A new article: its folder in the claims, with an account for each of its sentences, to be filled in."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report import reader
from report.errors import ReportError
from report.judge import account_file, articles
from report.judge.account_file import Entry, Table
from report.judge.accounts import as_toml
from report.judge.articles import ArticleInfo
from report.judge.revision import compare, sentences_of
from report.judge.rewriting import Drafts, Rewriter
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
    """A new article: its id, its folder, the text of `sentences.toml` (*accounts*), and all files by path.

    *summary* says how many sentences have an account, or proposals.
    """

    id: str
    folder: Path
    accounts: str
    files: Mapping[Path, str | bytes]
    summary: Sequence[str]


def draft(config: Settings, file: Path, name: str | None, outline: Outline, begins: str | None,
          records: Sequence[Record]) -> Draft:  # fmt: skip
    """What is made for the article in *file*, whose *outline* has been read; *name* is its id, or else the file's.

    Raises:
        ReportError: the id is no name of a package, or it is taken, or another copy of this name exists.
    """
    name = name or re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    folder, source = config.claims / name, file.read_bytes()
    if not NAME.match(name):
        raise ReportError(f"{name!r} is no id of an article.", "Use --id with letters a–z, digits and underscores.")
    if any(folder.glob("*")) or folder.with_suffix(".py").exists():
        raise ReportError(f"{folder} exists; nothing is overwritten.", "Choose another --id, or delete it first.")
    copies = (config.articles / f"{name}{suffix}" for suffix in articles.SUFFIXES)
    if other := next((path for path in copies if path.exists() and path.read_bytes() != source), None):
        raise ReportError(f"{other} is another text; nothing is overwritten.", "Choose another --id, or remove it.")
    drafts = Drafts(articles.read(config.claims), records)
    accounts = _accounts(name, outline, begins, reader.text_of(file), drafts)
    files: dict[Path, str | bytes] = {
        folder / "sentences.toml": accounts,
        folder / "__init__.py": f'"""An article of {len(outline.questions)} questions; '
        'sentences.toml says what is checked of it."""\n',
        config.articles / f"{name}{articles.suffix(file)}": source,
    }
    number = len(sentences_of(outline))
    summary = (
        f"{name}: {number} different sentences; {drafts.accounted} are accounted for in other articles,",
        f"{number - drafts.accounted} are not yet checked, {drafts.proposed} of these with claims that they may state.",
    )
    return Draft(name, folder, accounts, files, summary)


def _accounts(name: str, outline: Outline, begins: str | None, source: str, drafts: Drafts) -> str:
    """The text of `sentences.toml`, as for a new version (*outline*, *source*) of an article without sentences."""
    about = ArticleInfo(name, outline.title or name, len(outline.questions), begins)
    read_as = f"begins = {as_toml(begins)}" if begins else f"layout = {as_toml(outline.read_as)}"
    head = [f"title = {as_toml(about.title)}", f"questions = {about.questions}", read_as, FILL_IN]
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
            key = f"{articles.table_name(part.number)}_code{number}"
            yield Entry(key, f'{key} = {{lines = [{code.line}, {last}], sha256 = "{digest}"}}\n')
