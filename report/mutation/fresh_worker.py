"""A fresh worker: it has imported only the tools, and answers each question with a new pytest in a fork.

It proves kills, because it imports everything that the search may mutate again. Its arguments are the names of the
tools, `--`, and the arguments of pytest.
"""

import contextlib
import functools
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import pytest

from report.mutation.worker import SOCKET, Question, Reporter, answer_questions, loaded_functions, run_claims, send


class FreshRun(Reporter):
    """The pytest plugin that answers one question, and ends the process before pytest's own ending."""

    def __init__(self, socket: int, question: Question) -> None:
        super().__init__(socket)
        self.question = question

    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        """Run the claims that pytest has just collected."""
        run_claims(session, session.items, self.question)
        os._exit(0)


def main(tools: Sequence[str], arguments: Sequence[str]) -> None:
    """Answer questions until the client closes the socket."""
    for tool in tools:
        with contextlib.suppress(ImportError):
            importlib.import_module(tool)
    socket = int(os.environ.pop(SOCKET))
    send(socket)

    def prepare(question: Question) -> Callable[[], object] | None:
        if {*question.get("mutated", {}).values()} & loaded_functions().keys():
            return None  # a tool or Python itself has imported the file
        return functools.partial(
            pytest.main, [*arguments, *question["claims"]], plugins=[FreshRun(socket, question)]
        )  # fmt: skip

    answer_questions(socket, prepare)


if __name__ == "__main__":
    dash = sys.argv.index("--")
    main(sys.argv[1:dash], sys.argv[dash + 1 :])
