"""What the claims of the Quickstart share."""

import pytest


@pytest.fixture
def run_printed(printed):
    """Run a piece of the Quickstart's code as it is printed, with the names that it expects; returns its names."""

    def run(piece, **names):
        exec(compile(printed("quickstart", piece), f"{piece}.py", "exec"), names)
        return names

    return run
