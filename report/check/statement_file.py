"""The file of all statements, which a check reads: outcomes, corrections, other wordings, and what sentences state."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from report.check.statements import Statement, Statements
from report.errors import ReportError
from report.files import read_text, read_toml, reading
from report.model import Outcome

if TYPE_CHECKING:
    from report.judge.articles import ArticleInfo, Names
    from report.judge.results import Result

LETTERS: Mapping[str, Outcome] = {"h": "held", "r": "refuted", "u": "untried"}


class _Line(msgspec.Struct, omit_defaults=True):
    id: str
    text: str
    outcomes: str  # a letter for each release, `-` for one that was not measured
    correction: str | None = None
    wordings: list[str] = []


class _File(msgspec.Struct):
    releases: list[str]
    statements: list[_Line]
    accounts: dict[str, list[str]]  # the ids that a sentence states, by its hash


def read(path: Path, subject: str) -> Statements:
    """Read the file that `text` makes; raises DamagedFileError if it is missing or damaged."""
    with reading(path, "Make it with `uv run python -m docs.make`."):
        file = msgspec.json.decode(read_text(path), type=_File)
        statements = [_statement(line, file.releases) for line in file.statements]
    return Statements(statements, subject, file.accounts)


def _statement(line: _Line, releases: Iterable[str]) -> Statement:
    letters = zip(releases, line.outcomes, strict=True)
    outcomes = {release: LETTERS[letter] for release, letter in letters if letter != "-"}
    return Statement(line.id, line.text, outcomes, line.correction, line.wordings)


def text(result: "Result", articles: "Iterable[ArticleInfo]", wordings: Path) -> str:
    """The file of the statements of a *result*, a line each, and of what the sentences of *articles* state.

    *wordings*: the file of other wordings; raises ReportError for one of no claim.
    """
    from report.judge.articles import Names  # imports far more than a check needs

    names = Names(checked.id for claim in result.claims for checked in (claim, *claim.corrections))
    releases = [release.version for release in result.releases]
    lines = {
        line.id: line for line in _lines(result, releases, _wordings(wordings, names))
    }  # corrections may be shared
    statements = ",\n".join(msgspec.json.encode(line).decode() for line in lines.values())
    accounts = {
        digest: names.named(account.claims, (article.id, number))
        for article in articles
        for number, accounts in article.accounts.items()
        for digest, account in accounts.items()
    }
    stated = msgspec.json.encode(accounts).decode().replace("],", "],\n")
    head = f'{{"releases": {msgspec.json.encode(releases).decode()},'
    return f'{head}\n"statements": [\n{statements}],\n"accounts": {stated}}}\n'


def _wordings(path: Path, names: "Names") -> dict[str, list[str]]:
    """The other wordings of a claim or correction, by its id."""
    found = {}
    for reference, wordings in read_toml(path, dict[str, list[str]], "Each key is a reference to a claim.").items():
        ids = names.of(reference)
        if len(ids) != 1:
            raise ReportError(f"{path.name}: {reference} names {len(ids)} claims.", "Each key names one claim or row.")
        found[ids[0]] = wordings
    return found


def _lines(result: "Result", releases: Iterable[str], wordings: dict[str, list[str]]) -> Iterator[_Line]:
    letters: Mapping[str, str] = {outcome: letter for letter, outcome in LETTERS.items()}
    for claim in result.claims:
        correction = " ".join(claim.corrections[0].statement.split()) if claim.corrections else None
        for checked in (claim, *claim.corrections):
            outcomes = "".join(letters.get(checked.outcomes.get(release, ""), "-") for release in releases)
            said = " ".join(checked.statement.split())
            own = correction if checked is claim else None
            yield _Line(checked.id, said, outcomes, own, wordings.get(checked.id, []))
