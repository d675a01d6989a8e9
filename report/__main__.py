"""The command line: `python -m report`."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from report import explanation, settings
from report.errors import ReportError, UnknownClaimError
from report.files import write_together, write_whole
from report.judge import articles, results
from report.measure import attribution, environments, kills, ledger, merging, releases, runs
from report.measure import history as measured
from report.model import EnvironmentName
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


class Shard(click.ParamType[tuple[int, int]]):
    """Part K of N equal parts, written K/N."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> tuple[int, int]:
        """Parse K/N into (K, N)."""
        part, slash, parts = str(value).partition("/")
        if not (slash and part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
            self.fail(f"{value!r} is not K/N with 1 ≤ K ≤ N, such as 1/3.", param, context)
        return int(part), int(parts)


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
@click.option("--shard", type=Shard(), default="1/1", help="Only this part of the releases (for several machines).")
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
        known = merging.overlay(ledger.read(config.ledger), ledger.read(into) if into else ledger.Ledger())
        selected = select_environments(config, list(filter(None, versions.split(","))))
        claims = collected.result()
    part, parts = shard
    tasks = measured.plan(known, selected[part - 1 :: parts], claims, again)
    with Progress([(task.environment.name, len(task.claims), task.why) for task in tasks], dry_run) as progress:
        faults = [] if dry_run else measured.History(config, progress.step, into).run(tasks, jobs)
    if keyword is None and into is None and not dry_run:
        forget_all_but(config, [claim.id for claim in claims])
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if faults else 0)


def select_environments(config: settings.Settings, versions: list[str]) -> list[measured.ReleaseEnvironment]:
    """The environments to run; print a note if a candidate is installed instead of the current release."""
    try:
        installed = version(config.subject)
    except PackageNotFoundError as error:
        hint = "Run the command with `uv run python -m report …`."
        raise ReportError(f"{config.subject} is not installed.", hint) from error
    selected = measured.release_environments(config, environments.here(config), installed, versions)
    current = [environment for environment in selected if environment.current]
    if current and all(environment.stack for environment in current):
        newest = current[0].release.version
        click.echo(
            f"{config.subject} {installed} is installed here: the main job's outcomes on {newest} stand.",
            err=True,
        )
    return selected


def forget_all_but(config: settings.Settings, claims: list[str]) -> None:
    """Remove from the ledger the claims and environments that no longer exist."""
    with ledger.locked(config.ledger):
        known = ledger.read(config.ledger)
        kept = ledger.keep_claims(known, claims)
        for name in measured.obsolete(config, known):
            kept = ledger.without(kept, name)
        if kept != known:
            ledger.write(config.ledger, kept)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def merge(files: tuple[Path, ...]) -> None:
    """Merge the outcomes of several machines (history --shard K/N --into FILE) into the ledger.

    Outcomes that contradict each other are refused, by name, and nothing is written.
    """
    config = settings.read(Path.cwd())
    together = merging.union(ledger.read(file) for file in files)
    with ledger.locked(config.ledger):
        ledger.write(config.ledger, merging.overlay(ledger.read(config.ledger), together))
    click.echo(f"{len(together.entries)} claims in {len(together.environments)} environments: {config.ledger}")


