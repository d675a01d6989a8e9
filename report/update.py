"""`report update`: a new version of an article's file, what its author changed in it, and what that leaves to do."""

import datetime
import hashlib
import re
import shutil
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from report import reader
from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text, write_together
from report.judge import account_file, articles, ledger_result
from report.judge.account_file import AccountFile, Entry, Table
from report.judge.accounts import as_toml
from report.judge.articles import ArticleInfo, place, table_name
from report.judge.references import qualified
from report.judge.revision import New, Old, Revision, compare, sentences_of
from report.judge.rewriting import Drafts, Rewriter
from report.measure.records import Record
from report.model import Verdict
from report.settings import Settings

LINES = re.compile(r"lines\s*=\s*\[[^\]]*\]")
NUMBER = re.compile(r"(?<=\{)question = (\d+)")
MENDED = (
    "\n# Refuted claims that no sentence states any more. Reports list those that are deleted, as mended.\n[mended]\n"
)
Moves = Sequence[tuple[Path, Path | None]]


@dataclass(frozen=True)
class Update:
    """What is about to be written, by path: the accounts and, if it is another text, the *copy*.

    *old* is the copy of the old version, if there is one. *lines*: what the author changed, and what is left to do.
    """

    id: str
    files: Mapping[Path, str]
    copy: Path
    old: Path | None
    lines: Sequence[str]


def plan(config: Settings, id_: str, file: Path, questions: int | None, begins: str | None,
         records: Sequence[Record]) -> Update:  # fmt: skip
    """What becomes of an article whose author's new version is *file*.

    Raises:
        ReportError: there is no such article, a file is damaged, or the questions are not those declared.
    """
    article, path = articles.named(config, id_), config.claims / id_ / "sentences.toml"
    source = reader.text_of(file)
    declared = replace(article, questions=questions or article.questions, begins=begins or article.begins)
    outline = reader.read(source, file.name, declared.questions, declared.begins, declared.layout)
    revision = compare(_old(config, article, source), sentences_of(outline))
    written = account_file.parse(read_text(path))
    modules = dict(_modules(path.parent))
    references = {question: f"{id_}/{module.stem}" for question, module in modules.items()}
    rewriter = Rewriter(written, article, references, path)
    rewriter.rewrite(declared, outline, revision, Drafts(articles.read(config.claims), records))
    pieces = list(_pieces(written, source.splitlines(), path))
    after = articles.converted(tomllib.loads(str(written)), path)
    copy = config.articles / f"{id_}{articles.suffix(file)}"
    stated = _stated(after, {new: references[old] for old, new in revision.questions.items() if old in references})
    before = _stated(article, references)
    own = [record for record in records if place(record.id)[0] == id_]
    lost = [record for record in own if _is_among(record.id, before) and not _is_among(record.id, stated)]
    unstated = ledger_result.verdicts(config, lost)
    refuted = {each.id: (each.statement, unstated[each.id]) for each in lost if unstated[each.id].refuted}
    _mend(written, refuted, stated, revision.questions)
    modules = {question: module.relative_to(config.root) for question, module in modules.items()}
    lines = [
        *_changed(article, declared.questions, revision, pieces),
        *_left(id_, list(_moves(modules, revision.questions, article)), unstated),
    ]
    old, files = articles.copy_path(config, id_), {path: str(written)}
    if old != copy or copy.read_bytes() != source.encode():
        files[copy] = source
    return Update(id_, files, copy, old, lines)


def _old(config: Settings, article: ArticleInfo, source: str) -> list[Old]:
    """The sentences of the old version: those of its copy, then those that only accounts know.

    A copy that is the new version already says nothing of the old one.
    """
    copy = articles.copy_path(config, article.id)
    said = (articles.read_copy(config, article) or []) if copy and reader.text_of(copy) != source else []
    texts = {(sentence.question, sentence.hash): sentence.text for sentence in reversed(said)}
    ordered = [(sentence.question, sentence.hash) for sentence in said]
    ordered += [(question, digest) for question in sorted(article.accounts) for digest in article.accounts[question]]
    return [Old(*key, texts.get(key)) for key in dict.fromkeys(ordered)]


