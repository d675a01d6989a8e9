"""Names in prose: in code spans, and dotted names and calls anywhere in a sentence."""

import re
from collections.abc import Iterator
from dataclasses import replace

from report.check.code import Bindings, Conventions, Reader, Use, Word
from report.check.passages import Passage

BRACKETS = r"\s?\((?:[^()]|\((?:[^()]|\([^()]*\)){0,200}\)){0,200}\)"
PART = rf"\.[A-Za-z_]\w*(?:{BRACKETS})?"
DOTTED = re.compile(
    rf"(?<![\w./\\@:’'\"-])@?[A-Za-z_]\w*(?!\w)(?:{BRACKETS}{PART}|{PART})(?:{PART})*(?![\w/\\@-])", re.A
)
BARE = re.compile(r"(?<![\w./\\@-])@?(?P<name>_?[a-z]+(?:_[a-z]+)+|[a-z]{4,}(?=\())(?!\.?[\w/\\-])(?P<call>\()?", re.A)
WORD = re.compile(r"(?:[@.]|\|\s*)?(?P<name>_?[A-Za-z]\w*)(?P<call>\(\))?", re.A)
CAMEL = re.compile(r"(?<![\w./\\@-])(?P<name>[A-Z](?:[A-Z]+[a-z]|[a-z]+[A-Z])\w*)(?!\.?[\w/\\-])(?P<call>\()?", re.A)
# A word that its sentence says to be a name: before it, or after it, as other languages do.
KIND = r"function|method|decorator|class|object|proxy|filter|attribute|property|instance|helper|exception|hook"
OTHER_KIND = (
    r"函[数數]|方法|[类類]|[对對]象|物件|[装裝][饰飾]器|[属屬]性|関数|メソッド|クラス|オブジェクト|함수|클래스|객체"
)
BEFORE = (
    r"funci[oó]n|m[eéè]todo|objeto|clase|classe|fun[cç][aã]o|fonction|m[eé]thode|objet|decorador|décorateur|Funktion"
    r"|Methode|Klasse|Objekt|Dekorator|(?:функци|метод|класс|объект|декоратор)[а-я]*"
)
NAMED = re.compile(
    rf"(?<![\w./\\@-])(?P<name>[A-Za-z]\w*)(?=(?:\(\))?(?:"
    rf" (?P<kind>{KIND})s?\b| (?P<takes>argument|parameter|keyword|option)s?\b"
    rf"| ?(?:{OTHER_KIND})| ?(?P<given>[参參][数數])))"
    rf"|(?<![^\s(])(?:{KIND}|{BEFORE}) (?P<after>[A-Za-z]\w*)(?!\.?[\w/\\-])",
    re.A,
)
KEYWORD = re.compile(r"(?<![\w.])(?P<name>[a-z]\w*) ?=(?!=)", re.A)
CELL = re.compile(r"(?:^|(?<=\t))(?P<name>[A-Za-z_]\w*)(?:\(\))?(?=\t|$| ?[:：–—] )", re.A)  # of a table or list
MADE = re.compile(rf"(?<![\w.])[a-z_]\w* = [A-Za-z_][\w.]*{BRACKETS}", re.A)
IMPORT = re.compile(r"\bfrom [a-zA-Z_][\w.]* import \w+(?:, *\w+)*", re.A)
CONSTANT = re.compile(r"(?<![\w./\\-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])", re.A)


class Names:
    """What a passage names: *uses* of dotted names, *bare* names, *constants*, and words that are *likely* names.

    Names refer to what the article's code binds, or else by convention. Of those that are likely, a parameter is in
    brackets, and a filter begins with `filter:`.
    """

    def __init__(self, passage: Passage, bindings: Bindings, conventions: Conventions) -> None:
        self.uses: list[Use] = []
        self.bare: list[Word] = []
        self.likely: list[Word] = []
        self.shown = passage.part(0, len(passage.shown)).shown
        self.constants: list[Word] = [(match[0], *match.span()) for match in CONSTANT.finditer(self.shown)]
        self.free = [True] * len(self.shown)
        in_span = {at for span in passage.spans for at in range(*span)}
        for first, last in [*statements(passage), *(match.span() for match in DOTTED.finditer(self.shown))]:
            if all(self.free[first:last]) and self._code(first, last, bindings, conventions):
                self._take(first, last)
        self.uses = [replace(use, proven=use.proven and use.start in in_span) for use in self.uses]
        for _, first, last in self.constants:
            self._take(first, last)
        found = [match for match in BARE.finditer(self.shown) if is_sure(match) or match.start() in in_span]
        found += [word for span in passage.spans if (word := WORD.fullmatch(self.shown, *span))]
        for match in found:
            if self._take(*match.span("name")):
                self._word(match, bindings)
        self._likely(passage)

    def _take(self, first: int, last: int) -> bool:
        """Whether no name has been read in a stretch yet; from now on, one has."""
        is_free = all(self.free[first:last])
        self.free[first:last] = [False] * (last - first)
        return is_free

    def _word(self, match: "re.Match[str]", bindings: Bindings) -> None:
        name, is_filter = match["name"], "|" in self.shown[match.start() : match.start("name")]
        is_bare = not is_filter and (is_sure(match) or bindings.get(name) or match[0].startswith("@"))
        (self.bare if is_bare else self.likely).append((f"filter:{name}" if is_filter else name, *match.span("name")))

    def _likely(self, passage: Passage) -> None:
        self.likely += [(match["name"], *match.span("name")) for match in CAMEL.finditer(self.shown)]
        for match in NAMED.finditer(self.shown):
            name, span = match["name"] or match["after"], match.span("name" if match["name"] else "after")
            is_parameter = match["takes"] or match["given"]
            kind = "filter:{}" if match["kind"] == "filter" else "({})" if is_parameter else "{}"
            self.likely.append((kind.format(name), *span))
        for match in CELL.finditer(self.shown):
            self.likely += [(f"{kind}{match['name']}", *match.span("name")) for kind in ("", "filter:")]
        for first, last in passage.spans:
            words = KEYWORD.finditer(self.shown, first, last) if KEYWORD.match(self.shown, first, last) else ()
            self.likely += [(f"({word['name']})", *word.span("name")) for word in words]
            if word := WORD.fullmatch(self.shown, first, last):
                self.likely.append((f"({word['name']})", *word.span("name")))

    def _code(self, first: int, last: int, bindings: Bindings, conventions: Conventions) -> bool:
        """Read a piece of code; says whether it names anything, but for a lone word."""
        source = self.shown[first:last]
        first += source.startswith("@")
        try:
            reader = Reader(source.removeprefix("@"), bindings, conventions)
        except SyntaxError:
            return False
        if WORD.fullmatch(source):
            return False
        for use in reader.uses:
            self.uses.append(replace(use, start=use.start + first, ends=tuple(end + first for end in use.ends)))
        for found, words in ((self.constants, reader.keys), (self.bare, reader.bare), (self.likely, reader.words)):
            found += [(name, start + first, end + first) for name, start, end in words]
        return bool(reader.uses or reader.keys or reader.bare or reader.words)


def statements(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where prose has what may be a statement: in its code spans, and what looks like an import or makes an object."""
    yield from passage.spans
    for pattern in (IMPORT, MADE):
        yield from (match.span() for match in pattern.finditer(passage.shown))


def is_sure(match: "re.Match[str]") -> bool:
    """Whether what looks like a name can be no other word."""
    return bool(match["call"]) or "_" in match["name"]
