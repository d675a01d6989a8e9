"""The fingerprint: an outcome dies with the test that gave it, and with nothing less."""

import pytest

from report.measure.fingerprint import fingerprint

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
        def name(name):
            return name + "!"


        @pytest.mark.parametrize("row", ROWS)
        def test_claim(greeting, row):
            '''A claim.'''
            here = helper()  # one
            # what follows is the claim
            assert (greeting, here, row, CODE)
            assert (facts.tones.HIGH, forms.Form, close())
    """,
}


@pytest.fixture
def fingerprint_with(pytester, monkeypatch):
    """The fingerprint of the claim, when in one file one text is replaced by another."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def taken(file=None, old="", new=""):
        for name, text in FILES.items():
            assert name != file or old in text
            path = pytester.path / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pytester.makefile("", **{str(path): text.replace(old, new) if name == file else text})
        items, _ = pytester.inline_genitems("--rootdir", "root", "-c", "root/pytest.ini", "root")
        (item,) = items
        return fingerprint(item, item.obj)

    return taken


def written(root, changed=None, old="", new=""):
    """Write the files at *root*, with *old* replaced by *new* in the one that is *changed*."""
