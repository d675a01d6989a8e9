"""Which of our claims a sentence may state: those whose words are most like its own, by BM25.

Library considered: bm25s needs NumPy, which nothing else here does, and ranks a few hundred claims no faster than these
lines. Our own words have to be cut as well: names such as `request.args.get` into their parts.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from report.judge.references import qualified
from report.measure.records import Record

WORD = re.compile(r"[^\W_]+")
ENDING = re.compile(r"(?<=\w{3})(?:ations?|ing|ies|ied|ed|es|s|e|y)\Z")
STOP = frozenset(
    re.findall(r"\w+", "a an and are as at be by can flask for from in is it its of on or python that the this to")
) | {"we", "what", "which", "with", "you", "your"}
SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b
HEADING = 0.5  # the weight of a word of the question's heading


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
        self.statements = {reference: " ".join(members[0].statement.split()) for reference, members in rows.items()}
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
        asked = dict.fromkeys(cut(heading), HEADING) | dict.fromkeys(cut(sentence), 1.0)
        for word, weight in asked.items():
            for reference, score in self.weights.get(word, {}).items():
                scores[reference] += weight * score
        found = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [Proposal(reference, self.statements[reference], round(score, 2)) for reference, score in found]


def _described(reference: str, members: Sequence[Record]) -> list[str]:
    """The words of a claim: of its statement (a table's, of each row), of its name and of its question's topic."""
    said = dict.fromkeys(word for member in members for word in cut(member.statement))
    return [*said, *cut(reference.partition("::")[2]), *cut(members[0].topic)]


def cut(text: str) -> list[str]:
    """The stems of the words in *text*, names in code cut into their parts; without words that say nothing."""
    words = (word.lower() for word in WORD.findall(text))
    return [ENDING.sub("", word) for word in words if word not in STOP]
