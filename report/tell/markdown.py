"""From text to Markdown that stays text (CommonMark, and GitHub's)."""

import re

from report.tell.markup import CODE, visible

SPECIAL = re.compile(r"[\\`*_{}\[\]<>#&~|!$]|:(?=//)")  # what may begin markup within a line


def text(said: str) -> str:
    """Write one line of text, of which nothing is markup."""
    line = " ".join(visible(said).split())
    return SPECIAL.sub(r"\\\g<0>", line)


def prose(said: str) -> str:
    """Write a sentence of a claim, in which backticks set off code."""
    pieces = CODE.split(visible(said))  # text and code by turns
    return "".join(code(piece) if odd % 2 else _piece(piece) for odd, piece in enumerate(pieces))


def cell(said: str) -> str:
    """Write a sentence of a claim in a cell of a table, which a bar would end even within code."""
    return re.sub(r"(?<!\\)\|", r"\|", prose(said))


def code(said: str) -> str:
    """Write a span of code, within a fence that is longer than any in it."""
    line = " ".join(visible(said).split())
    fence = "`" * (_longest(line) + 1)
    pad = " " if "`" in line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(said: str) -> list[str]:
    """Write a block of code below an entry of a list."""
    fence = "`" * max(3, _longest(said) + 1)
    return [f"  {line}".rstrip() for line in (f"{fence}text", *visible(said).split("\n"), fence)]


def _piece(said: str) -> str:
    """Write a piece of a line, with the spaces at its ends."""
    start, end = (" " if said[:1].isspace() else ""), (" " if said[-1:].isspace() else "")
    return f"{start}{text(said)}{end}" if said.strip() else said[:1]


def _longest(said: str) -> int:
    return max((len(run) for run in re.findall("`+", said)), default=0)
