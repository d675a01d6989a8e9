"""The hash of a sentence, which knows code from prose.

Prose is compared without regard to case, punctuation, typographic quotes, spaces and markup. Compared exactly are: code
spans, calls, names with a dot, an underscore or a capital after the first letter, operators, and figures.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

Piece = tuple[str, bool]  # a stretch of a sentence, and whether it is a code span

INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
SPACE_OR_WORD = re.compile(r"\s+|\S+")
APOSTROPHE = re.compile(r"(?<=[^\W\d_])[’ʼ](?=[^\W\d_])")
BEFORE, AFTER = '"“”„«¿¡', '"“”»'
STOPS = ".,;:!?…"
CLOSING = re.compile(rf"[{STOPS}][{STOPS}{AFTER}’')]*\Z")  # a stop, and the quotes and brackets that close after it
LONGEST = 200  # characters of a word of prose; a longer one is compared exactly
PAIRS = {"(": ")", '"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
ABBREVIATION = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")  # e.g, i.e
PROSE = re.compile(r"[^\W_]+(?:'[^\W\d_]+|(?<!\d)[-‐-―/]+(?=[^\W\d_])[^\W_]+)*")  # well-known, and/or, it's, Jinja2
CALL = re.compile(r"\((?:['‘’]|.*['‘’].\Z)", re.DOTALL)  # a bracket around single quotes, an argument: ('/route')
JOINT = re.compile(r"[-‐-―/]+")
NOT_OPERATORS = re.compile(r"[\s.,;:!?…'\"‘’“”„«»()•·‐-―−-]*")


def digest(pieces: Iterable[Piece], header: Iterable[Piece] = ()) -> str:
    """The hash of a sentence, or of a row of a table below its *header*: 12 hexadecimal digits."""
    lines = [" ".join(words(header)), " ".join(words(pieces))]
    return hashlib.sha256("\n".join(filter(None, lines)).encode(errors="surrogatepass")).hexdigest()[:12]


def words(pieces: Iterable[Piece]) -> list[str]:
    """The words of a sentence as they are compared; none for an ornament."""
    result: list[str] = []
    word: list[Piece] = []
    for text, code in pieces:
        clean = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        for part in SPACE_OR_WORD.findall(clean):
            if part[0].isspace():
                result += _compared(word)
                word = []
            else:
                word.append((part, code))
    return result + _compared(word)


def _compared(word: list[Piece]) -> list[str]:
    """The words that one without spaces stands for: one of code exactly, one of prose in lower case, or none."""
    if any(code for _, code in word):
        return _with_code(word)
    whole = "".join(part for part, _ in word)
    text = _bare(APOSTROPHE.sub("'", whole)) if len(whole) <= LONGEST else whole
    if ABBREVIATION.fullmatch(text):
        return [text.replace(".", "").casefold()]
    if PROSE.fullmatch(text):
        return [_unless_name(part) for part in JOINT.split(text)]
    return [] if NOT_OPERATORS.fullmatch(text) else [text]


def _with_code(word: list[Piece]) -> list[str]:
    """A word with a code span in it: exactly, without the punctuation around it."""
    first = next(index for index, (_, code) in enumerate(word) if code)
    last = max(index for index, (_, code) in enumerate(word) if code)
    before = "".join(part for part, _ in word[:first]).lstrip(BEFORE + "(‘'")
    after = "".join(part for part, _ in word[last + 1 :]).rstrip(STOPS + AFTER + ")’'")
    return [before + "".join(part for part, _ in word[first : last + 1]) + after]


def _bare(text: str) -> str:
    """A word of prose without the punctuation, the quotes and the brackets that belong to the sentence around it."""
    before = None
    while text != before:
        before = text
        text = CLOSING.sub("", text) or text
        if len(text) > 1 and PAIRS.get(text[0]) == text[-1] and not CALL.match(text):
            text = text[1:-1]
        if text[:1] in BEFORE and len(text) > 1 and not set(text[1:]) & set(AFTER):
            text = text[1:]
        if text[-1:] in AFTER and len(text) > 1 and not set(text[:-1]) & set(BEFORE):
            text = text[:-1]
        text = text[1:] if text[:1] in "([" and not set(")]") & set(text) else text
        text = text[:-1] if text[-1:] in (")", "]") and not set("([") & set(text) else text
    return text.strip("‘’'") if PROSE.fullmatch(text.strip("‘’'")) else text


def _unless_name(word: str) -> str:
    """A word in lower case, but for a name such as SQLite."""
    return word if not word.isupper() and word[1:] != word[1:].lower() else word.casefold()
