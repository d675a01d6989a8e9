"""Whether a block that is no valid Python is evidently a part, a sketch, or not Python alone: then it is no error."""

import re

from report.check import shell

PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d+\]:)(?: |$)", re.MULTILINE)
# What is not Python, or not Python alone: lines of a shell or a notebook, a page, a traceback, a diff, a log, output.
OTHER = re.compile(
    r"\A`|^\s*(?:[$%!]{1,2}\s*\w|\(\w+\) ?[$%>]|<[A-Za-z!/]|\{%|Traceback|\w+Error: |/\w|\* Running|C:\\|\*\*[^*]+\*\*"
    r"|(?:sudo|pip3?|python3?|source|cd|mkdir|git|curl|npm|docker|gunicorn) [\w./-]|[{}]$|[+-]{1,3}[ \w@#]"
    r"|\d+\.\d+\.\d+\.\d+)|[❶-❿①-⑳➀-➓⓵-⓾]",  # numbers to which the text refers
    re.MULTILINE,
)
PLACEHOLDER = re.compile(
    r"\.\.|…|\. \. \.|\betc\b|<[A-Za-z][^<>=:\n]*>|\[[a-z][\w -]* here\]|-- ?\w+ ?--|\{\{|\{%|\byour[ _-]"
)
NEWER = re.compile(r"\b[ft]['\"]|^\s*(?:type \w+ ?=|(?:def|class) \w+\[)|except\*")  # Python than this one, perhaps
HEADER = re.compile(r"\s*(?:(?:async )?def|class|with|if|for|while|try|elif|else|except|finally)\b.*:\s*(?:#.*)?$")
NOT_BODY = re.compile(r"\s*(?:(?:def|class|async def)\b|[@#])")  # a comment: all that follows is comments
# What Python says of code that is cut off.
CUT = re.compile(r"expected an indented block|unexpected EOF|expected 'except'")
LINE = re.compile(r"^(?P<indent>[ \t]*)(?P<sign>@)?[^\s#].*$", re.MULTILINE)  # of code
# A line that is no code: words, the name of a file, or code and what it does or gives, after a dash or an arrow.
NOTE = re.compile(
    r"\s*(?!(?:from|import|def|class)\b|.* import )(?:\w+ )+\w+\.?"
    r"|[#\s]*[\w./-]+\.(?:py|html|css|js|txt|yml|yaml|json|env|cfg|toml|md)\b[\w\s:()-]*"
    r"|.*\s[-–—] \w[\w’']*(?: [\w’'-]+)+\.?|(?!\s*(?:async )?def\b).*\s(?:[-=]>|→|←|<-+)\s*\S.*"
)
GAP = re.compile(r"(?:[=(,{[+]|\b(?:import|in|return|from|if|and|or))\s*#")  # a comment for code that is left out
INNER = re.compile(r"\s*(?:else|elif|except|finally)\b")


def is_excerpt(shown: str, error: SyntaxError) -> bool:
    """Whether code is evidently an excerpt, or not Python alone: then nothing is said of it."""
    lines = shown.split("\n")
    index = min(error.lineno or 1, len(lines)) - 1
    is_open = "was never closed" in error.msg  # up to the end
    is_cut = is_open and not "".join(lines[index + 1 :]).strip()
    around = "\n".join(lines[max(index - 1, 0) : None if is_open else index + 2])
    if OTHER.search(shown) or PROMPT.search(shown) or PLACEHOLDER.search(around) or NEWER.search(lines[index]):
        return True
    line = lines[index].partition("#")[0].rstrip()
    is_note = error.msg.startswith(("invalid", "cannot assign")) and NOTE.fullmatch(line)
    if is_cut or is_note or shell.SETTING.fullmatch(line) or GAP.search(lines[index]):
        return True
    if CUT.search(error.msg):
        return not is_unindented(lines, index)
    if "expected ':'" in error.msg and line.lstrip().startswith("def ") and not "".join(lines[index + 1 :]).strip():
        return True  # a signature
    *_, last = ["", *LINE.finditer(shown)]
    if last and last["sign"]:
        return True
    is_first = all(line.lstrip()[:1] in ("", "#") for line in lines[:index])
    if is_first and INNER.match(line):
        return True
    return isinstance(error, IndentationError) and (is_first or bool(PLACEHOLDER.search(shown)))


def is_unindented(lines: list[str], index: int) -> bool:
    """Whether the line with this index should be indented below the one before it, and is a statement."""
    before = next((line for line in reversed(lines[:index]) if line.strip() and not line.lstrip().startswith("#")), "")
    line = lines[index]
    is_below = len(line) - len(line.lstrip()) <= len(before) - len(before.lstrip())
    return bool(HEADER.match(before)) and is_below and bool(line.strip()) and not NOT_BODY.match(line)
