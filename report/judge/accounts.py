"""Accounts of sentences: what is known of each part of a sentence, by its claims or by a reason.

A value of `sentences.toml` is a list of parts, each a table. Its *says* are a few words of ours, and it has one of:

- *claims*: references to the claims that the part states, or to the corrections that prove it;
- *none*: why it states none, a name of `REASONS`;
- *unchecked*: why it cannot be checked here;
- *todo*, which is true: it is not yet checked.

*why* is free text, with *claims* (how they were read) or with *none*. A list of references is short for one part with
these *claims*.
"""

from typing import Any

import msgspec
import tomlkit

REASONS = {
    "question": "the question itself",
    "title": "the article's title",
    "heading": "a heading",
    "caption": "a caption",
    "introduction": "an introduction",
    "furniture": "site furniture",
    "reader": "an address to the reader",
    "article": "about the article itself",
    "advice": "advice",
    "opinion": "an opinion",
    "convention": "a convention",
    "example": "an example",
    "repetition": "a repetition",
    "fragment": "a fragment",
    "slip": "a slip",
    "contested": "a contested case",
}
KINDS = ("claims", "none", "unchecked", "todo")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a sentence. Raises ValueError unless it has exactly one kind."""

    says: str | None = None
    claims: tuple[str, ...] = ()
    none: str | None = None
    unchecked: str | None = None
    todo: bool = False
    why: str | None = None

    def __post_init__(self) -> None:
        """Check what types cannot say."""
        kinds = [kind for kind in KINDS if getattr(self, kind) not in (None, False, ())]
        if len(kinds) != 1:
            raise ValueError(f"a part has exactly one of {', '.join(KINDS)}, but this one has {kinds or 'none'}")
        if self.none not in (None, *REASONS):
            raise ValueError(f"{self.none!r} is no reason; these are: {', '.join(REASONS)}")

    @property
    def reason(self) -> str | None:
        """Why the part states no claim, or how its claims were read; None if nothing is said of that."""
        words = REASONS[self.none] if self.none else ""
        return ": ".join(filter(None, (words, self.why))) or None

    def __str__(self) -> str:
        """The part in one line."""
        unchecked = f"not checkable here: {self.unchecked}" if self.unchecked else None
        open_ = "NOT YET CHECKED" if self.todo else None
        known = "; ".join(filter(None, (", ".join(self.claims), unchecked, open_, self.reason)))
        return f"{self.says}: {known}" if self.says else known


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a sentence, part by part."""

    parts: tuple[Part, ...] = ()

    @property
    def claims(self) -> tuple[str, ...]:
        """Every reference."""
        return tuple(claim for part in self.parts for claim in part.claims)

    @property
    def reason(self) -> str | None:
        """The reasons of all parts; None if no part has one."""
        reasons = [part.reason for part in self.parts if part.reason is not None]
        return "; ".join(reasons) if reasons else None

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Why parts cannot be checked here."""
        return tuple(part.unchecked for part in self.parts if part.unchecked)

    @property
    def todo(self) -> int:
        """The number of parts that are not yet checked."""
        return sum(part.todo for part in self.parts)

    def __str__(self) -> str:
        """The account in one line."""
        return "; ".join(map(str, self.parts))


def account_table(value: Any) -> Any:
    """The table of an account that *value* of `sentences.toml` stands for.

    Raises:
        TypeError: it is no list.
        ValueError: the list has both references and parts.
    """
    if not isinstance(value, list):
        raise TypeError("an account is a list of references or of parts")
    tables = [isinstance(item, dict) for item in value]
    if any(tables) and not all(tables):
        raise ValueError("a list has either references or parts")
    return {"parts": value if all(tables) else [{"claims": value}]}


def written(account: Account) -> str:
    """The account as a value of TOML in one line, which `account_table` reads; references alone as a list of them."""
    if account.claims and account.parts == (Part(claims=account.claims),):
        return as_toml(account.claims)
    tables = (msgspec.to_builtins(part).items() for part in account.parts)
    parts = (", ".join(f"{name} = {as_toml(value)}" for name, value in table) for table in tables)
    return f"[{', '.join(f'{{{part}}}' for part in parts)}]"


def as_toml(value: Any) -> str:
    """A text, a truth value or a list of texts in TOML, in one line."""
    return str(tomlkit.item(value).as_string())
