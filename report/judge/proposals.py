"""Which of our claims a sentence may state: those whose words are most like its own, by BM25.

Library considered: bm25s needs NumPy, which nothing else here does, and ranks a few hundred claims no faster than these
lines. Our own words have to be cut as well: names such as `request.args.get` into their parts.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from report.judge.references import qualified
from report.judge.stems import cut
from report.measure.records import Record

SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b


@dataclass(frozen=True)
class Proposal:
    """A claim or a correction that a sentence may state: its reference, its statement, and how like it is."""

    reference: str
    statement: str
    score: float


class Claims:
    """The claims and corrections to propose; the rows of a table are one."""

    def __init__(self, records: Iterable[Record]) -> None:
        rows: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            rows[qualified(record.id).partition("[")[0]].append(record)
        self.statements = {reference: _statement(members) for reference, members in rows.items()}
        words = {reference: Counter(_described(reference, members)) for reference, members in rows.items()}
        lengths = {reference: sum(counts.values()) for reference, counts in words.items()}
        mean = sum(lengths.values()) / max(len(lengths), 1)
        self.weights: dict[str, dict[str, float]] = defaultdict(dict)  # by word, then by reference
        for reference, counts in words.items():
            norm = SATURATION * (1 - LENGTH + LENGTH * lengths[reference] / mean)
            for word, count in counts.items():
                self.weights[word][reference] = count * (SATURATION + 1) / (count + norm)
        for weights in self.weights.values():
            rarity = math.log(1 + (len(words) - len(weights) + 0.5) / (len(weights) + 0.5))
            weights.update({reference: weight * rarity for reference, weight in weights.items()})

    def near(self, sentence: str, heading: str = "", most: int = 5) -> list[Proposal]:
        """The claims that are most like a *sentence* below a *heading*, the likest first; none if it shares no word."""
        scores: dict[str, float] = defaultdict(float)
        for word in dict.fromkeys(cut(f"{heading} {sentence}")):
            for reference, score in self.weights.get(word, {}).items():
                scores[reference] += score
        found = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [Proposal(reference, self.statements[reference], round(score, 2)) for reference, score in found]


def _statement(members: Sequence[Record]) -> str:
    """What a claim states; of a table, what its first row does, and how many there are."""
    said = " ".join(members[0].statement.split())
    return f"{said} (the first of {len(members)} rows)" if len(members) > 1 else said


def _described(reference: str, members: Sequence[Record]) -> list[str]:
    """The words of a claim: of its statement (a table's, of each row), of its name and of its question's topic."""
    said = dict.fromkeys(word for member in members for word in cut(member.statement))
    return [*said, *cut(reference.partition("::")[2]), *cut(members[0].topic)]
