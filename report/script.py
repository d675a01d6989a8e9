"""`python -m report script`: one claim on one release as a file that `uv run` runs without this project."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from report.errors import ReportError
from report.files import read_text, read_toml
from report.judge import ledger_result, results
from report.judge.project import Project
from report.judge.results import Result
from report.measure import environments, history, ledger, runs, sources
from report.measure.history import ReleaseEnvironment
from report.measure.records import Record
from report.measure.sources import Flat
from report.model import Cell
from report.probe.fingerprint import Symbol, reachable_symbols
from report.settings import Settings

WIDTH = 118  # of the text in comments
RUNNER = ("report/probe/alone.py", "run")


@dataclass(frozen=True)
class Script:
    """What a script is about: a claim, the release and its Python, the pins, and the *cell* that the ledger has.

    *profile* is the one of Hypothesis.
    """

    record: Record
    release: str
    released: str
    python: str
    pins: Mapping[str, str]
    cell: Cell
    profile: str


def write(settings: Settings, name: str, release: str | None) -> str:
    """The script of the claim called *name*, here or on *release*.

    Raises:
        ReportError: there is no such claim or release, or the claim's test cannot be written as one file.
    """
    records = runs.collect(settings, None)
    record = {each.id: each for each in records}[ledger.find(name, [each.id for each in records])]
    return text_of(settings, record, release, result_of(settings, records))


def text_of(settings: Settings, record: Record, release: str | None, told: Result) -> str:
    """The script of a collected claim; raises as `write` does."""
    script, flat = prepare(settings, record, release), flatten(settings, record)
    return "\n".join([*metadata(script, settings), *heading(script, settings, told), *body(script, settings, flat)])


def result_of(settings: Settings, records: Sequence[Record]) -> Result:
    """The result in `out/results.json`, or else that of the ledger, which has no date."""
    with suppress(ReportError):
        return results.read(settings.root / "out" / "results.json")
    return ledger_result.from_ledger(settings.subject, Project.read(settings), records, "")


def prepare(settings: Settings, record: Record, release: str | None) -> Script:
    """What the script of a collected claim says; raises as `history.release_environments` does."""
    environment = find_environment(settings, release)
    stack = environment.stack
    if stack is None:
        python, pins = environments.CURRENT_PYTHON, installed(settings)
    else:
        lines = environments.parse_pins(stack.pins_with(environment.release, settings.subject))
        python, pins = stack.python, {name: version for name, (version, _) in lines.items()}
    known = ledger.read(settings.ledger).cells(record.id, record.fingerprint)
    cell = known.get(environment.name, Cell("untried", "not measured"))
    date = environment.release.released.isoformat()
    profile = history.HISTORY_PROFILE if stack else "claims"
    return Script(record, environment.release.version, date, python, pins, cell, profile)


def find_environment(settings: Settings, release: str | None) -> ReleaseEnvironment:
    """The environment of a release, or of this process; raises as `history.release_environments` does."""
    installed = settings.installed_version()
    here = environments.here(settings)
    return history.release_environments(settings, here, installed, [release or installed])[0]


def installed(settings: Settings) -> dict[str, str]:
    """The installed version of every distribution that the project's claims and its tool require, by canonical name."""
    table = read_toml(settings.root / "pyproject.toml", dict[str, Any], "Restore it from version control.")
    required = [*table["project"]["dependencies"], *table["dependency-groups"]["claims"]]
    return dict(sorted(environments.installed_versions(required).items()))


def flatten(settings: Settings, record: Record) -> Flat:
    """What the claim's test reaches, and what runs it, as one text; raises as `sources.flatten` does."""
    root = settings.root
    reached = [(root / path, name) for path, _, name in (each.partition("::") for each in record.reaches)]
    runner: Symbol = (root / RUNNER[0], RUNNER[1])
    return sources.flatten(reached, reachable_symbols([runner], root), root)


