"""Reading files of limited size, and writing files atomically: no reader sees half a file, or some of several.

Considered: atomicwrites, which is no longer maintained and replaces one file, not several together.
"""

import contextlib
import os
import secrets
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from report.errors import UNREADABLE, DamagedFileError

LARGEST = 2**29  # bytes; 10,000 claims with all their evidence take half of it
Content = TypeVar("Content")


def read_text(path: Path) -> str:
    """Read a text from an untrusted source; raises OSError, or ValueError if it is too large or not UTF-8 text."""
    check_size(path)
    return path.read_text(encoding="utf-8")


def check_size(path: Path) -> None:
    """Raise a ValueError if a file is too large."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it is larger than {LARGEST >> 20} MiB")


def read_lines(path: Path, allow_truncated: bool = False) -> list[bytes]:
    """The lines of a JSON Lines file, *allow_truncated* without a last one that has no end; raises as `read_text`."""
    check_size(path)
    lines = path.read_bytes().split(b"\n")  # a text may contain other line separators
    return lines if lines[-1] and not allow_truncated else lines[:-1]


def decode_lines(lines: Sequence[bytes], kind: type[Content], first: int = 1, unique: str = "") -> list[Content]:
    """Decode lines of JSON; *first* is the number of the first, and no two may have the same attribute *unique*.

    Raises ValueError, which names the line that is damaged or listed twice.
    Library considered: jsonlines does not check types; msgspec's `decode_lines` does not name the damaged line.
    """
    decoded, seen = [], set()
    for number, text in enumerate(lines, start=first):
        try:
            line = msgspec.json.decode(text, type=kind)
        except UNREADABLE as error:
            raise ValueError(f"line {number}: {error}") from error
        if unique and getattr(line, unique) in seen:
            raise ValueError(f"line {number}: the {unique} is listed twice")
        seen.add(unique and getattr(line, unique))
        decoded.append(line)
    return decoded


@contextlib.contextmanager
def reading(path: Path, hint: str) -> Iterator[None]:
    """A block that reads a file; raises DamagedFileError, which shows *hint*, for whatever is wrong with the file."""
    try:
        yield
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), hint) from error


def read_toml(path: Path, content: type[Content], hint: str) -> Content:
    """Read a TOML file as the type *content*, a missing one as empty; raises DamagedFileError, which shows *hint*."""
    with reading(path, hint):
        return msgspec.convert(tomllib.loads(read_text(path)) if path.exists() else {}, content)


def write_whole(path: Path, text: str) -> None:
    """Replace the content of *path* by *text*, as `write_together` does."""
    write_together({path: text})


def write_together(texts: Mapping[Path, str | bytes] | Mapping[Path, str]) -> None:
    """Replace the contents of several files, keeping their permissions: write all drafts first, then rename them.

    Raises OSError if a folder is not writable, or the disk is full; the old contents stand.
    """
    drafts = {path: path.with_name(f".{path.name}.{secrets.token_hex(8)}") for path in texts}
    try:
        for path, draft in drafts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = texts[path]
            with draft.open("xb") as file:
                file.write(text.encode("utf-8") if isinstance(text, str) else text)
                file.flush()
                os.fsync(file.fileno())
            draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
