"""The command line's group and what its commands share."""

import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import click

from report.errors import ReportError


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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check articles by execution: measure claims, judge answers, write reports.

    The main job itself is `pytest claims`. These commands support it.
    """


def exit_with(faults: Iterable[str]) -> NoReturn:
    """Print the faults, and exit with 1 if there are any."""
    faults = list(faults)
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if faults else 0)
