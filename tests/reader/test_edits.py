"""Ten edits of each article that we have a copy of: which accounts become stale, and which do not."""

import os
from pathlib import Path

import pytest

from report import reader

ARTICLES = Path(os.environ.get("ARTICLES_DIR") or Path(__file__).parents[2] / "articles")
QUESTIONS = {"top24.txt": 24, "top31.txt": 31, "quickstart.rst": 24}
# The file, what is edited, what stands there, what comes instead, and how many sentences become stale.
EDITS = [
    ("top31.txt", "a capital in code", ".Py.", ".py.", 1),
    ("top31.txt", "a closed quote in code", "param=value)", "param=value’)", 1),
    ("top31.txt", "a name in code", "request.arg.get", "request.args.get", 1),
    ("top31.txt", "delimiters", "# … ##", "## …", 1),
    ("top31.txt", "a figure", "5000", "5001", 1),
    ("top31.txt", "a version", "0.12.2", "3.1.3", 1),
    ("top31.txt", "a capital in a name", "SQlite database.", "SQLite database.", 1),
    ("top31.txt", "a comma", "Yes, Flask", "Yes Flask", 0),
    ("top31.txt", "typographic quotes", "“categories”", '"categories"', 0),
    ("top31.txt", "the mark of a list", "  • Gunicorn", "  - Gunicorn", 0),
    ("top24.txt", "a name in code", "route('/')", "route('/home')", 1),
    ("top24.txt", "a figure", "a 404 error occurs", "a 405 error occurs", 1),
    ("top24.txt", "delimiters", "{{ }}", "{% %}", 1),
    ("top24.txt", "a word", "It has no database", "It has one database", 1),
    ("top24.txt", "a code span without its marks", 'like `g` and `current_app`."', 'like g and current_app."', 0),
    ("top24.txt", "a label", "Example Answer:", "Answer:", 0),
    ("top24.txt", "labels", "How to answer:", "Short answer:", 0),
    ("top24.txt", "typographic quotes", 'Answer: "In Flask,', "Answer: “In Flask,", 0),
    (
        "top24.txt",
        "apostrophes",
        "'",
        "’",
        1,
    ),  # in prose 48, none stale; in the code of one sentence, which does not run
    ("top24.txt", "spaces at the ends of lines", "\n", "  \n", 0),
    ("quickstart.rst", "a name in code", "``wsgi.py``", "``asgi.py``", 1),
    ("quickstart.rst", "a role", ":func:`~flask.redirect`", ":func:`~flask.abort`", 1),
    ("quickstart.rst", "a figure", "using port 5000", "using port 8000", 1),
    ("quickstart.rst", "an option", "``--debug`` option", "``--reload`` option", 1),
    ("quickstart.rst", "a version", "versionadded:: 0.3", "versionadded:: 0.4", 1),
    ("quickstart.rst", "a cell of a table", "accepts positive integers", "accepts integers", 1),
    ("quickstart.rst", "the filling of lines", "application\nis with", "application is\nwith", 0),
    ("quickstart.rst", "a comma", "For example, here", "For example here", 0),
    ("quickstart.rst", "a role for a literal", ":file:`hello.py`", "``hello.py``", 0),
    ("quickstart.rst", "two spaces", "found.  By", "found. By", 0),
]


@pytest.mark.parametrize(("name", "what", "old", "new", "stale"), EDITS, ids=[" ".join(edit[:2]) for edit in EDITS])
def test_an_edit_makes_stale_what_it_changes(name, what, old, new, stale):
    """What mends code, a figure or a word makes the account of its sentence stale; the typesetter's does not."""
    path = ARTICLES / name
    if not path.exists():
        pytest.skip(f"no copy of {name}")
    text = path.read_bytes().decode()
    assert old in text
    before = [one.hash for _, one in reader.read(text, name, QUESTIONS[name]).sentences()]
    after = [one.hash for _, one in reader.read(text.replace(old, new), name, QUESTIONS[name]).sentences()]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == stale
