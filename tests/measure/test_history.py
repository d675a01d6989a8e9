"""The history: which cells run and why, and what they leave in the ledger."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from report import settings
from report.errors import ReportError
from report.measure import environments, filling, ledger, runs, work
from report.measure import history as engine
from report.measure.ledger import Entry, Ledger
from report.measure.records import Record, RecordedRun
from report.measure.releases import Release
from report.measure.runs import work_folder
from report.model import Cell
from tests.measure.test_merging import HELD, NEW, OLD
from tests.past import ENVIRONMENTS, NOTHING_TO_RUN, NOW, give_a_past
from tests.past import NEW as LATER
from tests.past import OLD as EARLIER
from tests.project import SUBJECT, digest

TWO = ("--releases", f"{EARLIER.version},{LATER.version}")
NAMES = "claims/demo/q01_names.py"
SETS = '''
"""A set."""

from claims import claim


@claim
def has_all_letters():
    """A set has the letters of a text."""
    assert {*"abcdefgh"} == {*"hgfedcba"}
'''
STACK = environments.Stack("1", "3.9", f"{SUBJECT}==1\n", {"Flask_Sijax": "it knows no such Flask"})
ENVIRONMENT = engine.ReleaseEnvironment(Release("1.0", "2020-01-01", "1"), STACK, OLD)


def record(name="q01::one", fingerprint="f", **more):
    """The record of a claim."""
    fields = {"statement": "", "topic": "", "kind": "technical", "data": False, "corrects": [], "needs": []}
    return Record(name, **fields, lacking=more.pop("lacking", None), line=1, source="", fingerprint=fingerprint, **more)


def knows(environment=OLD, fingerprint="f", **cells):
    """A ledger with a claim and a release."""
    return Ledger({"1.0": environment}, {"q01::one": Entry("q01::one", fingerprint, cells.get("cells", {"1.0": HELD}))})


@pytest.mark.parametrize(
    ("known", "because"),
    [
        pytest.param(knows(), None, id="fresh"),
        pytest.param(Ledger(), "new claim", id="nothing is known"),
        pytest.param(knows(fingerprint="g"), "the claim's test has changed", id="another test"),
        pytest.param(knows(NEW), "its stack has changed", id="another stack"),
        pytest.param(replace(knows(), environments={}), "new release", id="another release"),
        pytest.param(knows(cells={}), "not measured yet", id="interrupted before"),
    ],
)
def test_a_cell_runs_for_a_reason(known, because):
    """What is missing or stale runs, and says why; what is neither does not."""
    (task,) = engine.plan(known, [ENVIRONMENT], [record()], again=False)

    assert task.claims == (["q01::one"] if because else [])
    assert task.why == (Counter({because: 1}) if because else Counter())


def test_all_runs_what_is_fresh():
    """With `--all` every cell runs."""
    (task,) = engine.plan(knows(), [ENVIRONMENT], [record()], again=True)

    assert (task.claims, task.why) == (["q01::one"], {"asked for": 1})


@pytest.fixture(scope="module")
def where(lay_out):
    """The settings of a project with a past, of which nothing has been run."""
    project = lay_out()
    give_a_past(project)
    return settings.read(project.root)


def names(where, installed, *versions):
    """The environments: name, and whether it is the environment of this process."""
    return [
        (environment.name, environment.stack is None)
        for environment in engine.release_environments(where, NEW, installed, versions)
    ]


def test_the_current_release_comes_twice(where):
    """The newest release runs on the Python of the main job, and on the Python of the older ones."""
    older = [(EARLIER.version, False), (LATER.version, False)]
    second = (f"{NOW.version}@3.9", False)

    assert names(where, NOW.version) == [*older, (NOW.version, True), second]
    assert names(where, NOW.version, LATER.version) == [older[1]]


@pytest.mark.parametrize("installed", ["99.0.dev1", EARLIER.version])
def test_a_candidate_is_never_current(where, installed):
    """Where another version is installed, the history does not run it in the place of the current one."""
    assert names(where, installed) == [
        *[(EARLIER.version, False), (LATER.version, False)],
        (f"{NOW.version}@3.9", False),
    ]


def test_obsolete_environments(where):
    """Environments of releases that are not run, and second Pythons of releases that are not current, are obsolete."""
    kept, removed = ENVIRONMENTS, ["1.0", f"{LATER.version}@3.9"]

    assert engine.obsolete(where, Ledger(dict.fromkeys([*kept, *removed], OLD))) == removed


def test_a_stack_says_what_it_cannot_have():
    """A component is looked for by its normalised name; a run here has no stack that would lack any."""
    assert ENVIRONMENT.reason_absent("flask-sijax") == "it knows no such Flask"
    assert ENVIRONMENT.reason_absent("flask-mail") is None
    assert ENVIRONMENT.reason_absent(None) is None
    assert replace(ENVIRONMENT, stack=None).reason_absent("flask-sijax") is None


def test_what_a_run_adds_to_the_ledger():
    """Held, refuted and what the stack cannot have are taken over; any other untried claim is a fault."""
    found = [
        record("q::held", outcome="held"),
        record("q::absent", lacking="flask-sijax", reason="needs it"),
        record("q::missing", lacking="nginx", reason="needs nginx,\nwhich is not here"),
        record("q::broken", reason="NameError: x"),
    ]
    seen, faults = filling.sort_records(ENVIRONMENT, found)

    assert seen == {
        "q::held": ("f", Cell("held")),
        "q::absent": ("f", Cell("untried", "flask-sijax: it knows no such Flask")),
    }
    assert faults == [
        "1.0: untried: q::missing: needs nginx, which is not here",
        "1.0: untried: q::broken: NameError: x",
    ]


@pytest.mark.parametrize(("slots", "sizes"), [(1, [125, 125, 10]), (4, [84, 83, 83, 10]), (9, [84, 83, 83, 10])])
def test_tasks_are_divided(slots, sizes):
    """A large task becomes several, so that all slots have work, but none so small that it only starts pytest."""
    large, small = (engine.Task(ENVIRONMENT, [f"q::{number}" for number in range(size)], {}) for size in (250, 10))
    divided = work.batches([large, small, engine.Task(ENVIRONMENT, [], {})], slots)

    assert [len(task.claims) for task in divided] == sizes
    assert sorted(claim for task in divided for claim in task.claims) == sorted([*large.claims, *small.claims])
    assert len({task.label for task in divided}) == len(divided)


def test_parts_fill_the_ledger_alike(history, monkeypatch):
    """An environment in several parts, two at a time, gives the ledger that it gives in one."""
    monkeypatch.setattr(work, "SMALLEST", 1)
    config, known = settings.read(history.root), ledger.read(history.ledger)
    chosen = engine.release_environments(config, environments.here(config), NOW.version, [EARLIER.version])
    claims = [record(claim, entry.fingerprint) for claim, entry in known.entries.items()]
    before, shown = digest(history.ledger), []
    faults = filling.Filling(config, lambda *step: shown.append(step)).run(engine.plan(known, chosen, claims, True), 2)

    assert faults == []
    assert digest(history.ledger) == before
    assert shown[-1] == (EARLIER.version, "done", 3)
    assert len([*work_folder(config).glob(f"{EARLIER.version}.part*.log")]) == 3


def test_another_release_in_its_place_is_refused(where):
    """Outcomes of another release than the environment's are discarded."""
    ran = RecordedRun({SUBJECT: "2.0"}, (), whole=True)

    with pytest.raises(ReportError, match=r"2\.0 ran instead"):
        work.check_version(where, engine.Task(ENVIRONMENT, [], {}), ran)


