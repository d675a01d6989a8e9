"""Annotates what a run of the claims found amiss: `annotate.py out/results.json`.

Each drift is an error at the line of its claim, each deprecation a notice. How many verdicts drifted goes to the
outputs of the step, as `drift`.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def annotations(result: Mapping[str, Any]) -> Iterator[str]:
    """The commands by which a workflow annotates lines of files."""
    lines = lines_of(result)
    for one in result["drift"]:
        yield command("error", one["claim"], lines, f"{one['was']} → {one['now']}")
    for claim, messages in result["warnings"].items():
        for message in messages:
            yield command("notice", claim, lines, message)


def lines_of(result: Mapping[str, Any]) -> dict[str, int]:
    """The line on which each claim and correction begins."""
    claims = [claim for article in result["articles"] for answer in article["answers"] for claim in answer["claims"]]
    return {one["id"]: one["line"] for claim in claims for one in (claim, *claim["corrections"])}


def command(kind: str, claim: str, lines: Mapping[str, int], message: str) -> str:
    """One annotation, escaped as GitHub asks for it."""
    file, _, name = claim.partition("::")
    where = f"file={escaped(file, ':,')},line={lines.get(claim, 1)},title={escaped(name, ':,')}"
    return f"::{kind} {where}::{escaped(message)}"


def escaped(text: str, more: str = "") -> str:
    """*text* without line breaks, and without the signs *more*, which part a property from the next."""
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def main(path: str) -> None:
    """Print the annotations, and put the number of drifts out."""
    result = json.loads(Path(path).read_text(encoding="utf-8"))
    sys.stdout.writelines(f"{line}\n" for line in annotations(result))
    with Path(os.environ.get("GITHUB_OUTPUT") or os.devnull).open("a", encoding="utf-8") as output:
        output.write(f"drift={len(result['drift'])}\n")


if __name__ == "__main__":
    main(sys.argv[1])
