"""Draw scripts at random, run each with `uv run` in an empty folder, and compare what it prints with the ledger.

    uv run python benchmarks/scripts.py 50 --seed 20

A script is of any claim, on the current release, on the oldest that is measured, or on a side of a change. Both its
outcome and its values have to be those of the ledger, as the recorder tidies them (ports, addresses, paths). Left out
are the module of a class of the claims (here `claims.real`, there the script) and keys drawn at random (64 hexadecimal
digits).
"""

import argparse
import os
import random
import re
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
from report.probe.recorder import tidy

# The module of a class in the `repr` of an object, and a key drawn at random.
DIFFERS = re.compile(r"\b(claims|tmp|script)(\.\w+)*\.(?=[A-Z])|\b[0-9a-f]{64}\b")


def releases_of(entry, selected):
    """The current release, the oldest that is measured, and both sides of each change."""
    names = [each.version for each in selected if each.version in entry.cells]
    sides = [side.version for each in attribution.boundaries(entry, selected) for side in (each.before, each.after)]
    return list(dict.fromkeys([names[-1], names[0], *sides]))


def printed(text, folder, patience):
    """What a script prints in an empty folder, tidied, and how long it takes."""
    empty = Path(tempfile.mkdtemp(dir=folder))
    (empty / "script.py").write_text(text, encoding="utf-8")
    pythons = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/*/bin"))
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    variables = {**kept, "PATH": os.pathsep.join([*map(str, pythons), kept["PATH"]])}
    began = time.monotonic()
    command = [variables.get("UV", "uv"), "run", "--quiet", "script.py"]
    try:
        done = subprocess.run(command, cwd=empty, env=variables, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return f"no end after {patience} seconds", patience
    return DIFFERS.sub("", tidy(done.stdout)).rstrip() or done.stderr.strip()[-600:], time.monotonic() - began


def expected(cell, needs):
    """What the script of a cell should print. Of a component that is missing, it cannot know why."""
    missing = [f"it needs {name}, which is not here" for name in needs if (cell.reason or "").startswith(f"{name}: ")]
    reason = [f"    {each}" for each in [*missing, cell.reason][:1] if cell.outcome == "untried"]
    values = [f"    {each.assertion}\n    → {each.observed}" for each in cell.evidence]
    return DIFFERS.sub("", "\n".join([cell.outcome, *reason, *values])).rstrip()


def main():
    """Print a line for each script, both texts where they differ, and the numbers of lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="Keep the scripts in this folder.")
    parser.add_argument("--seconds", type=int, default=120, help="For one script (default: %(default)s).")
    given = parser.parse_args()
    config = settings.read(Path.cwd())
    records = runs.collect(config, None)
    result, outcomes = script.result_of(config, records), ledger.read(config.ledger)
    selected = releases.select(config.releases)
    cases = [(record, name) for record in records for name in releases_of(outcomes.entries[record.id], selected)]
    drawn = random.Random(given.seed).sample(cases, given.number)
    lengths, outcome, values = [], 0, 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        texts = [script.text_of(config, record, release, result) for record, release in drawn]
        for (record, release), text, (said, seconds) in zip(
            drawn, texts, pool.map(lambda text: printed(text, folder, given.seconds), texts), strict=True
        ):
            wanted = expected(outcomes.entries[record.id].cells[release], record.needs)
            lengths.append(text.count("\n"))
            same = said.split("\n")[0] == wanted.split("\n")[0]
            outcome, values = outcome + same, values + (said == wanted)
            state = ("other outcome", "other values", "same")[same + (said == wanted)]
            print(f"{state:13} {seconds:5.1f} s {lengths[-1]:4} lines {release:7} {record.id}", flush=True)
            if said != wanted:
                print(f"  printed:\n{said}\n  expected:\n{wanted}")
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                name = f"{len(lengths)}-{record.id.partition('::')[2].partition('[')[0]}-{release.replace('.', '_')}.py"
                (given.keep / name).write_text(text, encoding="utf-8")
    print(f"{given.number} of {len(cases)} scripts drawn with seed {given.seed}.")
    print(f"Equal: the outcome of {outcome}, the values of {values}.")
    print(f"Lines: median {statistics.median(lengths):g}, most {max(lengths)}.")
    return int(values < given.number)


if __name__ == "__main__":
    sys.exit(main())
