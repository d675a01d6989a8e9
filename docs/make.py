"""Makes what the documents say of the code and of the answers: `uv run python -m docs.make`.

`reference.md`, the commands, settings, options and fixtures; `answers.svg`, a tile for each answer; in the README the
sentence that counts them; in the judgement policy its tables. The marks come from the ledger, as the main job would
infer them.
"""

import ast
import datetime
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import click

from docs.tables import tables
from report import new_release, settings
from report.__main__ import main
from report.files import write_whole
from report.judge import judgements
from report.judge.results import Answer, Article, Result
from report.measure import runs
from report.probe import plugin

ROOT = Path(__file__).resolve().parents[1]
SIDE, GAP, LEFT, PER_ROW = 30, 6, 8, 20  # of the picture, in pixels; tiles in a row
SIGNS = {"confirmed": "✓", "outdated": "◷", "wrong": "✗", "untried": "?"}
STYLE = """
  text { font: 600 12px system-ui, sans-serif; fill: #fff; text-anchor: middle }
  .title { font-size: 14px; fill: #1e2228; text-anchor: start }
  .count { font-weight: 400; fill: #585f6b }
  .confirmed { fill: #1b7349 } .outdated { fill: #8f5a00 } .wrong { fill: #b3261e } .untried { fill: #566070 }
  @media (prefers-color-scheme: dark) { .title { fill: #e5e7eb } .count { fill: #a4acb9 } }
"""
PART = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->)", re.S)


def reference() -> str:
    """The reference, as Markdown."""
    lines = ["# Commands, settings, options", "", "Made from the code by `uv run python -m docs.make`.", ""]
    lines += ["## Commands: `python -m report`", "", str(main.help).split("\n\n")[0], ""]
    for name, command in sorted(main.commands.items()):
        lines += command_lines(name, command)
    lines += ["## Options of `pytest claims`", "", "Besides pytest's own:", "", *plugin_lines(), ""]
    lines += ["## Fixtures of the claims", "", *fixtures_lines(), ""]
    lines += ["## Settings", "", "In `pyproject.toml`, under `[tool.report]`:", "", *settings_lines(), ""]
    return "\n".join(lines)


def command_lines(name: str, command: click.Command) -> Iterator[str]:
    """A command: how it is called, what it does, its options."""
    context = click.Context(command, info_name=name)
    yield from (f"### {name}", "", f"    python -m report {name} {' '.join(command.collect_usage_pieces(context))}", "")
    yield from (inspect.cleandoc(command.help or ""), "")
    told = [one.get_help_record(context) for one in command.params if isinstance(one, click.Option)]
    options = [f"- `{record[0]}`: {record[1]}" for record in told if record]
    yield from [*options, ""] if options else []


