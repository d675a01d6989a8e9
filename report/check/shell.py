"""Names in shell lines: commands, their options, and environment variables."""

import re
import shlex
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from report.check.names import ALIKE, Judgement, Names
from report.check.passages import Passage

LANGUAGES = frozenset({
    "sh", "bash", "zsh", "fish", "shell", "console", "shell-session", "sh-session", "shellsession", "terminal", "cmd",
    "bat", "batch", "powershell", "ps1", "pwsh", "doscon",
})  # fmt: skip
PROMPT = re.compile(r"\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[^$#%>\n]*)?(?:[$%>]|PS[^>\n]*>|[A-Za-z]:\\[^>\n]*>)\s+")
SETTING = re.compile(
    r"\s*(?:export\s+|set\s+(?:-x\s+)?|setx\s+|\$env:)?(?P<name>[A-Z][A-Z0-9_]+)\s*(?:=|\s(?=\S+\s*$))"
)
SETS = re.compile(r"\s*(?:export|set|setx|\$env:|[A-Z][A-Z0-9_]+=)")
WORD = re.compile(r"\S+")
Named = tuple[Judgement | None, int, int]


def is_shell(passage: Passage, programs: tuple[str, ...]) -> bool:
    """Whether a block has lines for a shell: its language says so, or its first line."""
    first = passage.shown.lstrip().partition("\n")[0]
    starts = PROMPT.match(first) or SETS.match(first) or first.split(" ")[0] in programs
    return passage.language in LANGUAGES or (passage.language in ("", "text", "none", "plaintext") and bool(starts))


def find(shown: str, names: Names, programs: tuple[str, ...], prompts: bool = True) -> Iterator[Named]:
    """What is known of each name in shell lines, with its place; with a prompt on any line, the others are output."""
    prompted = prompts and bool(re.search(rf"^{PROMPT.pattern}", shown, re.MULTILINE))
    at = 0
    for line in shown.splitlines(keepends=True):
        prompt = PROMPT.match(line)
        if prompt or not prompted:
            yield from _line(line.partition(" #")[0], prompt.end() if prompt else 0, at, names, programs)
        at += len(line)


def _line(line: str, first: int, at: int, names: Names, programs: tuple[str, ...]) -> Iterator[Named]:
    setting = SETTING.match(line, first)
    while setting and (SETS.match(line, first)):
        entry = names.index.find(f"env:{setting['name']}")
        if entry:
            yield names.entry(entry), at + setting.start("name"), at + setting.end("name")
        value = WORD.match(line, setting.end())
        first = value.end() if value else len(line)
        first += len(line[first:]) - len(line[first:].lstrip(" &;"))
        setting = SETTING.match(line, first)
    words = [(match[0], match.start() + at, match.end() + at) for match in WORD.finditer(line, first)]
    if [word for word, _, _ in words[1:3:1]][:1] == ["-m"] and words[0][0].startswith("py"):
        words = words[2:]
    if words and words[0][0] in programs and _is_whole(line[first:]):
        yield from _command(words, names)


def _is_whole(line: str) -> bool:
    try:
        return bool(shlex.split(line))
    except ValueError:
        return False


def _command(words: list[tuple[str, int, int]], names: Names) -> Iterator[Named]:
    """The names in a command: a word may be a subcommand until the first that is none."""
    command, final, taken = words[0][0], False, False
    for (word, first, _), following in [*pairwise(words), (words[-1], ("", 0, 0))]:
        if word in ("|", "&&", ";", "&", ">", "||"):
            return
        if first == words[0][1] or taken:
            taken = False
        elif word.startswith("-") and not final:
            option = word.partition("=")[0]
            yield _option(command, option, names), first, first + len(option)
            longer = names.index.find(f"command:{command} {following[0]}")
            taken = "=" not in word and bool(following[0]) and not following[0].startswith("-") and longer is None
        elif not final and (entry := names.index.find(f"command:{command} {word}")):
            command = f"{command} {word}"
            yield names.entry(entry), first, first + len(word)
        else:
            final = True


def _option(command: str, option: str, names: Names) -> Judgement | None:
    """What is known of an option: a short one that the index lacks may have come by an extension."""
    parts = command.split(" ")
    entry = names.index.find(f"option:{command} {option}")
    if entry:
        return names.entry(entry)
    parent = names.index.find(f"command:{command}")
    options = [name for name in names.index.members(f"command:{command}") if name.startswith("-")]
    if parent is None or not options or not option.startswith("--") or names.index.is_open(f"command:{command}"):
        return None
    near = get_close_matches(option, options, 2, ALIKE)
    elsewhere = [" ".join(parts[:size]) for size in range(1, len(parts))]
    before = next((one for one in elsewhere if names.index.find(f"option:{one} {option}")), None)
    hint = f" Did you mean `{near[0]}`?" if near else f" It belongs before `{parts[-1]}`." if before else ""
    message = f"`{command}` has no option `{option}` in any release of {parent.package} that was measured.{hint}"
    sure = near[0] if len(near) == 1 and names.exists(f"option:{command} {near[0]}") else None
    return Judgement(f"option:{command} {option}", 1, "never", message, instead=near[0] if near else None, fix=sure)
