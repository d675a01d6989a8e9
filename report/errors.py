"""Errors that a user can fix: each has one sentence and one hint."""

from pathlib import Path

# What reading an untrusted file can raise: it is missing, not text, of another structure, or nested too deeply.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class ReportError(Exception):
    """The base class: *sentence* states the problem, *hint* the remedy; as text, both are one line.

    Unprintable characters become spaces, so that the text cannot control the terminal.
    """

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__("".join(char if char.isprintable() else " " for char in f"{sentence} {hint}"))
        self.sentence = sentence
        self.hint = hint


class DamagedFileError(ReportError):
    """A file is missing, or its content is invalid."""

    def __init__(self, path: Path, why: str, hint: str) -> None:
        super().__init__(f"{path} is damaged: {why}.", hint)


class StackError(ReportError):
    """The Python of a release was not found, or its packages could not be installed."""

    def __init__(self, version: str, why: str) -> None:
        super().__init__(f"The environment of {version} could not be made: {why}.", "No outcome was saved.")


class OutlineError(ReportError):
    """The questions of an article are not certain, or not as many as declared."""
