"""The command line's group and what its commands share."""

import importlib
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import click

from report.errors import ReportError

MODULES = {  # a module is imported when one of its commands is called, as check has to start fast
    "articles": ["copy", "new", "outline", "propose", "sentences", "stub", "todo", "update"],
    "checking": ["check"],
    "measuring": ["falsify", "history", "merge", "names", "releases", "why"],
    "proof": ["script", "try"],
    "reporting": ["diff", "render"],
}


class Commands(click.Group):
    """A group of commands that prints an error as one line and then exits with 2."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands, in order."""
        return sorted(name for names in MODULES.values() for name in names)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the module of the command, which registers it."""
        for module, names in MODULES.items():
            if name in names:
                importlib.import_module(f"report.cli.{module}")
        return super().get_command(context, name)

    def all(self) -> Mapping[str, click.Command]:
        """Import all modules, and return the commands by their names."""
        for module in MODULES:
            importlib.import_module(f"report.cli.{module}")
        return self.commands

    def invoke(self, context: click.Context) -> Any:
        """Run the requested command; convert errors and interrupts to exit codes."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise  # the reader, such as `head`, has seen enough: click ends silently
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


def show(lines: Iterable[object], err: bool = False) -> None:
    """Print each, on a line of its own."""
    for line in lines:
        click.echo(line, err=err)


def exit_with(faults: Iterable[str]) -> NoReturn:
    """Print the faults, and exit with 1 if there are any."""
    faults = list(faults)
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if faults else 0)
