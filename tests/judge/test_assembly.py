"""From records and the ledger to a result: what stands where, and on whose word."""

from dataclasses import replace

import pytest

from report.judge.accounts import Account, Part
from report.judge.articles import ArticleInfo
from report.judge.assembly import Project, Run, assemble
from report.judge.results import Release, Subject, Unmarked
from report.measure.kills import Kill, Kills
from report.measure.ledger import Entry, Ledger
from report.measure.records import parse_records
from report.model import Cell, Environment, Evidence, Mutant, Verdict

HERE = Environment("3.11", "stack-of-3")
ARTICLES = [ArticleInfo("top", "Ten facts", 10), ArticleInfo("more", "More facts", 5)]
SEEN = (Evidence("1 + 1 == 2", "2 == 2"),)
WORDS = {"h": "held", "r": "refuted", "u": "untried"}


def name(claim):
    """The id of a claim: `top/q01_escaping.py::holds`, or one in that module."""
    return f"claims/{claim}" if "::" in claim else f"claims/top/q01_escaping.py::{claim}"


def record(claim="holds", outcome="held", **given):
    """What a run recorded of one claim."""
    tried = outcome != "untried"
    fields = {
        "id": name(claim),
        "statement": "A fact.",
        "topic": "Escaping",
        "kind": "technical",
        "data": False,
        "corrects": [],
        "needs": [],
        "lacking": None,
        "line": 1,
        "source": "assert True",
        "fingerprint": "f1",
        "outcome": outcome,
        "reason": None if tried else "it broke",
        "evidence": [{"assertion": "1 + 1 == 2", "observed": "2 == 2"}] if tried else [],
    }
    return {**fields, **given}


def entry(claim="holds", letters="", fingerprint="f1", names=("1.0", "2.0", "3.0")):
    """A ledger's line: a letter for each release, a dot where it says nothing."""
    cells = {
        name: Cell(WORDS[letter], "why" if letter == "u" else None, SEEN if letter in "hr" else ())
        for name, letter in zip(names, letters, strict=False)
        if letter != "."
    }
    return Entry(name_of := name(claim), fingerprint, cells) if cells else Entry(name_of, fingerprint, {})


def run(*records, entries=(), current="3.0", releases=("1.0", "2.0", "3.0"), environment=HERE, known=None):
    """A run on *current*, with a ledger that has the releases before it, each on its own stack."""
    environments = {one: Environment("3.9", f"stack-of-{one[0]}") for one in releases if one != "3.0"}
    environments |= {"3.0": HERE} | (known or {})
    measured = {one for line in entries for one in line.cells}
    ledger = Ledger(
        {one: where for one, where in environments.items() if one in measured},
        {line.claim: line for line in entries},
    )
    subject = Subject("markupsafe", current, "2025-01-01", "3.11")
    days = [Release(one, "2025-01-01") for one in releases]
    return Run(subject, "2026-11-20", environment, parse_records(records), Project(ledger, days, ARTICLES))


def only_claim(*records, **given):
    """The one claim of the result."""
    (claim,) = assemble(run(*records, **given)).claims
    return claim


def drift(*records, **given):
    """What the result names as drift: the claim's own name, what it was, what it is."""
    result = assemble(run(*records, **given))
    return [(one.claim.partition("::")[2], one.was, one.now) for one in result.drift]


def test_each_claim_stands_in_its_answer():
    """Articles keep their order, answers that of their numbers, claims that of their lines."""
    result = assemble(
        run(
            record("top/q10_last.py::a", topic="Last"),
            record("top/q02_first.py::late", line=9, topic="First"),
            record("top/q02_first.py::early", line=3, topic="First"),
            record("more/q01_other.py::b", topic="Other"),
        )
    )
    assert [article.id for article in result.articles] == ["top", "more"]
    top = result.articles[0]
    assert (top.title, top.questions) == ("Ten facts", 10)
    assert [(answer.question, answer.topic) for answer in top.answers] == [(2, "First"), (10, "Last")]
    assert [claim.id.partition("::")[2] for claim in top.answers[0].claims] == ["early", "late"]


