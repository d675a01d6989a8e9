"""What a change of this project's own code gains: the same work in another checkout, as a ratio.

Both checkouts run in turn, so that a machine whose speed drifts slows both. CPU seconds count the processes that were
started, too; other programs on the machine hardly change them. Where the checkouts do not have the same tests, the
ratio for one test is printed, too. Each checkout needs its `.venv` and its `.history/environments`. Run it as
`uv run python benchmarks/ratios.py OLD [NEW] [--without claims/quickstart] [--pairs N] [--work WORK]`.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = "0.12.5,2.0.3,3.0.3"
CLAIM = "claims/top31/q18_default_port.py::listens_on_5000"
WORKS = {
    "main job": ["pytest", "claims", "-q", "--tb=no"],
    "one claim": ["pytest", CLAIM, "-q"],
    "tests": ["pytest", "tests", "-q", "--tb=no"],
    "nothing to do": ["report", "history"],
    f"--all on {SAMPLE}": ["report", "history", "--all", "--releases", SAMPLE, "--into", "measured.jsonl"],
}


def scratch(checkout: Path, folder: Path, without: list[str]) -> Path:
    """A copy of what is committed in *checkout*, except the folders *without*; its environments are the same."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=checkout, stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    for name in without:
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / ".history").mkdir()
    (folder / ".history" / "environments").symlink_to((checkout / ".history" / "environments").resolve())
    (folder / ".venv").symlink_to(checkout / ".venv")
    return folder


def run(project: Path, arguments: list[str]) -> tuple[float, float, int]:
    """CPU and elapsed seconds of `python -m` *arguments* in *project*, and the number of tests, 1 if it runs none."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["TMPDIR"] = str(project.parent)  # else pytest clears what others left in /tmp
    before, begun = os.times(), time.perf_counter()
    command = [project / ".venv" / "bin" / "python", "-m", *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=1800)
    after, elapsed = os.times(), time.perf_counter() - begun
    counts = re.findall(r"\b(\d+) (?:held|refuted|untried|passed|failed)", "".join(done.stdout.splitlines()[-1:]))
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, elapsed, sum(map(int, counts)) or 1


def compare(name: str, old: Path, new: Path, pairs: int) -> None:
    """Print the medians of both checkouts, and the median of the pairs' ratios."""
    for project in (old, new):
        run(project, WORKS[name])  # fills the bytecode caches
    runs = [(run(old, WORKS[name]), run(new, WORKS[name])) for _ in range(pairs)]
    before, after = runs[0][0][2], runs[0][1][2]
    for unit, kind in enumerate(("CPU", "elapsed")):
        olds, news = ([run[side][unit] for run in runs] for side in (0, 1))
        ratio = statistics.median(new / old for old, new in zip(olds, news, strict=True))
        each = f"; {before} → {after} tests, for one: {ratio * before / after:.3f}" if before != after else ""
        medians = f"{statistics.median(olds):.2f} s → {statistics.median(news):.2f} s"
        print(f"{name}: {kind} {medians}, median ratio of {pairs} pairs: {ratio:.3f}{each}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="another checkout")
    parser.add_argument("new", type=Path, nargs="?", default=ROOT, help="default: this one")
    parser.add_argument("--without", action="append", default=[], help="leave out this folder in both")
    parser.add_argument("--pairs", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--work", action="append", choices=WORKS, help="default: all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before = scratch(options.old.resolve(), Path(folder, "old"), options.without)
        after = scratch(options.new.resolve(), Path(folder, "new"), options.without)
        for work in options.work or WORKS:
            compare(work, before, after, options.pairs)
