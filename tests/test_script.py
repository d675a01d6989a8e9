"""`python -m report script`: a claim as one file, which runs without this project."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest

from report import script, settings
from report.measure import runs
from report.probe.alone import EXIT_CODES
from report.probe.recorder import tidy
from tests.past import NOW, OLD
from tests.project import PATIENCE, ROOT, SUBJECT

REAL = [
    "top31/q11_query_string.py::arg_reads_the_query_string",
    "top24/q06_flask_sqlalchemy.py::objects_stand_for_rows",  # a fixture that overrides another, and requests it
    "top24/q17_flask_migrate.py::environments_get_the_same_schema",  # a variable with the name of a helper
    "top31/q02_developer.py::developer_is_armin_ronacher",  # reads files of the project
    "top24/q02_routes.py::routes_keep_endpoints_apart",  # a property
]


@pytest.fixture
def run(bytecode):
    """Run a script in an empty folder with this Python: its exit code, and the lines that it prints."""

    def run(text, folder):
        folder.mkdir()
        (folder / "a-script.py").write_text(text, encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        done = subprocess.run(
            [sys.executable, "a-script.py"],
            cwd=folder,
            env={**kept, "PYTHONPYCACHEPREFIX": str(bytecode)},
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    return run


def metadata(text):
    """The inline metadata of a script, read as PEP 723 says."""
    (block,) = re.findall(r"(?m)^# /// script$\s(?P<content>(?:^#(?:| .*)$\s)+)^# ///$", text)
    return tomllib.loads("".join(line[2:] for line in block.splitlines(keepends=True)))


def test_a_script_pins_the_release(past):
    """The Python and the packages are those of the release; a comment has the claim and what the ledger knows of it."""
    result = past.report("script", "has_soft_unicode", "--release", OLD.version, "-o", "proof.py")
    assert (result.ret, result.outlines, result.errlines) == (0, [], [])
    text = (past.root / "proof.py").read_text(encoding="utf-8")

    written = metadata(text)
    assert written["requires-python"] == "==3.9.*"
    assert f"{SUBJECT}=={OLD.version}" in written["dependencies"]
    assert written["tool"]["uv"]["override-dependencies"] == [f"{SUBJECT}=={OLD.version}"]
    assert f"pytest=={version('pytest')}" not in written["dependencies"]
    assert "# Claimed: MarkupSafe has `soft_unicode()`, which went with 2.1." in text
    assert "# By: Ten facts, answer 1" in text
    assert "# Observed: held" in text


def test_a_script_runs_what_it_says(past, run, tmp_path):
    """Nothing is replayed: an edited assertion turns the result."""
    text = "\n".join(past.report("script", "has_soft_unicode", "--release", NOW.version).outlines)
    assertion = 'assert hasattr(markupsafe, "soft_unicode")'
    assert text.count(assertion) == 1
    held = text.replace(assertion, f"assert not{assertion[6:]}")

    assert run(text, tmp_path / "as-it-is")[1][0] == "refuted"
    assert run(held, tmp_path / "edited")[1][0] == "held"


@pytest.fixture(scope="module")
def collected():
    """The settings, the real claims by id, and the result that the ledger has."""
    config = settings.read(ROOT)
    records = runs.collect(config, None)
    return config, {record.id: record for record in records}, script.result_of(config, records)


@pytest.mark.parametrize("claim", REAL)
def test_real_claims(collected, run, tmp_path, claim):
    """What a claim reaches is all there, with names that do not clash: outcome and values are the ledger's."""
    config, records, told = collected
    text = script.text_of(config, records[f"claims/{claim}"], None, told)
    code, said = run(text, tmp_path / "empty")

    module = f"claims/{claim}".partition(".py::")[0].replace("/", ".")
    expected = re.search(r"^# Observed: (\w+)", text, re.M)[1]
    assert said[0] == expected, said
    assert code == EXIT_CODES[expected]
    observed = re.findall(r"^#     (.*)$", text.partition("# Observed")[2].partition("from __future__")[0], re.M)
    # In a script the module of a class is the script.
    assert [tidy(line).strip().replace("<a-script.", f"<{module}.") for line in said[1:]] == [
        line.strip() for line in observed
    ]
    assert f"pytest=={version('pytest')}" in metadata(text)["dependencies"]
    assert "claims." not in text.partition("from __future__")[2].partition("# claims/")[0]


def test_a_missing_component_is_said(collected, run, tmp_path):
    """A component that is not here makes the claim untried, and is named at the top."""
    config, records, told = collected
    record = next(one for one in records.values() if one.needs == ["chromium"])
    text = script.text_of(config, record, None, told).replace('@needs("chromium")', '@needs("no-such-program")')

    assert "# It needs chromium. Without it, the outcome is untried." in text
    assert run(text, tmp_path / "empty") == (2, ["untried", "    it needs no-such-program, which is not here"])


def test_the_copy_of_an_article_is_asked_for(collected, run, tmp_path, monkeypatch):
    """A claim that reads an article says where its text is from, and is untried without it."""
    config, records, told = collected
    record = next(one for one in records.values() if one.needs == ["articles/quickstart.rst"])
    text = script.text_of(config, record, None, told)
    top = " ".join(text.partition("# Claimed")[0].replace("#", " ").split())

    assert "It needs articles/quickstart.rst (docs/quickstart.rst of flask 3.1.3; set ARTICLES_DIR" in top
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    assert run(text, tmp_path / "empty") == (2, ["untried", "    it needs articles/quickstart.rst, which is not here"])