class Parser:
    """Takes the place of pytest's parser, and writes down what it is given."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def getgroup(self, *_: str) -> "Parser":
        """The group is this parser itself."""
        return self

    def addoption(self, name: str, **told: Any) -> None:
        """Write down an option."""
        value = f" {told['metavar']}" if "metavar" in told else ""
        self.lines.append(f"- `{name}{value}`: {told['help'] % told if '%(' in told['help'] else told['help']}")

    def addini(self, name: str, help: str, default: object = None, **_: object) -> None:
        """Write down a setting of pytest."""
        self.lines.append(f"- `{name}` in `[tool.pytest.ini_options]`: {help} (default: {default})")


def plugin_lines() -> list[str]:
    """The options that the plugin adds to pytest."""
    parser = Parser()
    plugin.pytest_addoption(parser)  # type: ignore[arg-type]
    return parser.lines


def fixtures_lines() -> Iterator[str]:
    """The fixtures that a claim may name, each with what it gives."""
    source = (ROOT / "claims/conftest.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list and not node.name.startswith("_"):
            yield f"- `{node.name}`: {str(ast.get_docstring(node)).partition(chr(10))[0].rstrip('.')}"


def settings_lines() -> Iterator[str]:
    """The settings, and what is looked for where."""
    yield "- `subject`: the name of the distribution that is checked"
    yield "- `claims`: the folder of the claims (default: claims)"
    yield "- `changelog`: where a release's changes are read, with `{version}` or `{slug}` in it"
    yield "- `documentation`: where a name is looked up, with `{term}` in it"
    yield "- `tools`: the packages that falsification leaves alone"
    yield "- `standard`: the modules of Python's own that it may sabotage"
    yield from ("", "In the folder of the claims, and beside it:", "")
    where = settings.Settings(Path(), "subject", Path("claims"))
    for name, told in vars(settings.Settings).items():
        if isinstance(told, property) and name != "articles":  # which heeds the environment
            yield f"- `{getattr(where, name)}`: {str(told.__doc__).rstrip('.')}"
    yield "- `articles`, or `$ARTICLES_DIR`: where copies of the articles are looked for"


def result() -> Result:
    """What the ledger says of the claims as they stand."""
    where = settings.read(ROOT)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return new_release.memory(where, runs.collect(where, None)).result(today)


def picture(found: Result) -> str:
    """A tile for each answer, as SVG: its number, its mark as a sign and a colour."""
    parts, top = [], 8
    for article in found.articles:
        parts.append(f'<text class="title" x="{LEFT}" y="{top + 14}">{escape(article.title)}')
        parts.append(f'<tspan class="count" dx="8">{escape(counted(article.answers))}</tspan></text>')
        parts += [tile(answer, number, top + 26) for number, answer in enumerate(article.answers)]
        top += 26 + rows(article) * (SIDE + GAP) + 12
    width = 2 * LEFT + PER_ROW * (SIDE + GAP) - GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" role="img">'
    return "\n".join(
        [
            head,
            f"<title>{escape(sentence(found).replace('*', ''))}</title>",
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>",
            "",
        ]
    )


def rows(article: Article) -> int:
    """How many rows of tiles an article takes."""
    return -(-len(article.answers) // PER_ROW)


def tile(answer: Answer, number: int, top: int) -> str:
    """The tile of one answer, the *number*-th of its article."""
    x, y = LEFT + number % PER_ROW * (SIDE + GAP), top + number // PER_ROW * (SIDE + GAP)
    middle = x + SIDE // 2
    told = f"<title>{answer.question}. {escape(answer.topic)}: {answer.verdict}</title>"
    box = f'<rect class="{answer.verdict}" x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" rx="5"/>'
    signs = "".join(
        f'<text x="{middle}" y="{y + down}">{text}</text>'
        for text, down in ((answer.question, 13), (SIGNS[answer.verdict], 26))
    )
    return f"<g>{told}{box}{signs}</g>"


def counted(answers: tuple[Answer, ...]) -> str:
    """How many answers have which mark."""
    marks = Counter(answer.verdict for answer in answers)
    return ", ".join(f"{marks[mark]} {mark}" for mark in SIGNS if marks[mark])  # type: ignore[index]


def sentence(found: Result) -> str:
    """What was found, in a sentence."""
    answers = tuple(answer for article in found.articles for answer in article.answers)
    releases = found.releases
    span = f"{len(releases)} releases from {releases[0].version} to {releases[-1].version}"
    return f"**{len(answers)} answers: {counted(answers)}.** {len(found.claims)} claims, each run on {span}."


def made(found: Result) -> dict[Path, str]:
    """Every file that is made, with its text."""
    parts = {"found": sentence(found), **tables(found, judgements.read(settings.read(ROOT).judgements))}
    return {
        ROOT / "docs/reference.md": reference(),
        ROOT / "docs/answers.svg": picture(found),
        **{
            path: filled(path.read_text(encoding="utf-8"), parts)
            for path in (ROOT / "README.md", ROOT / "docs/judgement.md")
        },
    }


def filled(text: str, parts: Mapping[str, str]) -> str:
    """*text* with each of the *parts* that it has a place for: `<!-- name -->` … `<!-- /name -->`."""
    return PART.sub(lambda place: f"{place[1]}{parts[place[2]]}\n{place[3]}", text)


if __name__ == "__main__":
    for path, text in made(result()).items():
        write_whole(path, text)
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
