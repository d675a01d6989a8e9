"""`report new` and `report todo`: from an author's file to its folder, and what is then open."""

import hashlib
import os
import tomllib

import pytest

from report.errors import ReportError
from report.judge import articles
from tests.project import ROOT

ARTICLE = """\
# Facts about markup

## 1. What does escape() do?

It replaces angle brackets. It leaves ampersands as they are.

## 2. How is the weather on Mars?

Nobody can tell. It replaces angle brackets.
"""


@pytest.fixture
def file(demo, monkeypatch):
    """An author's file next to the project, whose copies of articles are its own."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    return demo.write("facts.md", ARTICLE)


def read(project, name="facts"):
    """What the project's `sentences.toml` of a new article says."""
    return next(one for one in articles.read(project.root / "claims") if one.id == name)


def test_a_new_article_is_made(demo, file):
    """The folder has an account for each sentence, all open; proposals are comments, and the text is a copy apart."""
    result = demo.report("new", "facts.md", "--yes")
    assert result.ret == 0, str(result.stderr)
    result.stdout.fnmatch_lines(
        ["*2 questions*", "facts: 7 different sentences; 0 are*", "Made *facts. Next: python -m report propose facts"]
    )
    about = read(demo)
    assert (about.title, about.questions) == ("Facts about markup", 2)
    assert about.layout == "Markdown, headings of level 2 numbered 1."
    assert [about.todo(question) for question in (0, 1, 2)] == [1, 3, 3]
    text = (demo.root / "claims/facts/sentences.toml").read_text(encoding="utf-8")
    assert '#   near: "demo/q01_escaping::replaces_angle_brackets" (' in text
    assert "angle brackets." in text  # of our docstring
    assert "Mars" not in text
    assert (demo.root / "articles/facts.md").read_text(encoding="utf-8") == ARTICLE
    assert (demo.root / "claims/facts/__init__.py").exists()
    assert not list(demo.root.glob(".facts*"))


def test_code_is_named_as_it_is_printed(demo, file):
    """Each block of code has its lines and their hash, which the fixture `printed` compares."""
    demo.write("facts.md", f"{ARTICLE}\n```python\nescape('<')\n\nescape('&')\n```\n")
    assert demo.report("new", "facts.md", "--yes").ret == 0
    data = tomllib.loads((demo.root / "claims/facts/sentences.toml").read_text(encoding="utf-8"))
    digest = hashlib.sha256(b"escape('<')\n\nescape('&')").hexdigest()
    assert data["printed"] == {"q02_code1": {"lines": [12, 14], "sha256": digest}}


def test_what_another_article_says_is_known(demo, file):
    """A sentence that has an account in another article gets it, with references that lead there."""
    assert demo.report("new", "facts.md", "--yes", "--id", "first").ret == 0
    path = demo.root / "claims/first/sentences.toml"
    hashes = list(tomllib.loads(path.read_text(encoding="utf-8"))["q01"])
    demo.write(
        "claims/demo/sentences.toml",
        f'title = "Ten facts"\nquestions = 9\n[q01]\n{hashes[1]} = ["replaces_angle_brackets"]\n'
        f'{hashes[2]} = [{{says = "so", claims = ["leaves_ampersands"]}}, {{none = "opinion", why = "x\\"y"}}]\n'
        f'{hashes[0]} = [{{none = "question"}}]\n',
    )
    path.unlink()
    result = demo.report("new", "facts.md", "--yes")
    result.stdout.fnmatch_lines(["facts: 7 different sentences; 4 are*"])
    question, first, second = read(demo).accounts[1].values()
    assert (question.reason, first.claims) == ("the question itself", ("demo/q01_escaping::replaces_angle_brackets",))
    assert str(second) == 'so: demo/q01_escaping::leaves_ampersands; an opinion: x"y'
    assert read(demo).accounts[2][hashes[1]] == first


REFUSED = {
    "a folder that exists": (["facts.md", "--id", "demo", "--yes"], "exists; nothing is overwritten"),
    "the name of a module": (["facts.md", "--id", "__init__", "--yes"], "is no id of an article"),
    "a path": (["facts.md", "--id", "../x", "--yes"], "is no id of an article"),
    "a notebook": (["a.ipynb", "--yes"], "is a notebook"),
    "a binary file": (["a.txt", "--yes"], "is a binary file"),
    "HTML without a body": (["a.html", "--yes"], "has no text"),
    "other questions than declared": (["facts.md", "--questions", "3", "--yes"], "3"),
}


