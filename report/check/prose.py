"""Names in prose: in code spans, and dotted names and calls anywhere in a sentence."""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from report.check.code import Bindings, Conventions, Reader, Use
from report.check.passages import Passage

DOTTED = re.compile(r"(?<![\w./\\@:’'\"-])@?(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?![\w/\\@-])(?P<call>\s?\()?")
BARE = re.compile(r"(?<![\w./\\@-])(?P<name>[a-z]+(?:_[a-z]+)+|[a-z]{4,}(?=\())(?![\w./\\-])(?P<call>\()?")
CONSTANT = re.compile(r"(?<![\w./\\-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])")
LONGEST = 200  # characters of a call


@dataclass
class Found:
    """What a passage names: *uses* of dotted names, *bare* names and *constants*, each with its place."""

    uses: list[Use] = field(default_factory=list)
    bare: list[tuple[str, int, int]] = field(default_factory=list)
    constants: list[tuple[str, int, int]] = field(default_factory=list)


def find(passage: Passage, bindings: Bindings, conventions: Conventions, is_class: object) -> Found:
    """The names in a passage of prose, where names refer to what the article's code binds, or else by convention."""
    shown, found, taken = passage.part(0, len(passage.shown)).shown, Found(), [False] * len(passage.shown)
    for first, last in [*passage.spans, *_calls(shown)]:
        if any(taken[first:last]):
            continue
        reader = parsed(shown[first:last].removeprefix("@"), bindings, conventions, is_class)
        if reader is not None and (reader.uses or reader.keys):
            moved = first + shown[first:last].startswith("@")
            found.uses += [_moved(use, moved) for use in reader.uses]
            found.constants += [(name, start + moved, end + moved) for name, start, end in reader.keys]
            taken[first:last] = [True] * (last - first)
    for match in DOTTED.finditer(shown):
        if not any(taken[match.start() : match.end("name")]):
            found.uses.append(_dotted(match, bindings, conventions))
            taken[match.start() : match.end("name")] = [True] * (match.end("name") - match.start())
    for match in BARE.finditer(shown):
        in_span = any(first <= match.start("name") < last for first, last in passage.spans)
        if (in_span or match["call"]) and not any(taken[match.start() : match.end("name")]):
            found.bare.append((match["name"], *match.span("name")))
    found.constants += [(match[0], *match.span()) for match in CONSTANT.finditer(shown)]
    return found


def parsed(source: str, bindings: Bindings, conventions: Conventions, is_class: object) -> Reader | None:
    """The names of a piece of code; None if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return None
    reader = Reader(source, {**bindings}, conventions, is_class)  # type: ignore[arg-type]
    reader.visit(tree)
    return reader


def _calls(shown: str) -> Iterator[tuple[int, int]]:
    """Where a dotted name is called, up to the bracket that closes the call."""
    for match in DOTTED.finditer(shown):
        if match["call"]:
            depth = 0
            for at in range(match.end() - 1, min(len(shown), match.end() + LONGEST)):
                depth += (shown[at] == "(") - (shown[at] == ")")
                if not depth:
                    yield match.start(), at + 1
                    break


def _dotted(match: "re.Match[str]", bindings: Bindings, conventions: Conventions) -> Use:
    """The use of a dotted name, whose first part is a receiver or else a module."""
    first, *rest = match["name"].split(".")
    start, ends, at = match.start("name"), [], match.start("name") + len(first)
    for part in rest:
        at += 1 + len(part)
        ends.append(at)
    base, proven = (bindings[first], True) if first in bindings else (conventions.receivers.get(first), False)
    if base is None and first not in bindings:
        return Use("", (first, *rest), start, (start + len(first), *ends), False, bool(match["call"]))
    return Use(base or "?", tuple(rest), start, tuple(ends), proven, bool(match["call"]))


def _moved(use: Use, by: int) -> Use:
    return Use(
        use.base, use.attributes, use.start + by, tuple(end + by for end in use.ends), use.proven, use.called, use.bound
    )
