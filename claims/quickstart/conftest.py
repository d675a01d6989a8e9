"""What the claims of the Quickstart share."""

import contextlib
import os
import sys
from pathlib import Path

import pytest

from claims import Untried, real


@pytest.fixture
def run_printed(printed):
    """Run a piece of the Quickstart's code as it is printed, with the names that it expects; returns its names."""

    def run(piece, **names):
        exec(compile(printed("quickstart", piece), f"{piece}.py", "exec"), names)
        return names

    return run


@pytest.fixture
def arguments_printed(printed):
    """What follows `flask` in a command line of the Quickstart, as it is printed."""

    def arguments(piece):
        prompt, program, *rest = printed("quickstart", piece).splitlines()[0].split()
        if (prompt, program) != ("$", "flask"):
            raise Untried(f"{piece} is no command line of `flask`")
        return rest

    return arguments


@pytest.fixture
def flask_command(tmp_path):
    """Start `flask`, or `python -m flask`, with *arguments* in `tmp_path`, with port 5000 to itself."""
    commands = {"python -m flask": ["-m", "flask"], "flask": [str(Path(sys.executable).with_name("flask"))]}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "WERKZEUG_"))}
    with real.default_port(), contextlib.ExitStack() as stack:

        def start(*arguments, by="python -m flask", **settings):
            environment = {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **settings}
            command = real.Command([sys.executable, *commands[by], *arguments], tmp_path, environment)
            stack.callback(command.stop)
            return command

        yield start


@pytest.fixture
def told():
    """What the server of a command answers at a path, or the last line that the command printed if it only ended."""

    def answer(command, path="/"):
        try:
            return command.fetch(path).text
        except Untried:
            if command.process.poll() is None or "already in use" in command.output:
                raise
            return command.output.strip().rpartition("\n")[2]

    return answer
