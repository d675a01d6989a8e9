"""The verdict: a pure function of what was measured."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.version import Version

from report.judge.verdicts import SEVERITY, group_by_outcome, judge, worst
from report.model import Verdict

WORDS = {"h": "held", "r": "refuted", "u": "untried"}
CONFIRMED, WRONG = Verdict("confirmed"), Verdict("wrong")


def outcomes_on(letters, releases="1.0 2.0 3.0"):
    """Outcomes by release, from a letter for each; a dot is a release that is not measured."""
    pairs = zip(releases.split(), letters, strict=True)
    return {release: WORDS[letter] for release, letter in pairs if letter != "."}


# What the claim did on 1.0, 2.0 and on the current release, 3.0.
SITUATIONS = {
    "held everywhere": ("hhh", CONFIRMED),
    "added": ("rrh", Verdict("confirmed", since="3.0")),
    "added later": ("rhh", Verdict("confirmed", since="2.0")),
    "came back": ("hrh", Verdict("confirmed", since="3.0")),
    "held, its past unmeasured": ("..h", CONFIRMED),
    "held, its past untried": ("uuh", CONFIRMED),
    "removed": ("hhr", Verdict("outdated", until="2.0", gone="3.0")),
    "removed early": ("hrr", Verdict("outdated", until="1.0", gone="2.0")),
    "came and went": ("rhr", Verdict("outdated", until="2.0", gone="3.0")),
    "removed, and untried where it went": ("hur", Verdict("outdated", until="1.0", gone="3.0")),
    "never held": ("rrr", WRONG),
    "never held where it was tried": ("urr", WRONG),
}
UNTRIED = {
    "untried everywhere": ("uuu", "untried on 3.0"),
    "untried on the current release, but known before": ("hhu", "untried on 3.0"),
    "untried on the current release, but refuted before": ("rru", "untried on 3.0"),
    "not measured at all": ("...", "not measured on 3.0"),
    "not measured on the current release": ("hh.", "not measured on 3.0"),
    "refuted, its past unmeasured": ("..r", "refuted on 3.0, but not yet measured on 1.0, 2.0"),
    "refuted, its past measured in part": (".rr", "refuted on 3.0, but not yet measured on 1.0"),
}


@pytest.mark.parametrize(("letters", "verdict"), SITUATIONS.values(), ids=SITUATIONS)
def test_verdict(letters, verdict):
    """The verdict on the current release follows from the outcomes."""
    assert judge(outcomes_on(letters), "3.0", ["1.0", "2.0", "3.0"]) == verdict


@pytest.mark.parametrize(("letters", "reason"), UNTRIED.values(), ids=UNTRIED)
def test_untried(letters, reason):
    """What is untried now, or refuted with an unmeasured past, is no verdict but has a reason."""
    assert judge(outcomes_on(letters), "3.0", ["1.0", "2.0", "3.0"]) == Verdict("untried", reason=reason)


def test_the_only_release_there_is():
    """Without earlier releases, held is confirmed and refuted is wrong."""
    assert judge({"3.0": "held"}, "3.0", ["3.0"]) == CONFIRMED
    assert judge({"3.0": "refuted"}, "3.0", ["3.0"]) == WRONG


def test_an_installed_release_that_is_not_listed():
    """The current release counts whether or not it is among the known ones."""
    assert judge(outcomes_on("rr", "1.0 3.0"), "3.0", ["1.0"]) == WRONG


def test_a_back_port_that_came_out_later():
    """Earlier is by number: 2.2.5, which came out after 2.3.0, is before it."""
    releases = "2.2.4 2.3.0 2.2.5"
    assert judge(outcomes_on("hrh", releases), "2.3.0", releases.split()) == Verdict(
        "outdated", until="2.2.5", gone="2.3.0"
    )
    assert judge(outcomes_on("rhr", releases), "2.3.0", releases.split()) == Verdict("confirmed", since="2.3.0")


def test_a_second_time():
    """What came back and went is outdated since it went last; what went and came back holds since it came last."""
    releases = "1.0 2.0 3.0 4.0"
    assert judge(outcomes_on("hrhr", releases), "4.0", releases.split()) == Verdict("outdated", until="3.0", gone="4.0")
    assert judge(outcomes_on("rhrh", releases), "4.0", releases.split()) == Verdict("confirmed", since="4.0")


def test_numbers_are_not_text():
    """0.12 is after 0.9."""
    releases = "0.12 0.9 1.0"
    assert judge(outcomes_on("rhr", releases), "1.0", releases.split()) == Verdict("outdated", until="0.9", gone="0.12")


def test_releases_after_the_current_one_are_ignored():
    """What happens on a newer release than the one judged says nothing of it."""
    releases = "1.0 2.0 3.0 4.0"
    assert judge(outcomes_on("hhrh", releases), "3.0", releases.split()).mark == "outdated"
    assert judge(outcomes_on("rrrh", releases), "3.0", releases.split()) == WRONG
    assert judge(outcomes_on("rrr.", releases), "3.0", releases.split()) == WRONG
    assert judge(outcomes_on("hhhr", releases), "3.0", releases.split()) == CONFIRMED


@pytest.mark.parametrize(
    ("marks", "mark"),
    [
        pytest.param(["confirmed", "confirmed"], "confirmed", id="all are right"),
        pytest.param(["confirmed", "outdated"], "outdated", id="one was right once"),
        pytest.param(["outdated", "wrong", "confirmed"], "wrong", id="one never was"),
        pytest.param(["untried", "confirmed"], "confirmed", id="one is untried, another right"),
        pytest.param(["untried", "wrong"], "wrong", id="one is untried, another wrong"),
        pytest.param(["untried", "untried"], "untried", id="none was tried"),
        pytest.param([], "untried", id="there is none"),
    ],
)
def test_an_answer_is_as_bad_as_its_worst_claim(marks, mark):
    """An answer's mark is the worst of its claims that were tried."""
    assert {worst(order) for order in itertools.permutations(marks)} == {mark}


