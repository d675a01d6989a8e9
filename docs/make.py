"""Generates documents from the code and the ledger: `uv run python -m docs.make`; `--check` only lists the stale ones.

- `reference.md`: commands, options, fixtures and settings
- `report/results.schema.json`, `report/check.schema.json`: the JSON Schemas of results.json and of what `check` finds
- `answers.svg`: a tile for each answer
- in the README: the sentence that counts the answers
- in the judgement policy: its tables

The marks are those that the main job computes from the ledger.
"""

import ast
import datetime
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import click
import msgspec

from docs.tables import tables
from report import settings
from report.check import statement_file
from report.check.model import Report
from report.cli import main
from report.files import write_whole
from report.judge import articles, judgements, result_file
from report.judge.assembly import Project
from report.judge.ledger_result import from_ledger
from report.judge.results import Answer, Article, Result
from report.measure import runs
from report.probe import plugin
from report.tell import words
from report.tell.marks import MARKS

ROOT = Path(__file__).resolve().parents[1]
SIDE, GAP, LEFT, PER_ROW = 30, 6, 8, 20  # tiles of the picture: sizes in pixels, number in a row
STYLE = """
  text { font: 600 12px system-ui, sans-serif; fill: #fff; text-anchor: middle }
  .title { font-size: 14px; fill: #1e2228; text-anchor: start }
  .count { font-weight: 400; fill: #585f6b }
  .confirmed { fill: #1b7349 } .outdated { fill: #8f5a00 } .wrong { fill: #b3261e } .untried { fill: #566070 }
  .open { opacity: .6 }
  @media (prefers-color-scheme: dark) { .title { fill: #e5e7eb } .count { fill: #a4acb9 } }
"""
PLACEHOLDER = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->)", re.S)


def reference() -> str:
    """The reference, as Markdown."""
    lines = ["# Commands, settings, options", "", "Generated from the code by `uv run python -m docs.make`.", ""]
    lines += ["## Commands: `python -m report`", "", str(main.help).split("\n\n")[0], ""]
    for name, command in sorted(main.all().items()):
        lines += command_lines(name, command)
    lines += ["## Options of `pytest claims`", "", "In addition to pytest's own:", "", *plugin_lines(), ""]
    lines += ["## Fixtures of the claims", "", *fixtures_lines(), ""]
    lines += ["## Settings", "", "In `pyproject.toml`, under `[tool.report]`:", "", *settings_lines(), ""]
    return "\n".join(lines)


def command_lines(name: str, command: click.Command) -> Iterator[str]:
    """A command: its usage, its help and its options."""
    context = click.Context(command, info_name=name)
    yield from (f"### {name}", "", f"    python -m report {name} {' '.join(command.collect_usage_pieces(context))}", "")
    yield from (inspect.cleandoc(command.help or ""), "")
    records = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    options = [f"- `{record[0]}`: {record[1]}" for record in records if record]
    yield from [*options, ""] if options else []


class Parser:
    """Replaces pytest's parser, and collects the options that a plugin adds."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def getgroup(self, *_: str) -> "Parser":
        """Return this parser, which serves as every group."""
        return self

    def addoption(self, name: str, *, help: str, **attributes: Any) -> None:
        """Collect an option."""
        value = f" {attributes['metavar']}" if "metavar" in attributes else ""
        self.lines.append(f"- `{name}{value}`: {help % attributes if '%(' in help else help}")

    def addini(self, name: str, help: str, default: object = None, **_: object) -> None:
        """Collect a setting of pytest."""
        self.lines.append(f"- `{name}` in `[tool.pytest.ini_options]`: {help} (default: {default})")


def plugin_lines() -> list[str]:
    """The options that the plugin adds to pytest."""
    parser = Parser()
    plugin.pytest_addoption(parser)  # type: ignore[arg-type]
    return parser.lines


def fixtures_lines() -> Iterator[str]:
    """The fixtures of the claims, each with the first line of its docstring; those of one article come last.

    The module's docstring has an index by purpose, after its first line.
    """
    for path in [ROOT / "claims/conftest.py", *sorted(ROOT.glob("claims/*/conftest.py"))]:
        if path.parent.name != "claims":
            yield from ("", f"Only for `claims/{path.parent.name}/`:", "")
        module = ast.parse(path.read_text(encoding="utf-8"))
        if index := str(ast.get_docstring(module)).partition("\n\n")[2]:
            yield from ("By purpose:", "", index, "", "In detail:", "")
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list and not node.name.startswith("_"):
                yield f"- `{node.name}`: {str(ast.get_docstring(node)).partition(chr(10))[0].rstrip('.')}"


def settings_lines() -> Iterator[str]:
    """The settings, and the paths of the project's files."""
    yield "- `subject`: the name of the distribution that is checked"
    yield "- `claims`: the folder of the claims (default: claims)"
    yield "- `changelog`: the URL of a release's changes, with `{version}` or `{slug}` in it"
    yield "- `documentation`: the URL that searches the documentation, with `{term}` in it"
    yield (
        "- `repository`: the URL of the project on GitHub. The report and each sheet then link to the project, to the "
        "policy, to the code of each test, and to a new issue about each erratum. Without it, they have none of these "
        "links: each sheet says so, and readers who disagree are asked to write to whoever sent it"
    )
    yield "- `policy`: the document that says how sentences are judged, a path in the project or a URL"
    yield "- `tools`: the packages that `falsify` never changes"
    yield "- `documents`: the module that makes the documents; `todo` runs it with `--check`"
    yield (
        "- `receivers`: what names such as `app` refer to where an article's code does not say it, for `check`. "
        "A `*` at the end: likely, so that `check` only counts the attributes that exist"
    )
    yield '- `types`: what attributes and calls are instances of, for `check`: `"flask.jsonify()" = "flask.Response"`'
    yield (
        "- `members`: names, apart by spaces, that exist though the index lacks them, for `check`; each stands for "
        'the `{}`: `"flask.url_for({})" = "filename"`'
    )
    yield "- `programs`: the commands of shell lines that `check` looks up"
    yield (
        "- `namespaces`: the modules and classes where `check` looks for a name without a receiver. "
        "With a `*` at the end, it only counts the names that exist"
    )
    yield from ("", "Files and folders, with the default settings:", "")
    for attribute in vars(settings.Settings).values():
        if isinstance(attribute, settings.InClaims):
            yield f"- `claims/{attribute.name}`: {attribute.has}"
    yield "- `claims/*/sentences.toml`: an article's metadata, and what each of its sentences states"
    yield "- `articles`, or `$ARTICLES_DIR`: copies of the articles' texts"


