"""The command line: `python -m report`."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import click

from report import explanation, reader, settings
from report import trial as trials
from report.errors import ReportError
from report.files import write_together, write_whole
from report.judge import articles, results
from report.measure import environments, kills, ledger, releases, runs
from report.measure import history as measured
from report.tell import FORMS, context, render_forms
from report.tell import diff as differences
from report.tell.progress import Progress, SearchProgress


class Commands(click.Group):
    """A group of commands that prints an error as one line and then exits with 2."""

    def invoke(self, context: click.Context) -> Any:
        """Run the requested command; convert errors and interrupts to exit codes."""
        try:
            return super().invoke(context)
        except (ReportError, OSError) as error:
            click.secho(f"report: {error}", fg="red", err=True)
            raise click.exceptions.Exit(2) from error
        except KeyboardInterrupt:
            click.secho("Interrupted; finished work is saved.", err=True)
            raise click.exceptions.Exit(130) from None


def exit_with(faults: Iterable[str]) -> NoReturn:
    """Print the faults, and exit with 1 if there are any."""
    faults = list(faults)
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if faults else 0)


def shard_of(context: click.Context, option: click.Parameter, value: str) -> tuple[int, int]:
    """Parse K/N, part K of N equal parts."""
    match = re.fullmatch(r"(\d+)/(\d+)", value)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise click.BadParameter(f"{value!r} is not K/N with 1 ≤ K ≤ N, such as 1/3.")
    return int(match[1]), int(match[2])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check articles by execution: measure claims, judge answers, write reports.

    The main job itself is `pytest claims`. These commands support it.
    """


@main.command()
@click.option("--releases", "versions", metavar="V[,V…]", default="", help="Only these releases.")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="the cores",
    help="Releases run at once.",
)
@click.option("--all", "again", is_flag=True, help="Run every cell, even if it is measured and fresh.")
@click.option("--dry-run", is_flag=True, help="Only list what would run, and why.")
@click.option(
    "--shard", metavar="K/N", callback=shard_of, default="1/1", help="Only part K of N, for several machines."
)
@click.option("--into", type=click.Path(path_type=Path), help="Write into this file instead of the ledger.")
def history(
    versions: str, keyword: str | None, jobs: int, again: bool, dry_run: bool, shard: tuple[int, int], into: Path | None
) -> None:
    """Run the claims on every release of the data file, and write the outcomes into the ledger.

    Only cells that are missing or stale run: an outcome is valid for one text of its claim and one stack.
    Ctrl-C keeps what is finished; the next call continues.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = settings.read(Path.cwd())
    with ThreadPoolExecutor(1) as executor:
        collected = executor.submit(runs.collect, config, keyword)  # collecting takes a second in another process
        outcomes = ledger.overlay(ledger.read(config.ledger), ledger.read(into) if into else ledger.Ledger())
        requested, installed = list(filter(None, versions.split(","))), config.installed_version()
        selected = measured.release_environments(config, environments.here(config), installed, requested)
        claims = collected.result()
    newest = [environment for environment in selected if environment.current]
    if newest and all(environment.stack for environment in newest):
        current = newest[0].release.version
        note = f"{config.subject} {installed} is installed, not {current}"
        click.echo(f"{note}: the ledger keeps the main job's outcomes on {current}.", err=True)
    part, parts = shard
    tasks = measured.plan(outcomes, selected[part - 1 :: parts], claims, again)
    with Progress([(task.environment.name, len(task.claims), task.why) for task in tasks], dry_run) as progress:
        faults = [] if dry_run else measured.History(config, progress.step, into).run(tasks, jobs)
    if keyword is None and into is None and not dry_run:
        measured.forget_removed(config, [claim.id for claim in claims])
    exit_with(faults)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def merge(files: tuple[Path, ...]) -> None:
    """Merge the outcomes of several machines (history --shard K/N --into FILE) into the ledger.

    Outcomes that contradict each other are refused, by name, and nothing is written.
    """
    config = settings.read(Path.cwd())
    together = ledger.union(ledger.read(file) for file in files)
    with ledger.locked(config.ledger):
        ledger.write(config.ledger, ledger.overlay(ledger.read(config.ledger), together))
    click.echo(f"{len(together.entries)} claims in {len(together.environments)} environments: {config.ledger}")


@main.command()
@click.argument("claim")
def why(claim: str) -> None:
    """Explain where CLAIM (its id, or a part of it) changes: the boundary, the evidence, and the cause.

    If other packages change at the same boundary, the command runs the claim on the older release with the newer
    packages, on the newer release with the older packages, and then with each package alone.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the experiment removes its environment
    for line in explanation.explain(settings.read(Path.cwd()), claim):
        click.echo(line)


