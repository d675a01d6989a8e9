"""Names in shell lines: commands, their options, and environment variables."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from report.check.names import ALIKE, Index, Judgement, Known
from report.check.passages import Passage

LANGUAGES = re.compile(
    r"(?:ba|z|fi)?sh|shell|console|(?:shell|sh)-?session|terminal|cmd|bat|batch|powershell|ps1|pwsh|doscon"
)
PROMPT = re.compile(r"\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[^$#%>\n]*)?(?:[$%>]|PS[^>\n]*>|[A-Za-z]:\\[^>\n]*>)\s+")
SETTING = re.compile(
    r"\s*(?:(?:export|set|setx)\s+(?:-x\s+)?|\$env:|(?=\w+=))(?P<name>[A-Z][A-Z0-9_]+)(?:\s*=\s*|\s+)(?:\S+)?[\s&;]*"
)
WORD = re.compile(r"\S+")
STOP = frozenset(["|", "||", "&", "&&", ";", ">", "\\"])


def is_shell(passage: Passage, programs: tuple[str, ...]) -> bool:
    """Whether a block has lines for a shell: its language says so, or its first line."""
    first = passage.shown.lstrip().partition("\n")[0]
    starts = PROMPT.match(first) or SETTING.match(first) or first.split(" ")[0] in programs
    return bool(LANGUAGES.fullmatch(passage.language) or (passage.language in ("", "text", "none") and starts))


def find(shown: str, index: Index, programs: tuple[str, ...]) -> Iterator[Known]:
    """What is known of each name in shell lines; if any line has a prompt, those without one are output."""
    prompted = bool(re.search(rf"^{PROMPT.pattern}", shown, re.MULTILINE))
    at = 0
    for line in shown.splitlines(keepends=True):
        prompt = PROMPT.match(line)
        code, first = line.partition(" #")[0], prompt.end() if prompt else 0
        while (prompt or not prompted) and (setting := SETTING.match(code, first)):
            entry = index.find(f"env:{setting['name']}")
            if entry:
                yield Known(index.judge(entry), at + setting.start("name"), at + setting.end("name"))
            first = setting.end()
        words = [(match[0], at + match.start()) for match in WORD.finditer(code, first)]
        if len(words) > 2 and words[0][0].startswith("py") and words[1][0] == "-m":
            words = words[2:]
        if (prompt or not prompted) and words and words[0][0] in programs:
            yield from _command(words, index)
        at += len(line)


def _command(words: list[tuple[str, int]], index: Index) -> Iterator[Known]:
    """The names in a command: each word may be a subcommand, until one that is none."""
    command, value = words[0][0], False
    for (word, first), (following, _) in pairwise([*words[1:], ("", 0)]):
        if word in STOP:
            return
        if word.startswith("-"):
            option = word.partition("=")[0]
            yield Known(_option(command, option, index), first, first + len(option))
            value = "=" not in word and index.find(f"command:{command} {following}") is None
        elif entry := index.find(f"command:{command} {word}"):
            command, value = f"{command} {word}", False
            yield Known(index.judge(entry), first, first + len(word))
        elif not value:
            return
        else:
            value = False


def _option(command: str, option: str, index: Index) -> Judgement | None:
    """What is known of an option: a short one that the index lacks may have come by an extension."""
    entry = index.find(f"option:{command} {option}")
    if entry:
        return index.judge(entry)
    parent = index.find(f"command:{command}")
    known = (name.removeprefix(f"{command} ") for name in index.of.members("option:"))
    options = [name for name in known if name.startswith("--")]
    if parent is None or not options or not option.startswith("--"):
        return None
    near = get_close_matches(option, options, 2, ALIKE)
    before, _, last = command.rpartition(" ")
    misplaced = before and index.find(f"option:{before} {option}")
    hint = f" It belongs before `{last}`." if misplaced else f" Did you mean `{near[0]}`?" if near else ""
    message = f"`{command}` has no option `{option}` in any release of {parent.package} that was measured.{hint}"
    if not near or misplaced:
        return Judgement("never", message)
    fix = near[0] if len(near) == 1 and index.exists(f"option:{command} {near[0]}") else None
    return Judgement("never", message, instead=near[0], fix=fix)
