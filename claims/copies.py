"""Code as an article prints it, read from a copy of the article: this repository holds none of it.

A piece is named in the article's `sentences.toml`, in the table `[printed]`: the first and the last of its lines in the
copy, and the SHA-256 of those lines. A claim that reads one declares `@needs("articles/<article>.txt")`.
"""

import hashlib
import os
import re
import sys
import textwrap
from pathlib import Path

from claims import Untried

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
SUFFIXES = {".txt", ".md", ".html", ".htm", ".rst"}
MARKER = re.compile(r"^ *(?:[•*-]|\d+[.)]) ", re.MULTILINE)  # of a list, whose lines the code is


def printed(article, name):
    """The piece of code called *name* in the copy of *article*, verbatim but for its indentation or a list's markers.

    Raises:
        Untried: the copy is not the one that was judged.
    """
    piece = tomllib.loads((HERE / article / "sentences.toml").read_text(encoding="utf-8"))["printed"][name]
    first, last = piece["lines"]
    lines = "\n".join(text(article).splitlines()[first - 1 : last])
    if hashlib.sha256(lines.encode()).hexdigest() != piece["sha256"]:
        raise Untried(f"lines {first} to {last} of the copy of {article} are not those of sentences.toml")
    return MARKER.sub("", textwrap.dedent(lines))


def text(article):
    """The copy of an article, from `$ARTICLES_DIR`, or else from `articles/`."""
    folder = os.environ.get("ARTICLES_DIR") or HERE.parent / "articles"
    copies = [path for path in Path(folder).glob(f"{article}.*") if path.suffix in SUFFIXES]
    if not copies:
        raise Untried(f"there is no copy of {article} in {folder}")
    return copies[0].read_text(encoding="utf-8")
