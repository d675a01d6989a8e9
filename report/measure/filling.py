"""Filling the ledger: the tasks of a history run, and their outcomes enter the ledger as they come.

So an interrupted history continues where it stopped.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from report.measure import engine, ledger
from report.measure.history import ReleaseEnvironment, Task
from report.measure.records import Record
from report.measure.work import Finished, OnStep, by_environment
from report.model import Cell
from report.settings import Settings


class Filling:
    """Runs tasks, and merges their outcomes into the ledger (or into the file *into*)."""

    def __init__(self, settings: Settings, on_step: OnStep, into: Path | None = None) -> None:
        self.settings, self.show, self.into = settings, by_environment(on_step), into or settings.ledger
        self.faults: list[str] = []

    def run(self, tasks: Sequence[Task], jobs: int, scheduler: str | None = None) -> list[str]:
        """Run *tasks*, *jobs* at a time or on a cluster; returns the faults, one sentence each.

        A KeyboardInterrupt is raised after all processes have ended and their finished outcomes are in the ledger.
        """
        if any(task.claims for task in tasks):
            engine.run(engine.choose(self.settings, jobs, scheduler, self.show), tasks, self.merge)
        return self.faults

    def merge(self, several: Iterable[Finished]) -> None:
        """Merge outcomes into the ledger, and keep the faults."""
        faults: list[str] = []
        with ledger.locked(self.into):
            merged = ledger.read(self.into)
            for finished in several:
                environment = finished.task.environment
                cells, untried = sort_records(environment, finished.records)
                faults += [*untried, *filter(None, [finished.fault])]
                if finished.records:
                    merged = ledger.merge(merged, environment.name, environment.identity, cells)
            ledger.write(self.into, merged)
        self.faults += faults
        for finished in several:
            state = "done" if not finished.fault else "cut off" if finished.records else "failed"
            self.show(finished.task, state, len(finished.records))


def sort_records(
    environment: ReleaseEnvironment, recorded: Iterable[Record]
) -> tuple[dict[str, tuple[str, Cell]], list[str]]:
    """Records as cells for the ledger (a fingerprint and a cell by claim), and faults: claims untried for no reason."""
    cells, faults = {}, []
    for record in recorded:
        if record.outcome != "untried":
            cells[record.id] = (record.fingerprint, record.cell)
        elif reason := environment.reason_absent(record.lacking):
            cells[record.id] = (record.fingerprint, Cell("untried", f"{record.lacking}: {reason}"))
        else:
            faults.append(f"{environment.name}: untried: {record.id}: {' '.join((record.reason or '').split())}")
    return cells, faults