def metadata(script: Script, settings: Settings) -> Iterator[str]:
    """The inline metadata (PEP 723), from which uv makes the environment."""
    pins = ", ".join(f'"{name}=={version}"' for name, version in script.pins.items())
    yield "# /// script"
    yield f'# requires-python = "=={script.python}.*"'
    yield "# dependencies = ["
    yield from (f"#   {line}" for line in textwrap.wrap(f"{pins},", WIDTH - 4, break_on_hyphens=False))
    yield "# ]"
    yield "# ///"


def heading(script: Script, settings: Settings, told: Result) -> Iterator[str]:
    """What is claimed, by which answers, what was observed and when, and what the claim needs."""
    record = script.record
    yield f"# A claim about {settings.subject} {script.release} ({script.released}). Run it: uv run FILE"
    yield "#"
    yield from comment(f"Claimed: {record.statement}")
    yield from (line for said in said_by(record.id, told) for line in comment(said))
    date = f", measured {told.measured}" if told.measured else ""
    yield from comment(
        f"Observed: {script.cell.outcome}{date}{f' ({script.cell.reason})' if script.cell.reason else ''}"
    )
    for each in script.cell.evidence:
        yield from (f"#     {line}" for line in f"{each.assertion}\n→ {each.observed}".split("\n"))
    if record.needs:
        yield from comment(f"Needs: {', '.join(record.needs)}. Without them, the outcome is untried.")


def said_by(claim: str, told: Result) -> Iterator[str]:
    """A sentence for each answer that makes the claim, or that the claim corrects."""
    for article in told.articles:
        for answer in article.answers:
            for each in answer.claims:
                where = f"{article.title}, answer {answer.question} ({answer.topic})"
                if each.id == claim:
                    yield f"By: {where}. Verdict: {each.verdict}"
                if claim in [correction.id for correction in each.corrections]:
                    yield f"It corrects: {each.statement} {where}. Verdict: {each.verdict}"


def comment(text: str) -> list[str]:
    """A paragraph as lines of a comment."""
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="#     ", break_on_hyphens=False)


def body(script: Script, settings: Settings, flat: Flat) -> Iterator[str]:
    """The imports, a section for each file, and the line that runs the claim."""
    yield "\nfrom __future__ import annotations\n"
    yield flat.imports
    if flat.reads_files:
        yield from unpacking(settings, script.record, "\n".join(flat.sections.values()))
    for path, text in flat.sections.items():
        name = path.relative_to(settings.root).as_posix()
        yield "\n"
        yield from comment(f"{name}: {sources.read(path).topic}")
        yield f"\n\n{text}"
    name = json.dumps(script.record.id.partition("::")[2], ensure_ascii=False)
    options = ["-p_hypothesis_pytestplugin", f"--hypothesis-profile={script.profile}"]
    given = json.dumps(options if "hypothesis" in flat.packages else [])
    yield f'\n\nif __name__ == "__main__":\n    options = {given}\n    sys.exit(run(__file__, {name}, options))\n'


def unpacking(settings: Settings, record: Record, text: str) -> Iterator[str]:
    """The code that unpacks the files of the project which *text*, the source of a claim's test, reads."""
    folders = (settings.claims, (settings.root / record.id.partition("::")[0]).parent)
    files = [path for folder in folders for path in sorted(folder.glob("*.t*")) if f'"{path.name}"' in text]
    yield "\n\n# The files that the claim reads."
    yield "FOLDER = tempfile.TemporaryDirectory()\nFILES = FOLDER.name"
    if any(need.startswith("articles/") for need in record.needs):
        yield 'os.environ.setdefault("ARTICLES_DIR", os.path.abspath("articles"))'
    for path in files:
        name = path.relative_to(settings.root).as_posix()
        content = read_text(path).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        yield f'Path(FILES, "{name}").parent.mkdir(parents=True, exist_ok=True)'
        yield f'Path(FILES, "{name}").write_text("""\\\n{content}""", encoding="utf-8")'
