"""`sentences.toml` as it is written, in pieces: one can be changed or moved, and all others stay byte for byte.

Library considered: tomlkit keeps comments, but does not say which entry they belong to, and adds entries at the end.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LINE = re.compile(r"[^\n]*\n|[^\n]+")
LINE_NUMBER = re.compile(r"# line \d+$", re.MULTILINE)
GONE = "# No longer in the article. `report update` keeps their accounts; delete what you do not need."


@dataclass
class Entry:
    """A key with its value as it is written, what stands before it, and the comments on the lines just after it."""

    key: str
    text: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """All of it."""
        return self.before + self.text + self.after


@dataclass
class Table:
    """A table: its header with what stands before it, and its entries; the metadata are one without a name."""

    name: str
    header: str
    entries: list[Entry] = field(default_factory=list)

    def __str__(self) -> str:
        """All of it."""
        return self.header + "".join(map(str, self.entries))


@dataclass
class AccountFile:
    """The tables of the file, and what stands after the last."""

    tables: list[Table]
    tail: str = ""

    def __str__(self) -> str:
        """The text of the file."""
        return "".join(map(str, self.tables)) + self.tail

    def table(self, name: str) -> Table | None:
        """The table with a name; None if there is none."""
        return next((table for table in self.tables if table.name == name), None)

    def keep(self, name: str, pieces: Sequence[str]) -> None:
        """Keep what was written in the table *name* as comments at the end."""
        if GONE not in self.tail:
            self.tail = f"{self.tail.rstrip()}\n\n{GONE}" if self.tail.strip() else f"\n{GONE}"
        lines = (line for piece in pieces for line in piece.splitlines() if line.strip())
        commented = "".join(f"{line if line.startswith('#') else f'# {line}'}\n" for line in lines)
        self.tail = f"{self.tail.rstrip()}\n# [{name}]\n{commented}"


def parse(text: str) -> AccountFile:
    """The pieces of a valid file. A comment belongs to the entry just above it, or else to what follows."""
    file, pending = AccountFile([Table("", "")]), ""
    for statement in _statements(text if text.endswith("\n") or not text else f"{text}\n"):
        table, data = file.tables[-1], tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            name = statement.lstrip(" \t[").partition("]")[0].strip(" \t\"'")
            file.tables.append(Table(name, pending + statement))
            pending = ""
        elif data:
            table.entries.append(Entry(next(iter(data)), statement, pending))
            pending = ""
        elif not pending and table.entries and statement.strip():
            table.entries[-1].after += statement
        else:
            pending += statement
    file.tail = pending
    return file


def _statements(text: str) -> Iterator[str]:
    """The headers, the entries and the other lines: a statement is over where it is valid."""
    statement = ""
    for line in LINE.findall(text):
        statement += line
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        yield statement
        statement = ""


def at_line(text: str, line: int) -> str:
    """An entry or a header whose comment says its line in the copy, with the line that it has now."""
    return LINE_NUMBER.sub(f"# line {line}", text)
