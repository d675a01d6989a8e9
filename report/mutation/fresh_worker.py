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

import pytest

from report.mutation.worker import SOCKET, Plugin, Question, answer_questions, loaded_functions, run_claims, send


def main(tools: Sequence[str], arguments: Sequence[str]) -> None:
    """Answer questions until the client closes the socket."""
    for tool in tools:
        with contextlib.suppress(ImportError):
            importlib.import_module(tool)
    socket = int(os.environ.pop(SOCKET))
    send(socket)

    def prepare(question: Question) -> Callable[[], object] | None:
        if question.get("mutated", {}).get("path") in loaded_functions():
            return None  # a tool has imported the file
        plugin = Plugin(socket, lambda session: run_claims(session, session.items, question))
        return functools.partial(pytest.main, [*arguments, *question["claims"]], [plugin])

    answer_questions(socket, prepare)


if __name__ == "__main__":
    dash = sys.argv.index("--")
    main(sys.argv[1:dash], sys.argv[dash + 1 :])
