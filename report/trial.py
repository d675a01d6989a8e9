"""`python -m report try`: one claim in the environment of any release, as a plain test that pytest prints in full."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from report.measure import history, ledger, runs
from report.settings import Settings


@dataclass(frozen=True)
class Trial:
    """What to execute: *what* in words, the *command*, and the *variables* of its environment."""

    what: str
    command: list[str]
    variables: Mapping[str, str]


def prepare(settings: Settings, name: str, on: str | None, pdb: bool) -> Trial:
    """The trial of the claim called *name*, here or in the environment *on*, which is created if necessary.

    Raises:
        ReportError: there is no such claim or release, or its environment could not be made.
    """
    claim = ledger.find(name, [record.id for record in runs.collect(settings, None)])
    options = ["--rootdir", ".", "--plain", "-n0", "-vv", "-pno:cacheprovider", "--disable-warnings"]
    if pdb:
        options += ["--pdb", "-o", "claim_timeout=0"]  # nobody debugs against the clock
    environment = history.find_environment(settings, on) if on else None
    if environment is None or environment.stack is None:
        python, folder, release = sys.executable, "here", settings.installed_version()
    else:
        python, folder, release = str(history.interpreter(settings, environment)), environment.name, environment.name
        options.append(f"--hypothesis-profile={history.HISTORY_PROFILE}")
    command = [python, "-m", "pytest", *options, claim]
    return Trial(f"{claim} on {settings.subject} {release}", command, runs.variables(settings, folder))
