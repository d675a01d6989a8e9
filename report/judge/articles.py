"""The articles: what is known of each, and where in them a claim belongs."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from report.errors import DamagedFileError

PLACE = re.compile(r"(?:.*/)?(?P<article>[^/]+)/q(?P<question>\d+)_[^/]*\.py::")


@dataclass(frozen=True)
class About:
    """An article's own title, and how many questions it has."""

    id: str
    title: str
    questions: int


def read(folder: Path) -> list[About]:
    """Every article of a folder of claims, in the order of their names.

    Raises:
        DamagedFileError: a `sentences.toml` lacks its title or its number of questions.
    """
    return [_about(path) for path in sorted(folder.glob("*/sentences.toml"))]


def _about(path: Path) -> About:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return About(path.parent.name, str(told["title"]), int(told["questions"]))
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise DamagedFileError(path, repr(error), "It begins with `title` and `questions`.") from error


def place(claim: str) -> tuple[str, int]:
    """The article and the question that a claim's id belongs to.

    Raises:
        ValueError: the claim stands in no question's module.
    """
    found = PLACE.match(claim)
    if not found:
        raise ValueError(f"{claim} does not stand in a module named after a question")
    return found["article"], int(found["question"])
