"""What holds for every text: what is read stands at its place, and no input raises but our errors."""

import contextlib
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from report import reader
from report.errors import ReportError
from report.reader.reading import decoded

NAMES = ["a.md", "a.html", "a.rst", "a.txt"]
WORDS = st.sampled_from([
    "It", "is.", "e.g.", "flask.Response", "`code`", "``lit``", "**bold**", "*em*", "[link](#x)", "&amp;",
    "<b>b</b>", "<code>a.B</code>", ":func:`~a.b`", "“q”", "Is?", "(So.", "It.", "is.)", "x_y", "0.12.2", "A:",
    "http://a.b/C.d", "Q:", "1.", "é", "漢字。", "\u00a0", "\\*", "|", "::", "..", "<p>", "</p>", "```", "---",
    "===", "<!--", "-->", '"',
])  # fmt: skip
LINES = st.lists(WORDS, max_size=8).map(" ".join)
STARTS = st.sampled_from([
    "", "# ", "## 1. ", "1. ", "2) ", "- ", "  * ", "> ", "    ", "\t", "```\n", "====\n", "----\n", "Q1. ", "**Q: ",
    "\ufeff", "<h2>", "<li>", "<pre>", "<table><tr><td>", ".. note:: ", ".. x::\n\n   ", "::\n\n    ", "\r\n",
    "| a |\n|--|\n",
])  # fmt: skip
ENDS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\n======\n\n", "\n------\n\n"])
TEXTS = st.lists(st.tuples(STARTS, LINES, ENDS).map("".join), max_size=12).map("".join)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(text, name):
    """Read a text as it is, and by every line that begins with a word: everything stands at its place."""
    for begins in (None, r"\W*\w"):
        with contextlib.suppress(ReportError):
            found = reader.read(text, name, begins=begins)
            parts = (found.outside, *found.questions)
            strays = [
                one for part in parts for one in part.sentences if not one.text or text[one.start : one.end] != one.text
            ]
            strays += [one for part in parts for one in part.code if not 0 <= one.start <= one.end <= len(text)]
            assert strays == []


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(text=TEXTS)
@example(text="- ``\n``a. B``")
def test_what_is_read_stands_at_its_place(name, text):
    """Of every document of our building blocks, each sentence can be put back at its offsets."""
    check(text, name)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(text=st.text(max_size=300))
def test_no_text_raises_but_our_errors(name, text):
    """Any text is read, or is an error of ours."""
    check(text, name)


@given(data=st.binary(max_size=200))
@FEW
def test_no_bytes_raise_but_our_errors(data):
    """Any bytes are text, or an error of ours."""
    with contextlib.suppress(ReportError):
        reader.read(decoded(data, "a"), "a")


MARKS = {
    "a.md": "## {n}. What is {n}?\n\n{a}\n\n",
    "a.html": "<h2>{n}. What is {n}?</h2><p>{a}",
    "a.rst": "{n}. What is it?\n----------------------\n\n{a}\n\n",
    "a.txt": "{n}. What?\n\n{a}\n\n",
}


@pytest.mark.parametrize("name", NAMES)
def test_time_is_in_proportion(name):
    """2,000 questions are read within seconds."""
    text = "".join(MARKS[name].format(n=n, a="It is so. It is `x`, e.g. so.") for n in range(1, 2001))
    before = time.process_time()
    assert len(reader.read(text, name, 2000).questions) == 2000
    assert time.process_time() - before < 20


@pytest.mark.parametrize("name", NAMES)
def test_too_many_questions_are_an_error(name):
    """10,000 questions are more than `sentences.toml` can have: an error that says so, within seconds."""
    text = "".join(MARKS[name].format(n=n, a="So.") for n in range(1, 10_001))
    before = time.process_time()
    with pytest.raises(ReportError, match=f"{name} has 10,000 .*, but an article has at most 9,999 questions"):
        reader.read(text, name)
    assert time.process_time() - before < 30


DEEP = [
    "- " * 5000,
    "> " * 5000,
    "<div>" * 20_000,
    "<b>" * 5000,
    "1. " * 5000,
    "[" * 20_000,
    "![" * 5000,
    "`" * 50_000 + "x",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", DEEP, ids=[text[:5] for text in DEEP])
def test_what_is_nested_deeply_is_read_or_refused(name, text):
    """Depth neither ends the program nor takes long."""
    before = time.process_time()
    check(f"1. What?\n\n{text}\n\nIt is.\n\n2. Why?\n\nSo.\n", name)
    assert time.process_time() - before < 20
