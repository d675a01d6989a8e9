"""What runs a claim in the reader's browser: `packing.py` packs the part of it that `run` reaches."""

import json
import re
import sys
import tempfile
from pathlib import Path

from report.probe.alone import judged
from report.probe.recorder import REFUTED, UNTRIED, tidy
from report.tell.markup import seen
from report.tell.views import split_observed

# What an assertion raises where a browser has no processes, threads or sockets: that refutes nothing.
LACKING = re.compile(r"(SystemExit|RuntimeError: can't start new thread|OSError: \[Errno 138\]|NotImplementedError).*")


def run(claim: str, code: str, options: str) -> str:
    """Run *claim*, whose test is in *code*, with pytest's *options*, a JSON list.

    Returns JSON: its `outcome`, the `reason` if it is untried, and as `evidence` for each assertion its text, its
    values cut and whole, and how pytest derived them; the whole text, with which a test compares, is `observed`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "script.py")
        path.write_text(code, encoding="utf-8")
        sys.modules.pop(path.stem, None)  # that of the claim before
        judge = judged(str(path), claim, json.loads(options), quiet=True)
    if judge.outcome == REFUTED and (lacking := LACKING.match(judge.evidence[-1]["observed"])):
        judge.outcome, judge.reason, judge.evidence = UNTRIED, lacking[0], []
    evidence = []
    for number, each in enumerate(judge.evidence, start=1):
        observed = tidy(each["observed"])
        values, derived = split_observed(observed)
        failed = judge.outcome == REFUTED and number == len(judge.evidence)
        short, whole = seen(values, failed)
        evidence.append(
            {"assertion": tidy(each["assertion"]), "observed": observed, "failed": failed}
            | {"short": short, "whole": whole, "derived": derived}
        )
    reason = tidy(judge.reason or "") if judge.outcome == UNTRIED else ""
    return json.dumps({"outcome": judge.outcome, "reason": reason, "evidence": evidence})