@main.command()
@click.argument("claim")
def why(claim: str) -> None:
    """Explain where CLAIM (its id, or a part of it) changes: the boundary, the evidence, and the cause.

    If other packages change at the same boundary, the command runs the claim on the older release with the newer
    packages, on the newer release with the older packages, and then with each package alone.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the experiment removes its environment
    config = settings.read(Path.cwd())
    known = ledger.read(config.ledger)
    entries = [entry for name, entry in known.entries.items() if claim in name]
    exact = [entry for entry in entries if entry.claim == claim]
    if len(exact or entries) != 1:
        raise UnknownClaimError(claim, [entry.claim for entry in entries])
    entry = (exact or entries)[0]
    chosen = releases.select(config.releases)
    for line in explanation.beginning(entry, chosen, known):
        click.echo(line)
    boundaries = attribution.boundaries(entry, chosen)
    if not boundaries:
        click.echo("No release changes it: every tried release gave the same outcome.")
    for boundary in boundaries:
        click.echo(explanation.boundary(boundary))
        click.echo(explanation.finding(attribution.Inquiry(config, boundary).find()))


@main.command("falsify")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option("--within", default="", metavar="PATH", help="Only mutate files whose path contains this.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Modules searched at once.")
@click.option("--budget", type=click.FloatRange(1), default=60, show_default=True, help="Seconds for each claim.")
@click.option("--all", "again", is_flag=True, help="Search again for claims that sabotage has refuted before, too.")
@click.option("--dry-run", is_flag=True, help="Only list the claims to search for.")
@click.option("--check", is_flag=True, help="Only print the known counts; exit with 1 if a claim was not seen to fail.")
def falsify_command(
    keyword: str | None, within: str, jobs: int, budget: float, again: bool, dry_run: bool, check: bool
) -> None:
    """Find for each claim something that refutes it: a release, or else a mutation of the installed packages.

    A result is valid until the claim's test changes. Ctrl-C keeps what is finished; the next call continues.
    Exits with 1, and names the claims, if nothing refutes some claim.
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
    count = kills.count(config, chosen)
    click.echo(str(count))
    for fault in [*faults, *(f"not seen to fail: {claim}" for claim in count.unseen)]:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if count.unseen or faults else 0)


@main.command()
@click.argument("article")
@click.option("--open", "only_open", is_flag=True, help="Only the sentences that are not accounted for.")
def sentences(article: str, only_open: bool) -> None:
    """List the sentences of ARTICLE (from a local copy): question, hash, account, and text.

    The account comes from sentences.toml, which maps each hash to claims or to the reason why it states none.
    """
    config = settings.read(Path.cwd())
    info = {info.id: info for info in articles.read(config.claims)}.get(article)
    if info is None:
        hint = "An article is a folder with a sentences.toml."
        raise ReportError(f"There is no article {article!r} in {config.claims}.", hint)
    copy = config.articles / f"{article}.txt"
    if not copy.exists():
        raise ReportError(
            f"There is no copy of {article} at {copy}.", "Put one there, or set ARTICLES_DIR to its folder."
        )
    for sentence in articles.sentences(copy.read_text(encoding="utf-8"), info):
        account = info.accounts.get(sentence.question, {}).get(sentence.hash)
        words = "; ".join(filter(None, (", ".join(account.claims), account.reason))) if account else "NOT ACCOUNTED FOR"
        if account is None or not only_open:
            click.echo(f"q{sentence.question:02} {sentence.hash} [{words}] {sentence.text}")


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
        sys.exit(add(config, version, wheel, out))
    known = releases.read(config.releases)
    if new or refresh:
        refreshed = releases.refresh(known, config.subject)
        for release in refreshed[len(known) :]:
            click.echo(release.version if new else f"new: {release.version} ({release.released})")
        if new:
            return
        releases.write(config.releases, refreshed)
        known = refreshed
    missing = missing_outcomes(ledger.read(config.ledger))
    for release in known:
        count = missing(release.version) if release.stack else 0
        note = f"{count} not measured" if count else ""
        click.echo(f"{release.version:8} {release.released}  {release.stack or '–':6} {note}".rstrip())


def add(config: settings.Settings, version: str | None, wheel: Path | None, out: Path) -> int:
    """Add a release, print what it changes, write both results, and return the exit code."""
    from report import new_release

    added = new_release.add(config, version, wheel, os.cpu_count() or 1)
    results.write(out / "before.json", added.old)
    results.write(out / "after.json", added.new)
    for line in new_release.describe(added):
        click.echo(line)
    for fault in added.faults:
        click.secho(fault, fg="red", err=True)
    return 1 if added.faults else 0


def missing_outcomes(known: ledger.Ledger) -> Callable[[str], int]:
    """A function from a release to the number of claims in the ledger without an outcome on that release."""
    measured_claims = Counter(
        name
        for entry in known.entries.values()
        for name in {EnvironmentName.parse(cell).release for cell in entry.cells}
    )
    return lambda version: len(known.entries) - measured_claims[version]


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
