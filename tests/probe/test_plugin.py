"""The plugin: what a run says on the terminal, and that pytest's own options keep their meaning."""

import pytest

BROKEN = '''
"""A broken test."""

from claims import claim


@claim
def is_broken():
    """It breaks."""
    raise ValueError("out of order")
'''
NEIGHBOUR = '''
"""An answer whose module knows another one's claims."""

import os

from claims import claim
from claims.demo.q02_weather import is_fair, weather


def settings():
    """The names that are set."""
    return {name for name in os.environ if name.startswith(("FLASK_", "WERKZEUG_"))}


@claim
def settings_do_not_reach_a_claim():
    """What is set in the environment for Flask does not reach a claim."""
    found = settings()
    assert found == set()


def test_without_a_mark():
    """A plain test is none of the claims."""
    assert weather() == "fair"
'''
TABLE = '''
"""An answer with a table, of whose rows the later ones are done sooner."""

import time

import pytest

from claims import claim


@claim
@pytest.mark.parametrize("row", [8, 7, 6, 5, 4, 3, 2, 1])
def rows(row):
    """Row {row} is what it is."""
    time.sleep(row / 40)
    assert row == row
'''

DEADLY = '''
"""The weather, with a claim that ends the process."""

import os

from claims import claim


@claim
def is_fair():
    """The weather is fair."""
    os._exit(3)


@claim
def is_foul():
    """The weather is foul."""
    assert 1 == 1
'''


@pytest.fixture(scope="module")
def project(accepted, tmp_path_factory):
    """The accepted project with a broken claim, and a module that imports another one's claim."""
    project = accepted.copy(tmp_path_factory.mktemp("plugin") / "demo")
    project.write("claims/demo/q03_broken.py", BROKEN)
    project.write("claims/demo/q04_neighbour.py", NEIGHBOUR)
    return project


@pytest.fixture(scope="module")
def brief(project):
    """A run as it comes."""
    return project.run(FLASK_DEBUG="1", WERKZEUG_RUN_MAIN="true")


@pytest.fixture(scope="module")
def wordy(project):
    """A run with `-v`, in colour."""
    return project.run("claims", "-v", "--color=yes")


def test_the_summary_counts_held_refuted_untried(brief):
    """The last line counts in our words, and plain tests in pytest's."""
    assert brief.parseoutcomes() == {"held": 14, "refuted": 4, "untried": 1, "passed": 1}
    assert brief.ret == 1


def test_the_letters(brief):
    """A held claim is a dot, a refuted one an r, an untried one a u."""
    brief.stdout.fnmatch_lines(["claims/demo/q01_escaping.py .r.r...r...r. *", "claims/demo/q03_broken.py u *"])


def test_what_is_untried_is_shown(brief):
    """What broke is shown with its traceback in a section of its own, and nothing else is."""
    brief.stdout.fnmatch_lines(
        ["*= untried =*", "*_ is_broken _*", "*raise ValueError(*", "E *ValueError: out of order"]
    )
    brief.stdout.no_fnmatch_line("*= FAILURES =*")
    brief.stdout.no_fnmatch_line("*assert 1 + 1*")


def test_a_claim_that_is_imported_is_collected_once(brief):
    """A module's claims are those that are written in it."""
    brief.stdout.fnmatch_lines(["claims/demo/q04_neighbour.py .. *"])


def test_the_environment_is_reset(project, brief):
    """What is set for Flask outside does not reach a claim (see the claim itself)."""
    (reset,) = [claim for _, claim in project.claims() if claim["id"].endswith("::settings_do_not_reach_a_claim")]
    assert reset["outcomes"].popitem()[1] == "held"


@pytest.mark.parametrize(
    ("claim", "word", "colour"),
    [
        ("q02_weather.py::is_fair", "HELD (confirmed)", 32),
        ("q01_escaping.py::leaves_ampersands", "REFUTED (wrong)", 33),
        ("q03_broken.py::is_broken", "UNTRIED (untried)", 31),
    ],
)
def test_verbose_names_the_verdict(wordy, claim, word, colour):
    """`-v` says outcome and verdict of each claim: held in green, refuted in yellow, untried in red."""
    (line,) = [line for line in wordy.outlines if line.startswith(f"claims/demo/{claim} ")]
    assert f" \x1b[{colour}m{word}\x1b[0m" in line


