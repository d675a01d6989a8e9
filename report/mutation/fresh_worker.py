"""A fresh worker: it has imported only the tools, and answers each question with a new pytest in a fork.

It proves kills, because it imports everything that the search may mutate again. Its arguments are the names of the
tools, `--`, and the arguments of pytest.
"""

import contextlib
import importlib
import json
import os
import sys

import pytest

from report.mutation.worker import AT_IMPORT, FRESH_END, PIPES, adopt_orphans, loaded_functions


def main(tools: list[str], arguments: list[str]) -> None:
    """Answer questions until the client closes the pipe."""
    for tool in tools:
        with contextlib.suppress(ImportError):
            importlib.import_module(tool)
    adopt_orphans()
    questions, answers = map(int, os.environ.pop(PIPES).split(","))
    os.write(answers, b"{}\n")
    with os.fdopen(questions, encoding="utf-8") as lines:
        for line in lines:
            question = json.loads(line)
            mutated = question.pop("mutated", {})
            if {*mutated.values()} & loaded_functions().keys():  # a tool or Python itself has imported the file
                send_end(answers, AT_IMPORT)
            elif (child := os.fork()) == 0:
                run_pytest(question, answers, arguments)
            else:
                os.waitpid(child, 0)
                send_end(answers, "done")


def run_pytest(question: dict[str, object], answers: int, arguments: list[str]) -> None:
    """Answer one question with a pytest that has not imported any claim; never returns."""
    reader, writer = os.pipe()
    os.write(writer, (json.dumps(question) + "\n").encode())
    os.close(writer)
    os.environ[PIPES] = f"{reader},{answers}"
    code = 1
    with contextlib.suppress(BaseException):
        code = pytest.main([*arguments, *map(str, question["claims"])])  # type: ignore[call-overload]
    os._exit(int(code) or 1)  # only the worker inside pytest exits with 0


def send_end(answers: int, end: str) -> None:
    """Write the last line of an answer, even if pytest crashed."""
    os.write(answers, (json.dumps({FRESH_END: end}) + "\n").encode())


if __name__ == "__main__":
    dash = sys.argv.index("--")
    main(sys.argv[1:dash], sys.argv[dash + 1 :])
