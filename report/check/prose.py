"""Names in prose: in code spans, and dotted names and calls anywhere in a sentence."""

import re
from collections.abc import Iterator
from dataclasses import replace

from report.check.code import LIKELY, Bindings, Conventions, Reader, Use, Word
from report.check.names import SUFFIXES
from report.check.passages import Passage

BRACKETS = r"\s?\((?:[^()]|\((?:[^()]|\([^()]*\)){0,200}\)){0,200}\)"
PART = rf"\.[A-Za-z_]\w*(?:{BRACKETS})?"
DOTTED = re.compile(
    rf"(?<![\w./\\@:’'\"-])@?[A-Za-z_]\w*(?!\w)(?:{BRACKETS}{PART}|{PART})(?:{PART})*(?![\w/\\@-])", re.A
)
BARE = re.compile(r"(?<![\w./\\@-])@?(?P<name>_?[a-z]+(?:_[a-z]+)+|[a-z]{4,}(?=\())(?!\.?[\w/\\-])(?P<call>\()?", re.A)
WORD = re.compile(r"(?:[@.]|\|\s*)?(?P<name>_?[A-Za-z]\w*)(?P<call>\(\))?", re.A)
CAMEL = re.compile(r"(?<![\w./\\@-])(?P<name>_?[A-Z](?:[A-Z]+[a-z]|[a-z]+[A-Z])\w*)(?!\.?[\w/\\-])(?P<call>\()?", re.A)
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
    rf"(?<![\w./\\@-])(?P<name>[A-Za-z]\w*)(?=(?:\(\))?[\"']?(?:"
    rf" (?P<kind>{KIND})s?\b| (?P<takes>argument|parameter|keyword|option)s?\b| (?P<does>(?:sub-?)?command)s?\b"
    rf"| ?(?:{OTHER_KIND})| ?(?P<given>[参參][数數])))"
    rf"|(?<![^\s(])(?:{KIND}|{BEFORE}) (?P<after>[A-Za-z]\w*)(?!\.?[\w/\\-])",
    re.A,
)
OPTION = re.compile(
    r"(?<![\w.-])(?P<name>--[a-z][a-z-]+)(?![\w-])(?P<said> (?:argument|flag|option|switch)s?\b)?", re.A
)
MEMBER = re.compile(r"(?<=[\s(])\.(?P<name>[a-z_]\w{2,})(?:\(\))?(?![\w/*-]|\.\w)", re.A)
KEYWORD = re.compile(r"(?<![\w.])(?P<name>[a-z_]\w*) ?=(?!=)", re.A)
# A call, perhaps cut off, or in the brackets of another one.
CALLED = re.compile(r"(?<![\w.])(?P<path>[A-Za-z_]\w*(?:\.\w+)*)\((?=(?P<inside>(?:[^()]|\([^()]*\)){0,400}))", re.A)
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
        self._likely(passage, in_span)
        called = keywords(self.shown, (0, len(self.shown)), bindings, conventions)
        self.uses += (use for use in called if self.free[use.start])

    def _take(self, first: int, last: int) -> bool:
        """Whether no name has been read in a stretch yet; from now on, one has."""
        is_free = all(self.free[first:last])
        self.free[first:last] = [False] * (last - first)
        return is_free

    def _word(self, match: "re.Match[str]", bindings: Bindings) -> None:
        name, is_filter = match["name"], "|" in self.shown[match.start() : match.start("name")]
        is_bare = not is_filter and (is_sure(match) or bindings.get(name) or match[0].startswith("@"))
        (self.bare if is_bare else self.likely).append((f"filter:{name}" if is_filter else name, *match.span("name")))

    def _likely(self, passage: Passage, in_span: set[int]) -> None:
        options = [span for span in passage.spans if self.shown.startswith("--", span[0])]
        found = (match for pattern in (CAMEL, MEMBER) for match in pattern.finditer(self.shown))
        self.likely += [(match["name"], *match.span("name")) for match in found if match["name"] not in SUFFIXES]
        for match in (each for each in NAMED.finditer(self.shown) if not each["does"] or each.start() in in_span):
            name, span = match["name"] or match["after"], match.span("name" if match["name"] else "after")
            is_parameter = match["takes"] or match["given"]
            kind = "filter:{}" if match["kind"] == "filter" else "({})" if is_parameter else "{}"
            kind = "command:{}" if match["does"] else kind
            self.likely.append((kind.format(name), *span))
        for match in OPTION.finditer(self.shown):
            if match["said"] or any(first <= match.start() < last for first, last in options):
                self.likely.append((f"option:{match['name']}", *match.span("name")))
        for match in CELL.finditer(self.shown):
            self.likely += [(f"{kind}{match['name']}", *match.span("name")) for kind in ("", "filter:")]
        for first, last in passage.spans:
            words = KEYWORD.finditer(self.shown, first, last) if KEYWORD.match(self.shown, first, last) else ()
            self.likely += [(f"({word['name']})", *word.span("name")) for word in words]
            if word := WORD.fullmatch(self.shown, first, last):
                kinds = ("({})", "filter:{}") if "filter" in self.shown else ("({})",)
                self.likely += [(kind.format(word["name"]), *word.span("name")) for kind in kinds]

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


def keywords(shown: str, span: tuple[int, int], bindings: Bindings, conventions: Conventions) -> Iterator[Use]:
    """The keywords in what look like calls, wherever they stand, that the functions have: others are of a URL, say."""
    for call in CALLED.finditer(shown, *span):
        root, *parts = call["path"].split(".")
        path = conventions.meaning(root, bindings) or (root if parts and conventions.exists(root) else "")
        for part in parts:
            path = conventions.types.get(name := f"{path.rstrip(LIKELY)}.{part}", name) if path else ""
        path = path.rstrip(LIKELY)
        for word in KEYWORD.finditer(shown, *call.span("inside")) if path else ():
            name = f"({word['name']})"
            if not {path + name, f"{path}.*"}.isdisjoint(conventions.types) or conventions.exists(path + name):
                yield Use(path + LIKELY, (name,), word.start("name"), (word.end("name"),), proven=False)


def is_sure(match: "re.Match[str]") -> bool:
    """Whether what looks like a name can be no other word."""
    return bool(match["call"]) or "_" in match["name"]
