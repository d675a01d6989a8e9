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


class TruncatedRunError(ReportError):
    """A record ends before its run did."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has no last line: its run was cut off.", "Run it again; no outcome was saved.")


class UnknownReleaseError(ReportError):
    """The data file does not have the requested release, or has no stack for it."""

    def __init__(self, version: str, releases: list[str]) -> None:
        super().__init__(f"There is no release {version} to measure.", f"Known: {', '.join(releases)}.")


class MissingPythonError(ReportError):
    """The interpreter for old releases is not installed."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"No Python {version} was found, and uv could not provide one.",
            f"Install it (`uv python install {version}` or your system's package), then try again.",
        )


class StackError(ReportError):
    """The packages of a release could not be installed."""

    def __init__(self, version: str, why: str) -> None:
        super().__init__(f"The environment of {version} could not be made: {why}.", "No outcome was saved.")


class OutlineError(ReportError):
    """The questions of an article are not certain, or not as many as declared."""
