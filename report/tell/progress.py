"""The progress of long work: live bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

Plan = Sequence[tuple[str, int, Mapping[str, int]]]  # (environment, number of cells, cells by reason)


class Progress(Bars):
    """Prints the plan of a measurement, then its progress by environment."""

    def __init__(self, plan: Plan, dry_run: bool = False) -> None:
        console = Console(highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn())
        more = (TextColumn("{task.fields[doing]:10}"), TimeElapsedColumn(), TimeRemainingColumn())
        pending = [(name, count, reasons) for name, count, reasons in plan if count]
        super().__init__(*columns, *more, console=console, disable=dry_run or not pending or not console.is_terminal)
        self.started = time.monotonic()
        self.activity: dict[str, str] = {}
        self.done: dict[str, int] = {}
        self.print_plan(pending)
        self.total = self.add_task("all cells", total=sum(count for _, count, _ in pending), doing="")
        self.rows: dict[str, TaskID] = {
            name: self.add_task(name, total=count, doing="waiting", start=False) for name, count, _ in pending
        }

    def print_plan(self, plan: Plan) -> None:
        """Print which cells will run, and why."""
        for name, count, reasons in plan:
            because = ", ".join(f"{number} {reason}" for reason, number in reasons.items())
            self.console.print(f"{name:10} {count} cell{'s' if count > 1 else ''}: {because}")
        if not plan:
            self.console.print("Nothing to run: every cell is measured and fresh.")
            self.console.print("To run a claim all the same: python -m report try CLAIM --on RELEASE")

    def step(self, name: str, activity: str, done: int) -> None:
        """Show what an environment is doing, and how many of its cells are done."""
        if not self.disable:
            self.start_task(self.rows[name])
            self.done[name] = max(done, self.done.get(name, 0))
            self.update(self.rows[name], completed=self.done[name], doing=activity)
            self.update(self.total, completed=sum(self.done.values()))
        elif self.activity.get(name) != activity:
            self.activity[name] = activity
            self.console.print(f"{time.monotonic() - self.started:6.1f} s  {name:10} {activity} {done or ''}".rstrip())


class SearchProgress(Bars):
    """Shows the progress of a falsification: a bar for each round on a terminal, a line for each step elsewhere."""

    def __init__(self) -> None:
        console = Console(highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        super().__init__(
            *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, disable=not console.is_terminal
        )
        self.done, self.total = 0, 0

    def begin(self, what: str, total: int) -> None:
        """Show the beginning of a round of *total* steps."""
        self.done, self.total = 0, total
        self.round = self.add_task(what, total=total)
        self.console.print(f"{total} {what}.", markup=False)

    def step(self, result: str) -> None:
        """Show the result of a step."""
        self.done += 1
        self.update(self.round, completed=self.done)
        self.console.print(f"[{self.done}/{self.total}] {result}", markup=False)
