"""A bench that has imported nothing but our tools: each question is answered by a pytest from scratch, in a fork.

What it is for is proof: everything that may be sabotaged is imported anew. It takes the tools' names as arguments, and
then pytest's arguments after `--`.
"""

import contextlib
import importlib
import json
import os
import sys

import pytest

from report.mutation.worker import AT_IMPORT, OVER, PIPES, adopt_orphans, functions


def main(tools: list[str], arguments: list[str]) -> None:
    """Answer what we are asked, until the pipe is closed."""
    for tool in tools:
        with contextlib.suppress(ImportError):
            importlib.import_module(tool)
    adopt_orphans()
    asked, answers = map(int, os.environ.pop(PIPES).split(","))
    os.write(answers, b"{}\n")
    with os.fdopen(asked, encoding="utf-8") as questions:
        for line in questions:
            question = json.loads(line)
            swap = question.pop("swap", {})
            if {*swap.values()} & functions().keys():  # a tool needs it, or it is Python's own
                tell(answers, AT_IMPORT)
            elif (child := os.fork()) == 0:
                answer(question, answers, arguments)
            else:
                os.waitpid(child, 0)
                tell(answers, "done")


def answer(question: dict[str, object], answers: int, arguments: list[str]) -> None:
    """Have a pytest that has not imported any claim answer one question."""
    asked, asking = os.pipe()
    os.write(asking, (json.dumps(question) + "\n").encode())
    os.close(asking)
    os.environ[PIPES] = f"{asked},{answers}"
    code = 1
    with contextlib.suppress(BaseException):
        code = pytest.main([*arguments, *map(str, question["claims"])])  # type: ignore[call-overload]
    os._exit(int(code) or 1)  # the bench itself leaves with 0


def tell(answers: int, end: str) -> None:
    """End an answer, whatever end the pytest in between has come to."""
    os.write(answers, (json.dumps({OVER: end}) + "\n").encode())


if __name__ == "__main__":
    dash = sys.argv.index("--")
    main(sys.argv[1:dash], sys.argv[dash + 1 :])
