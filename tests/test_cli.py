"""The command line: what its help teaches, and errors in one line."""

import errno
import json

import click
import pytest
from click.testing import CliRunner

from report.cli import main
from tests.past import NEW, NOW, OLD
from tests.project import digest

COPY = "".join(f"{number}. What is {number}?\n\nA sentence of the article.\n\n" for number in range(1, 10))

TAUGHT = {
    "history": ["every release", "Only cells that are missing or stale run", "Ctrl-C keeps what is finished", "-k"],
    "merge": ["several machines", "--shard K/N --into FILE", "refused, by name", "nothing is written"],
    "check": ["need no claims", "Three layers", "says nothing", "exactly one replacement", "with 2 on an error"],
    "try": ["CLAIM (its id, or a part of it)", "writes neither", "if it is missing", "exit code is pytest's", "--pdb"],
    "script": ["CLAIM (its id, or a part of it)", "without this project", "pins Python and every package", "--release"],
    "why": ["CLAIM (its id, or a part of it)", "the boundary, the evidence, and the cause", "older release"],
    "falsify": ["claim's test fail", "Ctrl-C keeps what is finished", "Mutants for each claim", "Exits with 1"],
    "names": ["which versions of a package have a name", "config:SERVER_NAME", "the index lacks", "its packages"],
    "copy": ["from the package index", "with its licence", "the hash of the text", "not overwritten"],
    "new": ["account for each sentence", "as comments", "Nothing is overwritten", "Make it without asking"],
    "outline": ["Read an article from FILE", "says what it found", "if it finds other than N", "It writes nothing"],
    "releases": ["their dates and their stacks", "Ask the package index", "added by one command", "diff"],
    "render": ["from results.json", "without running a claim", "the other forms", "gives the same bytes"],
    "diff": ["what changed between two runs", "each a results.json", "as a page"],
    "sentences": ["sentences of ARTICLE", "not accounted for"],
    "update": ["new version of ARTICLE", "comment below the new one", "changes no claim", "kept under another name"],
    "stub": ["the module of QUESTION", "for each sentence of ARTICLE that is todo", "No such claim can hold"],
    "propose": ["up to five", "`?` lists the answers", "written to sentences.toml at once", "asked again"],
    "todo": ["open in every gate", "the command that closes it", "Exits with 1 if anything is open"],
}


def test_every_command_is_taught():
    """The test below asks every command there is."""
    assert {*main.all()} == {*TAUGHT}


