"""`python -m report render --to playground`: one file that runs claims in the reader's browser, on real Flask.

Python is Pyodide, in a worker. Which claims run there is decided by trying: a first page has them all, the next has
those that ran and the packages that they loaded. They are tried again there, until all of a page run and are needed.
"""

import json
from collections.abc import Collection, Mapping
from importlib import metadata
from importlib.resources import files
from typing import Any

from packaging.utils import canonicalize_name

from report import script
from report.judge.results import Result
from report.measure import history, runs
from report.playground import packing, trying
from report.playground.choosing import Choice, chosen
from report.settings import Settings
from report.tell import words
from report.tell.context import Context
from report.tell.index import Index
from report.tell.markup import data
from report.tell.templates import render_page

Codes = Mapping[str, Mapping[str, Any]]  # by claim: its own test, what comes before it, options, statement …


def render(settings: Settings, result: Result, context: Context) -> str:
    """The page, whose claims were all tried in Chromium. The same claims and packages give the same bytes.

    Raises:
        ReportError: npm, uv, Chromium or Playwright is missing, or a download failed.
    """
    downloads = settings.root / ".history"
    runtime = packing.runtime(downloads)
    pins = script.packages(settings, history.find_environment(settings, settings.installed_version()))[1]
    wheels = [*packing.wheels(downloads, packing.info(runtime), pins)]
    codes, names = codes_of(settings, result), {*pins}
    choice, seen = Choice([*codes], {}), dict[str, trying.Tried]()
    while True:
        kept = {claim: code for claim, code in codes.items() if claim in choice.runs}
        parts = {"inside": packing.inside(settings.root).encode(), "packages": packing.archive(names, wheels)}
        text = page(result, context, runtime, parts, kept, choice)
        tried, modules = trying.outcomes(text, kept)
        seen |= tried
        again = chosen(result, seen)
        needed = names & {*owners(modules), *(name for claim in again.runs for name in codes[claim]["needs"])}
        if {*again.runs} == {*kept} and (needed == names or names < {*pins}):
            return text  # a package that a claim left out needed may be in it; without it, all would be tried again
        choice, names = again, needed


def owners(modules: Collection[str]) -> set[str]:
    """The canonical names of the installed distributions that have *modules*."""
    known = metadata.packages_distributions()
    return {canonicalize_name(owner) for module in modules for owner in known.get(module.partition(".")[0], ())}


def codes_of(settings: Settings, result: Result) -> Codes:
    """The code of each claim and correction of a result."""
    shown = {each.id: each for each in (*result.corrections, *result.claims)}
    codes = {}
    for record in runs.collect(settings, None):
        if record.id in shown:
            code = script.code_of(settings, record, "claims")
            name = record.id.partition("::")[2].partition("[")[0]
            start = code.rindex("\n\n\n", 0, code.rindex(f"\ndef {name}(")) + 3
            codes[record.id] = {
                "before": code[:start],
                "own": code[start:],
                "options": script.options_of(code),
                "needs": [canonicalize_name(need) for need in record.needs],
                "statement": shown[record.id].statement,
                "measured": shown[record.id].outcomes.get(result.subject.version, "untried"),
            }
    return codes


def page(
    result: Result,
    context: Context,
    runtime: Mapping[str, bytes],
    parts: Mapping[str, bytes],
    codes: Codes,
    choice: Choice,
) -> str:
    """The page with the codes of the claims that run; *parts*: the `packages`, and what runs a claim `inside`."""
    source = files("report.tell").joinpath("templates/playground_worker.js").read_text(encoding="utf-8")
    info = packing.info(runtime)
    return render_page(
        "playground.html",
        "playground.js",
        allowed=" 'wasm-unsafe-eval' blob:; worker-src blob:",
        result=result,
        name=words.name(result),
        context=context,
        index=Index(result),
        choice=choice,
        python=info["python"],
        pyodide=packing.PYODIDE,
        runtime={name: packing.encoded(runtime[name]) for name in packing.RUNTIME[:-1]},
        packages=packing.encoded(parts["packages"]),
        codes=packing.encoded(json.dumps(codes).encode()),
        parts=data({"source": source, "inside": parts["inside"].decode(), "info": info}),
    )
