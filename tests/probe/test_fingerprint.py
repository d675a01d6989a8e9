"""The fingerprint: an outcome dies with the test that gave it, and with nothing less."""

import textwrap

import pytest

from report.probe.fingerprint import fingerprint
from report.probe.recorder import unwrapped

# A claim that reaches what it says by every road there is.
FILES = {
    "pytest.ini": """
        [pytest]
        pythonpath = .
    """,
    "conftest.py": """
        import pytest
        from facts.voices import whisper


        @pytest.fixture
        def name():
            return "Ada"


        @pytest.fixture
        def greeting(name):
            '''What one says.'''
            return whisper("Hello " + name)


        @pytest.fixture
        def age():
            return 36


        @pytest.fixture
        def stranger():
            return "Bob"


        @pytest.fixture(autouse=True)
        def quiet(monkeypatch):
            monkeypatch.setenv("NOISE", "0")
    """,
    "facts/__init__.py": "",
    "facts/voices.py": """
        '''How one says it.'''

        SOFT = 3


        def whisper(text):
            '''Say it softly.'''
            return soften(text)


        def soften(text):
            # as softly as can be
            return "(" * SOFT + text


        def yell(text):
            return text.upper()
    """,
    "facts/tones.py": """
        HIGH = 440
    """,
    "facts/forms.py": """
        class Form:
            '''Something to fill in.'''

            fields = 2
    """,
    "facts/near.py": """
        def close():
            return 1
    """,
    "facts/test_q01.py": """
        '''A question.'''

        import pytest
        import facts.tones
        from facts import forms
        from .near import close

        TABLE = {"a": 1}
        ROWS = ["x"]
        CODE = '''
        # a line of the text
        '''


        def helper():
            '''Help.'''
            return TABLE["a"]


        def other():
            return 7


        @pytest.fixture
        def name():
            return "Ada!"


        @pytest.fixture
        def age(age):
            return age + 1


        @pytest.mark.parametrize("row", ROWS)
        def test_claim(greeting, row, age):
            '''A claim.'''
            here = helper()  # one
            # what follows is the claim
            assert [greeting, age, here, row, CODE]
            assert [facts.tones.HIGH, forms.Form, close()]
    """,
}


