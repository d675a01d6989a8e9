"""The workflows: what they call is here and runs here, so that nothing works only there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import markupsafe
import pytest

from report.cli import main
from tests.past import NOW, OLD
from tests.project import PATIENCE, ROOT, SUBJECT
from tests.wheels import wheel

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yml"))}
SCRIPTS = ROOT / ".github" / "scripts"
NEXT = f"{NOW.version}.99"
NAME = "claims/demo/q01_names.py::has_soft_unicode"
# Stands for uv where nothing has to be resolved: this interpreter, with a wheel in front of what is installed.
UV = """#!/bin/sh
[ "$1" = run ] || exec {uv} "$@"
shift
if [ "$1" = --with ]; then export PYTHONPATH="$2"; shift 2; fi
if [ "$1" = pytest ]; then exec {python} -m "$@"; fi
shift
exec {python} "$@"
"""
# Stands for GitHub: writes down what it is asked for, and remembers what is open.
GH = """#!/bin/sh
echo "$@" >>"$GH_LOG"
case "$1 $2" in
  *" list") cat "$GH_OPEN" 2>/dev/null || true ;;
  *" create") [ "$1" = label ] || echo 7 >"$GH_OPEN" ;;
  *" close") rm "$GH_OPEN" ;;
esac
"""


def calls():
    """Every command line of the workflows."""
    return [
        (name, line) for name, text in WORKFLOWS.items() for line in re.findall(r"^ +(?:- )?run: (.+)$", text, re.M)
    ]


@pytest.mark.parametrize(("name", "line"), calls(), ids=lambda text: text[:50])
def test_what_a_workflow_calls_is_there(name, line):
    """A step is one command: a script of ours, one of our commands with its options, an installer or a copy."""
    words = shlex.split(re.split(" >>| # ", line)[0].replace("${{", "{{").replace(" --extra cluster", ""))
    if words[0].startswith("."):
        assert os.access(ROOT / words[0], os.X_OK)
    elif words[:5] == ["uv", "run", "python", "-m", "report"]:
        known = {option for param in main.all()[words[5]].params for option in param.opts}
        assert {word for word in words[6:] if word.startswith("--")} <= known
    else:
        assert words[0] in ("sudo", "pip", "cat", "cp", "gh", "git") or words[:3] == ["uv", "run", "pytest"]


def test_no_step_is_a_script():
    """What takes more than a line is a file, where it can be run."""
    assert [name for name, text in WORKFLOWS.items() if re.search(r"run: [|>]", text)] == []


def test_actions_are_pinned():
    """An action is named by its hash, with its version in a comment, and by the same hash everywhere."""
    used = [line for text in WORKFLOWS.values() for line in re.findall(r"uses: ([^.$].+)", text) if "OWNER" not in line]
    found = [re.fullmatch(r"([\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+", line) for line in used]

    assert len(used) > 10
    assert all(found), used
    assert len({one[1] for one in found}) == len({(one[1], one[2]) for one in found})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_least_privilege(name):
    """A workflow may read, and a job that may write says what for; none asks for a secret, and all end."""
    text = WORKFLOWS[name]

    assert "\npermissions:\n  contents: read\n" in text
    assert not re.search(r": write(?! # )", text)
    assert "secrets." not in text
    assert text.count("runs-on: ") == text.count("timeout-minutes: ")
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_every_script_is_called():
    """No script lies about that no workflow reaches."""
    text = "".join(WORKFLOWS.values()) + "".join(path.read_text("utf-8") for path in SCRIPTS.glob("*.sh"))

    assert [path.name for path in SCRIPTS.glob("*.*") if text.count(f"scripts/{path.name}") < 1] == []


@pytest.fixture
def site(past, tmp_path):
    """A project in a repository of its own, with GitHub's and uv's parts played by stand-ins."""
    project = past.copy(tmp_path / "site", [])
    project.write("claims/names.jsonl", "")  # of no package yet
    shutil.copytree(SCRIPTS, project.root / ".github" / "scripts")
    uv = shutil.which("uv") or sys.executable
    project.write("bin/uv", UV.format(uv=uv, python=sys.executable)).chmod(0o755)
    project.write("bin/gh", GH).chmod(0o755)
    project.write(".gitignore", "/bin/\n/out/\n/proposal/\n/.history/\n/scratch/\n__pycache__/\n")
    for command in ("init -q -b main", "add .", "-c user.name=n -c user.email=e@example.org commit -qm start"):
        git(project, *command.split())
    return project


def git(project, *arguments):
    """What git says."""
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=project.root, check=True, capture_output=True, text=True, timeout=PATIENCE
    ).stdout  # fmt: skip


def script(project, name, *arguments, **settings):
    """Run a script of the workflows in a project."""
    variables = {name: str(project.root / "scratch" / name.lower()) for name in ("GH_LOG", "GH_OPEN", "GITHUB_OUTPUT")}
    variables["GITHUB_STEP_SUMMARY"] = str(project.root / "scratch" / "summary")
    result = project.end(project.start([f".github/scripts/{name}", *arguments], **variables, **settings))
    assert result.ret == 0, f"{result.stdout}\n{result.stderr}"
    return result


def left(project, name):
    """The text that a script left in one of the files that a workflow names."""
    path = project.root / "scratch" / name.lower()
    return path.read_text(encoding="utf-8") if path.exists() else ""


def candidate(folder):
    """A release of the subject that is the installed one but for a name that is back."""
    source = Path(markupsafe.__file__).parent
    text = f"{(source / '__init__.py').read_text('utf-8')}\n\nsoft_unicode = str\n"
    return wheel(folder, SUBJECT, NEXT, text, _native=(source / "_native.py").read_text("utf-8"))


def test_a_new_release_becomes_a_pull_request(site, tmp_path):
    """A release that turns a claim is measured, its drift reported and accepted, and all of it proposed as a patch."""
    file = str(candidate(tmp_path / "shop"))
    script(site, "newest.sh", "--from", file)

    summary = (site.root / "proposal/summary.md").read_text("utf-8")
    assert f"{NAME}: outdated: held until {OLD.version}, fails from" in summary
    assert f"→ confirmed since {NEXT}" in summary
    assert f"{SUBJECT} {NEXT}, answers checked" in summary
    assert left(site, "GITHUB_OUTPUT") == "changed=true\n"
    accepted = site.run("claims", PYTHONPATH=file)
    accepted.stdout.no_fnmatch_line("drift*")

    git(site, "stash", "-q")
    git(site, "init", "-q", "--bare", str(tmp_path / "remote"))
    git(site, "remote", "add", "origin", str(tmp_path / "remote"))
    propose = ("newest", "Measure it", "proposal/changes.patch", "proposal/summary.md")
    script(site, "propose.sh", *propose)
    changed = git(site, "diff", "--name-only", "main", "origin/newest").split()
    assert changed == ["claims/ledger.jsonl", "claims/names.jsonl", "claims/releases.toml", "pyproject.toml"]
    assert "pr create --head newest --base main --title Measure it --body-file" in left(site, "GH_LOG")

    git(site, "switch", "-q", "main")
    script(site, "propose.sh", *propose)
    assert "pr edit newest" in left(site, "GH_LOG")


def test_nothing_new_is_no_pull_request(site):
    """Where the index has nothing more, nothing is proposed."""
    (site.root / "bin/uv").write_text("#!/bin/sh\nexit 0\n")
    script(site, "newest.sh")

    assert left(site, "GITHUB_OUTPUT") == "changed=false\n"


def test_a_forecast_is_no_fault(site, tmp_path):
    """A candidate that would turn a claim leaves a report, the ledger as it was, and an exit code of 0.

    What announced the change is reported as well: a deprecation that the same claim met on the current release.
    """
    text = (site.root / "claims/demo/q01_names.py").read_text("utf-8")
    warns = (
        f"\n    import warnings\n\n    warnings.warn('{SUBJECT} will have it again', DeprecationWarning)\n    assert "
    )
    site.write(
        "claims/demo/q01_names.py", text.replace("\n    assert hasattr(markupsafe", f"{warns}hasattr(markupsafe")
    )
    before = site.ledger.read_bytes()
    result = script(site, "forecast.sh", str(candidate(tmp_path / "shop")))
    found = json.loads((site.root / "out/results.json").read_text("utf-8"))

    assert found["subject"]["version"] == NEXT
    assert NAME in [one["claim"] for one in found["drift"]]
    forecast = json.loads((site.root / "out/forecast.json").read_text("utf-8"))
    assert (forecast["version"], forecast["drift"]) == (NEXT, found["drift"])
    assert site.ledger.read_bytes() == before
    result.stdout.fnmatch_lines([f"  {NAME}: *", f"    announced: {SUBJECT} will have it again"])


def test_a_forecast_without_a_report_is_a_fault(site):
    """Where not even a report is made, the step fails: an old one does not stand in."""
    site.write("out/results.json", "{}")
    site.write("conftest.py", "raise ImportError")
    result = site.end(site.start([".github/scripts/forecast.sh"]))

    assert result.ret == 1


def drifting(project, *drift):
    """What a run leaves that drifted so."""
    entries = [{"claim": one, "was": "confirmed", "now": "wrong, 100%"} for one in drift]
    warnings = {NAME: ["it goes\nsoon"]} if drift else {}
    project.write("out/results.json", json.dumps({"articles": [], "drift": entries, "warnings": warnings}))
    project.write("out/summary.md", "# what drifted\n")


def test_an_issue_follows_a_drift(site):
    """It is opened when a verdict drifts, brought up to date while it does, closed when it is over, and then left."""
    for drift in ((NAME,), (NAME, NAME), (), ()):
        drifting(site, *drift)
        script(site, "drift_issue.sh", "Drift today", "out")
    done = [" ".join(line.split()[:2]) for line in left(site, "GH_LOG").splitlines()]

    assert done == [
        *("issue list", "label create", "issue create"),
        *("issue list", "issue edit"),
        *("issue list", "issue close"),
        "issue list",
    ]


def test_what_is_amiss_is_annotated(site):
    """A drift is an error at its claim's line, a deprecation a notice; what would break a command is escaped."""
    drifting(site, NAME)
    command = [sys.executable, ".github/scripts/annotate.py", "out/results.json"]
    result = site.end(site.start(command, GITHUB_OUTPUT=str(site.root / "scratch" / "output")))

    where = "file=claims/demo/q01_names.py,line=1,title=has_soft_unicode"
    assert result.outlines == [
        f"::error {where}::confirmed → wrong, 100%25",
        f"::notice {where}::it goes%0Asoon",
    ]
    assert left(site, "output") == "drift=1\n"


def test_a_run_is_summarised(site):
    """A run's summary goes to the job's, and its drift to the step's outputs."""
    script(site, "forecast.sh")
    script(site, "summarise.sh")

    assert "answers, checked" in left(site, "summary")
    assert left(site, "GITHUB_OUTPUT").startswith("drift=")


def test_an_article_is_checked_where_it_is_kept(site):
    """An article's own text is checked, and its sentences that no claim accounts for are listed."""
    site.run("claims", "--accept")
    site.write("theirs.txt", "".join(f"{one}. What is it?\nNobody has checked this.\n" for one in range(1, 10)))
    result = site.end(
        site.start([".github/scripts/article.sh", "demo", "theirs.txt"], GITHUB_STEP_SUMMARY=str(site.root / "summary"))
    )

    assert "NOT ACCOUNTED FOR" in (site.root / "summary").read_text("utf-8")
    assert result.ret == 1  # the small project's claims have no corrections
