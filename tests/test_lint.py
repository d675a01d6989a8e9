"""The lint of claims has been seen to fail: each rule finds what breaks it, and nothing else."""

from pathlib import Path

import pytest

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
