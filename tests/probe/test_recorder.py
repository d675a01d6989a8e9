"""The recorder: each rule of an outcome, on the Python of the current release and on the old one."""

import functools
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def record_on(lay_out):
    """Run every situation once on a Python, whatever warns being an error; returns what was recorded."""

    @functools.cache
    def recorded(python):
        project = lay_out()
        for number, name in enumerate(["situations_of_outcomes", "situations_of_evidence"], start=1):
            project.write(f"claims/demo/q0{number}_{name}.py", (HERE / f"{name}.py").read_text(encoding="utf-8"))
        return project.record("-W", "error", python=python)

    return recorded


@pytest.fixture(scope="module", params=["this Python", "old Python"])
def python(request):
    """Each Python that claims are run on."""
    return sys.executable if request.param == "this Python" else request.getfixturevalue("old_python")


@pytest.fixture(scope="module")
def recorded(record_on, python):
    """What each situation gave, by name."""
    return record_on(python).claims


@pytest.fixture
def outcome(recorded):
    """The outcome of a situation."""
    return lambda name: recorded[name]["outcome"]


@pytest.fixture
def reason(recorded):
    """The reason why a situation is untried; fails where it is not."""

    def reason_of(name):
        assert recorded[name]["outcome"] == "untried"
        return recorded[name]["reason"]

    return reason_of


def test_held_when_an_assertion_of_its_own_code_passed(outcome):
    """A claim whose function returns after an assertion of its own is held."""
    assert outcome("holds") == "held"


def test_held_when_the_assertion_stands_in_a_block(outcome):
    """Assertions within `with` and `for` are the claim's own."""
    assert outcome("holds_in_blocks") == "held"


def test_refuted_when_an_assertion_is_false(outcome):
    """A false assertion refutes."""
    assert outcome("is_false") == "refuted"
    assert outcome("is_false_with_a_message") == "refuted"


def test_refuted_when_a_later_assertion_is_false(outcome, recorded):
    """One false assertion refutes, whatever passed before; the evidence has both."""
    assert outcome("is_false_after_one_that_is_true") == "refuted"
    seen = recorded["is_false_after_one_that_is_true"]["evidence"]
    assert [one["assertion"] for one in seen] == ["1 + 1 == 2", "2 + 2 == 5"]


def test_refuted_when_an_assertion_cannot_be_evaluated(outcome, recorded):
    """An attribute that is not there, within an assertion, refutes; the evidence is the exception."""
    assert outcome("cannot_be_evaluated") == "refuted"
    (seen,) = recorded["cannot_be_evaluated"]["evidence"]
    assert seen["assertion"] == 'json.lods("{}") == {}'
    assert seen["observed"].startswith("AttributeError: module 'json' has no attribute 'lods'")  # 3.13 suggests one


def test_refuted_when_an_assertion_of_several_lines_fails(outcome):
    """An assertion is one statement on whichever of its lines it fails."""
    assert outcome("is_false_over_several_lines") == "refuted"
    assert outcome("cannot_be_evaluated_over_several_lines") == "refuted"


def test_refuted_when_an_assertion_in_a_block_fails(outcome):
    """A false assertion within `with`, `for` or with a comprehension refutes."""
    assert outcome("is_false_in_a_with") == "refuted"
    assert outcome("is_false_in_a_for") == "refuted"
    assert outcome("cannot_be_evaluated_in_a_comprehension") == "refuted"


def test_refuted_when_a_nested_view_raises_within_the_assert(outcome):
    """What a nested view raises refutes when the claim's own frame stands in its assertion."""
    assert outcome("a_view_raises_within_the_assert") == "refuted"
    assert outcome("a_view_asserts_falsely_within_the_assert") == "refuted"


def test_untried_when_a_nested_view_raises_in_a_set_up_line(reason):
    """What a nested view raises, an AssertionError too, refutes nothing when a set-up line called it."""
    assert reason("a_view_raises_in_a_set_up_line") == "ValueError: out of order"
    assert reason("a_view_asserts_falsely_in_a_set_up_line") == "AssertionError: assert 1 == 2"


@pytest.mark.parametrize("name", ["only_a_view_asserts", "only_a_helper_asserts", "asserts_nothing_this_time"])
def test_untried_when_no_assertion_of_its_own_passed(reason, name):
    """A claim that returns without an assertion of its own proves nothing."""
    assert reason(name) == "no assertion of its own passed"


@pytest.mark.parametrize("name", ["has_a_typo_in_a_set_up_line", "has_a_typo_in_its_assert"])
def test_untried_when_a_name_of_its_own_is_misspelt(reason, name):
    """A NameError in the claim's own frame is our typo, wherever it stands."""
    assert reason(name).startswith("NameError: name 'anwser' is not defined")


