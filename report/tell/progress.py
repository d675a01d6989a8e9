"""The progress of long work: live bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping, Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

Plan = Sequence[tuple[str, int, Mapping[str, int]]]  # (environment, number of cells, cells by reason)


class Progress:
    """Prints the plan of a measurement, then its progress by environment."""

    def __init__(self, plan: Plan, dry_run: bool = False) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.started = time.monotonic()
        self.activity: dict[str, str] = {}
        self.tasks: dict[str, TaskID] = {}
        pending = [(name, count, reasons) for name, count, reasons in plan if count]
        self.print_plan(pending)
        self.bars: Bars | None = None
        if self.console.is_terminal and pending and not dry_run:
            self.add_bars(pending)

    def print_plan(self, plan: Plan) -> None:
        """Print which cells will run, and why."""
        for name, count, reasons in plan:
            because = ", ".join(f"{number} {reason}" for reason, number in reasons.items())
            self.console.print(f"{name:10} {count} cell{'s' if count > 1 else ''}: {because}")
        if not plan:
            self.console.print("Nothing to run: every cell is measured and fresh.")

    def add_bars(self, plan: Plan) -> None:
        """Create a bar for the total, and one for each environment."""
        columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn())
        more = (TextColumn("{task.fields[doing]:10}"), TimeElapsedColumn(), TimeRemainingColumn())
        self.bars = Bars(*columns, *more, console=self.console)
        self.total = self.bars.add_task("all cells", total=sum(count for _, count, _ in plan), doing="")
        self.done: dict[str, int] = {}
        for name, count, _ in plan:
            self.tasks[name] = self.bars.add_task(name, total=count, doing="waiting", start=False)

    def __enter__(self) -> "Progress":
        if self.bars:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.bars:
            self.bars.stop()

    def step(self, name: str, activity: str, done: int) -> None:
        """Show what an environment is doing, and how many of its cells are done."""
        if self.bars:
            task = self.tasks[name]
            self.bars.start_task(task)
            self.done[name] = max(done, self.done.get(name, 0))
            self.bars.update(task, completed=self.done[name], doing=activity)
            self.bars.update(self.total, completed=sum(self.done.values()))
        elif self.activity.get(name) != activity:
            self.activity[name] = activity
            self.console.print(f"{time.monotonic() - self.started:6.1f} s  {name:10} {activity} {done or ''}".rstrip())


class SearchProgress:
    """Shows the progress of a falsification: bars on a terminal, a line for each claim elsewhere."""

    def __init__(self, total: int) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self.bars = Bars(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self.console)
        self.traced_task = self.bars.add_task("claims traced", total=None)
        self.searched_task = self.bars.add_task("claims searched", total=total)
        self.done, self.total = 0, total

    def __enter__(self) -> "SearchProgress":
        self.console.print(f"{self.total} claims to refute. Each runs once first, to trace the code that it executes.")
        if self.console.is_terminal:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.bars.stop()

    def traced(self, done: int, total: int) -> None:
        """Show how many claims are traced."""
        self.bars.update(self.traced_task, completed=done, total=total)
        if done in (total // 4, total // 2, total) and not self.console.is_terminal:
            self.console.print(f"{done} of {total} claims traced.")

    def step(self, claim: str, mutant: str | None, tried: int) -> None:
        """Show the mutant that killed a claim's test, or that all *tried* mutants survived."""
        self.done += 1
        self.bars.update(self.searched_task, completed=self.done)
        line = f"[{self.done}/{self.total}] {claim} after {tried} mutant{'s' if tried > 1 else ''}: "
        self.console.print(line + (mutant or "ALL SURVIVED"), markup=False)
