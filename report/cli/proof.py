"""The commands that prove a claim to a reader: try, script."""

import os
import sys
from pathlib import Path

import click

from report import settings
from report import trial as trials
from report.cli import main
from report.files import write_together, write_whole


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
@click.argument("claim", required=False)
@click.option("--errata", type=click.Path(path_type=Path), metavar="FOLDER", help="Write those of all errata there.")
@click.option("--release", metavar="RELEASE", help="On this release, such as 2.2.5.  [default: the installed one]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it here.  [default: print it]"
)
def script_command(claim: str | None, errata: Path | None, release: str | None, output: Path | None) -> None:
    """Write CLAIM (its id, or a part of it) as one file that `uv run FILE` runs anywhere, without this project.

    The file pins Python and every package as the release was measured with. It says what is claimed, by which answers,
    and what was observed; then come the claim's test, and all the fixtures and helpers that it reaches. It prints
    whether the claim held, is refuted or untried, and the values. Arguments go to pytest: `uv run FILE --pdb`.

    `--errata out/scripts` writes a script for each refuted claim and each correction. The sheets of `render` then link
    to them.
    """
    from report import script  # imported late, because it imports pytest

    if bool(claim) == bool(errata):
        raise click.UsageError("Name a claim, or a folder with --errata.")
    if output and (output.suffix != ".py" or "." in output.stem):
        raise click.BadParameter(f"{output.name!r} is not NAME.py without another dot, as pytest needs it.")

    config = settings.read(Path.cwd())
    if errata:
        write_together({errata / name: text for name, text in script.of_errata(config).items()})
    elif output and claim:
        write_whole(output, script.write(config, claim, release))
    elif claim:
        click.echo(script.write(config, claim, release), nl=False)