@main.command("try")
@click.argument("claim")
@click.option("--on", metavar="RELEASE", help="In the environment of this release, such as 2.2.5.  [default: here]")
@click.option("--pdb", is_flag=True, help="Open the debugger where the claim fails (as pytest's --pdb).")
def try_command(claim: str, on: str | None, pdb: bool) -> None:
    """Run CLAIM (its id, or a part of it) as a plain test: pytest prints the whole traceback.

    It runs even if its outcome is known, and writes neither the report nor the ledger. uv creates the environment of
    the release if it is missing. The exit code is pytest's: 0 if the claim held, 1 if it is refuted or its test broken.
    """
    trial = trials.prepare(settings.read(Path.cwd()), claim, on, pdb)
    click.echo(trial.what)
    sys.stdout.flush()
    os.execve(trial.command[0], trial.command, trial.variables)  # noqa: S606 (so that the terminal is pytest's)


@main.command("script")
@click.argument("claim")
@click.option("--release", metavar="RELEASE", help="On this release, such as 2.2.5.  [default: the installed one]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it here.  [default: print it]"
)
def script_command(claim: str, release: str | None, output: Path | None) -> None:
    """Write CLAIM (its id, or a part of it) as one file that `uv run FILE` runs anywhere, without this project.

    The file pins Python and every package as the release was measured with. It says what is claimed, by which answers,
    and what was observed; then come the claim's test, and all the fixtures and helpers that it reaches. It prints
    whether the claim held, is refuted or untried, and the values. Arguments go to pytest: `uv run FILE --pdb`.
    """
    from report import script  # imported late, because it imports pytest

    if output and (output.suffix != ".py" or "." in output.stem):
        raise click.BadParameter(f"{output.name!r} is not NAME.py without another dot, as pytest needs it.")

    text = script.write(settings.read(Path.cwd()), claim, release)
    if output:
        write_whole(output, text)
    else:
        click.echo(text, nl=False)


@main.command("falsify")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option("--within", default="", metavar="PATH", help="Only mutate files whose path contains this.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Modules searched at once.")
@click.option("--budget", type=click.FloatRange(1), default=60, show_default=True, help="Seconds for each claim.")
@click.option("--all", "again", is_flag=True, help="Also search again for claims whose test has killed a mutant.")
@click.option("--dry-run", is_flag=True, help="Only list the claims to search for.")
@click.option("--check", is_flag=True, help="Only print the counts; exit with 1 if a test was never seen to fail.")
def falsify_command(
    keyword: str | None, within: str, jobs: int, budget: float, again: bool, dry_run: bool, check: bool
) -> None:
    """See each claim's test fail: on a release, or else by killing a mutant of an installed package.

    A result is valid until the claim's test changes. Ctrl-C keeps what is finished; the next call continues.
    Exits with 1, and names the claims, if a test was never seen to fail.
    """
    from report.mutation import search  # imported late, because it imports pytest

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = settings.read(Path.cwd())
    claims = runs.collect(config, None)
    chosen = runs.collect(config, keyword) if keyword else claims
    targets = kills.unrefuted(config, chosen, again)
    if dry_run:
        click.echo(
            "\n".join(claim.id for claim in targets) or "Nothing to do: every claim was seen to fail, or is excused."
        )
        return
    faults: list[str] = []
    if targets and not check:
        with SearchProgress(len(targets)) as progress:
            mutation_search = search.MutationSearch(config, progress.step, budget, within, progress.traced)
            faults = mutation_search.run(targets, claims, jobs)
        click.echo(f"{mutation_search.tried} mutants tried.")
    if not (keyword or check):
        kills.drop_stale(config, claims)
    summary, unseen = kills.count(config, chosen)
    click.echo(summary)
    exit_with([*faults, *(f"not seen to fail: {claim}" for claim in unseen)])


@main.command()
@click.argument("article")
@click.option(
    "--open", "only_open", is_flag=True, help="Only the sentences that are not accounted for or not yet checked."
)
def sentences(article: str, only_open: bool) -> None:
    """List the sentences of ARTICLE (from a local copy): question, hash, account, and text.

    The account comes from sentences.toml, which maps each hash to claims or to the reason why it states none.
    """
    for line in articles.listed(settings.read(Path.cwd()), article, only_open):
        click.echo(line)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON: title, questions, their sentences and code.")
@click.option("--begins", metavar="REGEX", help="A question begins on each line that begins with this.")
@click.option("--questions", type=click.IntRange(1, 9999), metavar="N", help="How many questions there have to be.")
def outline(file: Path, as_json: bool, begins: str | None, questions: int | None) -> None:
    r"""Read an article from FILE, and print what was found: its title, its questions, their sentences and code.

    FILE is Markdown, HTML, reStructuredText or plain text. Questions may be marked by headings, numbers, bold lines,
    lists, terms, or Q: and A:. If it is not certain which begin a question, the command says what it found and exits
    with 2: say it with --begins and --questions. It exits with 2, too, if it finds other than N. It writes nothing.

    \b
    Examples:
      report outline article.md
      report outline quickstart.rst --questions 24     # sections of both levels
      report outline article.txt --begins '\d+[.] '    # lines such as "7. What is a view?"
    """
    found = reader.read_file(file, questions, begins)
    for line in [json.dumps(found.as_json(), ensure_ascii=False)] if as_json else reader.listed(found):
        click.echo(line)


