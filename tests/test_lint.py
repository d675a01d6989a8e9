"""The lint of claims has been seen to fail: each rule finds what breaks it, and nothing else."""

from pathlib import Path

import msgspec
import pytest

from report.judge import references
from report.judge.articles import Account, ArticleInfo, Sentence, account_table
from tests import lint

GOOD = '''
@claim
@pytest.mark.parametrize("name", ["a", "b"])
def reads_the_query(app, name):
    """`request.args.get("{name}")` is `False`, or what stands in the query string of version 1.0."""

    @app.route("/")
    def view():
        return request.args.get(name)

    with app.test_request_context("/?a=1"):
        assert view() == "1"
'''
BODY = "    assert 1 == 1"


def of(docstring="It is so.", body=BODY, above="@claim"):
    """The source of a claim."""
    return f'{above}\ndef is_so():\n    """{docstring}"""\n{body}\n'


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (lint.is_no_sentence, "@claim\ndef is_so():\n    assert 1 == 1\n"),
        (lint.is_no_sentence, of("It is so")),
        (lint.is_no_sentence, of("It is so. And so is that.")),
        (lint.is_no_sentence, of("Is it so? It is.")),
        (lint.is_long, of("It is " + "so " * 32 + "so.")),
        (lint.advises, of("One should do so.")),
        (lint.advises, of("Must be so.")),
        (lint.judges, of("It is wrong that it is so.")),
        (lint.judges, of("The answer is true.")),
        (lint.judges, of("An outdated name.")),
        (lint.asserts_nothing, of(body="    print()")),
        (lint.asserts_nothing, of(body="    def view():\n        assert 1 == 1\n    view()")),
        (lint.asserts_elsewhere, of(body=f"    def view():\n        assert 1 == 1\n    view()\n{BODY}")),
        (lint.tries, of(body="    try:\n        assert 1 == 1\n    finally:\n        pass")),
        (lint.dodges, of(body=f"    pytest.skip('not today')\n{BODY}")),
        (lint.dodges, of(body=f"    sleep(1)\n{BODY}")),
        (lint.dodges, of(above="@corrects(other)\n@pytest.mark.xfail")),
        (lint.dodges, of(above="@pytest.mark.skipif(sys.version_info < (3, 12), reason='old')\n@claim(data=True)")),
    ],
)
def test_a_rule_finds_what_breaks_it(rule, source):
    """Each rule finds the claim that breaks it, and the other rules about the same thing leave it alone."""
    (claim,) = lint.claims_in(Path("q01_so.py"), source)
    assert rule(claim)


@pytest.mark.parametrize("rule", lint.RULES)
def test_a_rule_leaves_a_good_claim_alone(rule):
    """No rule is broken by code in a sentence, by a view, by a table or by a number with a point."""
    (claim,) = lint.claims_in(Path("q01_query.py"), GOOD)
    assert not rule(claim)


def test_every_rule_is_seen_to_fail():
    """There is a claim above for each rule."""
    (mark,) = test_a_rule_finds_what_breaks_it.pytestmark
    assert {rule for rule, _ in mark.args[1]} == set(lint.RULES)


def test_what_is_a_claim():
    """A function is a claim by its mark, written with or without arguments, at any depth; others are none."""
    source = "def helper():\n    pass\n" + of() + of(above="@claims.claim(data=True)") + of(above="@corrects(is_so)")
    inner = f"class Of:\n    {of().replace(chr(10), chr(10) + '    ')}"
    assert len(list(lint.claims_in(Path("q01_so.py"), source + inner))) == 4


SAID = [Sentence(0, "Facts about boxes", "aa"), Sentence(1, "It has a lid.", "bb"), Sentence(1, "Nice!", "cc")]
LID, RED, BLUE = (f"claims/boxes/q01_box.py::{name}" for name in ("has_a_lid", "colours[red]", "colours[blue]"))
GUEST = "claims/lids/q02_lid.py::fits"
HEADING, OPINION = [{"none": "heading"}], [{"none": "opinion"}]
ACCOUNTS = {0: {"aa": HEADING}, 1: {"bb": ("has_a_lid", "colours[red]", "lids/q02_lid::fits"), "cc": OPINION}}


def boxes(accounts=ACCOUNTS):
    """An article with those accounts."""
    read = {
        question: {one: msgspec.convert(account_table(list(account)), Account) for one, account in table.items()}
        for question, table in accounts.items()
    }
    return ArticleInfo("boxes", "Facts about boxes", 2, accounts=read)


@pytest.mark.parametrize(
    ("rule", "accounts", "others", "broken_by"),
    [
        (lint.leads_nowhere, {1: {"bb": ("has_a_lid", "has_no_lid")}}, [LID], ["q01 has_no_lid"]),
        (lint.leads_nowhere, {1: {"bb": ("colours[green]",)}}, [RED], ["q01 colours[green]"]),
        (lint.leads_nowhere, {2: {"bb": ("has_a_lid",)}}, [LID], ["q02 has_a_lid"]),
        (lint.leads_nowhere, {1: {"bb": ("lids/q02_lid::fits",)}}, [LID], ["q01 lids/q02_lid::fits"]),
        (references.unstated, {1: {"bb": ("colours[red]",)}}, [RED, BLUE], [BLUE]),
        (references.unstated, {1: {"bb": OPINION}, 2: {"bb": ("boxes/q01_box::has_a_lid",)}}, [LID], [LID]),
        (references.unstated, {}, [LID, GUEST], [LID]),
        (lint.is_unaccounted_for, {}, SAID, ["q00 aa"]),
        (lint.is_unaccounted_for, {0: {"aa": HEADING, "bb": HEADING}, 1: {"cc": OPINION}}, SAID, ["q01 bb"]),
        (lint.is_of_no_sentence, {0: {"aa": HEADING}, 1: {"aa": HEADING}}, SAID, ["q01 aa"]),
    ],
)
def test_a_rule_finds_what_breaks_an_account(rule, accounts, others, broken_by):
    """Each rule for accounts names just what breaks it, given the claims or the sentences."""
    assert rule(boxes(accounts), others) == broken_by


@pytest.mark.parametrize("account", [(), [{"unchecked": " "}], [{"claims": ["fits"], "why": " "}]])
def test_an_empty_account_says_nothing(account):
    """A list of no claims is no account, and neither is a blank reason."""
    assert lint.says_nothing(boxes({1: {"bb": account, "cc": OPINION}})) == ["q01 bb"]


def test_good_accounts_break_no_rule():
    """No rule is broken by a row, by another article's claim, by a reason or by a table that is not begun."""
    claims = [LID, RED, GUEST]
    assert lint.leads_nowhere(boxes(), claims) == references.unstated(boxes(), claims) == []
    later = Sentence(2, "And a lid?", "dd")
    assert lint.says_nothing(boxes()) == lint.is_unaccounted_for(boxes(), [*SAID, later]) == []
    assert lint.is_of_no_sentence(boxes(), SAID) == []
