"""Fuzzes the readers of files from strangers, guided by coverage (Atheris), until one raises what is no error of ours.

    uv run --with atheris python benchmarks/fuzz.py -max_total_time=300

The first byte of an input says which reader gets the rest. What is found is written down as `crash-…`, which the
same command takes as an argument.
"""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))
with atheris.instrument_imports(include=["report", "tomllib", "packaging"]):
    from report.errors import ReportError
    from tests.faults.test_strangers import READERS

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
(FOLDER / "demo").mkdir()
NAMES = [*READERS]


def read(data: bytes) -> None:
    """Have one of the readers read *data*."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    (FOLDER / name).write_bytes(data[1:])
    try:
        READERS[name](FOLDER / name)
    except ReportError as error:
        if not str(error).isprintable():
            raise AssertionError(f"{error!r} is more than a line") from error


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
