"""The ledger: committed text that a machine writes and a person reads."""

import json
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.errors import DamagedFileError
from report.measure import ledger
from report.measure.ledger import Entry, Ledger
from report.model import Cell, Environment, Evidence, turns
from tests.project import ROOT

OLD, NEW = Environment("3.9", "stack-of-1"), Environment("3.11", "stack-of-2")
HELD = Cell("held", None, (Evidence("1 + 1 == 2", "2 == 2"),))
REFUTED = Cell("refuted", None, (Evidence("1 + 1 == 2", "3 == 2", 7),))
UNTRIED = Cell("untried", "flask-restplus: it dies with Werkzeug 1.0")


def of(*entries, environments=None):
    """A ledger of two releases, or of other *environments*."""
    return Ledger(environments or {"1.0": OLD, "2.0": NEW}, {entry.claim: entry for entry in entries})


@pytest.fixture
def path(tmp_path):
    """Where the ledger of a test is."""
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def lines(path):
    """Write a ledger and give its lines, read as JSON."""

    def written(known):
        ledger.write(path, known)
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return written


def test_a_missing_file_is_an_empty_ledger(path):
    """Before the first run there is nothing, and that is no damage."""
    assert ledger.read(path) == Ledger()


# Whatever an assertion may have seen: line separators, quotes, lone control characters.
texts = st.text(st.characters(codec="utf-8"), max_size=8)
evidence = st.lists(st.builds(Evidence, texts, texts, st.integers(1, 200)), max_size=2).map(tuple)
cells = st.builds(Cell, st.sampled_from(["held", "refuted", "untried"]), st.none() | texts.filter(bool), evidence)
environments = st.sampled_from(["0.9", "0.12.2", "2.2.5", "2.3.0", "3.1.3", "3.1.3@3.9"])
entries = st.builds(Entry, texts, texts, st.dictionaries(environments, cells, min_size=1, max_size=4))


@given(st.lists(entries, max_size=3, unique_by=lambda entry: entry.claim))
def test_what_is_written_is_read(tmp_path_factory, entries):
    """Every ledger is read as it was written, whatever stands in its texts."""
    path = tmp_path_factory.getbasetemp() / "any-ledger.jsonl"
    used = {name: OLD for entry in entries for name in entry.cells}
    known = Ledger(used, {entry.claim: entry for entry in entries})
    ledger.write(path, known)
    assert ledger.read(path) == known


def test_one_line_a_claim_in_order(lines):
    """The first line names the environments by release, and each other line is one claim, by id."""
    known = of(
        Entry("b", "f2", {"2.0": HELD}),
        Entry("a", "f1", {"2.0": HELD}),
        environments={"2.0": NEW, "0.12": OLD, "0.9": OLD},
    )
    head, *claims = lines(known)
    assert list(head["environments"]) == ["0.9", "0.12", "2.0"]
    assert head["environments"]["0.9"] == {"python": "3.9", "stack": "stack-of-1"}
    assert [claim["claim"] for claim in claims] == ["a", "b"]


def test_releases_of_the_same_outcome_stand_together(lines):
    """A line groups the releases on which the claim did the same, and says what was seen once."""
    known = of(Entry("a", "f1", {"3.0": HELD, "2.0": REFUTED, "0.12": HELD, "0.9": REFUTED, "1.0": UNTRIED}))
    _, claim = lines(known)
    assert claim == {
        "claim": "a",
        "fingerprint": "f1",
        "seen": [
            {
                "outcome": "refuted",
                "on": ["0.9", "2.0"],
                "evidence": [{"assertion": "1 + 1 == 2", "observed": "3 == 2", "times": 7}],
            },
            {
                "outcome": "held",
                "on": ["0.12", "3.0"],
                "evidence": [{"assertion": "1 + 1 == 2", "observed": "2 == 2"}],
            },
            {"outcome": "untried", "on": ["1.0"], "reason": "flask-restplus: it dies with Werkzeug 1.0"},
        ],
    }


def test_the_same_outcome_with_other_values_stands_apart(lines):
    """Releases on which other values were seen are not grouped."""
    other = Cell("held", None, (Evidence("1 + 1 == 2", "two == 2"),))
    _, claim = lines(of(Entry("a", "f1", {"1.0": HELD, "2.0": other})))
    assert [group["on"] for group in claim["seen"]] == [["1.0"], ["2.0"]]


def test_a_claim_without_outcomes_has_no_line(lines):
    """What was never measured is not in the ledger."""
    assert len(lines(of(Entry("a", "f1", {})))) == 1


def test_the_text_does_not_depend_on_the_order(path):
    """The same knowledge gives the same text, in whatever order it came."""
    ledger.write(path, of(Entry("a", "f1", {"1.0": HELD, "2.0": REFUTED}), Entry("b", "f2", {"1.0": HELD})))
    before = path.read_bytes()
    turned = {"2.0": NEW, "1.0": OLD}
    ledger.write(
        path,
        of(Entry("b", "f2", {"1.0": HELD}), Entry("a", "f1", {"2.0": REFUTED, "1.0": HELD}), environments=turned),
    )
    assert path.read_bytes() == before


