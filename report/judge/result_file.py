"""The layout of `results.json`: whatever is the same stands once, so the file grows with what differs, not with cells.

Three tables end the file. `evidence` has each assertion with the values that it saw. `outcomes` has each course of
outcomes, from release to outcome. `sources` has the text of each test. In claims and corrections, `evidence`,
`outcomes` and `source` are positions in these tables, counted from 0. `cells` are spans of releases that are neighbours
in `releases` and gave the same (see `Span`). Each claim, and each entry of a table, is a line.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache
from itertools import groupby
from typing import Annotated, Any

import msgspec

from report.model import Cell, Evidence, Outcome

Position = Annotated[int, msgspec.Meta(ge=0)]
MOST_CELLS = 10_000_000  # that a file may stand for: a short one could stand for more than the memory holds


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """The cell of each release from *first* to *last*, in the order of the releases; *evidence* has positions."""

    first: str
    last: str
    outcome: Outcome
    evidence: tuple[Position, ...] = ()
    reason: str | None = None
    python: str | None = None


class Packed(msgspec.Struct):
    """The fields of a claim or a correction that differ in the file."""

    outcomes: Position
    cells: list[Span]
    evidence: list[Position]
    source: Position


class Tables(msgspec.Struct):
    """What positions lead to."""

    evidence: list[Evidence]
    outcomes: list[dict[str, Outcome]]
    sources: list[str]


class Packer:
    """Packs a result into the text of its file."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.ranks = {release.version: rank for rank, release in enumerate(result.releases)}
        self.evidence: dict[Evidence, int] = {}
        self.outcomes: dict[tuple[tuple[str, Outcome], ...], int] = {}
        self.sources: dict[str, int] = {}

    def text(self) -> str:
        """The text of the file: a key of the result on a line, and below it a line for each claim."""
        content = vars(self.result) | {"articles": [self._article(article) for article in self.result.articles]}
        tables = {"evidence": self.evidence, "outcomes": map(dict, self.outcomes), "sources": self.sources}
        content |= {name: [_line(entry) for entry in table] for name, table in tables.items()}
        lines = ",\n".join(f'"{key}": {msgspec.json.encode(value).decode()}' for key, value in content.items())
        return f"{{\n{lines}\n}}\n"

    def _article(self, article: Any) -> dict[str, Any]:
        answers = [
            vars(answer) | {"claims": [_line(self._claim(claim)) for claim in answer.claims]}
            for answer in article.answers
        ]
        return {**vars(article), "answers": answers}

    def _claim(self, claim: Any) -> dict[str, Any]:
        return self._checked(claim) | {"corrections": [self._checked(correction) for correction in claim.corrections]}

    def _checked(self, checked: Any) -> dict[str, Any]:
        defaults = _defaults(checked.__class__).items()
        return {name: value for name, value in vars(checked).items() if (name, value) not in defaults} | {
            "outcomes": self.outcomes.setdefault(tuple(checked.outcomes.items()), len(self.outcomes)),
            "cells": [*self._spans(checked.cells)],
            "evidence": self._positions(checked.evidence),
            "source": self.sources.setdefault(checked.source, len(self.sources)),
        }

    def _spans(self, cells: Mapping[str, Cell]) -> Iterator[Span]:
        """Join the cells that are the same on neighbouring releases: there, rank and index differ by the same."""

        def alike(item: tuple[int, tuple[str, Cell]]) -> tuple[int | str, Cell]:
            index, (release, cell) = item
            return self.ranks[release] - index if release in self.ranks else release, cell

        for (_, cell), members in groupby(enumerate(cells.items()), alike):
            first, *rest = (release for _, (release, _) in members)
            seen = self._positions(cell.evidence)
            yield Span(first, rest[-1] if rest else first, cell.outcome, seen, cell.reason, cell.python)

    def _positions(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        return tuple(self.evidence.setdefault(item, len(self.evidence)) for item in evidence)


def unpack(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a result in which every claim has its own evidence, outcomes, source, and a cell for each release.

    Raises ValueError, LookupError or TypeError if a position or a span leads nowhere.
    """
    tables = msgspec.convert(data, Tables)
    order, count = [release["version"] for release in data["releases"]], 0
    ranks = {release: rank for rank, release in enumerate(order)}
    for checked in all_checked(data):
        packed = msgspec.convert(checked, Packed)
        cells: dict[str, Cell] = {}
        for span in packed.cells:
            alone = span.first == span.last  # it may be none of the releases
            releases = [span.first] if alone else order[ranks[span.first] : ranks[span.last] + 1]
            evidence = tuple(tables.evidence[position] for position in span.evidence)
            cells |= dict.fromkeys(releases, Cell(span.outcome, span.reason, evidence, span.python))
        checked |= {"cells": cells, "evidence": [tables.evidence[position] for position in packed.evidence]}
        checked |= {"outcomes": tables.outcomes[packed.outcomes], "source": tables.sources[packed.source]}
        count += max(len(cells), len(checked["outcomes"]))
        if count > MOST_CELLS:
            raise ValueError(f"it stands for more than {MOST_CELLS} cells")
    return data


def all_checked(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every claim and correction in the data of a result."""
    for article in data["articles"]:
        for answer in article["answers"]:
            for claim in answer["claims"]:
                yield from (claim, *claim["corrections"])


def schema(result: type) -> dict[str, Any]:
    """The JSON Schema of the packed data of *result*."""
    (whole, *_), types = msgspec.json.schema_components([result, Packed, Tables], ref_template="#/$defs/{name}")
    packed, tables = types.pop("Packed"), types.pop("Tables")
    del types["Cell"]
    for name in ("Claim", "Correction"):
        types[name]["properties"] |= packed["properties"]
    types["Result"]["properties"] |= tables["properties"]
    types["Result"]["required"] += tables["required"]
    return {**whole, "$defs": types}


@cache
def _defaults(kind: type) -> dict[str, Any]:
    """The values that a claim's optional fields have unless another is given: the file leaves them out."""
    made = {field.name: field.default_factory() for field in fields(kind) if field.default_factory is not MISSING}
    return made | {field.name: field.default for field in fields(kind) if field.default is not MISSING}


def _line(value: Any) -> msgspec.Raw:
    return msgspec.Raw(b"\n" + msgspec.json.encode(value))