def ledger_result() -> Result:
    """The result of the current claims, from the ledger."""
    config = settings.read(ROOT)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return from_ledger(config.subject, Project.read(config), runs.collect(config, None), today)


def schema(definition: Mapping[str, Any]) -> str:
    """The text of a JSON Schema (2020-12)."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps({"$schema": dialect, **dedented(dict(definition))}, indent=2, ensure_ascii=False) + "\n"


def dedented(data: Any) -> Any:
    """*data* with dedented docstrings: Python before 3.13 keeps the indentation of the source."""
    if isinstance(data, dict):
        return {name: dedented(value) for name, value in data.items()}
    if isinstance(data, list):
        return [dedented(value) for value in data]
    return inspect.cleandoc(data) if isinstance(data, str) else data


def picture(result: Result) -> str:
    """An SVG with a tile for each answer: its number, and its mark as a sign and a colour."""
    parts, top = [], 8
    for article in result.articles:
        parts.append(f'<text class="title" x="{LEFT}" y="{top + 14}">{escape(article.title)}')
        parts.append(f'<tspan class="count" dx="8">{escape(tally([article]))}</tspan></text>')
        parts += [tile(answer, number, top + 26) for number, answer in enumerate(article.answers)]
        top += 26 + rows(article) * (SIDE + GAP) + 12
    width = 2 * LEFT + PER_ROW * (SIDE + GAP) - GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" role="img">'
    return "\n".join(
        [
            head,
            f"<title>{escape(counting_sentence(result).replace('*', ''))}</title>",
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>",
            "",
        ]
    )


def rows(article: Article) -> int:
    """The number of rows of tiles for an article."""
    return -(-len(article.answers) // PER_ROW)


def tile(answer: Answer, number: int, top: int) -> str:
    """The tile of one answer, the *number*-th of its article."""
    x, y = LEFT + number % PER_ROW * (SIDE + GAP), top + number // PER_ROW * (SIDE + GAP)
    middle = x + SIDE // 2
    todo = f", {words.todo(answer.count.todo)}" if answer.count.todo else ""
    title = f"<title>{answer.question}. {escape(answer.topic)}: {answer.verdict}{todo}</title>"
    look = f"{answer.verdict} open" if todo else answer.verdict
    box = f'<rect class="{look}" x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" rx="5"/>'
    signs = "".join(
        f'<text x="{middle}" y="{y + down}">{text}</text>'
        for text, down in ((answer.question, 13), (MARKS[answer.verdict].sign, 26))
    )
    return f"<g>{title}{box}{signs}</g>"


def tally(articles: Iterable[Article]) -> str:
    """The number of answers with each mark, in words with plain spaces."""
    return words.tally(articles).replace(words.NBSP, " ")


def counting_sentence(result: Result) -> str:
    """The number of answers, marks, claims and releases, in words."""
    releases = result.releases
    span = f"{len(releases)} releases from {releases[0].version} to {releases[-1].version}"
    todo = f" {words.todo(result.count.todo)}." if result.count.todo else ""
    answers = f"{words.pieces(result.articles)}: {tally(result.articles)}"
    return f"**{answers}.**{todo} {len(result.claims)} claims, each run on {span}."


def generated_files(result: Result) -> dict[Path, str]:
    """The text of each generated file, by its path."""
    parts = {"count": counting_sentence(result), **tables(result, judgements.read(settings.read(ROOT).judgements))}
    config = settings.read(ROOT)
    return {
        config.statements: statement_file.text(result, articles.read(config.claims), config.wordings),
        ROOT / "docs/reference.md": reference(),
        ROOT / "report/results.schema.json": schema(result_file.schema(Result)),
        ROOT / "report/check.schema.json": schema(msgspec.json.schema(Report)),
        ROOT / "docs/answers.svg": picture(result),
        **{
            path: fill_placeholders(path.read_text(encoding="utf-8"), parts)
            for path in (ROOT / "README.md", ROOT / "docs/judgement.md")
        },
    }


def fill_placeholders(text: str, parts: Mapping[str, str]) -> str:
    """*text* with its placeholders, `<!-- name -->` … `<!-- /name -->`, filled from *parts* by name."""
    return PLACEHOLDER.sub(lambda match: f"{match[1]}{parts[match[2]]}\n{match[3]}", text)


if __name__ == "__main__":
    checks, stale = sys.argv[1:] == ["--check"], 0
    for path, text in generated_files(ledger_result()).items():
        if checks and path.read_text(encoding="utf-8") == text:
            continue
        stale += checks
        if not checks:
            write_whole(path, text)
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    sys.exit(1 if stale else 0)