HEAD = '{"schema":1,"environments":{"1.0":{"python":"3.9","stack":"s"}}}'
LINE = '{"claim":"a","fingerprint":"f","seen":[{"outcome":"held","on":["1.0"]}]}'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", 1, id="an empty file"),
        pytest.param("\n", 1, id="an empty line"),
        pytest.param(LINE, 1, id="no head"),
        pytest.param(HEAD.replace('"schema":1', '"schema":2'), 1, id="another schema"),
        pytest.param(HEAD.replace('"1.0"', '"one"'), 1, id="a release that is no version"),
        pytest.param(f"{HEAD}\n{LINE[:-9]}", 2, id="a line that is cut off"),
        pytest.param(f"{HEAD}\n{LINE}\n\n", 3, id="a blank line"),
        pytest.param(f"{HEAD}\n{LINE}\n<<<<<<< HEAD\n", 3, id="the marks of a conflict"),
        pytest.param(f"{HEAD}\n{LINE.replace('held', 'passed')}", 2, id="an outcome that there is not"),
        pytest.param(f"{HEAD}\n{LINE.replace('1.0', 'one')}", 2, id="an outcome on no version"),
        pytest.param(f"{HEAD}\n{LINE.replace('1.0', '2.0')}", 2, id="an outcome in no known environment"),
        pytest.param(f"{HEAD}\n{LINE}\n{LINE}\n", 3, id="a claim that stands twice"),
        pytest.param(
            f"{HEAD}\n" + LINE.replace("}]}", '},{"outcome":"refuted","on":["1.0"]}]}'),
            2,
            id="two outcomes on one release",
        ),
    ],
)
def test_a_damaged_line_is_named(path, text, line):
    """What is not a ledger is refused with the number of the line and what to do, and is left as it is."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedFileError, match=rf"ledger\.jsonl is damaged: line {line}: .*git checkout"):
        ledger.read(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_text_is_damaged(path):
    """Bytes that are not UTF-8 are refused in the same terms."""
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DamagedFileError, match=r"ledger\.jsonl is damaged"):
        ledger.read(path)


def test_merging_takes_over_what_was_seen():
    """A run's outcomes replace those on its release, and leave the others alone."""
    known = of(Entry("a", "f1", {"1.0": HELD, "2.0": HELD}), Entry("b", "f2", {"2.0": HELD}))
    merged = ledger.merge(known, "2.0", NEW, {"a": ("f1", REFUTED), "c": ("f3", HELD)})
    assert merged == of(
        Entry("a", "f1", {"1.0": HELD, "2.0": REFUTED}),
        Entry("b", "f2", {"2.0": HELD}),
        Entry("c", "f3", {"2.0": HELD}),
    )


def test_merging_drops_the_outcomes_of_another_fingerprint():
    """Where the claim's test has changed, what the old one gave is worth nothing on any release."""
    merged = ledger.merge(of(Entry("a", "f0", {"1.0": HELD})), "2.0", NEW, {"a": ("f1", HELD)})
    assert merged.entries["a"] == Entry("a", "f1", {"2.0": HELD})


def test_merging_drops_the_outcomes_with_another_stack():
    """If the packages of a release's stack have changed, no outcome on it is valid."""
    known = of(Entry("a", "f1", {"1.0": HELD, "2.0": HELD}), Entry("b", "f2", {"1.0": HELD, "2.0": HELD}))
    other = Environment("3.11", "another")
    merged = ledger.merge(known, "2.0", other, {"a": ("f1", REFUTED)})
    assert merged.environments == {"1.0": OLD, "2.0": other}
    assert merged.entries["a"].cells == {"1.0": HELD, "2.0": REFUTED}
    assert merged.entries["b"].cells == {"1.0": HELD}


def test_cells_are_those_of_the_test_as_it_stands():
    """An entry answers for its own fingerprint only."""
    known = of(Entry("a", "f1", {"1.0": HELD}))
    assert known.cells("a", "f1") == {"1.0": HELD}
    assert known.cells("a", "f0") == known.cells("b", "f1") == {}


def test_only_keeps_the_claims_that_are():
    """Claims that are no more are dropped."""
    known = of(Entry("a", "f1", {"1.0": HELD}), Entry("b", "f2", {"1.0": HELD}))
    assert list(ledger.keep_claims(known, ["b", "c"]).entries) == ["b"]


def test_updating_at_the_same_time_loses_nothing(path):
    """Several processes that each add a line, all at once, leave all lines; nothing else is left behind."""
    adding = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from report.measure import ledger
        from report.model import Cell, Environment

        path, number = Path(sys.argv[1]), sys.argv[2]
        for turn in range(10):
            with ledger.locked(path):
                seen = {f"{number}-{turn}": ("f", Cell("held"))}
                here = Environment("3.11", "s")
                ledger.write(path, ledger.merge(ledger.read(path), "1.0", here, seen))
        """
    )
    command = [sys.executable, "-c", adding, str(path)]
    processes = [subprocess.Popen([*command, str(number)], cwd=ROOT) for number in range(3)]
    try:
        assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait(timeout=60)
    assert len(ledger.read(path).entries) == 30


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        pytest.param({"1.0": "held", "2.0": "refuted"}, [("1.0", "2.0")], id="it went"),
        pytest.param({"1.0": "refuted", "2.0": "held", "3.0": "held"}, [("1.0", "2.0")], id="it came"),
        pytest.param({"1.0": "held", "2.0": "refuted", "3.0": "held"}, [("1.0", "2.0"), ("2.0", "3.0")], id="back"),
        pytest.param({"1.0": "held", "1.5": "untried", "2.0": "refuted"}, [("1.0", "2.0")], id="untried between"),
        pytest.param({"1.0": "held", "1.5": "untried", "2.0": "held"}, [], id="untried for a while"),
        pytest.param({"1.0": "held"}, [], id="it stayed"),
        pytest.param({}, [], id="nothing measured"),
    ],
)
def test_it_turned_where_the_outcome_is_another(outcomes, found):
    """A claim turned between two releases that gave different outcomes, with none in between that gave one."""
    assert turns(outcomes) == found
