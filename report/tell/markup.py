"""From text to HTML that stays text: templates, prose, code, anchors, and the hashes of a strict policy."""

import base64
import hashlib
import html
import json
import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

CODE = re.compile(r"`([^`]+)`")
# Controls (C0 but tab and newline, DEL, C1), what turns the direction of text, halves of a character, no characters.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
BETWEEN = re.compile(r">\s*\n\s*<")
ROW = re.compile(r"([A-Za-z0-9_]+)\[([A-Za-z0-9_.-]+)\]")


@cache
def templates() -> Environment:
    """Load the templates: all that they are given is escaped, and control characters are made visible."""
    environment = Environment(
        loader=PackageLoader("report.tell"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {"prose": prose, "text": text, "tight": tight}
    return environment


def whole(name: str, *scripts: str, **given: Any) -> str:
    """Render *name* with its style and its scripts within it, under a policy that admits only these."""
    style = Markup(templates().get_template("style.css").render(**given))  # noqa: S704  ours, not the result's
    script = Markup("\n".join(templates().get_template(one).render() for one in scripts))  # noqa: S704
    given |= {"style": style, "script": script, "policy": policy(style, script)}
    return templates().get_template(name).render(**given)


def policy(style: str, script: str) -> str:
    """Write the Content-Security-Policy: nothing may be loaded, and only what is in the page runs."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def visible(text: str) -> str:
    """Put a picture or an escape for each character that cannot be seen."""
    return UNSEEN.sub(lambda found: _picture(ord(found[0])), text)


def text(said: str) -> Markup:
    """Escape what stands in an element, and not in an attribute: quotes may stay, and code is full of them."""
    return Markup(html.escape(visible(said), quote=False))  # noqa: S704


def prose(said: str) -> Markup:
    """Mark up a sentence of a claim: text, in which backticks set off code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(text(said))))  # noqa: S704  escaped before


def tight(markup: str) -> Markup:
    """Leave out the line ends between elements, each of which would be a node of its own; text has no bare `>`."""
    return Markup(BETWEEN.sub("><", markup))  # noqa: S704  markup as before


def data(value: object) -> Markup:
    """Write JSON that may stand in a `script` element: nothing in it can end the element, or is unseen."""
    written = json.dumps(value, separators=(",", ":"))
    return Markup(written.replace("<", "\\u003c").replace("\x7f", "\\u007f"))  # noqa: S704  no markup is left in it


def anchor(*parts: object) -> str:
    """Name a place in the page, from its parts alone: a permalink outlives every other order."""
    return "-".join(map(_slug, map(str, parts)))


def _slug(text: str) -> str:
    row = ROW.fullmatch(text)
    if row:
        return f"{row[1]}-{row[2]}"
    if PLAIN.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{'-'.join(PLAIN.findall(text))}-{digest}"


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"\\u{code:04x}"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
