"""`report stub`: claims to be written, which never look as if they held."""

import ast

import pytest

from tests import lint

ACCOUNTS = """\
title = "Ten facts"
questions = 9

[q01]
aaaaaaaaaaaa = ["replaces_angle_brackets"]
bbbbbbbbbbbb = [{todo = true}]

[q03]
cccccccccccc = [{todo = true}]
dddddddddddd = [{none = "question"}]
eeeeeeeeeeee = [{says = "x", none = "opinion"}, {says = "y", todo = true}]
"""


@pytest.fixture
def facts(demo, monkeypatch):
    """A project whose third question has two open sentences, and no module."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    demo.write("claims/demo/sentences.toml", ACCOUNTS)
    return demo


def test_a_stub_is_never_green(facts):
    """Each open sentence has a claim that is untried: the main job fails, and the sentence is still open."""
    result = facts.report("stub", "demo", "3", "Barometers & weather.")
    assert result.ret == 0, str(result.stderr)
    path = facts.root / "claims/demo/q03_barometers_weather.py"
    result.stdout.fnmatch_lines([f"Wrote {path}."])
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) == "Barometers & weather."
    claims = list(lint.claims_in(path))
    assert [claim.node.name for claim in claims] == ["todo_cccccccccccc", "todo_eeeeeeeeeeee"]
    assert all(map(lint.asserts_nothing, claims))  # so the lint of the claims finds each, too

    record = facts.record()
    assert {record.claims[claim.node.name]["outcome"] for claim in claims} == {"untried"}
    run = facts.run("claims")
    assert run.ret == 1
    answer = {claim["id"].partition("::")[2]: (about, claim) for about, claim in facts.claims()}
    about, claim = answer["todo_cccccccccccc"]
    assert (about["verdict"], claim["verdict"]["mark"]) == ("untried", "untried")

    todo = facts.report("todo", "demo")
    assert todo.ret == 1
    todo.stdout.fnmatch_lines(["*demo [[]q03]: 2", "✗ claims that no sentence states: *"])


REFUSED = {
    "a module that exists": (["1", "Escaping"], "q01_escaping.py exists; nothing is overwritten"),
    "nothing open": (["4", "The moon"], "Question 4 of demo has no part that is todo"),
    "no topic": (["3", "?"], "'?' is no topic"),
    "a topic of two lines": (["3", "The\nmoon"], "is no topic"),
    "a topic that ends the docstring": (["3", 'The """ moon'], "is no topic"),
}


@pytest.mark.parametrize(("arguments", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(facts, arguments, reason):
    """An error is one line and exit 2, and no module is there that was not before."""
    before = sorted(facts.root.glob("claims/demo/*.py"))
    result = facts.report("stub", "demo", *arguments)
    assert (result.ret, len(result.errlines)) == (2, 1)
    assert reason in result.errlines[0]
    assert sorted(facts.root.glob("claims/demo/*.py")) == before
