"""Escape text for Markdown (CommonMark and GitHub's dialect).

Library considered: mdformat, which formats whole documents and offers no function that escapes a text.
"""

# ruff: noqa: S704  what escapes text may call it markup

import re

from markupsafe import Markup

from report.tell.markup import CODE, visible

SPECIAL = re.compile(r"[\\`*_{}\[\]<>#&~|!$]|:(?=//)")  # may begin markup within a line


def text(value: str) -> Markup:
    """Write *value* on one line, with all markup escaped."""
    line = " ".join(visible(value).split())
    return Markup(SPECIAL.sub(r"\\\g<0>", line))


def prose(statement: str) -> Markup:
    """Write a statement: text in which backticks mark code."""
    pieces = CODE.split(visible(statement))  # text and code alternate
    written = "".join(code(piece) if number % 2 else _piece(piece) for number, piece in enumerate(pieces))
    return Markup(written)


def cell(statement: str) -> Markup:
    """Write a statement in a table cell, where `|` must be escaped even in code."""
    return Markup(re.sub(r"(?<!\\)\|", r"\|", prose(statement)))


def code(value: str) -> Markup:
    """Write a span of code. Its fence is longer than any run of backticks in it."""
    line = " ".join(visible(value).split())
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if "`" in line else ""
    return Markup(f"{fence}{pad}{line}{pad}{fence}")


def block(value: str) -> Markup:
    """Write a block of code, indented as part of a list item."""
    fence = "`" * max(3, _longest_run(value) + 1)
    lines = (f"{fence}text", *visible(value).split("\n"), fence)
    return Markup("\n".join(f"  {line}".rstrip() for line in lines))


def _piece(value: str) -> str:
    """Write a piece of a line; keep one space at each end that has white space."""
    start, end = (" " if value[:1].isspace() else ""), (" " if value[-1:].isspace() else "")
    return f"{start}{text(value)}{end}" if value.strip() else value[:1]


def _longest_run(value: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", value)), default=0)
