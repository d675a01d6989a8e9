"""Escape text for HTML, and name anchors.

Libraries considered: markupsafe escapes quotes in code and keeps invisible characters; python-slugify gives different
names the same id.
"""

# ruff: noqa: S704  what escapes text may call it markup

import hashlib
import html
import json
import re

from markupsafe import Markup

CODE = re.compile(r"`([^`]+)`")
# Control characters (C0 except tab and newline, DEL, C1), bidirectional controls, surrogates, noncharacters.
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
ERROR = re.compile(r"[\w.]+: ")  # how the text of an exception begins
TOKEN = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[(\[{]|[)\]}]|(?<= )(?:==|!=|not in|in|is not|is|<=|>=|<|>)(?= )""", re.S
)
FAILED = {"==": "≠", "!=": "=", "in": "not in", "not in": "in", "is": "is not", "is not": "is"}
FAILED |= {"<": "≮", ">": "≯", "<=": "≰", ">=": "≱"}
TABLE_ROW = re.compile(r"([A-Za-z0-9_]+)\[([A-Za-z0-9_.-]+)\]")


def visible(text: str) -> str:
    """Replace each invisible character by a control picture or an escape."""
    return INVISIBLE.sub(lambda match: _picture(ord(match[0])), text)


def text(value: str) -> Markup:
    """Escape the content of an element. Do not use it in an attribute: quotes stay, because code has many."""
    return Markup(html.escape(visible(value), quote=False))


def prose(statement: str) -> Markup:
    """Mark up a statement: text in which backticks mark code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(text(statement))))


def seen(observed: str, failed: bool) -> tuple[str, str]:
    """Return the values of an assertion, cut and whole; if it *failed*, its operator says so: `'a' ≠ 'b'`."""
    operator = None if ERROR.match(observed) else _operator(observed)
    if operator is None:
        return _cut(observed, 240), observed
    sign = FAILED[operator[0]] if failed else operator[0]
    left, right = observed[: operator.start()].rstrip(" "), observed[operator.end() :].lstrip(" ")
    whole = f"{left} {sign} {right}"
    return whole if len(whole) <= 300 else f"{_cut(left)} {sign} {_cut(right)}", whole


def _operator(observed: str) -> re.Match[str] | None:
    """Return the comparison's operator: the only one that is outside strings and brackets."""
    depth, found = 0, []
    for token in TOKEN.finditer(observed):
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if token[0] in FAILED and not depth:
            found.append(token)
    return found[0] if len(found) == 1 and not observed.startswith("not ") else None


def _cut(value: str, limit: int = 120) -> str:
    """Cut a long text in the middle."""
    half = limit // 2
    return value if len(value) <= limit else f"{value[:half].rstrip()} … {value[-half:].lstrip()}"


def tight(markup: str) -> Markup:
    """Remove line ends between elements: each would be a DOM node. Text is safe, because its `>` is escaped."""
    return Markup(BETWEEN_TAGS.sub("><", markup))


def data(value: object) -> Markup:
    """Write JSON for a `script` element: it cannot end the element and has no invisible character."""
    encoded = json.dumps(value, separators=(",", ":"))
    return Markup(encoded.replace("<", "\\u003c").replace("\x7f", "\\u007f"))


def anchor(*parts: object) -> str:
    """Return an element id made of *parts* alone, so that a permalink survives a new order of the page."""
    return "-".join(map(_slug, map(str, parts)))


def _slug(text: str) -> str:
    row = TABLE_ROW.fullmatch(text)
    if row:
        return f"{row[1]}-{row[2]}"
    if PLAIN.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{'-'.join(PLAIN.findall(text))}-{digest}"


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"\\u{code:04x}"