def test_a_correction_stands_with_what_it_corrects():
    """A correction is no claim of the article, and comes with its own outcome on each release."""
    claim = only_claim(
        record(outcome="refuted"),
        record("instead", corrects=[name("holds")]),
        entries=[entry(letters="rr"), entry("instead", letters="rh")],
    )
    (correction,) = claim.corrections
    assert (correction.id, correction.outcome) == (name("instead"), "held")
    assert correction.outcomes == {"1.0": "refuted", "2.0": "held", "3.0": "held"}


def test_a_correction_of_a_row_stands_with_that_row():
    """A correction names a row of a table, and the other rows have none."""
    right, wrong = assemble(
        run(
            record("codes[200]"),
            record("codes[404]", outcome="refuted"),
            record("instead", corrects=[name("codes[404]")], line=9),
        )
    ).claims
    assert (right.corrections, [one.id for one in wrong.corrections]) == ((), [name("instead")])


def test_earlier_releases_come_from_the_ledger():
    """The verdict is made of this run's outcome and of those in the ledger, each with its Python."""
    claim = only_claim(record(outcome="refuted"), entries=[entry(letters="hr")])
    assert claim.verdict == Verdict("outdated", until="1.0", gone="2.0")
    assert {one: cell.python for one, cell in claim.cells.items()} == {"1.0": "3.9", "2.0": "3.9", "3.0": "3.11"}
    assert claim.evidence == claim.cells["3.0"].evidence == SEEN


def test_the_ledger_has_no_say_on_what_was_run():
    """An outcome of this run replaces the ledger's on the same release."""
    claim = only_claim(record(outcome="refuted"), entries=[entry(letters="rrh")])
    assert (claim.verdict.mark, claim.outcomes["3.0"]) == ("wrong", "refuted")


def test_an_outcome_dies_with_its_test():
    """Of a ledger's line with another fingerprint nothing counts: refuted now is then untried, never wrong."""
    claim = only_claim(record(outcome="refuted"), entries=[entry(letters="rrr", fingerprint="f0")])
    assert claim.verdict.mark == "untried"
    assert claim.reason == "refuted on 3.0, but not yet measured on 1.0, 2.0"
    assert claim.outcomes == {"3.0": "refuted"}


def test_other_environments_have_no_say():
    """What was measured elsewhere, under a name with `@`, makes no verdict."""
    names = ("2.0", "2.0@other")
    claim = only_claim(
        record(outcome="refuted"),
        entries=[entry(letters="rh", names=names)],
        releases=("2.0", "3.0"),
        known={"2.0@other": HERE},
    )
    assert claim.verdict.mark == "wrong"


def lacking(claim="holds"):
    """What a run recorded of a claim whose component is not here."""
    reason = "needs nginx, which is not here"
    return record(claim, "untried", needs=["nginx"], lacking="nginx", reason=reason)


def test_where_a_component_is_lacking_the_ledgers_outcome_stands():
    """The last measured outcome counts, and its cell says from where it is known and why."""
    claim = only_claim(lacking(), entries=[entry(letters="rrh")])
    assert (claim.verdict.mark, claim.verdict.since) == ("confirmed", "3.0")
    assert claim.cells["3.0"].reason == "measured before; here it needs nginx, which is not here"
    assert claim.reason == claim.cells["3.0"].reason
    assert claim.evidence == SEEN


def test_where_a_component_is_lacking_and_nothing_is_known_the_claim_is_untried():
    """Without a measured outcome, or with one of another test, there is no verdict, but a reason."""
    for entries in ([], [entry(letters="hh")], [entry(letters="hhh", fingerprint="f0")]):
        claim = only_claim(lacking(), entries=entries)
        assert claim.verdict.mark == "untried"
        assert claim.reason == "needs nginx, which is not here"


def test_a_broken_test_accuses_nobody():
    """A broken test is untried with its reason, whatever the ledger knows of the current release."""
    claim = only_claim(record(outcome="untried"), entries=[entry(letters="hhr")])
    assert (claim.verdict.mark, claim.reason) == ("untried", "it broke")


def test_an_editorial_slip_leaves_the_mark_alone():
    """An answer's mark is that of its technical claims."""
    (answer,) = (
        assemble(run(record(), record("typo", "refuted", kind="editorial"), releases=("3.0",))).articles[0].answers
    )
    assert (answer.verdict, [claim.verdict.mark for claim in answer.claims]) == ("confirmed", ["confirmed", "wrong"])


def test_an_answer_of_editorial_slips_alone_has_no_mark():
    """Where no technical claim was tried, the answer is untried."""
    (answer,) = assemble(run(record(kind="editorial"))).articles[0].answers
    assert answer.verdict == "untried"


