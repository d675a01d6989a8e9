"""The hash of a sentence: what a typesetter may change, and what an author mends."""

import pytest

from report.reader.hashes import digest, words


def hashed(text):
    """The hash of a sentence, whose code is between backquotes."""
    return digest((part, bool(index % 2)) for index, part in enumerate(text.split("`")))


SAME = {
    "case and spaces": ("It has a lid.", "\tit has  a LID "),
    "quotes": ("It’s “closed”, he said.", 'It\'s "closed", he said.'),
    "a comma": ("First, open it.", "First open it"),
    "a dash": ("Open it – now.", "Open it - now."),
    "a hyphen": ("a light-weight tool", "a light weight tool"),
    "quotes around a name": ("Use “flask.g” now.", "Use flask.g now."),
    "brackets around a name": ("Use it (see flask.g).", "Use it, see flask.g"),
    "a code span": ("Use `flask.g` now.", "Use flask.g now."),
    "a code span of a word": ("The `request` is read.", "The request is read."),
    "a code span in a bracket": ("Read it (`flask.g`).", "Read it (flask.g)."),
    "a no-break space": ("Python\u00a03.12 runs.", "Python 3.12 runs."),
    "a soft hyphen": ("inter\u00adnational", "international"),
    "an ellipsis": ("It is … so.", "It is so."),
}
OTHER = {
    "a word": ("It has a lid.", "It has no lid."),
    "a capital of a name with a dot": ("It is .Py.", "It is .py."),
    "a capital within a name": ("In SQlite.", "In SQLite."),
    "a call": ("Redirect() is used.", "redirect() is used."),
    "a figure": ("It is 5000.", "It is 5001."),
    "a point in a figure": ("Since 0.12.2.", "Since 0.122."),
    "an operator": ("# … ## : a line", "## … : a line"),
    "a delimiter": ("Use {% x %} here.", "Use {{ x }} here."),
    "a sign": ("a == b", "a != b"),
    "a closed quote": ("by f.g (‘/route?p=v)", "by f.g (‘/route?p=v’)"),
    "a quote in code": ("get (‘user’)", "get ('user')"),
    "a name": ("request.arg.get", "request.args.get"),
    "an underscore": ("test_client", "testclient"),
    "a capital in a code span": ("Use `Flask` now.", "Use `flask` now."),
    "a quote in a code span": ("`f('x)`", "`f('x')`"),
    "a decorator": ("@app.route() binds.", "app.route() binds."),
    "a percentage": ("50% of it", "50 of it"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_a_hash_outlives_the_typesetter(one, other):
    """Case, spaces, punctuation, markup and typographic quotes of prose do not count."""
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_a_mended_sentence_has_another_hash(one, other):
    """Words, and what is code, an operator or a figure, do count."""
    assert hashed(one) != hashed(other)


def test_an_ornament_has_no_words():
    """What consists of punctuation only is no sentence."""
    assert words([("— … • (“”) ?!", False)]) == []
