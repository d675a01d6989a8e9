"""Draw scripts at random, run each with `uv run` in an empty folder, and compare its outcome with the ledger's.

    uv run python benchmarks/scripts.py 20 --seed 20

Each drawn claim is run on the current release, on the oldest, and on both sides of a change if there is one.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from report import script, settings
from report.measure import attribution, ledger, releases, runs

SECONDS = 300  # for one script, which may have to install its packages


def releases_of(entry, selected):
    """The current release, the oldest that is measured, and the sides of the first change."""
    names = [each.version for each in selected if each.version in entry.cells]
    changes = attribution.boundaries(entry, selected)[:1]
    sides = [side.version for change in changes for side in (change.before, change.after)]
    return list(dict.fromkeys([names[-1], names[0], *sides]))


def outcome(text, folder):
    """What a script prints in an empty folder, and how long it takes."""
    empty = Path(tempfile.mkdtemp(dir=folder))
    (empty / "script.py").write_text(text, encoding="utf-8")
    pythons = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin"))
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    variables = {**kept, "PATH": os.pathsep.join([*map(str, pythons), kept["PATH"]])}
    began = time.monotonic()
    command = [variables.get("UV", "uv"), "run", "--quiet", "script.py"]
    done = subprocess.run(command, cwd=empty, env=variables, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout.strip() or done.stderr.strip()[-300:], time.monotonic() - began


def main():
    """Print a line for each script, and the numbers of lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="Keep the scripts in this folder.")
    given = parser.parse_args()
    config = settings.read(Path.cwd())
    records = runs.collect(config, None)
    told, measured = script.result_of(config, records), ledger.read(config.ledger)
    selected = releases.select(config.releases)
    drawn = random.Random(given.seed).sample(records, given.number)
    cases = [(one, name) for one in drawn for name in releases_of(measured.entries[one.id], selected)]
    lengths, wrong = [], 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        texts = [script.text_of(config, record, release, told) for record, release in cases]
        for (record, release), text, (said, seconds) in zip(
            cases, texts, pool.map(lambda text: outcome(text, folder), texts), strict=True
        ):
            expected = measured.entries[record.id].cells[release].outcome
            same = said.split(" ")[0].split("\n")[0] == expected
            lengths.append(text.count("\n"))
            wrong += not same
            if given.keep:
                (given.keep / f"{record.id.partition('::')[2]}-{release}.py").write_text(text, encoding="utf-8")
            state = f"{'same' if same else 'OTHER'} {expected:8} {seconds:5.1f} s"
            print(f"{state} {lengths[-1]} lines {release:7} {record.id}")
            if not same:
                print(said)
    print(f"{len(cases)} scripts of {given.number} claims, {wrong} with another outcome than the ledger's.")
    print(f"Lines: median {statistics.median(lengths):g}, most {max(lengths)}.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