def test_an_untried_claim_does_not_hide_the_others():
    """An answer is judged by the claims that were tried."""
    (answer,) = assemble(run(record(), record("broken", "untried"))).articles[0].answers
    assert answer.verdict == "confirmed"


def test_a_claim_outside_a_question_is_refused():
    """Every claim stands in a module that is named after its question."""
    with pytest.raises(ValueError, match=r"top/test_it\.py::a does not stand in a module named after a question"):
        assemble(run(record("top/test_it.py::a")))


def test_no_drift_while_the_verdicts_are_the_ledgers():
    """A run that sees what the ledger says has no drift, whatever the verdicts."""
    assert drift(record(outcome="refuted"), entries=[entry(letters="rrr")]) == []
    assert drift(record(outcome="held"), entries=[entry(letters="rhh")]) == []


@pytest.mark.parametrize(
    ("outcome", "letters", "was", "now"),
    [
        ("refuted", "hhh", "confirmed", "outdated: held until 2.0, fails from 3.0"),
        ("held", "hhr", "outdated: held until 2.0, fails from 3.0", "confirmed"),
        ("refuted", "rrh", "confirmed since 3.0", "wrong"),
        ("held", "rrr", "wrong", "confirmed since 3.0"),
        ("untried", "hhh", "confirmed", "untried"),
    ],
)
def test_drift_both_ways(outcome, letters, was, now):
    """A verdict that turned is named with what it was and what it is."""
    assert drift(record(outcome=outcome), entries=[entry(letters=letters)]) == [("holds", was, now)]


def test_drift_on_a_new_release():
    """A new release that changes a verdict is drift, and one that changes none is not."""
    given = {"entries": [entry(letters="hhh")], "current": "4.0", "releases": ("1.0", "2.0", "3.0", "4.0")}
    assert drift(record(outcome="refuted"), **given) == [
        ("holds", "confirmed", "outdated: held until 3.0, fails from 4.0")
    ]
    assert drift(record(outcome="held"), **given) == []


def test_drift_of_claims_that_come_and_go():
    """A claim that the ledger does not know is drift, and one that only the ledger knows."""
    assert drift(record("new"), entries=[entry("old", "hhh")]) == [
        ("new", "not in the ledger", "confirmed"),
        ("old", "in the ledger", "no claim any more"),
    ]


def test_drift_of_a_correction():
    """A correction's outcome that differs from the ledger's on the same release is drift."""
    given = [record(outcome="refuted"), record("instead", corrects=[name("holds")])]
    assert drift(*given, entries=[entry(letters="rrr"), entry("instead", "hhh")]) == []
    found = drift(*given, entries=[entry(letters="rrr"), entry("instead", "hhr")])
    assert [one[0] for one in found] == ["instead"]


def test_no_drift_of_a_claim_that_lacks_its_component():
    """A claim that cannot be tried here is no drift, whether it has been measured elsewhere or not."""
    assert drift(lacking(), entries=[entry(letters="hhh")]) == []


def test_the_ledger_takes_what_was_seen():
    """What held or was refuted is added to the outcomes on other releases."""
    merged = run(record(outcome="refuted"), entries=[entry(letters="hhh")]).updated_ledger()
    assert merged.entries[name("holds")] == entry(letters="hhr")
    assert merged.environments["3.0"] == HERE


def test_the_ledger_takes_nothing_of_a_broken_test():
    """A broken test leaves the ledger's line as it is."""
    before = entry(letters="hhh")
    assert run(record(outcome="untried"), entries=[before]).updated_ledger().entries[before.claim] == before


def test_the_ledger_keeps_what_cannot_be_tried_here():
    """A claim whose component is lacking keeps its outcome, on a new stack too."""
    other = Environment("3.11", "another-stack")
    merged = run(lacking(), entries=[entry(letters="hhh")], environment=other).updated_ledger()
    assert merged.entries[name("holds")] == entry(letters="hhh")


def test_the_ledger_forgets_the_claims_that_are_no_more():
    """A line without a claim is dropped."""
    merged = run(record("new"), entries=[entry("old", "hhh")]).updated_ledger()
    assert list(merged.entries) == [name("new")]


