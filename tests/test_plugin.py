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
    brief.stdout.fnmatch_lines(["*= untried =*", "*_ is_broken _*", "*raise ValueError(*", "E *ValueError: out of order"])
    brief.stdout.no_fnmatch_line("*= FAILURES =*")
    brief.stdout.no_fnmatch_line("*assert 1 + 1*")


def test_a_claim_that_is_imported_is_collected_once(brief):
    """A module's claims are those that are written in it."""
    brief.stdout.fnmatch_lines(["claims/demo/q04_neighbour.py .. *"])


def test_the_environment_is_reset(project, brief):
    """What is set for Flask outside does not reach a claim (see the claim itself)."""
    claims = [one for answer in project.results()["articles"][0]["answers"] for one in answer["claims"]]
    (reset,) = [one for one in claims if one["id"].endswith("::settings_do_not_reach_a_claim")]
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
    result = project.run("claims", "-p", "no:report.plugin", "--tb=no")
    assert result.parseoutcomes() == {"passed": 15, "failed": 5}


def test_several_workers_give_the_same_result(accepted, tmp_path):
    """With `-n 2` the verdicts, the exit code and every file are those of a run without."""
    alone, shared = accepted.copy(tmp_path / "alone"), accepted.copy(tmp_path / "shared")
    runs = alone.run("claims"), shared.run("claims", "-n", "2")
    assert [run.ret for run in runs] == [0, 0]
    assert shared.results() == alone.results()
    assert shared.kept() == alone.kept()


def test_a_time_limit_that_is_no_number(project):
    """A setting that makes no sense is a usage error in one line."""
    result = project.run("claims", "-o", "claim_timeout=soon")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len([line for line in result.errlines if line]) == 1
