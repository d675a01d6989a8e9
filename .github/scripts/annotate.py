"""Writes GitHub annotations for a run of the claims: `annotate.py out/results.json`.

Each drift is an error at the line of its claim; each deprecation is a notice. The step output `drift` is the number of
drifts.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def annotations(result: Mapping[str, Any]) -> Iterator[str]:
    """One workflow command for each annotation."""
    lines = lines_of(result)
    for drift in result["drift"]:
        yield command("error", drift["claim"], lines, f"{drift['was']} → {drift['now']}")
    for claim, messages in result["warnings"].items():
        for message in messages:
            yield command("notice", claim, lines, message)


def lines_of(result: Mapping[str, Any]) -> dict[str, int]:
    """The first line of each claim and correction, by its id."""
    answers = [answer for article in result["articles"] for answer in article["answers"]]
    claims = [test for answer in answers for claim in answer["claims"] for test in (claim, *claim["corrections"])]
    return {claim["id"]: claim["line"] for claim in claims}


def command(kind: str, claim: str, lines: Mapping[str, int], message: str) -> str:
    """A workflow command of GitHub, escaped: *kind* is error or notice."""
    file, _, name = claim.partition("::")
    properties = f"file={escaped(file, ':,')},line={lines.get(claim, 1)},title={escaped(name, ':,')}"
    return f"::{kind} {properties}::{escaped(message)}"


def escaped(text: str, more: str = "") -> str:
    """*text* with %, line breaks and the characters of *more* percent-encoded."""
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def main(path: str) -> None:
    """Print the annotations, and write the step output."""
    result = json.loads(Path(path).read_text(encoding="utf-8"))
    sys.stdout.writelines(f"{line}\n" for line in annotations(result))
    with Path(os.environ.get("GITHUB_OUTPUT") or os.devnull).open("a", encoding="utf-8") as output:
        output.write(f"drift={len(result['drift'])}\n")


if __name__ == "__main__":
    main(sys.argv[1])
