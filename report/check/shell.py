"""Names in shell lines: commands, their options, and environment variables."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from report.check.model import Remark
from report.check.names import Index, close
from report.check.passages import Passage

LANGUAGES = re.compile(
    r"(?:ba|z|fi)?sh|shell|console|(?:shell|sh)-?session|terminal|cmd|bat|batch|powershell|ps1|pwsh|doscon"
    r"|docker-?(?:file|compose)?|ya?ml|(?:dot)?env|ini|properties"  # they set variables, and run commands
)
PROMPT = re.compile(
    r"\s*`?(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[^$#%>\n]*)?(?:[$%>]|PS[^>\n]*>|[A-Za-z]:\\[^>\n]*>)\s+"
)
SETTING = re.compile(
    r"\s*(?:(?:export|env|set|setx|unset|ENV|-)\s+(?:-x\s+)?|\$env:|(?=\w+[=:]))(?P<name>[A-Z][A-Z0-9_]+)"
    r"(?:\s*[=:]\s*|\s+|$)(?:\S+)?\s*"
)
WORD = re.compile(r"\S+")
OPTIONAL = str.maketrans("[]", "  ")  # around what may be left out
COMMENTS = re.compile(r"\A(?:\s*#.*\n)*\s*")
LISTED = str.maketrans("[]\",'", "     ")  # around the words of a command in a list
PART = re.compile(r"(?:(?!\|\|)[^&;\n])+")  # of a line: one command
RUNS = frozenset(["RUN", "CMD", "ENTRYPOINT", "command:", "sudo", "exec"])  # a command
RUNNERS = frozenset(["exec", "run"])  # the words for that of `docker compose` or `pipenv`, say
STOP = frozenset(["|", "||", "&", "&&", ";", ">", "\\"])


def is_shell(passage: Passage, programs: tuple[str, ...]) -> bool:
    """Whether a block has lines for a shell: its language says so, a prompt at its start, or what any line does."""
    if passage.language not in ("", "text", "py", "python"):
        return bool(LANGUAGES.fullmatch(passage.language))
    lines = passage.shown.splitlines()
    does = any(SETTING.match(line) or line.split(" ")[0] in programs for line in lines)
    return does or bool(PROMPT.match(COMMENTS.sub("", passage.shown)))


def find(shown: str, index: Index, programs: tuple[str, ...]) -> Iterator[Remark]:
    """What is known of each name in shell lines; if any line has a prompt, those without one are output."""
    shown = shown.replace("\\\n", "  ")
    lines = [(match[0], match.start()) for match in re.finditer(r".+\n?", shown)]
    has_prompts = any(PROMPT.match(line) for line, _ in lines)
    for line, at in lines:
        prompt = PROMPT.match(line)
        if has_prompts and not prompt:
            continue
        code, start = line.partition(" #")[0], prompt.end() if prompt else 0
        for part in PART.finditer(code, start):
            first = part.start()
            while setting := SETTING.match(code, first, part.end()):
                if index.find(name := f"env:{setting['name']}"):
                    yield index.any([name], at + setting.start("name"), at + setting.end("name"))
                first = setting.end()
            bare = code.translate(LISTED if '["' in code else OPTIONAL)
            words = [(match[0], at + match.start()) for match in WORD.finditer(bare, first, part.end())]
            number = next((number for number, (word, _) in enumerate(words) if word in programs), len(words))
            before, found = [word for word, _ in words[:number]], _command(words[number:], index)
            if not before or before[-1] in RUNS or re.match(r"py\S* -m\Z", " ".join(before[-2:])):
                yield from found
            elif not RUNNERS.isdisjoint(before):  # what it runs has that name, too, perhaps
                yield from (remark for remark in found if remark.known and not remark.verdict)


def _command(words: list[tuple[str, int]], index: Index) -> Iterator[Remark]:
    """The names in a command: each word may be a subcommand, until one that is none."""
    command, may_be_value = words[0][0] if words else "", False
    for (word, first), (following, _) in pairwise([*words[1:], ("", 0)]):
        if word in STOP:
            return
        if word.startswith("-"):
            yield _option(command, word.partition("=")[0], first, index)
            may_be_value = "=" not in word and index.find(f"command:{command} {following}") is None
        elif entry := index.find(f"command:{command} {word}"):
            command, may_be_value = f"{command} {word}", False
            yield index.judge(entry, first, first + len(word))
        elif not may_be_value:
            return
        else:
            may_be_value = False


def _option(command: str, option: str, first: int, index: Index) -> Remark:
    """What is known of an option: a short one that the index lacks may have come by an extension."""
    last, parent = first + len(option), index.find(f"command:{command}")
    if entry := index.find(f"option:{command} {option}"):
        return index.judge(entry, first, last)
    names = [name.removeprefix(f"{command} ") for name in index.members("option:")]
    options = [name for name in names if name.startswith("--")]
    if parent is None or not options or not option.startswith("--"):
        return Remark(first, last, known=False)
    message = f"`{command}` has no option `{option}` in {index.measured(parent.package)}."
    remark = Remark(first, last, "never", message)
    program, _, subcommand = command.rpartition(" ")
    if program and index.find(f"option:{program} {option}"):
        return replace(remark, message=f"{message} It belongs before `{subcommand}`.")
    return index.misspelt(remark, close(option, options), f"option:{command} {{}}")
