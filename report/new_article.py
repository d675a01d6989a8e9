"""A new article: its folder in the claims, with an account for each of its sentences, to be filled in."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.errors import ReportError
from report.files import write_whole
from report.judge import articles
from report.judge.accounts import quoted
from report.judge.drafts import Drafts
from report.measure.records import Record
from report.reader.outline import Outline, Question, Sentence
from report.settings import Settings

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
METADATA = (
    ("answer", "section"), ("url", "https://…"), ("author", "…"), ("licence", "…"), ("published", "2020-05"),
)  # fmt: skip


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
    text = "\n".join(_Writer(drafts).lines(name, outline, begins)) + "\n"
    init = f'"""An article of {len(outline.questions)} questions; sentences.toml says what is checked of it."""\n'
    counts = (
        len({(number, sentence.hash) for number, sentence in outline.sentences()}),
        drafts.accounted,
        drafts.proposed,
    )
    return Draft(name, folder, {"__init__.py": init, "sentences.toml": text}, file, copy, *counts)


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


class _Writer:
    """Writes `sentences.toml`."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts

    def lines(self, name: str, outline: Outline, begins: str | None) -> Iterator[str]:
        """The lines of the file."""
        yield f"title = {quoted(outline.title or name)}"
        yield f"questions = {len(outline.questions)}"
        if begins:
            yield f"begins = {quoted(begins)}"
        else:
            yield f"layout = {quoted(outline.read_as)}"
        yield "# Fill in what is known, and remove the # before it:"
        yield from (f"# {field} = {quoted(example)}" for field, example in METADATA)
        yield from ("", "# What each sentence states, by its hash; report/judge/accounts.py describes the values.")
        yield f"# `python -m report sentences {name} --open` prints the texts of those that are open."
        for part in (outline.outside, *outline.questions):
            if part.sentences or part.number:
                yield from ("", f"[q{part.number:02}]  # line {part.line}" if part.number else "[intro]")
                yield from self._table(part)

    def _table(self, question: Question) -> Iterator[str]:
        """The accounts of a question; a sentence that stands there twice has one."""
        firsts: dict[str, Sentence] = {}
        for sentence in question.sentences:
            firsts.setdefault(sentence.hash, sentence)
        for sentence in firsts.values():
            yield from self.drafts.entry(sentence, question)
