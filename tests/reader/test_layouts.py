"""The layouts: as many questions as declared, sentences that end where they end, and everything at its place."""

import os
from pathlib import Path

import msgspec
import pytest

from report import reader
from report.reader import reading

TEXTS = Path(__file__).parent / "texts"
ARTICLES = Path(os.environ.get("ARTICLES_DIR") or Path(__file__).parents[2] / "articles")
OURS = {"headings.md": 6, "ones.md": 4, "labels.md": 3, "page.html": 3, "manual.rst": 4, "plain.txt": 5}
THEIRS = {"top24.txt": 24, "top31.txt": 31, "quickstart.rst": 24}
UNCERTAIN = {"manual.rst", "quickstart.rst"}  # whose headings of two levels may be sections, or not


def outline(name, questions=None):
    """The outline of one of our texts."""
    return reader.read_file(TEXTS / name, questions)


def said(name, number, questions=None):
    """The sentences of a question, as they stand in the file, without those of the heading."""
    found = outline(name, questions).questions[number - 1]
    return [one.text for one in found.sentences][1:]


@pytest.mark.parametrize("name", [*OURS, *THEIRS])
def test_as_many_questions_are_found_as_declared(name):
    """The declared number is found; without it, the same, or it is said that it is not certain."""
    path = (TEXTS if name in OURS else ARTICLES) / name
    if not path.exists():
        pytest.skip(f"no copy of {name}")
    declared = {**OURS, **THEIRS}[name]
    assert len(reader.read_file(path, declared).questions) == declared
    with pytest.raises(reader.OutlineError, match=f"{declared + 50} questions are declared, but the text has "):
        reader.read_file(path, declared + 50)
    if name in UNCERTAIN:
        with pytest.raises(
            reader.OutlineError, match=rf"It is not certain .*\b{declared} headings of level 2 and below"
        ):
            reader.read_file(path)
    else:
        assert len(reader.read_file(path).questions) == declared


@pytest.mark.parametrize("name", [*OURS, *THEIRS])
def test_everything_keeps_its_place(name):
    """A sentence is what stands at its offsets, line and column; code lies between its own."""
    path = (TEXTS if name in OURS else ARTICLES) / name
    if not path.exists():
        pytest.skip(f"no copy of {name}")
    text = path.read_bytes().decode()
    found = reader.read_file(path, {**OURS, **THEIRS}[name])
    starts = [one.start for _, one in found.sentences()]
    assert starts == sorted(starts)
    for _, one in found.sentences():
        assert text[one.start : one.end] == one.text
        assert "\n".join(text.split("\n")[one.line - 1 :])[one.column - 1 :].startswith(one.text)
    for code in (code for one in found.questions for code in one.code):
        lines = [line.strip() for line in text[code.start : code.end].split("\n")]
        assert text[: code.start].count("\n") + 1 == code.line
        assert path.suffix == ".html" or [line.strip() for line in code.text.split("\n")] == [*lines][: len(lines)]


def test_markdown():
    """Front matter, a list of contents and a conclusion are no answers; markup stays with its sentence."""
    found = outline("headings.md")
    assert (found.title, found.layout) == ("Six questions about tea", "Markdown")
    assert [one.heading for one in found.questions[:3]] == [
        "What is tea?",
        "How is it brewed?",
        "Which call returns a Cup?",
    ]
    assert [one.text for one in found.outside.sentences][1:] == [
        "By a friend of tea.",
        "Last updated in May.",
        "Conclusion",
        "That is all.",
    ]
    assert said("headings.md", 1) == [
        "Tea is a drink, e.g. a warm one.",
        "It is made by `tea.Pot`, not by tea.Kettle.",
        "See\nhttps://example.org/tea.Html?x=Y.Z for *more*.",
        "“Is it good?”",
        "Yes.",
        "A quotation goes over\n> two lines.",
        "It ends here.",
    ]
    assert said("headings.md", 2)[:3] == ["There are steps:", "Boil water.", "Call `brew()`."]
    assert said("headings.md", 3)[0] == 'Use [`pot.pour()`](https://example.org/pour_it "Pour. It").'
    (code,) = found.questions[1].code
    assert (code.language, code.text[:24], code.text[-6:]) == ("python", "from tea import Pot\n\ndef", " Code.")


