"""The documents: what they say of the code and the answers is so, and every command in them can be called.

Commands are parsed, not run: the main job, the history and a release take minutes, and other tests run them.
"""

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec

import click
import pytest

from docs import make
from report.cli import main
from tests.project import PATIENCE, ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("claims/**/*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture(scope="module")
def found():
    """What the ledger says of the claims as they stand."""
    return make.ledger_result()


def lines():
    """Every line of code in the documents, without its comment."""
    for name, text in TEXTS.items():
        if name != "docs/reference.md":
            blocks = re.findall(r"^ {4}(\S.*)$|`((?:uv run|python -m|pip) [^`]+)`", text, re.M)
            for line in (block or inline for block, inline in blocks):
                yield from ((name, part.strip()) for part in re.split(r" && |\s+#", line)[:3])


def commands():
    """Every command in the documents that is ours."""
    ours = ("uv run", "python -m report", "pip install uv")
    return sorted({(name, line) for name, line in lines() if line.startswith(ours)})


@pytest.fixture(scope="module")
def pytest_help():
    """What pytest says of its options, ours among them."""
    asked = [sys.executable, "-m", "pytest", "--help", "-n0"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout


def test_there_are_commands():
    """The tests below see the commands of the documents."""
    assert {"README.md", "CONTRIBUTING.md"} <= {name for name, _ in commands()}
    assert len(commands()) > 20


@pytest.mark.parametrize(("name", "line"), commands(), ids=lambda text: text[:60])
def test_a_command_can_be_called(name, line, pytest_help, tmp_path, monkeypatch):
    """Ours are parsed with all their options, those of pytest are known to it, and what is run besides is installed."""
    words = shlex.split(line)
    if words[:2] == ["uv", "run"]:
        words = words[4:] if words[2] in ("--with", "--group", "--extra") else words[2:]
    if words[:3] == ["python", "-m", "report"]:
        parsed(words[3:], tmp_path, monkeypatch)
    elif words[0] == "pytest":
        assert [word for word in words[1:] if word.startswith("--") and word.partition("=")[0] not in pytest_help] == []
        paths = [word for word in words[1:] if not word.startswith("-")]
        assert [path for path in paths if not (ROOT / path).exists()] == []
    elif words[:2] == ["python", "-m"]:
        assert words[2] == "dask" or find_spec(words[2])  # Dask is an extra
    elif words[0] == "python":
        assert (ROOT / words[1]).exists()
    else:
        assert words[0] in ("pip", "pre-commit", "ruff", "mypy")


def parsed(words, folder, monkeypatch):
    """Have a command of ours parse its arguments where every file that they name exists."""
    if not words or words[0] == "--help":
        return
    monkeypatch.chdir(folder)
    words = [word.replace("*", "1") for word in words if word != "…"]
    if words[-1] in ("--add", "--from", "--shard"):  # named in a sentence
        words.append("1/1")
    for word in words[1:]:
        if "." in word and not word.startswith("-"):
            (folder / word).parent.mkdir(parents=True, exist_ok=True)
            (folder / word).touch()
    command = main.all()[words[0]]
    assert isinstance(command.make_context(words[0], words[1:]), click.Context)


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name):
    """What a document links to in this repository is there."""
    folder = (ROOT / name).parent

    assert [link for link in LINK.findall(TEXTS[name]) if not (folder / link).exists()] == []


def test_what_is_made_is_current(found):
    """The reference, the picture and the count are those that `docs.make` makes now."""
    stale = [
        path.name for path, text in make.generated_files(found).items() if path.read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run `uv run python -m docs.make`"


def test_everything_is_in_the_reference():
    """Every command, every option of a command and of pytest stands in the reference."""
    text = make.reference()
    options = {option for command in main.all().values() for one in command.params for option in one.opts}

    assert [name for name in main.all() if f"### {name}\n" not in text] == []
    assert [one for one in options if one.startswith("-") and one not in text] == []
    assert {"--accept", "--record", "claim_timeout", "ARTICLES_DIR"} <= {*re.findall(r"[\w-]+", text)}
    files = [path.name for path in (ROOT / "claims").glob("*.*l") if f"- `claims/{path.name}`: " not in text]
    assert files == []


def test_every_fixture_has_a_purpose():
    """The index of the fixtures names each fixture that all articles share, and nothing else."""
    index, _, details = make.reference().partition("By purpose:")[2].partition("In detail:")
    fixtures = re.findall(r"^- `(\w+)`:", details.partition("Only for")[0], re.M)

    assert sorted(re.findall(r"`(\w+)`", index)) == sorted(fixtures) != []


def test_every_contested_case_is_listed(found):
    """Each claim that is contested stands in the judgement policy, with its verdict."""
    part = TEXTS["docs/judgement.md"].partition("<!-- contested -->")[2]
    cases = [line for line in part.splitlines() if line.startswith("| `")]

    assert len(cases) == len({claim.judged.contested for claim in found.claims} - {None}) > 0


def test_no_document_stands_alone():
    """From the README one gets to every document."""
    known = {*LINK.findall(TEXTS["README.md"])}

    assert [
        name for name in TEXTS if not name.startswith("claims/") and name != "README.md" and name not in known
    ] == []