def test_untried_when_a_fixture_breaks(reason):
    """A fixture's bug refutes nothing."""
    assert reason("its_fixture_breaks") == "RuntimeError: the fixture broke"


@pytest.mark.parametrize("name", ["its_set_up_breaks", "breaks_after_an_assertion_that_passed"])
def test_untried_when_a_set_up_line_breaks(reason, name):
    """A line outside an assertion refutes nothing, before or after one that passed."""
    assert reason(name) == "ValueError: out of order"


@pytest.mark.parametrize("name", ["raises_an_assertion_error_of_its_own", "calls_pytest_fail"])
def test_untried_when_it_fails_without_an_assert_statement(reason, name):
    """Only an `assert` statement refutes."""
    assert reason(name).endswith(": by hand")


def test_untried_when_skipped(reason):
    """A claim that is skipped in its body is untried, also after an assertion that passed."""
    assert reason("is_skipped") == "not today"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("its_fixture_is_unavailable", "no peer for the fixture"),
        ("a_helper_is_unavailable_in_a_set_up_line", "no server for the helper"),
        ("a_helper_is_unavailable_within_the_assert", "no server for the helper"),
        ("a_view_is_unavailable_within_the_assert", "no server for the helper"),
    ],
)
def test_untried_when_untried_is_raised_anywhere(reason, name, why):
    """`Untried` is never a refutation: in a fixture, in a set-up line, within an assertion, in a view."""
    assert reason(name) == why


def test_held_when_the_expected_exception_is_raised(outcome):
    """`assert pytest.raises(E, f)` holds when f raises E."""
    assert outcome("raises_what_it_says") == "held"


def test_refuted_when_the_expected_exception_is_not_raised(outcome, recorded):
    """`assert pytest.raises(E, f)` is refuted when f raises nothing, or something else."""
    assert outcome("raises_nothing") == "refuted"
    assert recorded["raises_nothing"]["evidence"][0]["observed"].startswith("Failed: DID NOT RAISE")
    assert outcome("raises_something_else") == "refuted"
    assert recorded["raises_something_else"]["evidence"][0]["observed"] == "ValueError: out of order"


def test_refuted_when_a_promised_import_fails(outcome, recorded):
    """`assert import_module(…)` is refuted when there is no such module."""
    assert outcome("imports_what_is_not_there") == "refuted"
    seen = recorded["imports_what_is_not_there"]["evidence"][0]["observed"]
    assert seen == "ModuleNotFoundError: No module named 'no_such_module_anywhere'"


def test_untried_when_a_declared_component_is_lacking(reason, recorded):
    """A claim whose component is not here is untried before any of its fixtures runs, and says what it lacks."""
    assert reason("needs_what_is_not_here") == "needs no-such-component-anywhere, which is not here"
    assert recorded["needs_what_is_not_here"]["lacking"] == "no-such-component-anywhere"
    lacking = [name for name, one in recorded.items() if one["lacking"]]
    assert lacking == ["needs_what_is_not_here", "needs_a_file_that_is_not_here"]


def test_held_when_a_declared_component_is_here(outcome, recorded):
    """A claim whose component is here runs, and keeps what it declared."""
    assert outcome("needs_what_is_here") == "held"
    component, file = recorded["needs_what_is_here"]["needs"]
    assert (component, Path(file).name) == ("pytest", "__init__.py")


def test_a_property_is_held_by_the_assertions_of_its_own_code(outcome, recorded):
    """A property's evidence is its own assertion alone, one example for all, and how many there were."""
    assert outcome("is_a_law") == "held"
    (seen,) = recorded["is_a_law"]["evidence"]
    assert seen["assertion"] == "checked(number + 1 - number) == 1"
    assert seen["times"] == 50


@pytest.mark.parametrize("name", ["is_no_law", "is_a_law_that_cannot_be_evaluated"])
def test_a_property_is_refuted_by_one_example(outcome, recorded, name):
    """A property that fails for one example is refuted, and the evidence names the smallest."""
    assert outcome(name) == "refuted"
    assert "number=1000" in recorded[name]["evidence"][-1]["observed"]


def test_a_row_of_a_table_has_an_outcome_and_a_statement_of_its_own(recorded):
    """Each row is a claim, with the docstring's fields filled in, and rows share a fingerprint."""
    held, refuted = recorded["codes[200-OK]"], recorded["codes[404-Missing]"]
    assert (held["outcome"], held["statement"]) == ("held", "The code 200 means OK.")
    assert (refuted["outcome"], refuted["statement"]) == ("refuted", "The code 404 means Missing.")
    assert held["fingerprint"] == refuted["fingerprint"]