@pytest.mark.parametrize(("name", "said"), TAUGHT.items(), ids=TAUGHT)
def test_help_teaches(name, said):
    """The help of a command says what it does, and that of an option what it is for."""
    result = CliRunner().invoke(main, [name, "--help"])
    text = " ".join(result.output.split())

    assert result.exit_code == 0
    assert [words for words in said if words not in text] == []
    options = [one for one in main.all()[name].params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


def test_the_help_names_every_command():
    """Without a command, and with `-h`, there is a list of what can be done, and of the main job."""
    result = CliRunner().invoke(main, ["-h"])

    assert "The main job itself is `pytest claims`" in result.output
    assert [name for name in TAUGHT if f"\n  {name} " not in result.output] == []


WRONG = {
    "half a release": ("claims/releases.toml", lambda text: text[:-3], ["releases"], "releases.toml is damaged: "),
    "no settings": (
        "pyproject.toml",
        lambda text: "",
        ["history"],
        "no settings of a report: Object missing required field `tool`",
    ),
    "settings of another shape": (
        "pyproject.toml",
        lambda text: "[tool]\nreport = 1\n",
        ["history"],
        "got `int` - at `$.tool.report`",
    ),
    "settings that are no text": (
        "pyproject.toml",
        lambda text: '[tool]\nreport = "\0"',
        ["history"],
        "no settings of a report: ",
    ),
    "no subject": (
        "pyproject.toml",
        lambda text: text.replace("subject", "object"),
        ["why", "x"],
        "missing required field `subject`",
    ),
    "half a ledger": ("claims/ledger.jsonl", lambda text: text[:-20], ["history"], "ledger.jsonl is damaged: line "),
    "half a result": ("out/results.json", lambda text: text[:-20], ["render"], "results.json is damaged: "),
    "another result": ("out/results.json", lambda text: '{"schema": 3}', ["render"], "results.json is damaged: "),
    "no such release": (None, None, ["history", "--releases", "99"], "There is no release 99 to measure. Known: "),
    "a missing file": (None, None, ["render", "nowhere.json"], "nowhere.json is damaged: "),
    "nothing to compare": (None, None, ["diff", "nowhere.json"], "nowhere.json is damaged: "),
    "no copy of an article": (None, None, ["sentences", "demo"], "There is no copy of demo at "),
    "a claim that is none": (None, None, ["why", "nothing"], "No claim is called 'nothing'. Try "),
}


@pytest.mark.parametrize(("name", "damage", "arguments", "said"), WRONG.values(), ids=WRONG)
def test_an_error_is_one_line(demo, monkeypatch, name, damage, arguments, said):
    """An error that the user can fix is one line with what to do, exit 2, and nothing is written."""
    if name:
        path = demo.root / name
        path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = demo.kept()
    monkeypatch.chdir(demo.root)
    result = CliRunner().invoke(main, arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("report: ")
    assert said in line
    assert demo.kept() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["history", "--shard", "3/2"],
        ["history", "--shard", "half"],
        ["history", "--jobs", "0"],
        ["merge"],
        ["merge", "nowhere.jsonl"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_an_error(demo, monkeypatch, arguments):
    """A call that makes no sense exits 2, and its last line says why."""
    monkeypatch.chdir(demo.root)
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_an_error_brings_no_traceback(demo):
    """The real command, in a process of its own, says the same one line."""
    demo.write("claims/releases.toml", "[[releases]")
    result = demo.report("releases")

    assert (result.ret, result.outlines) == (2, [])
    (line,) = result.errlines
    assert line.startswith("report: ")
    assert "releases.toml is damaged: " in line
    assert "python -m report releases --refresh" in line


def test_render_makes_the_same_report(demo, monkeypatch):
    """From one result come the same bytes as from the run that measured it, again and again."""
    monkeypatch.chdir(demo.root)
    made = [{path.name: digest(path) for path in (demo.root / "out").iterdir()}]
    for folder in ("first", "second"):
        result = CliRunner().invoke(main, ["render", "--out", folder])
        assert (result.exit_code, result.stdout) == (0, f"{folder}/index.html\n")
        made.append({path.name: digest(path) for path in (demo.root / folder).iterdir()})

    assert made[1] == made[2]
    assert {name: made[0][name] for name in made[1]} == made[1]


def test_render_makes_only_the_form_that_is_asked_for(demo, monkeypatch):
    """With `--to` there are only the files of those forms, and each is named."""
    monkeypatch.chdir(demo.root)
    result = CliRunner().invoke(main, ["render", "--out", "few", "--to", "junit", "--to", "badge"])

    assert (result.exit_code, result.stdout.split()) == (0, ["few/junit.xml", "few/badge-demo.json"])
    assert {path.name for path in (demo.root / "few").iterdir()} == {"junit.xml", "badge-demo.json"}


def test_a_copy_of_an_article_is_shown_and_kept_out_of_the_data(demo, monkeypatch):
    """The text of a copy stands in the page and in the errata, and never in results.json."""
    monkeypatch.setenv("ARTICLES_DIR", "copies")
    demo.write("copies/demo.txt", COPY)
    monkeypatch.chdir(demo.root)
    assert CliRunner().invoke(main, ["render"]).exit_code == 0

    assert "A sentence of the article." in (demo.root / "out/index.html").read_text(encoding="utf-8")
    assert "A sentence of the article." not in (demo.root / "out/results.json").read_text(encoding="utf-8")


def test_a_copy_that_is_no_text_is_said(demo, monkeypatch):
    """A copy that is not in UTF-8 is an error in one line, and nothing is written."""
    monkeypatch.setenv("ARTICLES_DIR", "copies")
    demo.write("copies/demo.txt", "").write_bytes(b"\xff")
    monkeypatch.chdir(demo.root)
    before = demo.kept()
    result = CliRunner().invoke(main, ["render"])

    assert result.exit_code == 2
    assert "copies/demo.txt is not text in UTF-8" in result.stderr
    assert demo.kept() == before


def test_a_copy_with_other_questions_is_said(demo, monkeypatch):
    """A copy in which other than the declared questions are found is an error, and nothing is written."""
    monkeypatch.setenv("ARTICLES_DIR", "copies")
    demo.write("copies/demo.txt", "1. What is it?\n\nIt is so.\n")
    monkeypatch.chdir(demo.root)
    before = demo.kept()
    result = CliRunner().invoke(main, ["render"])

    assert result.exit_code == 2
    assert "demo.txt was read as plain text. " in result.stderr
    assert demo.kept() == before


TEXT = "T\n\n1. What is it?\n\nIt is so.\n\n2. Why?\n\nNobody knows. `x`\n"


def test_an_outline_is_printed(tmp_path):
    """The outline names each question with its line; as JSON, it has the sentences with their places."""
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    lines = CliRunner().invoke(main, ["outline", str(path)]).output.splitlines()
    assert lines[:2] == ["T (plain text)", "2 questions: list items numbered 1."]
    assert lines[-1].split() == ["2", "line", "7:", "Why?", "(3", "sentences)"]

    data = json.loads(CliRunner().invoke(main, ["outline", str(path), "--json"]).output)
    assert [one["heading"] for one in data["questions"]] == ["What is it?", "Why?"]
    last = data["questions"][1]["sentences"][-1]
    assert {**last, "text": "`x`", "hash": "2d711642b726", "line": 9, "column": 15} == last
    assert TEXT[last["start"] : last["end"]] == "`x`"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


UNREADABLE = {
    "empty": ("a.txt", b"", [], "a.txt has no text"),
    "blank": ("a.md", b" \n\n", [], "a.md has no text"),
    "binary": ("a.txt", b"\x7fELF\0\1", [], "is a binary file"),
    "an image": ("a.png", b"\x89PNG\r\n\x1a\n\0\0", [], "is a binary file"),
    "latin 1": ("a.txt", "1. Où?".encode("latin1"), [], "iconv -f latin1 -t utf-8"),
    "a notebook": ("a.ipynb", b"{}", [], "is a notebook. Convert it"),
    "no body": ("a.html", b"<html><head><title>x</title></head></html>", [], "a.html has no text"),
    "large": ("a.txt", b"x" * 9_000_000, [], "is larger than 8 MiB"),
    "10 MB in one line": ("a.md", b"x " * 5_000_000, [], "is larger than 8 MiB"),
    "7 MB in one line": ("a.rst", b"x. Y " * 1_400_000, [], "has a line of more than 1,048,576 characters"),
    "a large binary": ("a.html", b"<html>\0" * 1_000_000, [], "is a binary file"),
    "an empty page": ("a.html", b"", [], "a.html has no text"),
    "UTF-16": ("a.txt", "1. Why?".encode("utf-16"), [], "iconv -f utf-16 -t utf-8"),
    "a long line": ("a.txt", b"x" * 2_000_000, [], "has a line of more than 1,048,576 characters"),
    "other questions": ("a.txt", TEXT.encode(), ["--questions", "3"], "3 questions are declared, but the text has 2 "),
    "no questions": ("a.txt", b"It is so.\n", [], "It is not certain what begins a question. Found: nothing"),
}


@pytest.mark.parametrize(("name", "data", "options", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_said(tmp_path, name, data, options, said):
    """What is no article, or not certain, is an error in one line, with exit code 2."""
    path = tmp_path / name
    path.write_bytes(data)
    result = CliRunner().invoke(main, ["outline", str(path), *options])
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert said in result.stderr


def test_a_reader_that_has_seen_enough_ends_it_silently(tmp_path, monkeypatch):
    """`report … | head` closes the pipe: that is no error of the user."""

    def closed(_):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("report.reader.listed", closed)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    result = CliRunner().invoke(main, ["outline", str(tmp_path / "a.txt")])
    assert (result.exit_code, result.output) == (1, "")


def test_diff_tells_what_changed_and_writes_a_page(demo, monkeypatch):
    """Two results are compared by their paths, on the terminal and, where it is asked for, as a page."""
    monkeypatch.chdir(demo.root)
    text = (demo.root / "out/results.json").read_text(encoding="utf-8")
    demo.write("old.json", text.replace('"statement":"', '"statement":"Not yet: ', 1))
    result = CliRunner().invoke(main, ["diff", "old.json", "--html", "diff.html"])

    assert result.exit_code == 0
    assert "Claims whose wording changed (1)" in result.stdout
    assert "Not yet: " in (demo.root / "diff.html").read_text(encoding="utf-8")


def test_releases_are_listed(history, monkeypatch):
    """Each release is a line: its version, its date, its stack."""
    monkeypatch.chdir(history.root)
    result = CliRunner().invoke(main, ["releases"])

    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        [OLD.version, "2021-05-18", "old"],
        [NEW.version, "2022-05-18", "new"],
        [NOW.version, "2025-05-18", "new"],
    ]