def test_runs_of_the_same_outcome():
    """Neighbouring releases of the same outcome stand together, unmeasured ones too."""
    releases = ["1.0", "1.1", "2.0", "2.1", "3.0"]
    assert group_by_outcome(outcomes_on("rrh.h", " ".join(releases)), releases) == [
        ("refuted", ["1.0", "1.1"]),
        ("held", ["2.0"]),
        (None, ["2.1"]),
        ("held", ["3.0"]),
    ]


# The laws: for whatever was measured.

numbers = st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 5)).map(
    lambda parts: ".".join(map(str, parts))
)
outcomes = st.dictionaries(numbers, st.sampled_from(["held", "refuted", "untried"]), min_size=1, max_size=8)


@st.composite
def histories(draw, now=None):
    """Outcomes, the current release (on which the outcome is *now*), and the releases, some of them not measured."""
    seen = draw(outcomes)
    unmeasured = draw(st.sets(numbers, max_size=3))
    releases = sorted({*seen, *unmeasured})
    current = draw(st.sampled_from(releases))
    return seen | ({current: now} if now else {}), current, releases


def before(history):
    """The outcomes on the releases before the current one; None is unmeasured."""
    seen, current, releases = history
    return [seen.get(one) for one in releases if Version(one) < Version(current)]


def between(seen, first, last):
    """What was measured after the one release and before the other."""
    return [seen[one] for one in seen if Version(first) < Version(one) < Version(last)]


@given(histories())
def test_every_history_has_one_verdict(history):
    """There is a verdict for everything, and only an untried one has a reason."""
    verdict = judge(*history)
    assert verdict.mark in SEVERITY
    assert (verdict.reason is not None) == (verdict.mark == "untried")


@given(histories())
def test_confirmed_exactly_where_it_holds_now(history):
    """Confirmed means that it holds on the current release, whatever was before."""
    seen, current, _ = history
    assert (judge(*history).mark == "confirmed") == (seen.get(current) == "held")


@given(histories())
def test_outdated_exactly_where_it_held_before(history):
    """Outdated means that it is refuted now, and held on an earlier release."""
    seen, current, _ = history
    assert (judge(*history).mark == "outdated") == (seen.get(current) == "refuted" and "held" in before(history))


@given(histories())
def test_wrong_only_with_a_whole_history(history):
    """Wrong means that it is refuted now, held on no earlier release, and none of those is unmeasured."""
    seen, current, _ = history
    past = before(history)
    accused = seen.get(current) == "refuted" and "held" not in past and None not in past
    assert (judge(*history).mark == "wrong") == accused


@given(histories(now="refuted"))
def test_outdated_names_the_last_that_held_and_the_first_after_it_that_did_not(history):
    """Nothing held after the one, and nothing is refuted between the two."""
    seen, current, _ = history
    verdict = judge(*history)
    if verdict.mark == "outdated":
        assert (seen[verdict.until], seen[verdict.gone]) == ("held", "refuted")
        assert "held" not in between(seen, verdict.until, current)
        assert set(between(seen, verdict.until, verdict.gone)) <= {"untried"}


@given(histories(now="held"))
def test_confirmed_names_the_first_that_held_after_the_last_that_did_not(history):
    """Nothing is refuted since then, and where nothing ever was, no release is named."""
    seen, current, _ = history
    verdict = judge(*history)
    assert (verdict.since is None) == ("refuted" not in before(history))
    if verdict.since:
        assert seen[verdict.since] == "held"
        assert "refuted" not in between(seen, verdict.since, current)
        tried = sorted((one for one in seen if seen[one] != "untried"), key=Version)
        assert seen[tried[tried.index(verdict.since) - 1]] == "refuted"


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_is_irrelevant(history, random):
    """Outcomes and releases may come in any order, and twice."""
    seen, current, releases = history
    mixed = random.sample(list(seen.items()), len(seen))
    assert judge(dict(mixed), current, random.sample(releases * 2, len(releases) * 2)) == judge(*history)


@given(histories(), numbers, st.sampled_from(["held", "refuted", "untried"]))
def test_an_older_release_never_takes_a_confirmation_away(history, added, outcome):
    """To measure one more release before the current one leaves confirmed what is, and outdated what is."""
    seen, current, releases = history
    assume(Version(added) < Version(current) and added not in seen)
    verdict = judge(*history)
    more = judge({**seen, added: outcome}, current, [*releases, added])
    if verdict.mark in ("confirmed", "outdated"):
        assert more.mark == verdict.mark
    if verdict.mark == "wrong":
        assert more.mark == ("outdated" if outcome == "held" else "wrong")


@given(histories(), numbers, st.sampled_from(["held", "refuted", "untried"]))
def test_a_newer_release_changes_nothing(history, added, outcome):
    """To measure one more release after the current one changes no verdict on this one."""
    seen, current, releases = history
    assume(Version(added) > Version(current))
    assert judge({**seen, added: outcome}, current, [*releases, added]) == judge(*history)
