"""How long work tells of its progress: alive on a terminal, and plain elsewhere."""

import time
from collections.abc import Mapping, Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

Plan = Sequence[tuple[str, int, Mapping[str, int]]]  # for each lane its name, how many cells, and why


class Progress:
    """Shows a plan, and then how far its lanes have come."""

    def __init__(self, plan: Plan, dry_run: bool = False) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.begun = time.monotonic()
        self.state: dict[str, str] = {}
        self.lanes: dict[str, TaskID] = {}
        wanted = [(name, count, why) for name, count, why in plan if count]
        self.announce(wanted)
        self.bars: Bars | None = None
        if self.console.is_terminal and wanted and not dry_run:
            self.draw(wanted)

    def announce(self, plan: Plan) -> None:
        """Say what will run, and why."""
        for name, count, why in plan:
            because = ", ".join(f"{number} {reason}" for reason, number in why.items())
            self.console.print(f"{name:10} {count} cell{'s' if count > 1 else ''}: {because}")
        if not plan:
            self.console.print("Nothing to run: every cell is measured and fresh.")

    def draw(self, plan: Plan) -> None:
        """Begin the bars, one for all and one for each release."""
        columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn())
        more = (TextColumn("{task.fields[doing]:10}"), TimeElapsedColumn(), TimeRemainingColumn())
        self.bars = Bars(*columns, *more, console=self.console)
        self.total = self.bars.add_task("all cells", total=sum(count for _, count, _ in plan), doing="")
        self.done: dict[str, int] = {}
        for name, count, _ in plan:
            self.lanes[name] = self.bars.add_task(name, total=count, doing="waiting", start=False)

    def __enter__(self) -> "Progress":
        if self.bars:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.bars:
            self.bars.stop()

    def step(self, name: str, what: str, done: int) -> None:
        """Take in what an environment is doing, and how many of its cells are done."""
        if self.bars:
            task = self.lanes[name]
            self.bars.start_task(task)
            self.done[name] = max(done, self.done.get(name, 0))
            self.bars.update(task, completed=self.done[name], doing=what)
            self.bars.update(self.total, completed=sum(self.done.values()))
        elif self.state.get(name) != what:
            self.state[name] = what
            self.console.print(f"{time.monotonic() - self.begun:6.1f} s  {name:10} {what} {done or ''}".rstrip())


class SearchProgress:
    """Shows how far a falsification has come: a bar on a terminal, a line for each claim elsewhere."""

    def __init__(self, total: int) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self.bar = Bars(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self.console)
        self.first = self.bar.add_task("claims run once", total=None)
        self.task = self.bar.add_task("claims seen to fail", total=total)
        self.done, self.total = 0, total

    def __enter__(self) -> "SearchProgress":
        self.console.print(f"{self.total} claims to refute; first each is run once, to see what it executes.")
        if self.console.is_terminal:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.bar.stop()

    def traced(self, done: int, total: int) -> None:
        """Take in how many claims have been run once."""
        self.bar.update(self.first, completed=done, total=total)
        if done in (total // 4, total // 2, total) and not self.console.is_terminal:
            self.console.print(f"{done} of {total} were run once.")

    def step(self, claim: str, mutant: str | None, tried: int) -> None:
        """Take in which mutant killed a claim, or that all survived, after how many mutants."""
        self.done += 1
        self.bar.update(self.task, completed=self.done)
        count = f"[{self.done}/{self.total}] {claim} after {tried} mutant{'s' if tried > 1 else ''}: "
        count += mutant or "ALL SURVIVED"
        self.console.print(count, markup=False)
