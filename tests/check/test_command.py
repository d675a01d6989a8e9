"""The command `check`: its forms, files, fixes and exit codes."""

import json

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from report.check import command
from report.check.model import VERDICTS, Execution, Report
from report.cli import main
from report.names import index
from tests.check.fakes import Fake
from tests.project import ROOT

TEXT = "# Title\n\nUse `request.arg` and `app.json_encoder` <here>.\n\nValidating user input prevents SQL injection.\n"
VALIDATION = "Validating user input prevents SQL injection."
WRONG, RIGHT = (f"claims/demo/q01_x.py::{name}" for name in ("wrong", "right"))
STATEMENTS = {
    "releases": ["3.1.3"],
    "statements": [
        {
            "id": WRONG,
            "text": "Validating user input prevents SQL injection.",
            "outcomes": "r",
            "correction": "Bind it.",
        },
        {"id": RIGHT, "text": "Bind it.", "outcomes": "h"},
    ],
    "accounts": {},
}


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Run the command in a project of its own; gives the result."""
    settings = '[tool.report]\nsubject = "flask"\nprograms = ["flask"]\nnamespaces = ["flask"]\n'
    receivers = '[tool.report.receivers]\napp = "flask.Flask"\nrequest = "flask.request"\n'
    (tmp_path / "pyproject.toml").write_text(settings + receivers, encoding="utf-8")
    (tmp_path / "statements.json").write_text(json.dumps(STATEMENTS), encoding="utf-8")
    (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(index, "read", lambda path: Fake())
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["check", "--statements", "statements.json", *arguments])


def test_the_terminal_says_what_is_found(check):
    """A line for each finding in the order of the file, then how much is known."""
    done = check("a.md")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "a.md, as of flask 3.1.3",
        "  3:6 never request.arg  `flask.request.arg` is not in Flask 0.12.5 to 3.1.3, the releases in the index. Did"
        " you mean `request.args`? (--fix writes request.args)",
        "  3:24 gone app.json_encoder  `flask.Flask.json_encoder` is gone: Flask 2.2.5 was the last release that had"
        " it.",
        "  5:1 wrong Validating user input prevents SQL injection.  This looks like “Validating user input prevents SQL"
        " injection.”, which is wrong. Correct is: Bind it.",
        "1 gone, 1 never, 1 wrong; 2 names looked up, 0 not known, so not judged.",
    ]


def test_json_follows_the_schema(check):
    """One file gives an object, several a list."""
    schema = json.loads((ROOT / "report/check.schema.json").read_text(encoding="utf-8"))
    one = json.loads(check("a.md", "--to", "json").stdout)
    jsonschema.validate(one, schema)
    assert one["subject"] == {"name": "flask", "version": "3.1.3"}
    assert [(found["layer"], found["verdict"], found["line"]) for found in one["findings"]] == [
        ("name", "never", 3), ("name", "gone", 3), ("statement", "wrong", 5),
    ]  # fmt: skip
    assert {"column", "end_line", "end_column", "text", "since", "until", "instead", "claim", "score", "message"} <= {
        *one["findings"][0]
    }
    assert [item["file"] for item in json.loads(check("a.md", "a.md", "--to", "json").stdout)] == ["a.md", "a.md"]


def test_sarif_has_the_findings(check):
    """Rules, levels, places and fixes, as the schema of SARIF names them."""
    (run,) = json.loads(check("a.md", "--to", "sarif").stdout)["runs"]
    first = run["results"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [*VERDICTS]
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3, "startColumn": 6, "endLine": 3, "endColumn": 17,
    }  # fmt: skip
    assert first["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "request.args"}


def test_markdown_and_html_have_the_findings(check, tmp_path):
    """Markdown has a table; the page has the article, escaped, with marks and notes."""
    table = check("a.md", "--to", "md").stdout
    assert "| 3 | gone | app.json\\_encoder |" in table or "| 3 | gone | app.json_encoder |" in table
    assert check("a.md", "--to", "html", "-o", "a.html").exit_code == 1
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "&lt;here&gt;" in page
    assert '<mark class="wrong">request.arg</mark>' in page
    assert page.count("<aside") == 3
    assert "<script></script>" in page


def test_pages_say_whether_code_was_run(check, tmp_path):
    """After `--run`, the page names the blocks that were run, and on which releases."""
    text = check("a.md", "--to", "json").output
    report = msgspec.json.decode(text, type=Report)
    ran = msgspec.structs.replace(report, executions=(Execution(5, 9, "3.1.3", "raises", "KeyError: 'x'"),))
    parsed, executed = (command.written([(one, TEXT)], "html") for one in (report, ran))
    assert "Nothing of the article was run." in parsed
    assert "What was run" not in parsed
    assert "Nothing of the article was run." not in executed
    assert "Lines 5-9: raises on 3.1.3 (KeyError: &#39;x&#39;)" in executed
    assert "- lines 5-9: raises on 3.1.3 (KeyError: 'x')" in command.written([(ran, TEXT)], "md")


def test_diff_and_fix(check, tmp_path):
    """--diff prints the safe fixes, and lists the rest; --fix applies them; then there is nothing to do."""
    done = check("a.md", "--diff")
    assert "+Use `request.args` and" in done.stdout
    assert done.stderr.count("not fixed: a.md:") == 2
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == TEXT

    fixed = check("a.md", "--fix")
    assert fixed.exit_code == 1
    assert "never" not in fixed.stdout
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == TEXT.replace("request.arg`", "request.args`")
    assert check("a.md", "--diff").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["a.md"], 1),
        (["a.md", "--fail-on", "outdated"], 0),
        (["a.md", "--fail-on", ""], 0),
        (["a.md", "--flask", "2.2", "--fail-on", "gone"], 0),
        (["a.md", "--fail-on", "bad"], 2),
        (["a.md", "--flask", "9"], 2),
        (["none.md"], 2),
        (["pyproject.toml/.."], 2),
        (["statements.json", "--statements", "a.md"], 2),
    ],
)
def test_exit_codes(check, arguments, code):
    """0: clean; 1: findings of the verdicts asked for; 2: an error."""
    assert check(*arguments).exit_code == code


def test_a_folder_is_searched(check, tmp_path):
    """Every article in it, but none in hidden folders; a progress line only for several."""
    (tmp_path / "docs" / ".git").mkdir(parents=True)
    for name in ("docs/b.rst", "docs/.git/c.md", "docs/d.py"):
        (tmp_path / name).write_text("Title\n=====\n\nUse ``request.arg``.\n", encoding="utf-8")
    (tmp_path / "docs/empty.md").write_text("", encoding="utf-8")
    done = check("docs", "--to", "json")
    assert json.loads(done.stdout)["file"] == "docs/b.rst"
    assert done.stderr == "left out: docs/empty.md has no text. It was read as Markdown.\n"


def test_suggestions_are_listed_on_demand(check, tmp_path):
    """Below the threshold nothing is said, but may be asked for."""
    (tmp_path / "b.md").write_text("Validating user input does not prevent SQL injection.\n", encoding="utf-8")
    assert json.loads(check("b.md", "--to", "json").stdout)["findings"] == []
    report = msgspec.json.decode(check("b.md", "--to", "json", "--suggest").stdout, type=Report)
    assert [one.claim for one in report.suggestions] == ["claims/demo/q01_x.py::wrong"]


def test_without_results_no_statement_is_compared(check):
    """Names and code need no results; a line says what is left out."""
    done = check("a.md", "--statements", "none.json", "--to", "json")
    assert "There is no none.json: statements are not compared" in done.stderr
    assert [one["layer"] for one in json.loads(done.stdout)["findings"]] == ["name", "name"]


def test_the_newest_fitting_release_is_taken():
    """2.3 stands for the last 2.3.x."""
    versions = ["2.2.5", "2.3.0", "2.3.3", "3.0.0"]
    assert [command.newest(versions, one) for one in (None, "2.3", "2.3.0", "3")] == [
        "3.0.0",
        "2.3.3",
        "2.3.0",
        "3.0.0",
    ]
