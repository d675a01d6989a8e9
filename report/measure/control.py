"""The control for noise: cells of the ledger run again, in another order, with another hash seed, while others run.

A claim that then has another outcome is not to be trusted. The ledger stays as it is.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from report.measure.history import ReleaseEnvironment, Task, reason_to_run
from report.measure.ledger import Ledger
from report.measure.records import Record
from report.measure.work import Finished, OnProgress

HASH_SEEDS = 2**32

Sampled = tuple[ReleaseEnvironment, str]  # a cell: the environment, and the id of the claim


def sample(
    measured: Ledger, chosen: Iterable[ReleaseEnvironment], claims: Sequence[Record], number: int, seed: int
) -> list[Sampled]:
    """At most *number* cells that are fresh and not untried, drawn with *seed*."""
    cells = [
        (environment, claim.id)
        for environment in chosen
        for claim in claims
        if reason_to_run(measured, environment, claim, again=False) is None
        and measured.entries[claim.id].cells[environment.name].outcome != "untried"
    ]
    return random.Random(seed).sample(cells, min(number, len(cells)))  # noqa: S311 (a sample is no secret)


def tasks(cells: Sequence[Sampled], times: int, seed: int) -> list[Task]:
    """Tasks that run each cell several *times*, each time in another order."""
    chance, found = random.Random(seed), list[Task]()  # noqa: S311
    by_name: dict[str, list[Sampled]] = defaultdict(list)
    for cell in cells:
        by_name[cell[0].name].append(cell)
    for part in range(1, times + 1):
        for several in by_name.values():
            claims = [claim for _, claim in several]
            chance.shuffle(claims)
            why = {"sampled": len(claims)}
            found.append(Task(several[0][0], claims, why, part, chance.randrange(1, HASH_SEEDS)))
    chance.shuffle(found)
    return found


@dataclass
class Control:
    """Compares what tasks give with the ledger, *measured*: runs, flips and changed evidence, by claim."""

    measured: Ledger
    on_progress: OnProgress
    runs: Counter[str] = field(default_factory=Counter)
    flips: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def take(self, several: Iterable[Finished]) -> None:
        """Compare what tasks gave."""
        for finished in several:
            for record in finished.records:
                self.compare(finished.task.environment.name, record)
            self.faults += filter(None, [finished.fault])
            self.on_progress(finished.task, "failed" if finished.fault else "done", len(finished.records))

    def compare(self, name: str, record: Record) -> None:
        """Compare a record with the cell of the ledger."""
        cell = self.measured.entries[record.id].cells[name]
        self.runs[record.id] += 1
        if record.outcome != cell.outcome:
            why = f": {' '.join(record.reason.split())}" if record.reason else ""
            self.flips[record.id].append(f"{cell.outcome} → {record.outcome} on {name}{why}")
        elif record.evidence != cell.evidence:
            self.changed[record.id] += 1

    def lines(self) -> Iterator[str]:
        """The shares of flips and of other evidence, and the claims that they are of."""
        total, flips, changed = self.runs.total(), sum(map(len, self.flips.values())), self.changed.total()
        share = 100 / max(total, 1)
        evidence = f"{changed} with other evidence ({changed * share:.2f} %)"
        yield f"{total} runs of {len(self.runs)} claims: {flips} flips ({flips * share:.2f} %), {evidence}."
        for claim, flipped in sorted(self.flips.items()):
            yield f"flipped in {len(flipped)} of {self.runs[claim]} runs: {claim}: {'; '.join(flipped)}"
        for claim, count in self.changed.most_common():
            yield f"other evidence in {count} of {self.runs[claim]} runs: {claim}"