def test_a_picked_claim_shows_what_refuted_it(project):
    """A run that makes no report prints the assertion that refuted a claim, and the values."""
    result = project.run("claims", "-k", "leaves_ampersands")
    result.stdout.fnmatch_lines(["claims/demo/q01_escaping.py::leaves_ampersands: *&* → *&amp;*"])


def test_k_selects(project):
    """`-k` runs what it names and counts the rest as deselected."""
    result = project.run("claims", "-k", "is_fair")
    assert result.parseoutcomes() == {"held": 2, "deselected": 18}


def test_a_node_id_selects(project):
    """A row of a table has a node id of its own, which is that of the record."""
    result = project.run("claims/demo/q01_escaping.py::signs['-&apos;]")
    assert result.parseoutcomes() == {"refuted": 1}


def test_the_plugin_can_be_switched_off(project):
    """Without the plugin, claims are plain tests: collected all the same, and refuted is failed."""
    result = project.run("claims", "-p", "no:report.probe.plugin", "--tb=no")
    assert result.parseoutcomes() == {"passed": 15, "failed": 5}


def test_a_worker_that_dies(accepted, tmp_path):
    """A claim that takes its worker with it has no outcome: exit 1, and no file is touched."""
    project = accepted.copy(tmp_path / "demo")
    project.write("claims/demo/q02_weather.py", DEADLY)
    before = project.kept()
    assert project.run("claims", "-n", "2", "--accept").ret == 1
    assert project.kept() == before


@pytest.fixture(scope="module")
def both(accepted, tmp_path_factory):
    """The project with a table, after a run without pytest-xdist, and after one with it."""
    alone, shared = (accepted.copy(tmp_path_factory.mktemp("plugin") / name) for name in ("alone", "shared"))
    for project in (alone, shared):
        project.write("claims/demo/q03_table.py", TABLE)
    assert [alone.run("claims").ret, shared.run("claims", "-n", "2").ret] == [1, 1]  # the table is not in the ledger
    return alone, shared


def test_several_workers_find_the_same(both):
    """With `-n 2` everything that is found is what a run without finds."""
    alone, shared = (set((one.root / "out" / "results.json").read_text().splitlines()) for one in both)
    assert alone ^ shared == set()


def test_several_workers_keep_the_order(both):
    """With `-n 2` claims and rows stand in the order in which they are written, whichever ends first."""
    alone, shared = ([claim["id"] for _, claim in one.claims()] for one in both)
    assert alone == shared
    assert alone[-8:] == [f"claims/demo/q03_table.py::rows[{row}]" for row in range(8, 0, -1)]


def test_several_workers_write_the_same(both):
    """With `-n 2` every file is that of a run without, byte for byte."""
    alone, shared = both
    assert alone.kept() == shared.kept()


@pytest.mark.parametrize(
    ("asked", "workers"),
    [
        pytest.param(["claims"], True, id="a folder"),
        pytest.param(["claims/demo/q01_escaping.py"], False, id="a file"),
        pytest.param(["claims", "-k", "ampersands"], False, id="an expression"),
        pytest.param(["claims", "-s"], False, id="output as it comes"),
        pytest.param(["claims", "-n0"], False, id="by option"),
    ],
)
def test_whole_folders_run_on_every_core(project, asked, workers):
    """By default, pytest-xdist takes over what is worth it, and leaves a few claims to one process."""
    output = project.run(*asked, PYTEST_XDIST_AUTO_NUM_WORKERS="").stdout.str()
    assert ("workers [" in output or "worker [" in output) is workers


def test_a_time_limit_is_a_number(project):
    """A time limit that is not a number is a usage error, reported in one line."""
    result = project.run("claims", "-o", "claim_timeout=soon")
    assert (result.ret, result.errlines) == (4, ["ERROR: claim_timeout must be a number of seconds, not 'soon'", ""])
