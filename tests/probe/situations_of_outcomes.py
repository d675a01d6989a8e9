"""Every situation that decides an outcome, one claim each (docs/architecture.md: "An outcome").

The tests of the recorder run this as a module of claims, on both Pythons.
"""
# ruff: noqa: PT018, RUF061 (claims may do that, see pyproject.toml)

import contextlib
import importlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim, corrects, needs


@pytest.fixture
def breaks():
    """A fixture that has a bug."""
    raise RuntimeError("the fixture broke")


@pytest.fixture
def is_unavailable():
    """A fixture whose peer is not to be had."""
    raise Untried("no peer for the fixture")


def crash(value="out of order"):
    """Stand for what fails in an article's code."""
    raise ValueError(value)


def unavailable():
    """Stand for a helper that cannot do its work."""
    raise Untried("no server for the helper")


def checked(value):
    """Stand for a helper that has an assertion of its own."""
    assert value
    return value


@claim
def holds():
    """An assertion of the claim's own code passes."""
    answer = 41 + 1
    assert answer == 42


@claim
def holds_in_blocks():
    """Assertions in a `with` and in a `for` are the claim's own."""
    with contextlib.nullcontext(6) as six:
        assert six * 7 == 42
    for letter in "ab":
        assert letter in "abc"


@claim
def is_false():
    """The assertion is false."""
    assert 1 + 1 == 3


@claim
def is_false_after_one_that_is_true():
    """The second assertion is false."""
    assert 1 + 1 == 2
    assert 2 + 2 == 5


@claim
def is_false_with_a_message():
    """The assertion is false, and says why."""
    assert 1 + 1 == 3, "one and one"


@claim
def cannot_be_evaluated():
    """The assertion speaks of an attribute that is not there."""
    assert json.lods("{}") == {}


@claim
def is_false_over_several_lines():
    """The assertion stands on several lines."""
    assert (
        len("abc") == 3
        and
        len("abcd") == 5
    )  # fmt: skip


@claim
def cannot_be_evaluated_over_several_lines():
    """What breaks stands on the last but one of the assertion's lines."""
    assert (
        len("abc") == 3
        and
        json.lods("{}") == {}
    )  # fmt: skip


@claim
def is_false_in_a_with():
    """The false assertion stands in a `with`."""
    with contextlib.nullcontext(6) as six:
        assert six * 9 == 42


@claim
def is_false_in_a_for():
    """The assertion is false in the second round."""
    for letter in "ax":
        assert letter in "abc"


@claim
def cannot_be_evaluated_in_a_comprehension():
    """What breaks is a comprehension of the assertion."""
    assert [crash() for _ in "ab"] == []


@claim
def a_view_raises_within_the_assert():
    """A nested view raises when the assertion calls it."""

    def view():
        return crash()

    assert view() == "fine"


@claim
def a_view_raises_in_a_set_up_line():
    """A nested view raises before the assertion."""

    def view():
        return crash()

    page = view()
    assert page == "fine"


@claim
def a_view_asserts_falsely_within_the_assert():
    """A nested view's assertion is false when the claim's own calls it."""

    def view():
        assert 1 == 2
        return "fine"

    assert view() == "fine"


@claim
def a_view_asserts_falsely_in_a_set_up_line():
    """A nested view's assertion is false before the claim's own."""

    def view():
        assert 1 == 2
        return "fine"

    page = view()
    assert page == "fine"


@claim
def only_a_view_asserts():
    """The only assertion that passes is a nested function's."""

    def view():
        assert 1 == 1

    view()


@claim
def only_a_helper_asserts():
    """The only assertion that passes is a helper's."""
    checked(1)


@claim
def asserts_nothing_this_time():
    """No assertion is reached."""
    for letter in "":
        assert letter == "a"


@claim
def has_a_typo_in_a_set_up_line():
    """A name is misspelt before the assertion."""
    answer = anwser + 1  # noqa: F821
    assert answer == 42


@claim
def has_a_typo_in_its_assert():
    """A name is misspelt in the assertion."""
    assert anwser == 42  # noqa: F821


@claim
def its_fixture_breaks(breaks):
    """The fixture has a bug."""
    assert breaks


@claim
def its_fixture_is_unavailable(is_unavailable):
    """The fixture's peer is not to be had."""
    assert is_unavailable


@claim
def its_set_up_breaks():
    """A line before the assertion breaks."""
    crash()
    assert 1 == 1


@claim
def breaks_after_an_assertion_that_passed():
    """A line after the first assertion breaks."""
    assert 1 == 1
    crash()


@claim
def raises_an_assertion_error_of_its_own():
    """What is raised is no `assert` statement."""
    raise AssertionError("by hand")


@claim
def calls_pytest_fail():
    """What fails it is no `assert` statement."""
    pytest.fail("by hand")


@claim
def is_skipped():
    """The claim is skipped in its body."""
    assert 1 == 1
    pytest.skip("not today")


@claim
def a_helper_is_unavailable_in_a_set_up_line():
    """A helper cannot do its work before the assertion."""
    assert 1 == 1
    unavailable()


@claim
def a_helper_is_unavailable_within_the_assert():
    """A helper cannot do its work within the assertion."""
    assert unavailable() == "served"


@claim
def a_view_is_unavailable_within_the_assert():
    """A nested view's helper cannot do its work."""

    def view():
        return unavailable()

    assert view() == "served"


@claim
def raises_what_it_says():
    """The expected exception is raised."""
    assert pytest.raises(ValueError, crash, "as expected")


@claim
def raises_nothing():
    """The expected exception is not raised."""
    assert pytest.raises(ValueError, len, "abc")


@claim
def raises_something_else():
    """Another exception than the expected one is raised."""
    assert pytest.raises(KeyError, crash)


@claim
def imports_what_is_not_there():
    """The module that is promised is not there."""
    assert importlib.import_module("no_such_module_anywhere")


@needs("no-such-component-anywhere")
@claim
def needs_what_is_not_here(breaks):
    """The component that the claim declares is not here."""
    assert breaks


@needs("/no/such/file/anywhere")
@claim
def needs_a_file_that_is_not_here(breaks):
    """The file that the claim declares is not here."""
    assert breaks


@needs(json.__file__)
@needs("pytest")
@claim
def needs_what_is_here():
    """The component and the file that the claim declares are here."""
    assert 1 == 1


@claim
@given(st.integers())
def is_a_law(number):
    """A property that holds for every example."""
    assert checked(number + 1 - number) == 1


@claim
@given(st.integers())
def is_no_law(number):
    """A property that fails for some example."""
    assert number < 1000


@claim
@given(st.integers())
def is_a_law_that_cannot_be_evaluated(number):
    """A property that breaks for some example."""
    assert [10][number // 1000] == 10


@claim(editorial=True)
def is_editorial():
    """A slip of the pen."""
    assert "recieve" != "receive"


@claim(data=True)
def is_data():
    """A fact of metadata."""
    assert 2010 < 2017


@claim
@pytest.mark.parametrize(("code", "phrase"), [(200, "OK"), (404, "Missing")])
def codes(code, phrase):
    """The code {code} means {phrase}."""
    assert {200: "OK", 404: "Not Found"}[code] == phrase


@corrects(codes, "404-Missing")
def not_found():
    """The code 404 means Not Found."""
    assert {200: "OK", 404: "Not Found"}[404] == "Not Found"


@corrects(is_false)
def is_true():
    """One and one is two."""
    assert 1 + 1 == 2
