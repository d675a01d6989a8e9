"""Escaping: the first answer of the small projects' article, which errs here and there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from claims import claim, corrects


@claim
def replaces_angle_brackets():
    """`escape()` replaces angle brackets."""
    assert escape("<") == "&lt;"


@claim
def leaves_ampersands():
    """`escape()` leaves ampersands as they are."""
    assert escape("&") == "&"


@corrects(leaves_ampersands)
def replaces_ampersands():
    """`escape()` replaces ampersands."""
    assert escape("&") == "&amp;"


@claim
def knows_an_attribute_that_is_not_there():
    """Markup has a method `escaped`."""
    assert Markup("<").escaped() == "&lt;"


@corrects(knows_an_attribute_that_is_not_there)
def knows_an_attribute_that_is_there():
    """Markup has a method `unescape`."""
    assert Markup("&lt;").unescape() == "<"


@claim
@pytest.mark.parametrize(("sign", "code"), [("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"), ('"', "&#34;")])
def signs(sign, code):
    """The sign {sign} becomes {code}."""
    assert escape(sign) == code


@corrects(signs, "'-&apos;")
def apostrophe():
    """The sign ' becomes &#39;."""
    assert escape("'") == "&#39;"


@claim
@given(st.sampled_from("abc"))
def letters_stay(letter):
    """Letters stay as they are."""
    assert escape(letter) == letter


@claim(editorial=True)
def is_spelt_with_two_p():
    """The function's name is spelt `escappe`."""
    assert escape.__name__ == "escappe"


@corrects(is_spelt_with_two_p)
def is_spelt_right():
    """The function's name is spelt `escape`."""
    assert escape.__name__ == "escape"
