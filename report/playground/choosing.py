"""Which claims a playground runs, and why the others do not run there."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from report.judge.results import Checked, Result
from report.playground.trying import Tried

# A claim's class is in the module of its file here, and there in that of the script; later Pythons add proposals.
DIFFERS = re.compile(r"\b(claims|script)(\.\w+)*\.(?=[A-Z])|\. Did you mean.*")
REASONS = {  # what a failure says, and what that means
    r"SystemExit|processes|Function not implemented|new thread|emscripten|Errno 138|there is no flask": "It starts a "
    "server, a thread or another process. A browser has none.",
    r"needs articles/": "It reads the text of an article, which is not in this page.",
    r"needs (/\S+|[a-z]+),": "It needs {}, which is not in a browser.",
    r"needs (\S+?),|(\S+) is not installed": "It needs {}, which is not in this page.",
    r"No module named '(\w+)|'hashlib' has no attribute '(\w+)'|(pbkdf2)_hmac": "It uses compiled code that is not in "
    "this page: {}.",
    "sign of code": "It counts the files of packages, which are not all in this page.",
    r"no end after (.*)": "It did not end in {}.",
}


@dataclass(frozen=True)
class Choice:
    """The ids of the claims that *run*; the *others*, by the reason why they do not."""

    runs: Collection[str]
    others: Mapping[str, Sequence[Checked]]


def chosen(result: Result, tried: Mapping[str, Tried]) -> Choice:
    """Choose the claims that do in the browser what was measured."""
    runs, others = set(), dict[str, list[Checked]]()
    for each in {each.id: each for each in (*result.corrections, *result.claims)}.values():
        seen = tried.get(each.id)
        if seen and agrees(each, seen, result.subject.version):
            runs.add(each.id)
        else:
            others.setdefault(reason(seen), []).append(each)
    return Choice(runs, dict(sorted(others.items(), key=lambda item: -len(item[1]))))


def agrees(claim: Checked, tried: Tried, version: str) -> bool:
    """Whether the browser shows the outcome that was measured; if it is refuted, by the same values."""
    cell = claim.cells.get(version)
    if not cell or tried["outcome"] != cell.outcome or cell.outcome == "untried":
        return False
    last = [DIFFERS.sub("", values["observed"]) for values in tried["evidence"][-1:]]
    return cell.outcome == "held" or last == [DIFFERS.sub("", each.observed) for each in cell.evidence[-1:]]


def reason(tried: Tried | None) -> str:
    """Why a claim that was *tried* does not run in a browser, in a sentence."""
    said = "".join([tried["reason"], *(each["observed"] for each in tried["evidence"][-1:])]) if tried else ""
    for pattern, meaning in REASONS.items():
        if match := re.search(pattern, said):
            return meaning.format(next(filter(None, match.groups()), ""))
    return "A browser shows other values than were measured."
