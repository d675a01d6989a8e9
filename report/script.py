"""`python -m report script`: one claim on one release as a file that `uv run` runs without this project."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from report.errors import ReportError
from report.files import read_text, read_toml
from report.judge import articles, ledger_result, results
from report.judge.assembly import Project
from report.judge.results import Result
from report.measure import environments, history, ledger, runs, sources
from report.measure.history import ReleaseEnvironment
from report.measure.records import Record
from report.model import Cell
from report.probe.fingerprint import reachable
from report.settings import Settings
from report.tell.views import script_file

WIDTH = 116  # of the text in comments
RUNNER = ("report/probe/alone.py", "run")


def write(settings: Settings, name: str, release: str | None) -> str:
    """The script of the claim called *name*, here or on *release*.

    Raises:
        ReportError: there is no such claim or release, or the claim's test cannot be written as one file.
    """
    records = runs.collect(settings, None)
    record = {each.id: each for each in records}[ledger.find(name, [each.id for each in records])]
    return text_of(settings, record, release, result_of(settings, records))


def of_errata(settings: Settings) -> dict[str, str]:
    """The scripts of the refuted claims and of their corrections, by the name of their file; raises as `write`."""
    records = runs.collect(settings, None)
    result = result_of(settings, records)
    refuted = [claim for claim in result.claims if claim.verdict.refuted]
    wanted = {each.id for claim in refuted for each in (claim, *claim.corrections)}
    found = (record for record in records if record.id in wanted)
    return {script_file(record.id): text_of(settings, record, None, result) for record in found}


def result_of(settings: Settings, records: Sequence[Record]) -> Result:
    """The result in `out/results.json`, or else that of the ledger, which has no date."""
    with suppress(ReportError):
        return results.read(settings.root / "out" / "results.json")
    return ledger_result.from_ledger(settings.subject, Project.read(settings), records, "")


def text_of(settings: Settings, record: Record, release: str | None, result: Result) -> str:
    """The script of a collected claim; raises as `write` does."""
    environment = history.find_environment(settings, release or settings.installed_version())
    python, pins = packages(settings, environment)
    cells = ledger.read(settings.ledger).cells(record.id, record.fingerprint)
    first = settings.root / RUNNER[0]
    code = code_of(settings, record, history.HISTORY_PROFILE if environment.stack else "claims")
    return _template("script.txt").render(
        subject=settings.subject,
        release=environment.release,
        python=python,
        pins=", ".join(f'"{name}=={version}"' for name, version in pins.items()) + ",",
        record=record,
        components={need: source(settings, need) for need in record.needs},
        said=[*said_by(record.id, result)],
        measured=result.measured,
        cell=cells.get(environment.name, Cell("untried", "not measured")),
        code=code,
        runner=sources.flatten(first, reachable([(first, RUNNER[1])], settings.root), settings.root),
        options=options_of(code),
    )


def code_of(settings: Settings, record: Record, profile: str) -> str:
    """The test of a collected claim and all that it reaches, as one file; *profile* is Hypothesis's.

    Raises:
        ReportError: a name would stand for two things in it.
    """
    root, path = settings.root, record.id.partition("::")[0]
    reached = [(root / file, name) for file, _, name in (each.partition("::") for each in record.reaches)]
    claim = sources.flatten(root / path, reached, root)
    return _template("script_code.txt").render(
        imports=claim.imports,
        sections={f"{file.relative_to(root)}: {sources.topic(file)}": text for file, text in claim.sections.items()},
        code="\n".join(claim.sections.values()),
        files=files_read(settings, root / path, "\n".join([claim.imports, *claim.sections.values()])),
        profile=profile,
    )


def options_of(code: str) -> list[str]:
    """The options that pytest needs to run *code*."""
    return ["-p_hypothesis_pytestplugin"] if re.search("(?m)^(from|import) hypothesis", code) else []


def packages(settings: Settings, environment: ReleaseEnvironment) -> tuple[str, Mapping[str, str]]:
    """The Python of an environment, and the version of each of its packages by canonical name."""
    stack = environment.stack
    if stack:
        pins = environments.parse_pins(stack.pins_with(environment.release, settings.subject))
        return stack.python, {name: version for name, (version, _) in pins.items()}
    table = read_toml(settings.root / "pyproject.toml", dict[str, Any], "Restore it from version control.")
    required = [*table["project"]["dependencies"], *table["dependency-groups"]["claims"], "pytest"]
    return environments.CURRENT_PYTHON, dict(sorted(environments.installed_versions(required).items()))


def source(settings: Settings, component: str) -> str:
    """How to get a component that is the copy of an article."""
    if not component.startswith("articles/"):
        return ""
    name = Path(component).name
    article = articles.named(settings, name.partition(".")[0])
    place = article.source
    text = f"{place.member} of {place.distribution} {place.version}" if place else f"the text of “{article.title}”"
    return f" ({text}; set ARTICLES_DIR if its folder is another one)"


def said_by(claim: str, result: Result) -> Iterator[str]:
    """A sentence for each answer that makes the claim, or that the claim corrects."""
    for article in result.articles:
        for answer in article.answers:
            where = f"{article.title}, answer {answer.question} ({answer.topic})"
            for each in answer.claims:
                if each.id == claim:
                    yield f"By: {where}. Verdict: {each.verdict}"
                if claim in [correction.id for correction in each.corrections]:
                    yield f"It corrects: {each.statement} {where}. Verdict: {each.verdict}"


def files_read(settings: Settings, claim: Path, code: str) -> dict[str, str]:
    """The content of each data file in the claims' folders that their *code* names, by its path in the project.

    Of a TOML file, it is only the tables that the code names, if there are any.
    """
    found = {}
    for path in (each for folder in (settings.claims, claim.parent) for each in sorted(folder.glob("*.t*"))):
        if f'"{path.name}"' in code:
            content = read_text(path).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
            tables = {each: each.partition("]")[0].strip("[") for each in re.split(r"(?m)^(?=\[)", content)}
            named = [each for each, name in tables.items() if name and re.search(rf'["\[]{re.escape(name)}["\]]', code)]
            found[path.relative_to(settings.root).as_posix()] = "".join(named) or content
    return found


def _template(name: str) -> Template:
    """A template of a script, or of a part of it."""
    loader = PackageLoader("report.tell")
    templates = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    templates.keep_trailing_newline = True
    wrap = partial(textwrap.wrap, width=WIDTH, break_on_hyphens=False)
    templates.filters["comment"] = lambda text: "\n".join(wrap(text, initial_indent="# ", subsequent_indent="#     "))
    templates.filters["quoted"] = partial(json.dumps, ensure_ascii=False)
    templates.filters["wrap"] = wrap
    templates.filters["hashes"] = lambda text: textwrap.indent(text, "# ", lambda line: True)
    return templates.get_template(name)
