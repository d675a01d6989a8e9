"""How an author may have marked the questions: each style that a text shows, with the blocks that would begin one."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from report.reader.blocks import Block
from report.reader.sentences import spans

NUMBER = re.compile(
    r"\s*(?:(?P<word>question|ques|que|q|no|faq)\s*[.#№]?\s*(?P<after>\d{1,5})(?P<end>\s*[.):\]–—-]|(?=\s|\Z))"
    r"|[(\[]?(?P<number>\d{1,5}|[IVXLC]{1,7})(?P<mark>\s?[.):\]–—-])(?!\d))\s*",
    re.IGNORECASE,
)
LABEL = re.compile(r"\s*(?:question|ques|q)\s*[:.)–—-]\s*", re.IGNORECASE)
ASKING = re.compile(
    r"\W*(?:what|how|why|which|when|where|who|whose|explain|describe|define|list|name|give|compare|differentiate|"
    r"difference|discuss|mention|tell|write|state)\b|[^.!?]*\?|.*\?\W*\Z",
    re.IGNORECASE | re.DOTALL,
)
AFTERWORD = re.compile(
    r"\W*(?:(?:table of )?contents|conclusions?|summary|introduction|overview|references|further reading|resources|"
    r"related\b.*|comments?|leave a (?:comment|reply)|about (?:the|this|us)\b.*|final (?:words|thoughts)|wrapping up|"
    r"license|share\b.*)\W*\Z",
    re.IGNORECASE | re.DOTALL,
)
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
LONGEST_HEADING = 400


@dataclass(frozen=True)
class Style:
    """One way to divide a text: its name, the indexes of the blocks that begin a question, and how sure it is.

    *certainty*: 2 if the text says so itself (by consecutive numbers, by `Q:`), 1 if nearly all of them ask,
    -1 if there is a gap in their numbers, or else 0.
    *rank*: how high such blocks stand, from headings of level 1 down to nested items.
    """

    name: str
    begins: tuple[int, ...]
    certainty: int = 0
    rank: int = 0


def prefix(block: Block) -> int:
    """The length of the number or label that begins a block: `1.`, `Q7:`, `Question 7`."""
    match = NUMBER.match(block.shown) or LABEL.match(block.shown)
    return match.end() if match and match.end() < len(block.shown) else 0


def number(block: Block) -> tuple[str, int] | None:
    """How a block is numbered, and its number; None if it is not."""
    match = NUMBER.match(block.marker + " ") if block.marker else None
    match = match or (NUMBER.match(block.shown) if len(block.shown) < LONGEST_HEADING else None)
    if match is None:
        return None
    written = match["after"] or match["number"]
    if not written.isdigit() and not written.isupper():
        return None
    value = int(written) if written.isdigit() else _roman(written)
    word = f"{match['word'].lower()} " if match["word"] else ""
    return f"{word}{'N' if written.isdigit() else 'I'}{(match['end'] or match['mark'] or '').strip()}", value


def _roman(numeral: str) -> int:
    values = [ROMAN[char] for char in numeral.lower()]
    return sum(-value if value < after else value for value, after in pairwise([*values, 0]))


def every(blocks: Sequence[Block]) -> list[Style]:
    """Every style that a text shows, without those that list the contents."""
    styles = [*_numbered(blocks), *_labelled(blocks), *_headings(blocks), *_of_a_kind(blocks)]
    return [style for style in styles if style.begins and not _is_empty(style, blocks)]


def found(blocks: Sequence[Block]) -> list[Style]:
    """Every style that a text shows, without those that only repeat another or list the contents."""
    best = {style.begins: style for style in sorted(every(blocks), key=lambda style: style.certainty)}
    return [replace(style, rank=min(_rank(blocks[index]) for index in style.begins)) for style in best.values()]


def _rank(block: Block) -> int:
    if block.kind == "heading":
        return block.level
    return 9 + block.level if block.kind == "item" else 7 if block.strong or block.kind == "term" else 8


def _is_empty(style: Style, blocks: Sequence[Block]) -> bool:
    """Whether nothing stands below half of the questions: they list the contents, or what an answer enumerates."""
    empty = [
        begin
        for begin, end in pairwise([*style.begins, len(blocks)])
        if all(blocks[index].kind == "heading" for index in range(begin + 1, end))
        and not blocks[begin].nested
        and len(list(islice(spans(blocks[begin].runs), 2))) < 2
    ]
    return 2 * len(empty) >= len(style.begins)


def _kind(block: Block) -> str:
    """The name of the kind of block, for a style."""
    if block.kind == "heading":
        return f"headings of level {block.level}"
    if block.kind == "item":
        return f"list items at depth {block.level}" if block.level > 1 else "list items"
    return "bold lines" if block.strong else {"term": "terms", "row": "rows"}.get(block.kind, "lines")


def _numbered(blocks: Sequence[Block]) -> Iterator[Style]:
    groups: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for index, block in enumerate(blocks):
        numbered = number(block) if block.kind != "code" else None
        if numbered and block.kind != "row":
            groups[_kind(block), numbered[0]].append((index, numbered[1]))
    for (kind, form), members in groups.items():
        begins, numbers = zip(*members, strict=True)
        first = form.replace("N", "1")  # what the first of them begins with
        consecutive = all(after == before + 1 for before, after in pairwise(numbers))
        if consecutive and (len(numbers) > 1 or numbers == (1,)):
            yield Style(f"{kind} numbered {first}", begins, 2 if len(numbers) > 1 else 1)
        elif len(numbers) > 1 and set(numbers) == {1} and kind == "list items":
            yield Style(f"{kind} all numbered {first}", begins, _certainty(blocks, begins))
        elif asking := _that_ask(members, blocks):
            yield Style(f"{kind} numbered {first} that ask", asking, 1)


def _that_ask(members: Sequence[tuple[int, int]], blocks: Sequence[Block]) -> tuple[int, ...]:
    """The indexes of those numbered blocks that ask, if they are half of them and have each number from 1 to the last.

    Then the others are in lists within answers. If one of them has the number after the last, it may be a question.
    """
    asking = [(index, value) for index, value in members if ASKING.match(first_line(blocks[index]))]
    last = asking[-1] if asking else (0, 0)
    in_order = [value for _, value in asking] == [*range(1, len(asking) + 1)]
    more = any(index > last[0] and value == last[1] + 1 for index, value in members)
    many = len(asking) > 1 and 2 * len(asking) >= len(members)
    return tuple(index for index, _ in asking) if many and in_order and not more else ()


def _labelled(blocks: Sequence[Block]) -> Iterator[Style]:
    said = {index: block for index, block in enumerate(blocks) if block.kind not in ("code", "row")}
    begins = tuple(index for index, block in said.items() if LABEL.match(block.shown))
    if len(begins) > 1:
        yield Style("Q:", begins, 2)


def _headings(blocks: Sequence[Block]) -> Iterator[Style]:
    """The headings of each level, and of each level and those below it; not the title, nor an afterword."""
    headings = [(index, block) for index, block in enumerate(blocks) if block.kind == "heading"]
    top = [block.level for _, block in headings]
    if top and top.count(min(top)) == 1 and headings[0][1].level == min(top):
        headings = headings[1:]
    headings = [(index, block) for index, block in headings if not AFTERWORD.match(block.shown)]
    for level in sorted({block.level for _, block in headings}):
        begins = tuple(index for index, block in headings if block.level == level)
        yield Style(f"headings of level {level}", begins, _certainty(blocks, begins))
        below = tuple(index for index, block in headings if block.level >= level)
        if len(below) > len(begins):
            yield Style(f"headings of level {level} and below", below)


def _of_a_kind(blocks: Sequence[Block]) -> Iterator[Style]:
    """Terms, bold lines, and the items of lists that have an answer below them."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.kind == "term":
            groups["terms"].append(index)
        elif block.kind == "text" and block.strong and len(block.shown) < LONGEST_HEADING:
            groups["bold lines"].append(index)
        elif block.kind == "item" and block.level == 1:
            is_bullet = block.marker in "-*+•‣·–"
            groups["bullets" if is_bullet else "items of numbered lists"].append(index)
            if is_bullet and block.nested:
                groups["bullets with an answer below them"].append(index)
    for name, begins in groups.items():
        yield Style(name, tuple(begins), _certainty(blocks, begins))


def _certainty(blocks: Sequence[Block], begins: Sequence[int]) -> int:
    """1 if nearly all of some blocks ask something, -1 if they are numbered with a gap, or again from 1 on.

    They may begin again below a heading, and all may have number 1. Otherwise, an answer may contain a list.
    """
    numbers = [(index, numbered[1]) for index in begins if (numbered := number(blocks[index]))]
    ones = all(value == 1 for _, value in numbers)
    gaps = any(
        after != before + 1
        and not (after == 1 and (ones or any(block.kind == "heading" for block in blocks[first + 1 : last])))
        for (first, before), (last, after) in pairwise(numbers)
    )
    if gaps and len(numbers) > len(begins) / 2:
        return -1
    return int(sum(bool(ASKING.match(first_line(blocks[index]))) for index in begins) >= 0.8 * len(begins) > 0)


def first_line(block: Block) -> str:
    """What heads a block: its bold beginning, or its text without its number."""
    strong = block.shown[: block.strong].strip()
    return (strong or block.shown)[:LONGEST_HEADING][0 if strong else prefix(block) :]
