"""What a release is added with: a stack, resolved from local wheels, and the ledger in which another was current."""

import platform
import zipfile
from datetime import date

import pytest

from report.errors import ReportError, StackError
from report.measure import environments, ledger, new_stack
from report.measure.ledger import Entry, Ledger
from report.measure.releases import Release
from report.model import Cell, Environment
from report.probe.import_check import problems
from tests.wheels import wheel

TODAY = date(2026, 1, 2)
HELD, REFUTED = Cell("held"), Cell("refuted")


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder of wheels that is all there is to install from."""
    folder = tmp_path / "shop"
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    for name in ("beside", "besides"):
        for version in ("1.0", "2.0"):
            wheel(folder, name, version)
    return folder


HERE = ".".join(platform.python_version_tuple()[:2])
BEFORE = environments.Stack("1.0", HERE, "beside==1.0\nbesides==1.0\nsubject==1.0\n", {"nginx": "there is none"})


def versions(stack):
    """What a stack pins, by name."""
    return {name: version for name, (version, _) in environments.parse_pins(stack.pins).items()}


def test_a_new_line_changes_what_it_must(shop):
    """The packages of the line before stay as they are, except where the release needs another; all are hashed."""
    wheel(shop, "subject", "2.0.0", needs=("beside>=2",))
    stack = new_stack.resolve(BEFORE, "subject", Release("2.0.0", TODAY))

    assert (stack.name, stack.python, stack.absent) == ("2.0", HERE, BEFORE.absent)
    assert versions(stack) == {"beside": "2.0", "besides": "1.0", "subject": "2.0.0"}
    assert stack.pins.count("--hash=sha256:") == 3


def test_what_does_not_go_together_is_no_stack(shop):
    """A release whose needs nothing meets is refused, with the reason that uv gives."""
    wheel(shop, "subject", "2.0.0", needs=("beside>=3",))
    with pytest.raises(StackError, match=r"environment of 2\.0\.0 could not be made: .*beside"):
        new_stack.resolve(BEFORE, "subject", Release("2.0.0", TODAY))


@pytest.mark.parametrize(("version", "line"), [("3.1.3", (3, 1)), ("3.2", (3, 2)), ("4", (4, 0)), ("3.2.0rc1", (3, 2))])
def test_the_line_of_a_version(version, line):
    """A line is a major and a minor number."""
    assert new_stack.series_of(Release(version, TODAY)) == line


def test_a_wheel_is_a_release(tmp_path, monkeypatch):
    """A wheel gives a version and a hash, and its folder is looked into from then on."""
    monkeypatch.setenv("UV_FIND_LINKS", "")
    known = new_stack.release_of_wheel(wheel(tmp_path, "subject", "9.9"), "Subject", TODAY)

    assert (known.version, known.released, known.stack) == ("9.9", TODAY, None)
    assert [one[:7] for one in known.hashes] == ["sha256:"]
    assert new_stack.os.environ["UV_FIND_LINKS"] == str(tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [("other-1.0-py3-none-any.whl", "is a wheel of other"), ("subject.zip", "Invalid wheel filename")],
)
def test_another_file_is_refused(tmp_path, name, said):
    """A wheel of another package, and what is no wheel, are refused."""
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ReportError, match=said):
        new_stack.release_of_wheel(tmp_path / name, "subject", TODAY)


def test_the_current_release_steps_back():
    """Of its two environments that of its stack stays, under its plain name, with its own outcomes."""
    main, stack, older = Environment("3.11", "m"), Environment("3.9", "s"), Environment("3.9", "o")
    cells = {"1.0": HELD, "2.0": HELD, "2.0@3.9": REFUTED}
    known = Ledger({"1.0": older, "2.0": main, "2.0@3.9": stack}, {"q::a": Entry("q::a", "f", cells)})
    after = new_stack.demote(known, "2.0", "3.9")

    assert after.environments == {"1.0": older, "2.0": stack}
    assert after.entries["q::a"].cells == {"1.0": HELD, "2.0": REFUTED}
    assert new_stack.demote(after, "2.0", "3.9") == after


def test_what_held_everywhere():
    """A probe is a claim that held in every environment, measured in each."""
    both = {"1.0": Environment("3.9", "a"), "2.0": Environment("3.9", "b")}
    did = {"a": {"1.0": HELD, "2.0": HELD}, "b": {"1.0": HELD}, "c": {"1.0": HELD, "2.0": REFUTED}}
    known = ledger.Ledger(both, {name: Entry(name, "f", cells) for name, cells in did.items()})

    assert new_stack.held_everywhere(known) == ["a"]


ALL, ONE = 'exclude-newer = "X" # why\n', "exclude-newer-package = {%s}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ALL, ALL + ONE % 'flask = "2026-01-02T23:59:59Z"'),
        (ALL + ONE % 'a = "Y", flask = "Y"', ALL + ONE % 'a = "Y", flask = "2026-01-02T23:59:59Z"'),
        ("package = false\n", "package = false\n"),
    ],
    ids=["another day for everything", "an older day", "no day at all"],
)
def test_the_main_job_may_install_it(tmp_path, before, after):
    """The one package may be newer than everything else; where nothing keeps it out, nothing is written."""
    path = tmp_path / "pyproject.toml"
    path.write_text(f"[tool.uv]\n{before}\n[other]\n", encoding="utf-8")

    new_stack.allow_newer(path, "flask", TODAY)
    assert path.read_text(encoding="utf-8") == f"[tool.uv]\n{after}\n[other]\n"


def test_what_keeps_a_distribution_from_being_used(tmp_path, monkeypatch):
    """Needs that are not met, and modules that do not import, are named; what is well is not."""
    made = wheel(
        tmp_path, "hollow_one", "1.0", "raise OSError('no')", ("pytest<1", "no-such-thing", "gone; extra == 'x'")
    )
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")

    assert list(problems("click")) == []
    first, *rest = problems("hollow_one")
    assert first.startswith("it needs pytest<1, but ")
    assert rest == ["it needs no-such-thing, but none is installed", "import hollow_one: OSError: no"]