@pytest.mark.parametrize(("arguments", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(demo, file, arguments, reason):
    """An error is one line and exit 2, and no file is there that was not before."""
    demo.write("a.ipynb", "{}")
    demo.write("a.txt", "\0\1")
    demo.write("a.html", "<html><head><title>x</title></head></html>")
    before = sorted(demo.root.glob("claims/*"))
    result = demo.report("new", *arguments)
    assert (result.ret, len(result.errlines)) == (2, 1)
    assert reason in result.errlines[0]
    assert sorted(demo.root.glob("claims/*")) == before
    assert not (demo.root / "articles").exists()


@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_another_copy_is_not_overwritten(demo, file, suffix):
    """A copy of this name with another text stays."""
    demo.write(f"articles/facts{suffix}", "another text")
    result = demo.report("new", "facts.md", "--yes")
    assert result.ret == 2
    assert "is another text" in result.errlines[0]
    assert not (demo.root / "claims/facts").exists()


@pytest.mark.parametrize("option", ["--dry-run", None])
def test_nothing_is_made_without_consent(demo, file, option):
    """With --dry-run, or if nobody says yes, the outline and the numbers are shown, and nothing is written."""
    result = demo.report("new", "facts.md", *([option] if option else []))
    assert result.ret == (0 if option else 1)
    result.stdout.fnmatch_lines(["*2 questions*", "facts: 7 different sentences*"])
    assert not (demo.root / "claims/facts").exists()
    assert not (demo.root / "articles").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(demo, file):
    """If the folder cannot be made, the copy is not left."""
    (demo.root / "claims").chmod(0o500)
    assert demo.report("new", "facts.md", "--yes").ret == 2
    assert not (demo.root / "articles/facts.md").exists()


def test_todo_names_every_gate(demo, file):
    """What is open has its number and its command, exit 1; a misspelt reference and a lost sentence are among it."""
    assert demo.report("new", "facts.md", "--yes").ret == 0
    path = demo.root / "claims/facts/sentences.toml"
    head, _, rest = path.read_text(encoding="utf-8").partition("[q01]")
    path.write_text(f'{head}[q01]\n0123456789ab = ["is_fare"]\n{rest.partition(chr(10))[2]}', encoding="utf-8")
    demo.write("articles/facts.md", ARTICLE.replace("Nobody can", "Everybody can"))
    demo.write("claims/topics.toml", '[Facts]\nMarkup = ["facts-1"]\n')
    result = demo.report("todo", "facts")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "✗ unknown references: 1",
            "*[[]q01] 0123456789ab: no claim is called is_fare*",
            "✗ parts not yet checked: 7",
            "*facts [[]q01]: 3",
            "*python -m report propose facts; a claim to be written: python -m report stub facts *; or edit *",
            "✗ sentences without account: 3",
            "*facts [[]q02]: 1",
            "*python -m report sentences facts --open; then edit claims/facts/sentences.toml",
            "✗ answers without a topic: 1",
            "    facts-2",
            "*edit claims/topics.toml",
            "✓ outcomes not measured: none",
        ]
    )


def test_todo_names_what_is_not_judged(demo, monkeypatch):
    """A refuted claim has its gravity, what happened, and the author's reply with our answer; a slip, what happened."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    demo.write(
        "claims/judgements.toml",
        '[claims."demo/q01_escaping::leaves_ampersands"]\ngravity = "misleads"\nhappened = "It does not."\n',
    )
    result = demo.report("todo", "demo")
    result.stdout.fnmatch_lines(
        [
            "✗ refuted claims without a judgement: 4",
            "    demo/q01_escaping::leaves_ampersands: reply, rebuttal",
            "    demo/q01_escaping::knows_an_attribute_that_is_not_there: gravity, happened, reply, rebuttal",
            "    demo/q01_escaping::is_spelt_with_two_p: happened",
            "  → judge them in claims/judgements.toml",
        ]
    )


def test_todo_of_nothing():
    """An article that is not there is an error."""
    from report import settings, todo

    with pytest.raises(ReportError, match="There is no article 'nowhere'"):
        list(todo.gates(settings.read(ROOT), "nowhere"))


def test_a_gate_shows_some_lines_and_counts_the_rest():
    """An open gate lists five lines, how many more there are, and its command; a closed one is a line."""
    from report.todo import Gate

    assert list(Gate("tests", [], "run").lines()) == ["✓ tests: none"]
    lines = list(Gate("tests", [str(number) for number in range(8)], "run them").lines())
    assert (lines[0], lines[-2:], len(lines)) == ("✗ tests: 8", ["    … and 3 more", "  → run them"], 8)