def _modules(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in sorted(folder.glob("q*_*.py")):
        if match := re.match(r"q(\d+)_", path.name):
            yield int(match[1]), path


def _moves(modules: Mapping[int, Path], questions: Mapping[int, int], article: ArticleInfo) -> Iterator[
    tuple[Path, Path | None]
]:  # fmt: skip
    """The modules to move, those with the highest numbers first, so that none is in the way of another."""
    for question, path in sorted(modules.items(), reverse=True):
        number = questions.get(question)
        if number is None and question in article.accounts:
            yield path, None
        elif number is not None and number != question:
            yield path, path.with_name(f"q{number:02}_{path.name.partition('_')[2]}")


def _pieces(file: AccountFile, lines: Sequence[str], path: Path) -> Iterator[str]:
    """Find the code of `[printed]` again by its hash, and give it its new lines; name what is elsewhere or changed."""
    table = file.table("printed")
    for entry in table.entries if table else ():
        try:
            piece = tomllib.loads(entry.text)[entry.key]
            (first, last), digest = piece["lines"], piece["sha256"]
            found = _found(lines, first, last, digest)
        except UNREADABLE as error:
            hint = "report/judge/articles.py describes [printed]."
            raise DamagedFileError(path, f"[printed] {entry.key}: {error}", hint) from error
        if found is None:
            yield f"{entry.key} (lines {first} to {last} before)"
        elif found != first:
            entry.text = LINES.sub(f"lines = [{found}, {found + last - first}]", entry.text, count=1)
            yield f"{entry.key} {first} → {found}"


def _found(lines: Sequence[str], first: int, last: int, digest: str) -> int | None:
    """The first line of the piece with this hash, the nearest to where it was."""
    size = last - first + 1
    for begin in sorted(range(1, len(lines) - size + 2), key=lambda begin: abs(begin - first)):
        if hashlib.sha256("\n".join(lines[begin - 1 : begin - 1 + size]).encode()).hexdigest() == digest:
            return begin
    return None


def _stated(article: ArticleInfo, modules: Mapping[int, str]) -> set[str]:
    """What an article's sentences refer to, as `article/module::name`; *modules* are those of its questions."""
    return {
        claim if "::" in claim else f"{modules.get(question)}::{claim}"
        for question, accounts in article.accounts.items()
        for account in accounts.values()
        for claim in account.claims
    }


def _is_among(claim: str, references: Collection[str]) -> bool:
    """Whether *references* name the claim with this id, or the table whose row it is."""
    reference = qualified(claim)
    return reference in references or reference.partition("[")[0] in references


def _mend(file: AccountFile, refuted: Mapping[str, tuple[str, Verdict]], stated: Collection[str],
          questions: Mapping[int, int]) -> None:  # fmt: skip
    """Write in `[mended]` what was *refuted* (statement, verdict) and is not *stated* any more; drop what is again."""
    table = file.table("mended") or Table("mended", MENDED)
    table.entries = [entry for entry in table.entries if not {entry.key, entry.key.partition("[")[0]} & {*stated}]
    for entry in table.entries:
        entry.text = NUMBER.sub(lambda match: f"question = {questions.get(int(match[1]), 0)}", entry.text)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    for claim, (statement, verdict) in refuted.items():
        key, number = as_toml(qualified(claim)), questions.get(place(claim)[1], 0)
        said, was = as_toml(" ".join(statement.split())), as_toml(str(verdict))
        value = f'{{question = {number}, statement = {said}, was = {was}, on = "{today}"}}'
        table.entries.append(Entry(qualified(claim), f"{key} = {value}\n"))
    if table.entries and table not in file.tables:
        file.tables.append(table)


def apply(update: Update) -> Iterator[str]:
    """Write the accounts and the copy; the old copy is kept under a numbered name, as `cp --backup=numbered` does."""
    if update.copy in update.files and update.old:
        names = (update.old.with_name(f"{update.old.name}.~{number}~") for number in range(1, 10_000))
        backup = next(path for path in names if not path.exists())
        shutil.copy2(update.old, backup)
        yield f"The old copy is {backup}."
    write_together(update.files)
    if update.old and update.old != update.copy:
        update.old.unlink()
    yield f"Wrote {' and '.join(map(str, update.files))}. Next: python -m report todo {update.id}"


def _changed(article: ArticleInfo, questions: int, revision: Revision, pieces: Sequence[str]) -> Iterator[str]:
    """What the author changed; *questions* is how many there are now, *pieces* what became of the code in `[printed]`.

    A question or a piece that has moved is `old → new`.
    """
    before = f" ({article.questions} before)" if questions != article.questions else ""
    yield f"{article.id}: {questions} questions{before}; {len(revision.stayed)} sentences stayed."
    numbers = [f"{old} → {new}" for old, new in sorted(revision.questions.items()) if old != new]
    yield from _listed("Questions with another number ({}):", numbers)
    pairs = [(table_name(old.question), table_name(new.question.number), new.sentence) for old, new in revision.moved]
    moved = [f"{before} → {after}: {sentence.shown}" for before, after, sentence in pairs]
    yield from _listed("Moved to another question ({}):", moved)
    ordered = sorted(revision.changed, key=lambda pair: pair[1].sentence.start)
    changed = [f"{_place(new)}\n    - {_shown(old)}\n    + {new.sentence.shown}" for old, new in ordered]
    yield from _listed("Changed ({}), now todo; the old account is a comment below the new one:", changed)
    went = [f"{table_name(old.question)}: {_shown(old)}" for old in revision.went]
    yield from _listed("Went ({}); the accounts are comments at the end of the file:", went)
    yield from _listed("Came ({}):", [f"{_place(new)} {new.sentence.shown}" for new in revision.came])
    moved = [piece for piece in pieces if " → " in piece]
    yield from _listed("Printed code elsewhere ({}), by its first line:", moved)
    altered = [piece for piece in pieces if piece not in moved]
    yield from _listed("Printed code that changed ({}); set its lines and sha256:", altered)


def _left(id_: str, moves: Moves, unstated: Mapping[str, Verdict]) -> Iterator[str]:
    """What is left to do by hand: *unstated* claims were stated by a sentence of this article, and are by none now."""
    claims = {True: list[str](), False: list[str]()}
    for claim, verdict in unstated.items():
        claims[verdict.refuted].append(f"{qualified(claim)}: {verdict}")
    yield from _listed("Refuted claims that no sentence states any more ({}). Mended by the author? Then delete each, "
                       "with its correction and its judgement; reports list it as mended:", claims[True])  # fmt: skip
    yield from _listed("Other claims that no sentence states any more ({}):", claims[False])
    gone = [str(old) for old, new in moves if new is None]
    yield from _listed("Modules of questions that are gone ({}); delete or move their claims:", gone)
    renamed = [(old, new) for old, new in moves if new]
    yield from _listed("Modules to move ({}); until then, references to them are unknown:",
                       [f"git mv {old} {new}" for old, new in renamed])  # fmt: skip
    if renamed:
        edits = " ".join(f"-e 's|{id_}/{old.stem}|{id_}/{new.stem}|g'" for old, new in renamed)
        yield f"  git grep -lF {id_}/q | xargs sed -i {edits}"


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    """A title with the number of the lines, and the lines; nothing if there are none."""
    if lines:
        yield title.format(len(lines))
        yield from (f"  {line}" for line in lines)


def _place(new: New) -> str:
    return f"{table_name(new.question.number)}, line {new.sentence.line}:"


def _shown(old: Old) -> str:
    """How an old sentence read, as far as that is known."""
    return old.text or f"{old.hash} (its text is not known: there is no copy of the old version)"
