"""What recorder, evidence and report cost: the main job against the same claims with the plugin switched off.

Both run in turn, so that a machine whose speed drifts slows both. Run it as `uv run python benchmarks/overhead.py`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTEST = [sys.executable, "-m", "pytest", "claims", "-q", "--tb=no", "-W", "ignore", "-n0", "-p", "no:cacheprovider"]


def seconds(bytecode: Path, *arguments: str) -> float:
    """How long one run takes, its bytecode in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPYCACHEPREFIX": str(bytecode)}
    begun = time.perf_counter()
    subprocess.run([*PYTEST, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=600)
    return time.perf_counter() - begun


def main(pairs: int) -> None:
    """Print each pair, and the median of their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        off = ["-p", "no:report.probe.plugin"]
        plain, job = Path(folder, "plain"), Path(folder, "job")
        report = ["--out", str(Path(folder, "out"))]
        seconds(plain, *off), seconds(job, *report)  # to fill the bytecode caches
        ratios = []
        for number in range(1, pairs + 1):
            without, whole = seconds(plain, *off), seconds(job, *report)
            ratios.append(whole / without)
            print(f"pair {number}: without {without:.2f} s, main job {whole:.2f} s, ratio {ratios[-1]:.3f}")
        print(f"median ratio of {pairs} pairs: {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
