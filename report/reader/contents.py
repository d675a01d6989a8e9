"""What is no part of an article's text: the list of its contents."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from report.reader.blocks import Block
from report.reader.hashes import words
from report.reader.styles import prefix

NAMES = {("contents",), ("table", "of", "contents"), ("on", "this", "page"), ("toc",)}
LONGEST = 300


def without_contents(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without those lists whose items only link into the page, or repeat later headings.

    A heading that says "Contents" goes with its list.
    """
    titles = [_title(block) for block in blocks]
    last = {title: index for index, title in enumerate(titles)}
    listed = [
        (block.anchor and block.kind in ("item", "text"))
        or (block.kind == "item" and bool(title) and last[title] > index)
        for index, (block, title) in enumerate(zip(blocks, titles, strict=True))
    ]
    dropped: set[int] = set()
    for is_listed, indexes in groupby(range(len(blocks)), key=listed.__getitem__):
        series = list(indexes)
        if is_listed and (len(series) > 2 or blocks[series[0]].anchor):
            dropped.update(series)
            before = series[0] - 1
            if before >= 0 and titles[before] in NAMES:
                dropped.add(before)
    return [block for index, block in enumerate(blocks) if index not in dropped]


def _title(block: Block) -> tuple[str, ...]:
    """The words of a short block without its number; none for code."""
    if block.kind in ("code", "row") or len(block.shown) > LONGEST:
        return ()
    return tuple(words([(block.shown[prefix(block) :], False)]))


def titles(blocks: Sequence[Block]) -> Iterator[str]:
    """The candidates for the title of an article: its highest heading before all others, or its first line."""
    headings = [block for block in blocks if block.kind == "heading"]
    if headings and headings[0].level == min(block.level for block in headings):
        yield " ".join(headings[0].shown.split())
    yield from (" ".join(block.shown.split()) for block in blocks[:1] if block.kind != "code")
