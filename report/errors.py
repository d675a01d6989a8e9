"""What can go wrong that a user can mend: each error is one sentence and one hint."""

from pathlib import Path

# What a file from a stranger may raise while it is read: it is missing, no text, of another shape, or far too deep.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class ReportError(Exception):
    """The base: *sentence* says what is wrong, *hint* what to do about it; as text, one line that does nothing."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__("".join(sign if sign.isprintable() else " " for sign in f"{sentence} {hint}"))
        self.sentence = sentence
        self.hint = hint


class DamagedFileError(ReportError):
    """A file of ours cannot be read as what it has to be."""

    def __init__(self, path: Path, why: str, hint: str) -> None:
        super().__init__(f"{path} is damaged: {why}.", hint)


class TruncatedRunError(ReportError):
    """A record ends before its run did."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has no last line: its run was cut off.", "Run it again; nothing was taken over.")


class UnknownReleaseError(ReportError):
    """A release is asked for that the data file does not have, or has no stack for."""

    def __init__(self, version: str, known: list[str]) -> None:
        super().__init__(f"There is no release {version} to measure.", f"Known: {', '.join(known)}.")


class MissingPythonError(ReportError):
    """The interpreter that old releases run on is not on this machine."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"No Python {version} was found, and uv could not provide one.",
            f"Install it (`uv python install {version}` or your system's package), then try again.",
        )


class StackError(ReportError):
    """The packages of a release could not be installed."""

    def __init__(self, version: str, why: str) -> None:
        super().__init__(f"The environment of {version} could not be made: {why}.", "Nothing was taken over from it.")


class UnknownClaimError(ReportError):
    """A claim is asked for that the ledger does not have, or not just once."""

    def __init__(self, wanted: str, found: list[str]) -> None:
        several = f"{len(found)} claims of the ledger are called {wanted!r}."
        hint = "Name one: " + ", ".join(found[:8]) if found else "Try a part of its id, as in the ledger or the report."
        super().__init__(several if found else f"No claim of the ledger is called {wanted!r}.", hint)
