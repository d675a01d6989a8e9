"""The commands that measure: history, merge, why, falsify, releases."""

import os
import re
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import click

from report import explanation, settings
from report.cli import exit_with, main, show
from report.files import write_together
from report.judge import results
from report.measure import control as sampling
from report.measure import engine, environments, kills, ledger, releases, runs
from report.measure import history as measured
from report.measure.filling import Filling
from report.measure.work import by_environment
from report.tell.progress import Progress, SearchProgress


def shard_of(context: click.Context, option: click.Parameter, value: str) -> tuple[int, int]:
    """Parse K/N, part K of N equal parts."""
    match = re.fullmatch(r"(\d+)/(\d+)", value)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise click.BadParameter(f"{value!r} is not K/N with 1 ≤ K ≤ N, such as 1/3.")
    return int(match[1]), int(match[2])


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
@click.option("--scheduler", metavar="tcp://…", help="Run on the workers of this Dask cluster.")
@click.option("--control", is_flag=True, help="Only run a sample of measured cells again, and list those that flip.")
@click.option("--sample", type=click.IntRange(1), default=300, show_default=True, help="The cells of --control.")
@click.option("--times", type=click.IntRange(1), default=2, show_default=True, help="How often --control runs each.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws another sample.")
def history(
    versions: str,
    keyword: str | None,
    jobs: int,
    again: bool,
    dry_run: bool,
    shard: tuple[int, int],
    into: Path | None,
    scheduler: str | None,
    control: bool,
    sample: int,
    times: int,
    seed: int,
) -> None:
    """Run the claims on every release of the data file, and write the outcomes into the ledger.

    Only cells that are missing or stale run: an outcome is valid for one text of its claim and one stack.
    Ctrl-C keeps what is finished; the next call continues.

    With --control, no outcome is written. A claim flips if its outcome is not the ledger's; the exit code is then 1.
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
    if control:
        cells = sampling.sample(outcomes, selected, claims, sample, seed)
        check_noise(config, outcomes, sampling.tasks(cells, times, seed), jobs, scheduler)
    part, parts = shard
    tasks = measured.plan(outcomes, selected[part - 1 :: parts], claims, again)
    with Progress([(task.environment.name, len(task.claims), task.why) for task in tasks], dry_run) as progress:
        faults = [] if dry_run else Filling(config, progress.step, into).run(tasks, jobs, scheduler)
    if keyword is None and into is None and not dry_run:
        measured.forget_removed(config, [claim.id for claim in claims])
    exit_with(faults)


def check_noise(
    config: settings.Settings, outcomes: ledger.Ledger, tasks: list[measured.Task], jobs: int, scheduler: str | None
) -> NoReturn:
    """Run the *tasks* of a control, and print what they found, after Ctrl-C too."""
    counts: Counter[str] = Counter()
    for task in tasks:
        counts[task.environment.name] += len(task.claims)
    with Progress([(name, count, {"sampled": count}) for name, count in counts.items()]) as progress:
        control = sampling.Control(outcomes, by_environment(progress.step))
        try:
            engine.run(engine.choose(config, jobs, scheduler, control.on_progress), tasks, control.take)
        finally:
            progress.stop()
            click.echo("\n".join(control.lines()))
    exit_with([*control.faults, *(f"flipped: {claim}" for claim in control.flips)])


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def merge(files: tuple[Path, ...]) -> None:
    """Merge the outcomes of several machines (history --shard K/N --into FILE) into the ledger.

    Outcomes that contradict each other are refused, by name, and nothing is written.
    """
    config = settings.read(Path.cwd())
    together = ledger.merge_all(ledger.read(file) for file in files)
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
    show(explanation.explain(settings.read(Path.cwd()), claim))


@main.command("falsify")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Mutants tried at once.")
@click.option("--limit", type=click.IntRange(1), default=40, show_default=True, help="Mutants for each claim.")
@click.option("--all", "again", is_flag=True, help="Also search for claims that have a mutant of their own.")
@click.option("--directed", is_flag=True, help="Only try the mutants of claims/mutants.toml; generate none.")
@click.option("--dry-run", is_flag=True, help="Only list the claims to search for.")
@click.option("--check", is_flag=True, help="Only print the counts; exit with 1 if a test was never seen to fail.")
@click.option("--survivors", is_flag=True, help="Only list the mutants that each claim did not notice.")
@click.option(
    "--shard", metavar="K/N", callback=shard_of, default="1/1", help="Only part K of N, for several machines."
)
@click.option(
    "--from", "files", multiple=True, metavar="FILE", help="First add the kill matrix of another machine.",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)  # fmt: skip
def falsify_command(
    keyword: str | None, jobs: int, limit: int, again: bool, directed: bool, dry_run: bool, check: bool,
    survivors: bool, shard: tuple[int, int], files: tuple[Path, ...],
) -> None:  # fmt: skip
    """See each claim's test fail: with the nearest mutant of an installed package that hardly another claim notices.

    A result is valid until the claim's test changes. Ctrl-C keeps what is finished; the next call continues. The kill
    matrix is in .history/kill_matrix.jsonl. Exits with 1, and names the claims, if a test was never seen to fail.
    """
    from report.mutation import matrix, search  # imported late, because it imports pytest
    from report.mutation.directed import read, stale

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = settings.read(Path.cwd())
    claims = runs.collect(config, None)
    chosen = runs.collect(config, keyword) if keyword else claims
    matrix.add_files(config, files)
    if survivors:
        show(matrix.survivors(config, chosen))
        return
    chosen = chosen[shard[0] - 1 :: shard[1]]
    targets = kills.to_search(config, chosen, again)
    if dry_run:
        click.echo("\n".join(claim.id for claim in targets) or "Nothing to do: every claim has a mutant, or is waived.")
        return
    if not check:
        with SearchProgress() as progress:
            mutation_search = search.Search(config, progress.begin, progress.step, limit, jobs)
            mutation_search.run(chosen, [] if directed else targets, claims)
        show(mutation_search.poor_choices(chosen), err=True)
        click.echo(f"{mutation_search.ran} times, a claim ran with a mutant.")
    listed = read(config)
    show(stale(listed, claims, kills.by_specificity(config, claims)[1]), err=True)
    summary, unseen = kills.count(config, chosen)
    distinguished, general = kills.by_specificity(config, chosen)
    without = sum(listed.reason(claim) is None for claim in general)
    click.echo(f"{summary}\n{len(distinguished)} have a distinguishing mutant, {len(general)} only general ones: "
               f"{len(general) - without} with a reason, {without} without.")  # fmt: skip
    if unseen:
        click.echo("Suspect a test that has not failed: it may always be true. Only if no change of a package can "
                   f"affect its claim, waive it in {config.waived}.")  # fmt: skip
    exit_with([f"not seen to fail: {claim}" for claim in unseen])


@main.command("names")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--make", is_flag=True, help="Make the index again, from every environment of the history that exists.")
@click.option("--add", is_flag=True, help="Only look at the versions of packages that the index lacks.")
def names_command(names: tuple[str, ...], make: bool, add: bool) -> None:
    """Show what the index of names has about each NAME, such as flask.Flask.run or config:SERVER_NAME.

    The index says which versions of a package have a name. Without NAME, list its packages.
    """
    from report.names import index, making

    config = settings.read(Path.cwd())
    if make or add:
        from report import new_release

        started = time.monotonic()
        new_release.index_names(config, make, click.echo)
        click.echo(f"{config.index} made in {time.monotonic() - started:.0f} s.")
    known = index.read(config.index)
    for name in names:
        click.echo("\n".join(known.describe(name)))
    if not names:
        click.echo("\n".join(making.sizes(known.content)))
        click.echo(f"{config.index.stat().st_size / 2**20:.2f} MiB")


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
        show(added.lines)
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
