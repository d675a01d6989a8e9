"""Python code as it is printed: whether it can be parsed, and if not, why."""

import re
from dataclasses import dataclass, replace

from report.check.code import parse
from report.check.passages import STRAIGHT, Passage

LANGUAGES = re.compile(r"python[23]?|py3?|pycon|ipython3?|python-repl")
SIGN = re.compile(
    r"^[ \t]*(?:from [\w.]+ import\b|import \w|(?:async )?def \w+\s*\(|class \w+.*:[ \t]*$|@\w+[\w.]*\(?|if __name__"
    r"|print[ (]|\w[\w.]* = [\w.]+\()",
    re.MULTILINE,
)
DOCTEST = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d+\]:)(?: |$)", re.MULTILINE)
OTHER = re.compile(
    r"\A`|^\s*(?:[$%!]\s*\w|<[a-z!/]|\{%|Traceback|/\w|\* Running|pip install|C:\\|[{}]$|[+-]{1,3}[ \w@#])",
    re.MULTILINE,
)
PLACEHOLDER = re.compile(r"\.\.\.|…|<\w[\w .-]*>|\{\{|\{%|\[\.\.\.\]|\byour[ _-]")
NEWER = re.compile(r"^[ft]-string|\b[ft]['\"]|^\s*(?:type \w+ ?=|(?:def|class) \w+\[)|except\*")
COMMENT = re.compile(r"^(?P<indent>[ \t]+)#.{3,}$", re.MULTILINE)
STRING = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
TYPOGRAPHIC = re.compile("[‘’‚‛“”„‟]")
COMPOUND = re.compile(r"\s*(?:(?:async )?def|class|with|if|for|while|try|elif|else|except|finally)\b.*:\s*(?:#.*)?$")


@dataclass(frozen=True)
class Problem:
    """Why code cannot be parsed: characters *first* to *last* of what is shown; *fix* replaces them."""

    first: int
    last: int
    message: str
    fix: str | None = None


@dataclass(frozen=True)
class Parsed:
    """A block of Python without its prompts; *whole*: with straight quotes, it can be parsed."""

    passage: Passage
    whole: bool
    problems: tuple[Problem, ...] = ()


def read(passage: Passage) -> Parsed | None:
    """Parse a block; None if it is not Python."""
    said = bool(LANGUAGES.fullmatch(passage.language))
    signs = len(SIGN.findall(passage.shown)) + passage.shown.count(">>> ")
    if not said and (passage.language not in ("", "text", "none", "default") or not signs):
        return None
    if any(line.lstrip().startswith((">>>", "In [")) for line in passage.shown.splitlines()):
        passage = _without_prompts(passage)
    error = _error(passage.shown)
    if error is None:
        return Parsed(passage, True)
    problems, straight = _quotes(passage.shown)
    if _error(straight) is None:
        return Parsed(replace(passage, shown=straight), True, problems)
    filled = COMMENT.sub(lambda one: f"{one['indent']}pass".ljust(len(one[0]), "#"), passage.shown)
    if _error(filled) is None:  # only what a comment stands for is missing
        return Parsed(replace(passage, shown=filled), True)
    silent = signs < (1 if said else 2) or _is_fragment(passage.shown, error)
    return Parsed(passage, False, () if silent else (_problem(passage.shown, error),))


def _error(source: str) -> SyntaxError | None:
    try:
        parse(source)
    except SyntaxError as error:
        return error
    return None


def _without_prompts(passage: Passage) -> Passage:
    """A session without its prompts and its output."""
    kept: list[int] = []
    at, inside = 0, False
    for line in passage.shown.splitlines(keepends=True):
        prompt = DOCTEST.match(line)
        if prompt and (line.lstrip()[:3] != "..." or inside):
            kept += range(at + prompt.end(), at + len(line))
        inside = bool(prompt)
        at += len(line)
    return passage.select(kept)


def _is_fragment(shown: str, error: SyntaxError) -> bool:
    """Whether code is evidently an excerpt, or not Python alone: then nothing is said of it."""
    lines = shown.split("\n")
    index = (error.lineno or 1) - 1
    if NEWER.search(error.msg) or NEWER.search(lines[min(index, len(lines) - 1)]):
        return True  # of a later Python than this one, perhaps
    around = "\n".join(lines[max(index - 1, 0) : index + 2])
    if PLACEHOLDER.search(around) or OTHER.search(shown) or DOCTEST.search(shown):
        return True
    if lines[-1].lstrip().startswith("@") or ("\n" not in shown.strip() and shown.lstrip().startswith("@")):
        return True
    code = [line for line in lines[index:] if line.strip() and not line.lstrip().startswith("#")]
    if "expected an indented block" in error.msg or "unexpected EOF" in error.msg or "expected 'except'" in error.msg:
        return not code or not _lost_indentation(lines, index)
    if "was never closed" in error.msg and shown.count("\n") < 2:
        return True
    ellipsis = any(line.strip() in ("...", "…", "# ...", "# …", "#...") for line in lines)
    return isinstance(error, IndentationError) and (ellipsis or index == 0)


def _lost_indentation(lines: list[str], index: int) -> bool:
    """Whether the line with this index should be indented below the one before it, and is a statement."""
    before = next((line for line in reversed(lines[:index]) if line.strip() and not line.lstrip().startswith("#")), "")
    line = lines[index]
    same = len(line) - len(line.lstrip()) <= len(before) - len(before.lstrip())
    return bool(COMPOUND.match(before)) and same and not re.match(r"\s*(?:def|class|@|async def)\b|\s*@", line)


def _problem(shown: str, error: SyntaxError) -> Problem:
    lines = shown.split("\n")
    index = min((error.lineno or 1), len(lines)) - 1
    start = sum(len(line) + 1 for line in lines[:index])
    line = lines[index]
    first = start + len(line) - len(line.lstrip())
    if _lost_indentation(lines, index) and isinstance(error, IndentationError):
        said = "the indentation is lost: this line should be indented below the one before it"
    elif isinstance(error, IndentationError):
        said = f"the indentation is wrong: {error.msg}"
    elif TYPOGRAPHIC.search(line):
        said = "typographic quotes are no quotes of Python"
    else:
        said = error.msg
    return Problem(first, start + len(line.rstrip()), f"This code cannot be parsed: {said}.")


def _quotes(shown: str) -> tuple[tuple[Problem, ...], str]:
    """A problem for each line with typographic quotes outside of strings, and the code with straight ones there."""
    problems, fixed, at = [], [], 0
    for line in shown.splitlines(keepends=True):
        outside = STRING.sub(lambda string: "_" * len(string[0]), line.partition("#")[0])
        marks = [match.start() for match in TYPOGRAPHIC.finditer(outside)]
        if marks:
            first, last = marks[0], marks[-1] + 1
            said = "This code cannot be parsed: typographic quotes are no quotes of Python."
            problems.append(Problem(at + first, at + last, said, line[first:last].translate(STRAIGHT)))
            fixed.append(line[:first] + line[first:last].translate(STRAIGHT) + line[last:])
        else:
            fixed.append(line)
        at += len(line)
    return tuple(problems), "".join(fixed)
