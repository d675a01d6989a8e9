"""The command line: `python -m report`."""

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from report import settings
from report.errors import ReportError
from report.judge import results
from report.measure import history as measured
from report.measure import ledger, releases, runs, stacks
from report.tell import write_all
from report.tell.progress import Progress


class Commands(click.Group):
    """A group whose errors are one sentence and one hint, and which exits with 2 on them."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except (ReportError, OSError) as error:
            click.secho(f"report: {error}", fg="red", err=True)
            raise click.exceptions.Exit(2) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check articles by execution: measure claims, judge answers, tell who needs to know.

    The main job itself is `pytest claims`. These commands stand around it.
    """


@main.command()
@click.option("--releases", "versions", metavar="V[,V…]", default="", help="Only these releases.")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="Releases that run at once.")
@click.option("--all", "again", is_flag=True, help="Run every cell, known or not.")
@click.option("--dry-run", is_flag=True, help="Only tell what would run, and why.")
def history(versions: str, keyword: str | None, jobs: int, again: bool, dry_run: bool) -> None:
    """Run the claims on every release of the data file, and write what they did into the ledger.

    Only cells that are missing or stale run: an outcome is good for one text of its claim and one stack.
    Ctrl-C keeps what is finished; the next call goes on from there.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    where = settings.read(Path.cwd())
    claims = runs.collect(where, keyword)
    lanes = measured.lanes(where, stacks.here(where), version(where.subject), list(filter(None, versions.split(","))))
    known = ledger.read(where.ledger)
    tasks = measured.plan(known, lanes, claims, again)
    progress = Progress(sum(len(task.claims) for task in tasks))
    progress.plan((task.lane.name, len(task.claims), task.why) for task in tasks)
    if dry_run:
        return
    faults = measured.History(where, progress.step).run(tasks, jobs)
    if keyword is None:
        with ledger.updating(where.ledger):
            ledger.write(where.ledger, ledger.only(ledger.read(where.ledger), [claim.id for claim in claims]))
    progress.end(faults)
    sys.exit(1 if faults else 0)


@main.command("releases")
@click.option("--refresh", is_flag=True, help="Ask the package index what is new, and add it.")
def releases_command(refresh: bool) -> None:
    """List the releases, their dates and their stacks."""
    where = settings.read(Path.cwd())
    known = releases.read(where.releases)
    if refresh:
        found = releases.refreshed(known, where.subject)
        for new in found[len(known) :]:
            click.echo(f"new: {new.version} ({new.released})")
        releases.write(where.releases, found)
        known = found
    for release in known:
        click.echo(f"{release.version:8} {release.released}  {release.stack or '–'}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path), default="out/results.json")
@click.option("--out", type=click.Path(path_type=Path), default="out", show_default=True, help="Where to write.")
def render(file: Path, out: Path) -> None:
    """Make the report and the errata again from results.json, without running a claim."""
    write_all(out, results.read(file))
    click.echo(out / "index.html")


if __name__ == "__main__":
    main(prog_name="python -m report")