@pytest.fixture
def fingerprint_of(pytester, monkeypatch):
    """Write the files into a folder, one of them changed, collect the claim there, and take its fingerprint."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def taken(folder, changed=None, old="", new=""):
        root = pytester.path / folder
        for name, text in FILES.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = textwrap.dedent(text).lstrip()
            assert name != changed or text.count(old) == 1
            path.write_text(text.replace(old, new) if name == changed else text, encoding="utf-8")
        items, _ = pytester.inline_genitems("--rootdir", root, "-c", root / "pytest.ini", root)
        (item,) = items
        return fingerprint(item, unwrapped(item.obj))

    return taken


@pytest.fixture
def law(monkeypatch):
    """Make a law of the claim."""
    claim = FILES["facts/test_q01.py"]
    drawn = "@hypothesis.given(hypothesis.strategies.data())\n        def test_claim(data, "
    text = claim.replace("import pytest\n", "import hypothesis\n        import pytest\n", 1)
    monkeypatch.setitem(FILES, "facts/test_q01.py", text.replace("def test_claim(", drawn))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("facts/test_q01.py", "here, row", "row, here", id="its own code"),
        pytest.param("facts/test_q01.py", 'ROWS = ["x"]', 'ROWS = ["y"]', id="the table of its rows"),
        pytest.param("facts/test_q01.py", '("row", ROWS)', '("row", ROWS[:])', id="its decorator"),
        pytest.param("facts/test_q01.py", 'TABLE["a"]', 'TABLE["a"] + 0', id="a helper"),
        pytest.param("facts/test_q01.py", '{"a": 1}', '{"a": 2}', id="a table that a helper reads"),
        pytest.param("facts/test_q01.py", "of the text", "of the code", id="a text's line that begins with #"),
        pytest.param("facts/test_q01.py", "Ada!", "Ada?", id="a fixture of its module"),
        pytest.param("conftest.py", "Hello", "Bye", id="a fixture"),
        pytest.param("conftest.py", "return 36", "return 37", id="a fixture under one of the same name"),
        pytest.param("conftest.py", '"NOISE", "0"', '"NOISE", "1"', id="a fixture that is used unasked"),
        pytest.param("facts/voices.py", "soften(text)\n\n\ndef s", "soften(text + '')\n\n\ndef s", id="an import"),
        pytest.param("facts/voices.py", '"(" * SOFT', '")" * SOFT', id="what an import calls"),
        pytest.param("facts/voices.py", "SOFT = 3", "SOFT = 4", id="a constant of what an import calls"),
        pytest.param("facts/tones.py", "440", "441", id="a module imported by its full name"),
        pytest.param("facts/forms.py", "fields = 2", "fields = 3", id="a module imported from its package"),
        pytest.param("facts/near.py", "return 1", "return 2", id="a relative import"),
    ],
)
def test_changes_with(fingerprint_of, file, old, new):
    """The fingerprint changes with the claim's code and with whatever that refers to, however far."""
    assert fingerprint_of("changed", file, old, new) != fingerprint_of("same")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("facts/test_q01.py", "A claim.", "The claim, in other words.", id="its docstring"),
        pytest.param("facts/test_q01.py", "A claim.", "A claim.\n\n    At length.\n    ", id="a longer docstring"),
        pytest.param("facts/test_q01.py", "A question.", "The question.", id="the docstring of its module"),
        pytest.param("facts/test_q01.py", "Help.", "Give help.", id="the docstring of a helper"),
        pytest.param("conftest.py", "What one says.", "A greeting.", id="the docstring of a fixture"),
        pytest.param("facts/forms.py", "Something to fill in.", "A form.", id="the docstring of a class"),
        pytest.param("facts/test_q01.py", "# what follows", "# All that follows", id="a comment"),
        pytest.param("facts/test_q01.py", "# one", "# the first", id="a comment after code"),
        pytest.param("facts/voices.py", "# as softly", "# as quietly", id="a comment in a helper"),
        pytest.param("facts/test_q01.py", "    assert [g", "\n\n    assert [g", id="blank lines"),
        pytest.param("facts/test_q01.py", "return 7", "return 8", id="another function"),
        pytest.param("conftest.py", "Bob", "Tom", id="another fixture"),
        pytest.param("facts/voices.py", "text.upper()", "text.title()", id="another function that one may import"),
        pytest.param("facts/voices.py", "SOFT = 3", "LOUD = 9\nSOFT = 3", id="its place in the file"),
    ],
)
def test_stays_with(fingerprint_of, file, old, new):
    """The fingerprint does not change with docstrings, comments, blank lines and what the claim has no use of."""
    assert fingerprint_of("changed", file, old, new) == fingerprint_of("same")


@pytest.mark.usefixtures("law")
@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        pytest.param("A claim.", "The claim, in other words.", False, id="its docstring"),
        pytest.param("A claim.", "\n    A claim.\n    ", True, id="the place of its docstring"),
        pytest.param("Help.", "Give help.", True, id="the docstring of a helper"),
        pytest.param("# what follows", "# All that follows", True, id="a comment"),
    ],
)
def test_a_law_changes_with_its_docstring(fingerprint_of, old, new, same):
    """What Hypothesis draws the examples of a law by counts, and that includes its docstring."""
    assert (fingerprint_of("changed", "facts/test_q01.py", old, new) == fingerprint_of("same")) is same


def test_is_the_same_in_another_folder(fingerprint_of):
    """The fingerprint says nothing of where the project is."""
    assert fingerprint_of("here") == fingerprint_of("there/and/deeper")