def test_a_correction_names_what_it_corrects(recorded):
    """The record of a correction has the id of its claim, or of the row."""
    module = "claims/demo/q01_situations_of_outcomes.py"
    assert recorded["is_true"]["corrects"] == [f"{module}::is_false"]
    assert recorded["not_found"]["corrects"] == [f"{module}::codes[404-Missing]"]
    assert recorded["is_false"]["corrects"] == []


def test_the_marks_arguments_are_recorded(recorded):
    """A claim is technical unless marked editorial, and says when it only reads data."""
    assert {name for name, one in recorded.items() if one["kind"] == "editorial"} == {"is_editorial"}
    assert {name for name, one in recorded.items() if one["data"]} == {"is_data"}


def test_what_has_an_outcome_has_evidence(recorded):
    """Held and refuted come with values and without a reason, untried with a reason and without values."""
    for one in recorded.values():
        tried = one["outcome"] != "untried"
        assert all(seen["assertion"] and seen["observed"] for seen in one["evidence"]), one["id"]
        assert (bool(one["evidence"]), bool(one["reason"])) == (tried, not tried), one["id"]


@pytest.fixture
def observed(recorded):
    """What the last assertion of a situation saw."""
    return lambda name: recorded[name]["evidence"][-1]["observed"]


@pytest.mark.parametrize("name", ["sees_a_long_text", "sees_another_long_text"])
def test_a_long_text_is_never_cut(observed, name):
    """Evidence has all of a text of 10,000 characters, held or refuted."""
    assert "x" * 10_000 in observed(name)


@pytest.mark.parametrize("name", ["sees_a_long_list", "sees_another_long_list"])
def test_a_long_list_is_never_cut(observed, name):
    """Evidence has all of a list of 100 elements, held or refuted."""
    assert ", ".join(map(str, range(100))) in observed(name)


def test_a_long_mapping_is_never_cut(observed):
    """Evidence has every key of a mapping of 100."""
    assert "99: None" in observed("sees_a_long_mapping")
    assert "..." not in observed("sees_a_long_mapping")


def test_a_flag_is_evidence(observed):
    """An assertion without a comparison says its value."""
    assert observed("sees_a_flag").startswith("True")


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("sees_a_place", "'<tmp>/sees_a_place/app.db' != ''"),
        ("sees_an_address", "<object object at 0x…> is not None"),
        ("sees_a_port", "'http://127.0.0.1:<port>/data http://localhost:<port>/' != ''"),
        ("sees_the_default_port", "'http://127.0.0.1:5000/' != ''"),
        ("sees_an_installed_file", "'<site-packages>/pytest/__init__.py' != ''"),
        ("sees_a_file_of_the_project", "'claims/demo/q02_situations_of_evidence.py' != ''"),
    ],
)
def test_evidence_is_the_same_on_every_machine(observed, name, seen):
    """Folders of the run, addresses in memory, ephemeral ports and places on the disk are made alike."""
    assert observed(name).splitlines()[0] == seen


def test_the_record_is_whole(record_on, python):
    """A record begins with the Python and its packages, and ends with pytest's exit code."""
    record = record_on(python)
    assert record.head["packages"]["pytest"]
    assert record.head["python"].startswith("3.9." if python != sys.executable else sys.version.split()[0])
    assert record.end == pytest.ExitCode.TESTS_FAILED  # some are untried


def test_both_pythons_agree(record_on, old_python):
    """The two Pythons give the same outcomes, reasons' presence and fingerprints, in the same order."""
    kept = ("id", "statement", "outcome", "kind", "lacking", "source", "line", "fingerprint")
    here, old = (record_on(one).claims.values() for one in (sys.executable, old_python))
    assert [[one[key] for key in kept] for one in here] == [[one[key] for key in kept] for one in old]


def test_untried_when_cut_off_by_the_time_limit(lay_out, python):
    """A claim that does not end, in whatever place, is untried, and those after it run."""
    project = lay_out()
    text = (HERE / "claims_without_end.py").read_text(encoding="utf-8")
    project.write("claims/demo/q01_endless.py", text)
    seen = project.record("-o", "claim_timeout=0.2", python=python).claims
    assert seen.pop("ends")["outcome"] == "held"
    assert {one["outcome"] for one in seen.values()} == {"untried"}
    assert {one["reason"] for one in seen.values()} == {"no end after 0.2 seconds"}
    assert len(seen) == 5