@main.command("new")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--id", "name", metavar="NAME", help="The folder's name (default: that of the file).")
@click.option("--questions", type=click.IntRange(1, 9999), metavar="N", help="How many questions there have to be.")
@click.option("--begins", metavar="REGEX", help="A question begins on each line that begins with this.")
@click.option("--yes", is_flag=True, help="Make it without asking.")
@click.option("--dry-run", is_flag=True, help="Only show the outline and the accounts.")
def new_command(
    file: Path, name: str | None, questions: int | None, begins: str | None, yes: bool, dry_run: bool
) -> None:
    """Begin to check the article in FILE: show its outline, and make its folder in the claims.

    The folder gets an account for each sentence: the one that another article has for the same sentence, or else "not
    yet checked", with up to five of our claims that it may state, as comments. A copy of FILE goes to the articles,
    which are not published. Nothing is overwritten. `report todo NAME` then says what is left.
    """
    from report import new_article

    config = settings.read(Path.cwd())
    found = reader.read_file(file, questions, begins)
    made = new_article.draft(config, file, name, found, begins, runs.collect(config, None))
    for line in [*reader.listed(found), *([made.texts["sentences.toml"]] if dry_run else []), *made.summary()]:
        click.echo(line)
    if dry_run or not (yes or click.confirm(f"Make {made.folder}?")):
        return
    new_article.make(made)
    click.echo(f"Made {made.folder}. Next: python -m report todo {made.id}")


@main.command("todo")
@click.argument("article", required=False)
def todo_command(article: str | None) -> None:
    """List what is open in every gate, of ARTICLE or of all, each with the command that closes it.

    The gates: references, parts of sentences, sentences, outcomes on every release, causes of changes, tests seen to
    fail, documents. Exits with 1 if anything is open. Without a copy of an article, its sentences are not compared.
    """
    from report import todo

    opened = False
    for gate in todo.gates(settings.read(Path.cwd()), article):
        opened |= bool(gate.open)
        for line in gate.lines():
            click.echo(line)
    sys.exit(1 if opened else 0)


@main.command("releases")
@click.option("--new", is_flag=True, help="Only list the releases of the package index that the data file lacks.")
@click.option("--refresh", is_flag=True, help="Ask the package index for new releases, and add them to the data file.")
@click.option(
    "--add", "version", metavar="VERSION", help="Add this release: choose its stack, measure it, list the changes."
)
@click.option(
    "--from", "wheel", metavar="WHEEL", help="Add the release in this wheel.",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), default="out", show_default=True, help="Where --add writes.")
def releases_command(new: bool, refresh: bool, version: str | None, wheel: Path | None, out: Path) -> None:
    """List the releases, their dates and their stacks, and how many outcomes the ledger lacks.

    A release is added by one command, which looks it up, chooses the stack of its line (a new line gets a new stack,
    resolved and pinned with hashes), tries it, measures it, and lists the changed verdicts. The results before and
    after go into before.json and after.json, for `diff` and `render`. If the release does not work on its stack,
    nothing is written.
    """
    config = settings.read(Path.cwd())
    if version or wheel:
        from report import new_release

        added = new_release.add(config, version, wheel, os.cpu_count() or 1)
        write_together({out / "before.json": results.text(added.old), out / "after.json": results.text(added.new)})
        for line in new_release.describe(added):
            click.echo(line)
        exit_with(added.faults)
    listed = releases.read(config.releases)
    if new or refresh:
        found = releases.look_up_new(listed, config.subject)
        for release in found:
            click.echo(release.version if new else f"new: {release.version} ({release.released})")
        if new:
            return
        releases.write(config.releases, found)
        listed += found
    outcomes = ledger.read(config.ledger)
    measured_claims = outcomes.measured_claims()
    for release in listed:
        missing = len(outcomes.entries) - measured_claims[release.version] if release.stack else 0
        note = f"{missing} not measured" if missing else ""
        click.echo(f"{release.version:8} {release.released}  {release.stack or '–':6} {note}".rstrip())


@main.command()
@click.argument("file", type=click.Path(path_type=Path), default="out/results.json")
@click.option("--to", "forms", type=click.Choice([*FORMS]), multiple=True, help="Only this form (may be repeated).")
@click.option("--out", type=click.Path(path_type=Path), default="out", show_default=True, help="Where to write.")
def render(file: Path, forms: tuple[str, ...], out: Path) -> None:
    """Make the report, the errata and the other forms again from results.json, without running a claim.

    The forms quote an article only if there is a local copy. The same result gives the same bytes.
    """
    result = results.read(file)
    texts = render_forms(result, context.read(settings.read(Path.cwd()), result, file.parent), out, forms or FORMS)
    write_together(texts)
    for path in [*texts] if forms else [*texts][:1]:
        click.echo(path)


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), default="out/results.json")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write it as a page.")
def diff(old: Path, new: Path, html: Path | None) -> None:
    """List what changed between two runs: marks, verdicts, outcomes, corrections, claims.

    OLD and NEW are each a results.json.
    """
    comparison = differences.compare(results.read(old), results.read(new))
    for line in differences.to_text(comparison):
        click.echo(line)
    if html:
        write_whole(html, differences.to_html(comparison))


if __name__ == "__main__":
    main(prog_name="python -m report")
