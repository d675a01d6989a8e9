"""The helpers of a test: what it reaches in the project, as the fingerprint sees it."""

import textwrap
from types import SimpleNamespace

import pytest

from report.judge import helpers
from report.judge.helpers import Helper
from report.probe.fingerprint import digest, reachable, texts_and_references

FILES = {
    "claims/__init__.py": "def claim(function):\n    return function\n",
    "claims/conftest.py": """
        import pytest
        from claims.voices import whisper

        @pytest.fixture(autouse=True)
        def quiet():
            '''Silence.'''

        @pytest.fixture
        def greeting(name):
            '''What one says.

            More of it.
            '''
            return whisper(name)

        @pytest.fixture
        def name():
            return "Ada"
    """,
    "claims/voices.py": """
        def whisper(text):
            return soften(text)

        def soften(text):
            '''Say *text* softly.'''
            return "(" + text

        WAYS = {"soft": soften}  # the ways
        def shout(text):
            return text.upper()
    """,
    "claims/demo/q01_x.py": """
        import pytest
        from claims import claim
        from claims.voices import WAYS

        @claim
        def greets(greeting):
            assert greeting

        @claim
        @pytest.mark.parametrize("name", ["Bob"])
        def by_name(name):
            assert WAYS["soft"](name)
    """,
}


@pytest.fixture
def found(tmp_path):
    """Read the helpers of two tests of a project; the fingerprint is that of the symbols which a test reaches."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")

    def made(**reached):
        tests = []
        for name, fixtures in reached.items():
            start = [(tmp_path / "claims/demo/q01_x.py", name), (tmp_path / "claims/conftest.py", "quiet")]
            start += [(tmp_path / "claims/conftest.py", fixture) for fixture in fixtures]
            texts = {
                text for symbol in reachable(start, tmp_path) for text in texts_and_references(*symbol, tmp_path)[0]
            }
            tests.append(SimpleNamespace(id=f"claims/demo/q01_x.py::{name}", fingerprint=digest(texts)))
        return helpers.read(tmp_path, tmp_path / "claims/__init__.py", tests)

    return made


QUIET = "@pytest.fixture(autouse=True)\ndef quiet():\n    '''Silence.'''"
GREETING = (
    "@pytest.fixture\ndef greeting(name):\n    '''What one says.\n\n    More of it.\n    '''\n    return whisper(name)"
)
SOFTEN = "def soften(text):\n    '''Say *text* softly.'''\n    return \"(\" + text"


def test_has_each_fixture_function_and_constant_once(found):
    """Each has its place, the first line of its docstring, its source, and what it uses; not so the vocabulary."""
    assert found(greets=["greeting", "name"], by_name=[]).all == [
        Helper("quiet", "claims/conftest.py", 6, "Silence.", "automatic", [], QUIET),
        Helper("greeting", "claims/conftest.py", 10, "What one says.", "fixture", [2, 3], GREETING),
        Helper("name", "claims/conftest.py", 18, "", "fixture", [], '@pytest.fixture\ndef name():\n    return "Ada"'),
        Helper("whisper", "claims/voices.py", 2, "", "helper", [4], "def whisper(text):\n    return soften(text)"),
        Helper("soften", "claims/voices.py", 5, "Say `text` softly.", "helper", [], SOFTEN),
        Helper("WAYS", "claims/voices.py", 9, "", "helper", [4], 'WAYS = {"soft": soften}  # the ways'),
    ]


def test_a_table_gives_no_fixture(found):
    """An argument that a table gives is no fixture of the same name."""
    there = found(greets=["greeting", "name"], by_name=[])
    assert there.used == {"claims/demo/q01_x.py::greets": [1], "claims/demo/q01_x.py::by_name": [5]}


def test_reaches_what_its_helpers_use(found):
    """What a test reaches is what its helpers refer to, too, and the automatic fixtures."""
    there = found(greets=["greeting", "name"], by_name=[])
    assert [helper.name for _, helper in there.reached(["claims/demo/q01_x.py::by_name"])] == [
        "quiet",
        "soften",
        "WAYS",
    ]
    assert len(there.reached(["claims/demo/q01_x.py::greets"])) == 5
    assert there.reached(["claims/demo/q01_x.py::gone"]) == []


def test_other_files_have_no_helpers_of_the_result(found):
    """A test with another fingerprint has none: the files were not measured. Nor has one that is gone."""
    assert found(greets=[]) == helpers.Helpers([], {})
    assert found(gone=[]) == helpers.Helpers([], {})