def test_how_a_test_was_seen_to_fail():
    """By a release that refuted it, else by a mutant as long as the test stands; a correction as a claim."""
    mutant = ("f1", "Flask", "3.1.3", "flask/app.py", 7, "a = 1", "a = 2", "comparison", "a == 1", "2 == 1")
    names = ("turned", "holds", "again")
    known = Kills({name(one): Kill(name(one), *mutant) for one in names}, {name("waived"): "Why."})
    given = [record("turned", "refuted"), record("again", corrects=[name("turned")]), record("holds")]
    given += [record("waived"), record("stale", fingerprint="f2"), record("unseen")]

    before = run(*given)
    result = assemble(replace(before, project=replace(before.project, kills=known)))

    found = {one.id.partition("::")[2]: one.seen_to_fail for one in result.claims}
    words = {"mutant": Mutant("flask/app.py", 7, "a = 1", "a = 2", "Flask 3.1.3"), "seen": "2 == 1"}
    assert found == {
        "turned": {"release": "3.0", **words},
        "holds": words,
        "waived": {"waived": "Why."},
        "stale": None,
        "unseen": None,
    }
    assert result.claims[0].corrections[0].seen_to_fail == words


def test_a_right_answer_states_the_correction_that_proves_it():
    """A correction that an account names is a claim of that answer, with its own outcomes, and drifts once."""
    account = Account((Part(claims=("top/q01_escaping::instead",)),))
    articles = [replace(ARTICLES[0], accounts={3: {"aa": account}}), *ARTICLES[1:]]
    one = run(
        record(outcome="refuted"),
        record("instead", corrects=[name("holds")], line=9),
        entries=[entry(letters="rr"), entry("instead", letters="rh")],
    )
    result = assemble(replace(one, project=replace(one.project, articles=articles)))
    wrong, right = result.articles[0].answers
    assert (wrong.question, wrong.verdict, right.question, right.verdict) == (1, "wrong", 3, "confirmed")
    (claim,) = right.claims
    assert (claim.id, claim.verdict.since, claim.corrections) == (name("instead"), "2.0", ())
    assert claim.outcomes == {"1.0": "refuted", "2.0": "held", "3.0": "held"}
    assert len({each.claim for each in result.drift}) == len(result.drift)


def test_what_is_not_yet_checked_is_counted():
    """The parts that are open are counted in their answer, and all of them in the article and in the result."""
    part = Account((Part(says="the rest", todo=True),))
    articles = [replace(ARTICLES[0], accounts={0: {"aa": part}, 1: {"bb": part}, 7: {"cc": part}}, url="https://x.org")]
    one = run(record())
    result = assemble(replace(one, project=replace(one.project, articles=articles)))
    (article,) = result.articles
    assert [(answer.question, answer.count.todo, answer.settled) for answer in article.answers] == [(1, 1, False)]
    assert (article.count.todo, result.count.todo, article.url) == (3, 3, "https://x.org")


def test_an_answer_without_a_statement_is_unmarked():
    """An answer has no mark if every part of it has a reason; if a part is open, it is not yet checked."""
    reasons, open_ = Account((Part(none="advice"),)), Account((Part(todo=True),))
    stated = Account((Part(claims=("top/q01_escaping::not_selected",)),))
    accounts = {0: {"aa": reasons}, 2: {"aa": reasons}, 3: {"aa": reasons, "bb": open_}, 4: {"aa": stated}, 5: {}}
    about = replace(ARTICLES[0], accounts=accounts, topics={"q02": "What is next"}, answer="section")
    one = run(record())
    (article,) = assemble(replace(one, project=replace(one.project, articles=[about]))).articles
    assert article.unmarked == (Unmarked(2, "What is next"),)
    assert (len(article.answers), article.unchecked, article.nth(2)) == (1, 8, "section 2")


def test_a_declared_topic_is_that_of_an_answer_without_a_module():
    """An answer that states only claims of others has its own topic, if one is declared."""
    shared = Account((Part(claims=("top/q01_escaping::holds",)),))
    about = replace(ARTICLES[0], accounts={2: {"aa": shared}, 3: {"aa": shared}}, topics={"q02": "Signs"})
    one = run(record())
    (article,) = assemble(replace(one, project=replace(one.project, articles=[about]))).articles
    assert [(answer.question, answer.topic) for answer in article.answers] == [
        (1, "Escaping"),
        (2, "Signs"),
        (3, "Escaping"),
    ]
