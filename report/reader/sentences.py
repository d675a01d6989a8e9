"""Where sentences end.

Ours, because sentencex takes a quotation of five sentences for one and cuts `flask.Response`, and pysbd, syntok and
blingfire have had no release since 2022.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from report.reader.blocks import Run

OPENERS = (
    "It|Its|This|That|These|Those|The|There|They|We|You|He|She|In|On|If|When|For|To|As|An|A|And|But|So|Then|Here|Each"
)
ABBREVIATIONS = frozenset({
    "e.g", "i.e", "eg", "ie", "cf", "vs", "viz", "approx", "resp", "ca", "al", "ed", "eds", "mr", "mrs", "ms", "dr",
    "prof", "jr", "sr",
})  # fmt: skip
BEFORE_NUMBER = frozenset(["fig", "figs", "eq", "sec", "ch", "vol", "no", "nos", "pp", "p"])
WORD = re.compile(r"[^\s`]+")
NAME = re.compile(r"[\w)\]]\.\w|://")  # what a name with a dot or an address has in it
END = re.compile(r"(?<![.!?…])[.!?…]++[\"”’'»)\]]*+(?P<space>\s++)(?=[\"“‘'«(\[]*+[A-Z0-9@_À-ÖØ-Þ\u0370-\uffff])")
NO_SPACE = re.compile(rf"(?<=[\w)][.!?])(?=(?:{OPENERS})[\s’'])")
STARTS_WITH_OPENER = re.compile(rf"[\"“‘'«(\[]*(?:{OPENERS})\b")
LAST_WORD = re.compile(r"[^\s\"“‘'«(\[]*\Z")


def spans(runs: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """The first and last offset of each sentence in what *runs* show, without the space around it."""
    shown = "".join(run.shown for run in runs)
    start = 0
    for end in [*ends(masked(runs)), len(shown)]:
        piece = shown[start:end]
        bare = piece.strip()
        if bare:
            first = start + piece.index(bare[0])
            alone = _quote_alone(bare)
            yield first + (alone > 0), first + len(bare) - (alone < 0)
        start = end


def _quote_alone(sentence: str) -> int:
    """1 if a sentence begins a quotation that goes on after it, -1 if it ends one that began before, or else 0."""
    straight = sentence.count('"') == 1
    if len(sentence) > 1 and ((sentence[0] == '"' and straight) or (sentence[0] == "“" and "”" not in sentence)):
        return 1
    return -1 if (sentence[-1] == '"' and straight) or (sentence[-1] == "”" and "“" not in sentence) else 0


def masked(runs: Sequence[Run]) -> str:
    """What *runs* show, with letters in place of the code, the names and the addresses, which contain no end."""
    text = "".join("X" * len(run.shown) if run.code else run.shown for run in runs)
    pieces, at = [], 0
    for match in WORD.finditer(text):
        name = match[0].rstrip(".,;:!?…\"”’')]»")
        if not NAME.search(name) or name.casefold() in ABBREVIATIONS:
            continue
        stop = match.start() + len(name)
        inner = (cut.start() - match.start() for cut in NO_SPACE.finditer(text, match.start(), stop + 1))
        pieces += [text[at : match.start()], *(_mask(name[a:b]) for a, b in pairwise([0, *inner, len(name)]))]
        at = stop
    return "".join([*pieces, text[at:]])


def _mask(name: str) -> str:
    """A name in letters; what ends with a stop (before a sentence that lacks its space) keeps it."""
    stop = name[-1:] if name[-1:] in ".!?" else ""
    inside = name[: len(name) - len(stop)]
    return (re.sub(r"[^\"“‘'«(\[]", "X", inside) if re.search(r"\W", inside) else inside) + stop


def ends(text: str) -> Iterator[int]:
    """Where each sentence but the last ends in a text without code."""
    found = {match.start("space") for match in END.finditer(text) if _is_end(text, match)}
    return iter(sorted(found | {match.start() for match in NO_SPACE.finditer(text)}))


def _is_end(text: str, match: re.Match[str]) -> bool:
    """Whether a stop before a capital ends a sentence: not after an abbreviation, an initial or a list's number."""
    if text[match.start()] != ".":
        return True
    before = LAST_WORD.search(text, max(0, match.start() - 40), match.start())
    word = before[0] if before else ""
    if word.casefold() in ABBREVIATIONS or (word.casefold() in BEFORE_NUMBER and text[match.end()].isdigit()):
        return False
    if word.isdigit() and not text[max(0, match.start() - 40) : match.start() - len(word)].strip():
        return False
    initial = len(word) == 1 and word.isupper() and word.isalpha()
    return not initial or bool(STARTS_WITH_OPENER.match(text, match.end()))
