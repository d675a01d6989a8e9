"""How many names are known, and about how many the check is silent."""

import pytest

from tests.check.checks import checked
from tests.check.test_names import python


def test_an_object_of_another_block_is_known():
    """It is likely what the other block says; of the import, nothing is known."""
    text = (
        python("blue = Blueprint('x')") + "\n```py\nfrom App.views import blue\nblue.route('/')\n```\n\n`blue.route`.\n"
    )
    assert checked(text).names.silent == 2


def test_an_object_is_known_whatever_its_attribute():
    """Of `request.own` the first name is known; it is counted once."""
    counts = [checked(text).names for text in ("`request._own`", "`request.args` and `request._own`", "`other._own`")]
    assert [(each.resolved, each.silent) for each in counts] == [(1, 1), (2, 1), (0, 1)]


def test_a_function_takes_what_it_hands_on():
    """A function that takes any parameter takes those of others."""
    text = python("app.route('/', port=1, as_ascii=1)")  # the key of the configuration is JSON_AS_ASCII
    assert [checked(text, opened=opened).names.silent for opened in ((), ("flask.Flask.route",))] == [2, 0]


def test_an_article_names_what_it_speaks_of():
    """A word in a span may belong to a class that another part of the article names."""
    counts = [checked(f"{begin}The `args`.").names.resolved for begin in ("", "A `flask.Request()`.\n\n")]
    assert counts == [0, 2]


def test_names_are_counted():
    """Names in the index, and names that it does not know."""
    names = checked(python("app.route('/')", "os.path.join('x')")).names
    assert (names.resolved, names.silent) == (5, 1)


def test_a_method_that_overrides_another_is_known():
    """Its name is one that the base has; a method of its own is not looked up."""
    counts = [checked(python("class Mine(Flask):", f"    def {name}(self): ...")).names for name in ("route", "own")]
    assert counts[0].resolved == counts[1].resolved + 1
    assert counts[0].silent == counts[1].silent


def test_an_attribute_that_a_base_has_is_known():
    """A class sets it; one of its own is not looked up."""
    counts = [checked(python("class Mine(Flask):", f"    {name} = 1")).names for name in ("before_request", "of_own")]
    assert counts[0].resolved == counts[1].resolved + 1
    assert counts[0].silent == counts[1].silent


CALLS = {
    "a template": "```jinja\n{{{{ url_for('x', {}='y') }}}}\n```",
    "an attribute of HTML": "Text.\n\n<a href=\"{{{{ url_for('x', {}='y') }}}}\">Home</a>\n",
    "a span with a quote too many": "`{{{{ url_for('x', {}='y) }}}}`",
    "a comment": "```py\n# by url_for('x', {}='y')\n```",
    "a sentence": "Then url_for('x', {}='y') gives it.",
    "a line that cannot be parsed": "```py\nretrun url_for('x', {}='y')\n```",
    "a call that is misspelt": "```py\nflask.test_clinet({}='y')\n```",
    "a call of what is gone": "```py\nfrom flask import make_client\nmake_client({}='y')\n```",
}


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_a_keyword_is_known_wherever_its_call_stands(text):
    """If the function has it; that of a route, say, is the article's own."""
    known, own = (checked(text.format(name)) for name in ("filename", "own"))
    assert known.names.resolved == own.names.resolved + 1
    assert len(known.findings) == len(own.findings)


def test_an_imported_name_is_known_though_the_article_shows_its_code():
    """It is likely the imported one."""
    texts = (f"{python(f'from flask import {name}')}\n```py\ndef {name}(x): ...\n```\n\n" for name in ("g", "url_for"))
    assert [checked(f"{text}By `url_for()`.").names.silent for text in texts] == [0, 0]


def test_an_argument_that_has_the_name_of_a_parameter_is_known():
    """As in a signature; another argument is the article's own."""
    counts = [checked(f"`app.run({name})`").names for name in ("port", "mine")]
    assert [(each.resolved, each.silent) for each in counts] == [(2, 0), (1, 0)]
