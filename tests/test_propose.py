"""`report propose`: answers at a prompt, each written at once."""

import os
import subprocess
import tomllib

import pytest
from click.testing import CliRunner

from report.__main__ import main
from report.judge import articles
from tests.test_new_article import ARTICLE

CLAIM = "demo/q01_escaping::replaces_angle_brackets"


@pytest.fixture
def facts(demo, monkeypatch):
    """A project with a new article, of which nothing is known."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    monkeypatch.chdir(demo.root)
    demo.write("facts.md", ARTICLE)
    assert demo.report("new", "facts.md", "--yes").ret == 0
    return demo


def propose(said):
    """What the command says if a person types *said*."""
    result = CliRunner().invoke(main, ["propose", "facts"], input=said)
    assert result.exit_code == 0, result.output
    return result.output


def written(project):
    """The text of the accounts, and the accounts of the first question."""
    text = (project.root / "claims/facts/sentences.toml").read_text(encoding="utf-8")
    about = next(one for one in articles.read(project.root / "claims") if one.id == "facts")
    return text, [*about.accounts[1].values()]


def test_answers_are_written(facts):
    """A number accepts, a reason says why nothing is stated, `n` and `r` leave a comment; a heading has its default."""
    said = propose("\n\n1\nn 1\nopinion of ours\nr\nunchecked too far away\n")
    assert "(3 of 7) line 5: It replaces angle brackets.\n  1  " in said
    assert "6 of 7 answered. Go on: python -m report propose facts. What is open: python -m report todo facts" in said
    assert "0 of 1 answered" in propose("q\n")
    text, (heading, first, second) = written(facts)
    assert (heading.reason, first.claims, second.todo) == ("the question itself", (CLAIM,), 1)
    after = text.partition("{todo = true}]  # line 5\n")[2].partition("\n\n")[0]
    assert after.startswith('#   near: "demo/q01_escaping::leaves_ampersands" ')
    assert after.endswith("; to be written")
    assert after.count("\n") == 0
    assert 'none = "opinion", why = "of ours"' in text
    assert "\n#   near: none of our claims; to be written\n" in text
    assert 'unchecked = "too far away"' in text
    assert tomllib.loads(text)["intro"]


def test_a_stop_keeps_what_was_answered(facts):
    """What is skipped or left is asked again, and nothing else; the end of the input stops, too."""
    assert "1 of 7 answered" in propose("s\nquestion\nq\n")
    before, _ = written(facts)
    said = propose("")
    assert "(1 of 6) line 1: Facts about markup" in said
    assert "0 of 6 answered" in said
    assert written(facts)[0] == before


@pytest.mark.parametrize("answer", ["x", "9", "0", "1 9", "n", "n x", "unchecked", "-1", "", "²"])
def test_an_answer_that_is_none_is_asked_again(facts, answer):
    """The help is shown, and nothing is written; an empty answer is the default, here to skip."""
    before, _ = written(facts)
    said = propose(f"s\ns\n{answer}\nq\n")
    assert ("it cannot be checked here" in said) == bool(answer)
    assert written(facts)[0] == before


def test_an_edit_meanwhile_is_not_overwritten(facts, monkeypatch):
    """An account that somebody has written since the question was asked stands."""
    import click

    path = facts.root / "claims/facts/sentences.toml"
    edited = path.read_text(encoding="utf-8").replace("{todo = true}", '{none = "opinion"}')

    def edit(*_, **__):
        path.write_text(edited, encoding="utf-8")
        return "1"

    monkeypatch.setattr(click, "prompt", edit)
    result = CliRunner().invoke(main, ["propose", "facts"])
    assert result.exit_code == 2
    assert "was edited meanwhile" in result.output
    assert path.read_text(encoding="utf-8") == edited


def test_without_a_copy(facts):
    """The sentences cannot be shown: an error, which says what to do."""
    (facts.root / "articles/facts.md").unlink()
    result = CliRunner().invoke(main, ["propose", "facts"])
    assert result.exit_code == 2
    assert "There is no copy of facts" in result.output


def test_new_asks_on_a_terminal(demo, monkeypatch):
    """`report new` goes on with these questions, if somebody is there to answer."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    demo.write("facts.md", ARTICLE)
    ours, theirs = os.openpty()
    os.write(ours, b"y\ns\nquestion\nq\n")
    command = [*demo.command()[:2], "report", "new", "facts.md"]
    done = subprocess.run(
        command, cwd=demo.root, env=demo.environment({}), stdin=theirs, capture_output=True, timeout=60, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert b"1 of 7 answered. Go on: python -m report propose facts." in done.stdout
    assert written(demo)[1][0].reason == "the question itself"