def test_a_history_fills_the_ledger(past):
    """Every claim has an outcome in every environment, in the order of the releases."""
    known = ledger.read(past.ledger)
    did = {entry.claim.partition("::")[2]: entry.cells for entry in known.entries.values()}

    assert [*known.environments] == ENVIRONMENTS
    assert {cell.outcome for cell in did["escapes"].values()} == {"held"}
    for gone in ("has_soft_unicode", "signs_web_tokens"):
        assert {name: cell.outcome for name, cell in did[gone].items()} == {
            name: "held" if name == EARLIER.version else "refuted" for name in ENVIRONMENTS
        }


def test_a_second_history_runs_nothing(history):
    """What is fresh does not run, and the ledger stays byte for byte; nor does a docstring make a claim stale."""
    before = digest(history.ledger)
    text = (history.root / NAMES).read_text(encoding="utf-8")
    history.write(NAMES, text.replace("replaces angle brackets, in every release", "escapes"))
    result = history.report("history")

    assert result.ret == 0
    assert result.outlines == NOTHING_TO_RUN
    assert digest(history.ledger) == before


def test_claims_are_collected_once(history, monkeypatch):
    """Until a file in their folder changes, data included, pytest does not start."""
    (history.root / ".history").unlink()
    config, collect, started = settings.read(history.root), runs.collect_with_pytest, []
    monkeypatch.setattr(runs, "collect_with_pytest", lambda *asked: started.append(asked) or collect(*asked))
    first = runs.collect(config, None)
    assert (runs.collect(config, None), len(started)) == (first, 1)

    history.write("claims/data.txt", "Something that a claim may read.")
    text = (history.root / NAMES).read_text(encoding="utf-8")
    history.write(NAMES, text.replace("def escapes", "def escapes_all"))
    assert [claim.id for claim in first if claim not in runs.collect(config, None)] == [f"{NAMES}::escapes"]
    history.write("claims/data.txt", "Another one.")
    runs.collect(config, None)
    assert len(started) == 3


def test_an_edited_claim_runs_again(history):
    """Of one claim whose text has changed exactly the cells run, and exactly its line of the ledger changes."""
    before = history.ledger.read_text(encoding="utf-8").splitlines()
    text = (history.root / NAMES).read_text(encoding="utf-8")
    history.write(NAMES, text.replace('escape("<") == "&lt;"', 'escape(">") == "&gt;"'))
    result = history.report("history")

    assert result.ret == 0
    assert result.outlines[: len(ENVIRONMENTS)] == [
        f"{name:10} 1 cell: 1 the claim's test has changed" for name in ENVIRONMENTS
    ]
    after = history.ledger.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(after) if line != before[number]] == [1]
    assert "&gt;" in after[1]