def test_a_row_is_read_below_its_header():
    """A row of a table is a sentence; another header makes it another."""
    rows = outline("headings.md").questions[3].sentences[1:]
    assert [one.text for one in rows] == ["Size | Millilitres", "`S`  | 100. Or so.", "`L`  | 300 \\| 330"]
    assert [one.header.split("\t") for one in rows[1:]] == [["Size", "Millilitres"]] * 2
    text = (TEXTS / "headings.md").read_text(encoding="utf-8").replace("Millilitres", "Grams")
    assert [one.hash for one in reader.read(text, "x.md").questions[3].sentences[2:]] != [one.hash for one in rows[1:]]


def test_html():
    """Navigation, scripts and contents are no text; entities and inline elements belong to their sentence."""
    found = outline("page.html")
    assert found.title == "Questions about queues"
    assert [one.heading for one in found.questions] == ["What is a queue?", "What does get() do?", "Is it safe?"]
    assert [one.text for one in found.outside.sentences][1:] == ["Written by A. Person &mdash; 2023."]
    assert said("page.html", 1) == [
        "A queue is <em>first in</em>, first out.",
        "It&rsquo;s in <code>queue.Queue</code>, isn't it?",
        "Yes.",
        "5 > 3 &amp; 2 < 4.",
        "The end.",
    ]
    assert [one.text for one in found.questions[1].code] == ['q = Queue()\nif q.get() < 3:\n    print("x. Y")']
    assert said("page.html", 3) == ["It is.", "With locks."]


def test_restructuredtext():
    """Roles, literals, notes and the announcement of a version are read; contents and targets are not."""
    found = outline("manual.rst", 4)
    assert said("manual.rst", 1, 4) == [
        "Call :func:`~pathlib.Path.open` of a path, or ``open()``.",
        "It returns a file,\ni.e. an object.",
        "An example:",
        "versionadded:: 3.4",
        "A note on modes.",
        'The default is ``"r"``.',
    ]
    assert [one.text for one in found.questions[0].code] == ["with path.open() as file:\n    print(file.read())"]
    assert said("manual.rst", 3, 4) == ["Option   | Meaning", "``size`` | how many bytes"]
    assert said("manual.rst", 4, 4) == ["*Always* close a file.", "Use **with**."]


def test_plain_text():
    """Lines that are filled to a width are one paragraph; an indented block is code."""
    found = outline("plain.txt")
    assert said("plain.txt", 1) == [
        "A path names a file.",
        "It is made of parts, such as `etc` or tmp.",
        "That is\nall.",
    ]
    assert [one.label for one in found.questions[0].sentences] == ["", "Answer:", "", ""]
    assert [one.text for one in found.questions[2].code] == ['path = Path("a") / "b"\nprint(path)']
    assert said("plain.txt", 4) == ["those that begin with a root", "no others"]


def test_the_outline_as_json():
    """The JSON has the title, and the questions with heading, line, sentences and code."""
    data = msgspec.to_builtins(outline("labels.md"))
    assert data["title"] == "Bold questions"
    last = data["questions"][-1]
    assert (last["number"], last["heading"], last["line"]) == (3, "What is a set?", 13)
    assert [(one["text"], one["line"], one["column"]) for one in last["sentences"]] == [
        ("What is a set?", 13, 6),
        ("No order, no duplicates.", 15, 4),
    ]
    assert [(one["text"], one["language"], one["line"]) for one in last["code"]] == [("{1, 2, 3}", None, 18)]


@pytest.mark.parametrize("name", ["headings.md", "page.html", "manual.rst", "plain.txt"])
def test_the_layout_is_recognised_by_what_only_it_has(name):
    """A text whose suffix names no layout is read as its layout, all the same."""
    text = (TEXTS / name).read_text(encoding="utf-8")
    assert reading.guessed(text, "article") == reading.guessed(text, name)
