"""How the history tells of its progress: plain lines."""

import time
from collections.abc import Iterable, Mapping

import click

from report.measure.history import Lane


class Progress:
    """A line for each release that begins or ends."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begun = time.monotonic()
        self.state: dict[str, str] = {}

    def plan(self, tasks: Iterable[tuple[str, int, Mapping[str, int]]]) -> None:
        """Say what will run, and why."""
        for name, count, why in tasks:
            because = ", ".join(f"{number} {reason}" for reason, number in why.items())
            if count:
                click.echo(f"{name:10} {count} cells: {because}")
        if not self.total:
            click.echo("Nothing to run: every cell is measured and fresh.")

    def step(self, lane: Lane, what: str, done: int) -> None:
        """Say what a release is doing when that changes."""
        if self.state.get(lane.name) != what:
            self.state[lane.name] = what
            click.echo(f"{time.monotonic() - self.begun:6.1f} s  {lane.name:10} {what} {done or ''}".rstrip())

    def end(self, faults: Iterable[str]) -> None:
        """Say what is amiss."""
        for fault in faults:
            click.secho(fault, fg="red")
