"""Stacks with the pin of a release, and environments that are complete or created again."""

import re
import shutil

import pytest

from report.errors import DamagedFileError, StackError
from report.measure import environments
from report.measure.releases import Release
from tests.past import ENVIRONMENTS, NEIGHBOUR, NEW, NOW, OLD, entry
from tests.project import digest

PINS = """\
click==8.0 \\
    --hash=sha256:aa
flask==2.0.0 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
flask-wtf==1.0 \\
    --hash=sha256:dd
"""
RELEASE = Release("2.0.1", "2021-05-21", "2.0", ("sha256:ee", "sha256:ff"))


def test_a_release_takes_the_place_of_another():
    """Only the subject's pin is exchanged, its hashes with it."""
    pins = environments.Stack("2.0", "3.9", PINS).pins_with(RELEASE, "Flask")

    assert pins == PINS.replace("2.0.0", "2.0.1").replace("bb", "ee").replace("cc", "ff")


def test_a_stack_without_the_subject():
    """A stack in which nothing would be exchanged would measure another release, and is refused."""
    with pytest.raises(StackError, match=r"environment of 2\.0\.1 .* does not pin werkzeug"):
        environments.Stack("2.0", "3.9", PINS).pins_with(RELEASE, "werkzeug")


def test_a_fingerprint_tells_pins_and_pythons_apart():
    """A stack is known by its pins and its Python."""
    assert (
        len(
            {
                environments.fingerprint(PINS, "3.9"),
                environments.fingerprint(PINS, "3.11"),
                environments.fingerprint("", "3.9"),
            }
        )
        == 3
    )


@pytest.mark.parametrize(
    "text",
    ["[old", "old = 3", "[old]\nabsent = {}", '[other]\npython = "3.9"', b"\xff"],
    ids=["no TOML", "no table", "no Python", "no pins", "no text"],
)
def test_damaged_stacks(tmp_path, text):
    """Stacks that cannot be read are named."""
    (tmp_path / "old.txt").write_text(PINS, encoding="utf-8")
    (tmp_path / "stacks.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DamagedFileError, match=r"stacks\.toml is damaged"):
        environments.read(tmp_path)


def test_what_the_subject_needs():
    """The versions of what is installed are found with what they need in turn; what is not installed is left out."""
    versions = environments.installed_versions(["flask", "no-such-thing"])

    assert {"flask", "werkzeug", "markupsafe"} <= {*versions}
    assert "no-such-thing" not in versions


def test_a_python_that_nobody_has(tmp_path, monkeypatch):
    """Without the interpreter, its version is named."""
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    with pytest.raises(StackError, match=r"no Python 3\.99 was found, and uv .*`uv python install 3\.99`"):
        environments.ensure(tmp_path / "environment", "3.99", "")


def test_a_folder_that_cannot_be_written(tmp_path, old_python, monkeypatch):
    """Where uv fails for another reason, the error gives that reason, and does not say that Python is missing."""
    (tmp_path / "environment").mkdir()
    monkeypatch.setattr(environments.commands, "uv", refusing(environments.commands.uv))
    with pytest.raises(StackError, match="No space left on device"):
        environments.create(tmp_path / "environment", "3.9", "")


def refusing(run_uv):
    """A uv that finds every interpreter and can make no environment."""

    def run(*arguments):
        done = run_uv(*arguments) if arguments[0] != "venv" else run_uv("--version")
        if arguments[0] == "venv":
            done.returncode, done.stderr = 2, "error: No space left on device (os error 28)"
        return done

    return run


def test_half_an_environment(past, tmp_path):
    """A file that is missing or cut off, a package that is gone: such an environment is not intact."""
    folder = past.root / ".history" / "environments" / OLD.version
    pins = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert environments.is_complete(folder, pins)
    assert not environments.is_complete(folder, f"{pins}flask==1.0\n")
    for number, damage in enumerate((lambda file: file.unlink(), lambda file: file.write_text("cut"))):
        copy = shutil.copytree(folder, tmp_path / str(number), symlinks=True)
        (file,) = copy.glob("lib/*/site-packages/markupsafe/__init__.py")
        damage(file)
        assert not environments.is_complete(copy, pins)


def test_a_corrupted_environment_is_made_again(past, tmp_path):
    """What is cut off, deleted, does not start or reaches no claim is made again, and the ledger is the same."""
    project = past.copy(tmp_path / "history", environments=(names := [OLD.version, NEW.version, ENVIRONMENTS[-1]]))
    cut, half, odd = (project.root / ".history" / "environments" / name for name in names)
    (neighbour,) = cut.glob(f"lib/*/site-packages/{NEIGHBOUR}/__init__.py")
    neighbour.unlink()
    neighbour.touch()  # an empty module refutes a claim that holds
    (site,) = half.glob("lib/*/site-packages")
    for path in sorted(site.iterdir())[::2]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (half / "bin" / "python").unlink()
    (half / "bin" / "python").symlink_to("/bin/false")
    (site,) = odd.glob("lib/*/site-packages")
    (site / "odd.pth").write_text(f"import sys; sys.modules['{NEIGHBOUR}'] = None\n", encoding="utf-8")
    before = digest(project.ledger)
    result = project.report("history", "--all", "--releases", f"{OLD.version},{NEW.version},{NOW.version}")

    assert (result.ret, result.errlines) == (0, [])
    assert digest(project.ledger) == before
    assert not (site / "odd.pth").exists()


def test_releases_that_cannot_be_installed(past, tmp_path):
    """A hash that does not match, a version that is not there: each is named, the others are measured, exit 1."""
    project = past.copy(tmp_path / "history", environments=[NEW.version])
    wrong = re.sub(r"sha256:\w{8}", "sha256:00000000", entry(OLD, "old", 2021))
    missing = entry(OLD, "old", 2021).replace(f'"{OLD.version}"', '"2.0.99"')
    project.write("claims/releases.toml", wrong + missing + entry(NEW, "new", 2022))
    project.ledger.unlink()
    result = project.report("history")

    assert result.ret == 1
    errors = sorted(line for line in result.errlines if " is installed, not " not in line)
    assert [line.partition(" could not")[0] for line in errors] == [
        f"{OLD.version}: The environment of {OLD.version}",
        "2.0.99: The environment of 2.0.99",
    ]
    assert "Hash mismatch" in errors[0]
    assert "2.0.99" in errors[1].partition(" made: ")[2]
    assert f'"on":["{NEW.version}@3.9"]' in project.ledger.read_text(encoding="utf-8")


def test_no_network(past, tmp_path):
    """Without network and cache it is said what cannot be had, exit 1, and the ledger stays as it was."""
    project = past.copy(tmp_path / "history", environments=[])
    before = digest(project.ledger)
    settings = {"UV_OFFLINE": "1", "UV_CACHE_DIR": str(tmp_path / "cache")}
    result = project.report("history", "--all", "--releases", OLD.version, **settings)

    assert result.ret == 1
    (line,) = result.errlines
    assert line.startswith(f"{OLD.version}: The environment of {OLD.version} could not be made: ")
    assert "network" in line
    assert digest(project.ledger) == before
