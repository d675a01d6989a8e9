"""What running several releases at once gains: the history against a bare loop of pytest, one release after the other.

Both use the same environments, which are made before anything is measured, and the same claims; the loop runs pytest
without recorder and report. They run in turn, so that a machine whose speed drifts slows both. Run it as
`uv run python benchmarks/history.py [-k EXPRESSION] [--pairs N] [--jobs N]`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from report import settings  # noqa: E402
from report.measure import environments, history, runs  # noqa: E402

RELEASES = ("0.12.2", "1.0.4", "1.1.4", "2.0.3", "2.1.3", "2.2.5", "2.3.3", "3.0.3")


def seconds(*command: str, **variables: str) -> float:
    """How long a command takes; which claims do not hold is no matter here."""
    environment = {name: value for name, value in os.environ.items() if name not in runs.REMOVED_VARIABLES} | variables
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=3600)
    assert done.returncode in (0, 1), f"{done.stdout}{done.stderr}"
    return time.perf_counter() - begun


def whole_history(jobs: int, keyword: str) -> float:
    """How long the command takes with every cell of the releases to run; the ledger stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--all", "--jobs", str(jobs), "--into", str(Path(folder, "ledger"))]
        chosen = ["--claims", keyword] if keyword else []
        return seconds(sys.executable, "-m", "report", "history", "--releases", ",".join(RELEASES), *options, *chosen)


def bare_loop(interpreters: Sequence[Path], claims: Path, bytecode: Path) -> float:
    """How long pytest takes with the same claims in the same environments, one after the other."""
    plain = [
        "-n0",
        "-p",
        "no:report.probe.plugin",
        "-p",
        "no:cacheprovider",
        "-q",
        "--tb=no",
        "--hypothesis-profile=history",
    ]
    return sum(
        seconds(
            *[str(python), "-m", "pytest", *plain, f"@{claims}"],
            PYTHONPYCACHEPREFIX=str(bytecode / python.parts[-3]),
        )
        for python in interpreters
    )


def interpreters_of_releases() -> list[Path]:
    """The interpreters of the releases, in environments that are there and whole."""
    where = settings.read(ROOT)
    chosen = history.release_environments(where, environments.here(where), version(where.subject), RELEASES)
    return [history.interpreter(where, environment) for environment in chosen]


def main(pairs: int, jobs: int, keyword: str) -> None:
    """Print each pair, and the median of their ratios."""
    interpreters = interpreters_of_releases()
    with tempfile.TemporaryDirectory() as folder:
        bytecode, claims = Path(folder, "bytecode"), Path(folder, "claims")
        chosen = runs.collect(settings.read(ROOT), keyword)
        claims.write_text("".join(f"{claim.id}\n" for claim in chosen), encoding="utf-8")
        bare_loop(interpreters, claims, bytecode), whole_history(jobs, keyword)  # to fill the bytecode caches
        ratios = []
        for number in range(1, pairs + 1):
            loop, whole = bare_loop(interpreters, claims, bytecode), whole_history(jobs, keyword)
            ratios.append(whole / loop)
            print(f"pair {number}: loop {loop:.2f} s, history {whole:.2f} s, ratio {ratios[-1]:.3f}", flush=True)
    median = statistics.median(ratios)
    print(f"{len(chosen)} claims, {len(RELEASES)} releases, --jobs {jobs}: median ratio of {pairs} pairs: {median:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", dest="keyword", default="", metavar="EXPRESSION", help="only these claims")
    parser.add_argument("--pairs", type=int, default=3, help="how often both run (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="releases at once (default: %(default)s)")
    options = parser.parse_args()
    main(options.pairs, options.jobs, options.keyword)
