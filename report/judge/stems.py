"""The stems of the words in a text."""

import re

WORD = re.compile(r"[^\W_]+")
ENDING = re.compile(r"(?<=\w{3})(?:ations?|ing|ies|ied|ed|es|s|e|y)\Z")
STOP = frozenset(
    re.findall(r"\w+", "a an and are as at be by can flask for from in is it its of on or python that the this to")
) | {"do", "does", "how", "i", "my", "we", "what", "which", "with", "you", "your"}
EXTENSION = re.compile(r"\bflask-\w+")  # a word of its own, too: its parts are often words of other claims


def cut(text: str) -> list[str]:
    """The stems of the words in *text*, names in code cut into their parts; without words that say nothing."""
    text = text.lower()
    return [ENDING.sub("", word) for word in WORD.findall(text) if word not in STOP] + EXTENSION.findall(text)
