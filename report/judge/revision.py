"""What an author has changed: the sentences of two versions of an article, in pairs.

A sentence that has stayed or moved is known by its hash. A changed one is found by its words (difflib; rapidfuzz is
faster, but the sentences of one answer are few), or by its place if the old text is not known.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from report.reader.outline import Outline, Question, Sentence

IN_ANSWER, ELSEWHERE = 0.5, 0.75  # how alike a sentence and its new version are at least
MOST_PAIRS = 100_000  # are compared; with more, the rest counts as gone and new
MOST_WORDS = 300
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Old:
    """A sentence of the old version; its text is None if there is no copy of that."""

    question: int
    hash: str
    text: str | None = None


@dataclass(frozen=True)
class New:
    """A sentence of the new version."""

    question: Question
    sentence: Sentence

    @property
    def key(self) -> tuple[int, str]:
        """The number of its question, and its hash."""
        return self.question.number, self.sentence.hash


Pair = tuple[Old, New]


@dataclass
class Revision:
    """The pairs of sentences that stayed, moved or changed, and those that went or came; *questions*: old to new."""

    questions: dict[int, int]
    stayed: list[Pair] = field(default_factory=list)
    moved: list[Pair] = field(default_factory=list)
    changed: list[Pair] = field(default_factory=list)
    went: list[Old] = field(default_factory=list)
    came: list[New] = field(default_factory=list)


def sentences_of(outline: Outline) -> list[New]:
    """The sentences of the new version, in the order of the text."""
    found = [New(part, sentence) for part in outline.parts for sentence in part.distinct()]
    return sorted(found, key=lambda new: new.sentence.start)


def compare(old: Sequence[Old], new: Sequence[New]) -> Revision:
    """What happened to the *old* sentences, and which *new* ones came; both in the order of the text, without twins."""
    revision = Revision(questions(old, new))
    free = {after.key: after for after in new}
    here = {before: revision.questions.get(before.question, -1) for before in old}
    rest = dict.fromkeys(old)

    def take(pairs: Iterator[Pair], into: list[Pair]) -> None:
        for sentence, partner in pairs:
            if sentence in rest and partner.key in free:
                del rest[sentence], free[partner.key]
                into.append((sentence, partner))

    keys = {before: (number, before.hash) for before, number in here.items()}
    take(((before, free[keys[before]]) for before in old if keys[before] in free), revision.stayed)
    elsewhere = {after.sentence.hash: after for after in reversed(free.values())}
    take(((before, elsewhere[before.hash]) for before in [*rest] if before.hash in elsewhere), revision.moved)
    left: dict[int, tuple[list[Old], list[New]]] = defaultdict(lambda: ([], []))
    for before in rest:
        left[here[before]][0].append(before)
    for after in free.values():
        left[after.question.number][1].append(after)
    for ours, theirs in [*left.values()]:
        take(_alike(ours, theirs, IN_ANSWER), revision.changed)
    take(_alike([*rest], [*free.values()], ELSEWHERE), revision.changed)
    take(_in_place(old, new, here), revision.changed)
    revision.went, revision.came = [*rest], [*free.values()]
    return revision


def questions(old: Sequence[Old], new: Sequence[New]) -> dict[int, int]:
    """The new number of each old question: of the one with most of its sentences, or else as its neighbour's.

    A sentence that several questions have says nothing of where they are.
    """
    before, after = Counter(each.question for each in old), Counter(each.question.number for each in new)
    homes: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for sentence in old:
        homes[sentence.hash][0].append(sentence.question)
    for partner in new:
        homes[partner.sentence.hash][1].append(partner.question.number)
    shared = Counter((*ours, *theirs) for ours, theirs in homes.values() if len(ours) == len(theirs) == 1)
    found: dict[int, int] = {}
    taken: set[int] = set()

    def pair(number: int, other: int) -> None:
        if number not in found and other in after and other not in taken:
            found[number] = other
            taken.add(other)

    pair(0, 0)
    for (number, other), count in sorted(shared.items(), key=lambda item: (-item[1], abs(item[0][0] - item[0][1]))):
        if 2 * count >= min(before[number], after[other]):
            pair(number, other)
    shift = 0
    for number in sorted(before):
        pair(number, number + shift)
        pair(number, number)
        shift = found.get(number, number + shift) - number
    return found


def _alike(old: Sequence[Old], new: Sequence[New], least: float) -> Iterator[Pair]:
    """The pairs whose words are alike, the likest first; none if there are too many to compare."""
    wordings = [(before, _words(before.text)) for before in old if before.text is not None]
    if len(wordings) * len(new) > MOST_PAIRS:
        return
    found: list[tuple[float, Pair]] = []
    for after in new:
        matcher = SequenceMatcher(None, [], _words(after.sentence.shown), autojunk=False)
        for before, words in wordings:
            matcher.set_seq1(words)
            if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
                found.append((matcher.ratio(), (before, after)))
    yield from (pair for ratio, pair in sorted(found, key=lambda item: -item[0]) if ratio >= least)


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())[:MOST_WORDS]


def _in_place(old: Sequence[Old], new: Sequence[New], here: dict[Old, int]) -> Iterator[Pair]:
    """The pairs in the place of each other: of sentences whose old text is not known, between the same neighbours."""
    before: dict[int, list[Old]] = defaultdict(list)
    after: dict[int, list[New]] = defaultdict(list)
    for sentence in old:
        before[here[sentence]].append(sentence)
    for partner in new:
        after[partner.question.number].append(partner)
    for number, ours in before.items():
        if all(sentence.text is not None for sentence in ours):
            continue
        theirs = after[number]
        hashes = [sentence.hash for sentence in ours], [partner.sentence.hash for partner in theirs]
        for what, a, b, c, d in SequenceMatcher(None, *hashes, autojunk=False).get_opcodes():
            if what == "replace" and b - a == d - c:
                pairs = zip(ours[a:b], theirs[c:d], strict=True)
                yield from (pair for pair in pairs if pair[0].text is None)
