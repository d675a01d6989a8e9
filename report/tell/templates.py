"""Render templates: HTML pages with a strict Content-Security-Policy, and Markdown. They escape every value."""

import base64
import hashlib
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from report.judge.results import Result
from report.judge.verdicts import worst
from report.tell import markdown, markup, views, words
from report.tell.index import pages
from report.tell.marks import MARKS

Filter = Callable[..., object]
SHARED: tuple[Filter, ...] = (words.counted, words.day, words.history, words.month, words.reason, words.statements)
SHARED += (words.about, words.pieces, words.tally, words.todo, words.unmarked, worst, views.since, views.script_file)
SHARED += (views.shell_quoted, views.split_observed, markup.seen)
HTML: tuple[Filter, ...] = (markup.anchor, markup.prose, markup.text, markup.tight)
HTML += (views.other_releases, views.tiles, views.timeline, views.turns_of)
MARKDOWN: tuple[Filter, ...] = (markdown.block, markdown.cell, markdown.code, markdown.prose)


def render_page(template: str, *scripts: str, allowed: str = "", **values: Any) -> str:
    """Render a *template* with the style and *scripts* inline, and a policy that allows only these, and *allowed*."""
    templates = _environment(*SHARED, *HTML, escape=markup.visible)
    style = Markup(templates.get_template("style.css").render(**values))  # noqa: S704  our own file
    script = Markup("\n".join(templates.get_template(file).render() for file in scripts))  # noqa: S704
    values |= {"style": style, "script": script, "policy": policy(style, script, allowed)}
    return templates.get_template(template).render(**values)


def render_markdown(template: str, **values: Any) -> str:
    """Render a *template*; a value without a filter stands on one line, with all markup escaped."""
    templates = _environment(*SHARED, *MARKDOWN, escape=markdown.text)
    return templates.get_template(template).render(**values).rstrip("\n") + "\n"


@cache
def _environment(*filters: Filter, escape: Callable[[str], str]) -> Environment:
    """Load the templates; *escape* escapes every string that is not markup yet."""
    environment = Environment(
        loader=PackageLoader("report.tell"),
        autoescape=True,
        bytecode_cache=None if sys.dont_write_bytecode else _Bytecode(escape.__name__),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: escape(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters |= {function.__name__: function for function in filters}
    environment.globals |= {"marks": MARKS, "forms": forms}
    return environment


class _Bytecode(FileSystemBytecodeCache):
    """Compiled templates, next to Python's own bytecode: compiling takes a third of the time of a small report."""

    def __init__(self, escape: str) -> None:
        folder = Path(sys.pycache_prefix or Path(__file__).with_name("__pycache__"))
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder), f"{escape}-%s.jinja")

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name of a template; its content is compared, wherever it is."""
        return hashlib.sha256(name.encode()).hexdigest()[:16]

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template, if the folder may be written."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def forms(result: Result) -> list[str]:
    """List the files of every form of a result, the page first."""
    articles = [f"-{markup.anchor(article.id)}" for article in result.articles]
    answers = [f"answers{of}.{kind}" for of in ("", *articles) for kind in ("html", "md")]
    sheets = [f"errata{of}.{kind}" for of in ("", *articles) for kind in ("html", "md", "json")]
    badges = [f"badge{of}.json" for of in articles]
    shown = dict.fromkeys(["index.html", *pages(result).values()])
    return [*shown, *answers, *sheets, "summary.md", "junit.xml", *badges, "results.json"]


def policy(style: str, script: str, allowed: str = "") -> str:
    """Write the Content-Security-Policy: the page loads nothing and runs only its inline style and script.

    *allowed* are more sources of scripts.
    """
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}{allowed}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
