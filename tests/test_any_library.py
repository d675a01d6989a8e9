"""Another library's article: the machinery serves it unchanged, by the settings alone."""

import json
import shutil

import pytest

from tests.past import NOTHING_TO_RUN, oldest_stack, pinned, pins_for_pytest
from tests.project import ROOT, Project

SUBJECT, FOLDER = "itsdangerous", "checks"
OLD, NOW = pinned("1.1", SUBJECT), pinned("3.1", SUBJECT)
CLAIMS = '''
"""What a signer does."""

import itsdangerous

from checks import claim, corrects


@claim
def gives_back_what_it_signed():
    """`unsign()` gives back what `sign()` took."""
    signer = itsdangerous.Signer("key")
    assert signer.unsign(signer.sign("word")) == b"word"


@claim
def signs_web_tokens():
    """There is a serializer of JSON web signatures."""
    assert hasattr(itsdangerous, "JSONWebSignatureSerializer")


@corrects(signs_web_tokens)
def serializes_with_a_signature():
    """There is a serializer of JSON with a signature."""
    assert hasattr(itsdangerous, "URLSafeSerializer")


@claim
def hides_what_it_signs():
    """What is signed cannot be read without the key."""
    assert b"word" not in itsdangerous.Signer("key").sign("word")


@corrects(hides_what_it_signs)
def shows_what_it_signs():
    """What is signed can be read without the key."""
    assert b"word" in itsdangerous.Signer("key").sign("word")
'''


@pytest.fixture(scope="module")
def library(tmp_path_factory, bytecode, old_python):
    """A repository of another library's claims: an article of one answer, two releases measured, a stack for each."""
    project = Project(tmp_path_factory.mktemp("library"), bytecode)
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    settings = settings.replace('subject = "flask"', f'subject = "{SUBJECT}"')
    project.write("pyproject.toml", settings.replace('claims = "claims"', f'claims = "{FOLDER}"'))
    shutil.copytree(ROOT / "report", project.root / "report", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "conftest.py", project.root)
    project.write(f"{FOLDER}/__init__.py", (ROOT / "claims/__init__.py").read_text("utf-8"))
    project.write(f"{FOLDER}/guide/__init__.py", '"""A guide."""\n')
    project.write(f"{FOLDER}/guide/sentences.toml", 'title = "A guide to signing"\nquestions = 1\n')
    project.write(f"{FOLDER}/guide/q01_signing.py", CLAIMS)
    lines = []
    for name, release, day in (("1", OLD, "2018-10-27"), ("2", NOW, "2024-04-16")):
        project.write(f"{FOLDER}/stacks/{name}.txt", f"{pins_for_pytest(oldest_stack())}{release.lines}\n")
        lines.append(f'[[releases]]\nversion = "{release.version}"\nreleased = {day}\nstack = "{name}"\n')
        lines.append(f"hashes = {release.hashes}\n")
    project.write(f"{FOLDER}/releases.toml", "\n".join(lines))
    project.write(f"{FOLDER}/stacks/stacks.toml", '["1"]\npython = "3.9"\n\n["2"]\npython = "3.9"\n')
    measured = project.report("history")
    assert measured.ret == 0, str(measured.stderr)
    return project


def test_another_library_is_served(library):
    """A claim that holds, one that held once and one that never did get their marks from its own two releases."""
    checked = library.run(FOLDER)

    assert checked.ret == 0, f"{checked.stdout}\n{checked.stderr}"
    checked.stdout.fnmatch_lines([f"*= {SUBJECT} {NOW.version}, answers checked =*", "guide: 1 of 1 answer: 1 wrong"])
    found = json.loads((library.root / "out/results.json").read_text("utf-8"))
    (answer,) = found["articles"][0]["answers"]
    assert [(one["verdict"]["mark"], one["verdict"]["until"]) for one in answer["claims"]] == [
        ("confirmed", None),
        ("outdated", OLD.version),
        ("wrong", None),
    ]
    assert "Flask" not in (library.root / "out/errata.md").read_text("utf-8")


def test_its_history_is_kept(library):
    """What is measured stays measured, and `releases` lists what there is of the other library."""
    again = library.report("history", "--dry-run")

    assert again.outlines == NOTHING_TO_RUN
    listed = [line.split() for line in library.report("releases").outlines]
    assert listed == [[OLD.version, "2018-10-27", "1"], [NOW.version, "2024-04-16", "2"]]
