"""`report propose`: what each open sentence of an article states, asked at a prompt. Each answer is written at once."""

import tomllib
from collections.abc import Sequence

import click

from report import reader
from report.errors import ReportError
from report.files import read_text, write_whole
from report.judge import account_file, articles
from report.judge.accounts import REASONS, Account, Part, account_table, written
from report.judge.proposals import Claims, Proposal
from report.judge.rewriting import PROPOSAL, TODO, suggested
from report.measure.records import Record
from report.reader.outline import Question, Sentence
from report.settings import Settings

TO_WRITE = "; to be written"
RANKS = ("1", "2", "3", "4", "5")
HELP = f"""\
    1, or 1 3       it states this, or these
    n 2             near: it states none of them; a claim like 2 is to be written
    r               reject: it states none of them; a claim is to be written
    opinion         it states nothing that can be checked; `opinion WHY` says more; the reasons are:
                    {", ".join(REASONS)}
    unchecked WHY   it cannot be checked here
    s               skip: ask again next time
    q               stop"""


def dialogue(config: Settings, article: str, records: Sequence[Record]) -> None:
    """Ask what each open sentence of *article* states, until there is none, or the answer is `q`.

    Raises:
        ReportError: there is no such article or no copy of it, or its `sentences.toml` is damaged.
    """
    claims, asked, answered = Claims(records), list(_open(config, article)), 0
    where = None
    for number, (question, sentence) in enumerate(asked, start=1):
        if where != (where := question.number):
            click.secho(f"\n[{articles.table_name(where)}] {question.heading}".rstrip(), bold=True)
        click.echo(f"\n({number} of {len(asked)}) line {sentence.line}: {sentence.shown}")
        found = claims.near(sentence.shown, question.heading)
        for rank, proposal in enumerate(found, start=1):
            click.echo(f"  {rank}  {proposal.reference}: {proposal.statement}")
        answer = _answer(found, suggested(sentence, question) or "s")
        if answer is None:
            break
        if answer:
            _write(config, article, question.number, sentence, *answer)
            answered += 1
    on = f"Go on: python -m report propose {article}. " if answered < len(asked) else ""
    click.echo(f"\n{answered} of {len(asked)} answered. {on}What is open: python -m report todo {article}")


def _open(config: Settings, article: str) -> list[tuple[Question, Sentence]]:
    """The sentences whose account is as `report new` drafts it, and of which no claim is to be written."""
    info = articles.named(config, article)
    copy = articles.required_copy(config, info)
    outline = reader.read(reader.text_of(copy), copy.name, info.questions, info.begins, info.layout)
    file = account_file.parse(read_text(config.claims / article / "sentences.toml"))
    decided = {(table.name, entry.key) for table in file.tables for entry in table.entries if TO_WRITE in entry.after}
    return [
        (question, sentence)
        for question in outline.parts
        for sentence in question.distinct()
        if info.accounts.get(question.number, {}).get(sentence.hash) == TODO
        and (articles.table_name(question.number), sentence.hash) not in decided
    ]


def _answer(found: Sequence[Proposal], default: str) -> tuple[Part, str] | tuple[()] | None:
    """What is decided of a sentence, and the comment on it; empty if nothing is, None to stop."""
    while True:
        try:
            said = click.prompt("1, n 1, r, a reason, s, q, or ? for help", default=default).strip()
        except click.Abort:  # Ctrl-C, or the end of the input
            return None
        if said in ("q", "s"):
            return None if said == "q" else ()
        if answer := _parsed(said, found):
            return answer
        click.echo(HELP)


def _parsed(said: str, found: Sequence[Proposal]) -> tuple[Part, str] | None:
    """What an answer decides, and the comment on it; None if it is none of those that HELP lists."""
    word, _, why = said.partition(" ")
    if word in REASONS:
        return Part(none=word, why=why or None), ""
    if word == "unchecked" and why:
        return Part(unchecked=why), ""
    if said == "r":
        return Part(todo=True), f"{PROPOSAL}none of our claims{TO_WRITE}\n"
    numbers = said.removeprefix("n ").split()
    chosen = [found[int(each) - 1] for each in numbers if each in RANKS[: len(found)]]
    if not chosen or len(chosen) < len(numbers):
        return None
    if said.startswith("n "):
        near = (f'{PROPOSAL}"{each.reference}" {each.statement}{TO_WRITE}\n' for each in chosen)
        return Part(todo=True), "".join(near)
    return Part(claims=tuple(dict.fromkeys(each.reference for each in chosen))), ""


def _write(config: Settings, article: str, question: int, sentence: Sentence, decided: Part, comment: str) -> None:
    """Write what is decided of a sentence to `sentences.toml` as it stands now, in place of the proposals."""
    path = config.claims / article / "sentences.toml"
    file = account_file.parse(read_text(path))
    table = file.table(articles.table_name(question))
    entry = next((entry for entry in table.entries if entry.key == sentence.hash), None) if table else None
    if entry is None or account_table(tomllib.loads(entry.text)[sentence.hash]) != {"parts": [{"todo": True}]}:
        hint = f"Run `report propose {article}` again."
        raise ReportError(f"{path} was edited meanwhile: {sentence.hash} is another.", hint)
    entry.text = f"{sentence.hash} = {written(Account((decided,)))}  # line {sentence.line}\n"
    kept = (line for line in entry.after.splitlines(keepends=True) if not line.startswith(PROPOSAL))
    entry.after = comment + "".join(kept)
    write_whole(path, str(file))