def test_changed_pins_make_a_release_stale(history):
    """Where the pins of a stack change, exactly the releases on it would run; a dry run says so and changes nothing."""
    pins = history.root / "claims/stacks/old.txt"
    pins.write_text(f"{pins.read_text(encoding='utf-8')}another==1.0\n", encoding="utf-8")
    before, work_before = history.kept(), sorted((history.root / ".history").rglob("*.log"))
    result = history.report("history", "--dry-run")

    assert result.ret == 0
    assert result.outlines == [f"{EARLIER.version:10} 3 cells: 3 its stack has changed"]
    assert (history.kept(), sorted((history.root / ".history").rglob("*.log"))) == (before, work_before)


def test_only_some_claims(history):
    """With `--claims` the others stay unmeasured, and are not forgotten for that."""
    history.ledger.unlink()
    first = history.report("history", *TWO, "--claims", "escapes")
    known = ledger.read(history.ledger)
    second = history.report("history", *TWO, "--dry-run", "--claims", "has_soft_unicode or escapes")

    assert (first.ret, second.ret) == (0, 0)
    assert [*known.entries] == [f"{NAMES}::escapes"]
    assert second.outlines == [f"{name:10} 1 cell: 1 new claim" for name in (EARLIER.version, LATER.version)]


def test_claims_that_are_gone_leave_the_ledger(history):
    """Deleted claims and obsolete environments leave the ledger; the rest stays."""
    known = ledger.read(history.ledger)
    more = {**known.entries, "q::gone": Entry("q::gone", "f", {EARLIER.version: HELD, "1.0": HELD})}
    ledger.write(history.ledger, Ledger({**known.environments, "1.0": OLD}, more))
    assert history.report("history").ret == 0
    assert ledger.read(history.ledger) == known


def test_a_ledger_made_again_is_the_same(history):
    """Deleted and rebuilt, the ledger has the same bytes."""
    before = digest(history.ledger)
    history.ledger.unlink()
    assert history.report("history").ret == 0
    assert digest(history.ledger) == before


def test_sets_are_in_the_same_order_each_time(history):
    """What is measured twice gives the same bytes, with a set in its evidence too."""
    history.write("claims/demo/q03_sets.py", SETS)
    assert history.report("history", "--releases", LATER.version).ret == 0
    before = digest(history.ledger)
    assert history.report("history", "--releases", LATER.version, "--all").ret == 0
    assert digest(history.ledger) == before


def test_two_shards_are_a_whole(history):
    """What two machines measured, merged, is the ledger that one would have written, byte for byte."""
    before = digest(history.ledger)
    history.ledger.unlink()
    shards = [history.start_report("history", "--shard", f"{part}/2", "--into", f"{part}.jsonl") for part in (1, 2)]
    assert [history.end(shard).ret for shard in shards] == [0, 0]
    assert not history.ledger.exists()
    result = history.report("merge", "2.jsonl", "1.jsonl")
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"3 claims in {len(ENVIRONMENTS)} environments: *ledger.jsonl"])
    assert digest(history.ledger) == before


def test_a_shard_goes_on_where_it_was(history):
    """What stands in the file of `--into` does not run again."""
    (history.root / "other.jsonl").write_bytes(history.ledger.read_bytes())
    history.ledger.unlink()
    result = history.report("history", "--into", "other.jsonl")

    assert (result.ret, result.outlines[0]) == (0, NOTHING_TO_RUN[0])
    assert not history.ledger.exists()


def test_contradicting_results_are_not_merged(history):
    """Two results that cannot both stand are refused in one line, exit 2, and the ledger stays as it was."""
    before = digest(history.ledger)
    text = history.ledger.read_text(encoding="utf-8")
    (history.root / "other.jsonl").write_text(text.replace('"refuted"', '"held"'), encoding="utf-8")
    result = history.report("merge", "claims/ledger.jsonl", "other.jsonl")

    assert result.ret == 2
    (line,) = result.errlines
    assert re.fullmatch(r"report: The results contradict each other: .*::\w+ has different outcomes on .*", line)
    assert digest(history.ledger) == before


def test_two_histories_at_once(history):
    """Two calls at the same time leave the ledger that one would have left, and no file of their own."""
    known = ledger.read(history.ledger)
    history.ledger.unlink()
    both = [history.start_report("history", *TWO) for _ in range(2)]

    assert [history.end(one).ret for one in both] == [0, 0]
    for name in ENVIRONMENTS[2:]:
        known = ledger.without(known, name)
    assert ledger.read(history.ledger) == known
    assert not [path for path in work_folder(settings.read(history.root)).iterdir() if re.match(r"\d+-", path.name)]
