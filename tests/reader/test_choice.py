"""What begins a question: all styles of marking, and errors instead of guesses."""

import pytest

from report import reader

ANSWER = "It is so. It is."
STYLES = {
    "numbers": ("a.txt", "1. What is A?\n\n{0}\n\n2. What is B?\n\n{0}\n\n3. What is C?\n\n{0}\n"),
    "brackets": ("a.txt", "1) What is A?\n{0}\n2) What is B?\n{0}\n3) What is C?\n{0}\n"),
    "roman": ("a.txt", "I. What is A?\n\n{0}\n\nII. What is B?\n\n{0}\n\nIII. What is C?\n\n{0}\n"),
    "Question 7": (
        "a.txt",
        "Question 7: What is A?\n\n{0}\n\nQuestion 8: What is B?\n\n{0}\n\nQuestion 9: C?\n\n{0}\n",
    ),
    "Q and A": ("a.txt", "Q: What is A?\nA: {0}\n\nQ: What is B?\nA: {0}\n\nQ: What is C?\nA: {0}\n"),
    "headings": ("a.md", "# T\n\n## What is A?\n\n{0}\n\n## What is B?\n\n{0}\n\n## What is C?\n\n{0}\n"),
    "groups": (
        "a.md",
        "# T\n\n## Easy\n\n### What is A?\n\n{0}\n\n### What is B?\n{0}\n\n## Hard\n\n### What is C?\n{0}\n",
    ),
    "restarting": ("a.md", "# T\n## X\n### 1. What is A?\n{0}\n### 2. What is B?\n{0}\n## Y\n### 1. What is C?\n{0}\n"),
    "bold": ("a.md", "**What is A?**\n\n{0}\n\n**What is B?**\n\n{0}\n\n**What is C?**\n\n{0}\n"),
    "bold numbers": ("a.md", "**1. What is A?**\n{0}\n\n**2. What is B?**\n{0}\n\n**3. What is C?**\n{0}\n"),
    "all ones": ("a.md", "1. What is A?\n\n   {0}\n\n1. What is B?\n\n   {0}\n\n1. What is C?\n\n   {0}\n"),
    "split lists": ("a.md", "1. What is A?\n\n```\nx\n```\n\n1. What is B?\n\n```\nx\n```\n\n1. What is C?\n\n{0}\n"),
    "bullets": ("a.md", "- What is A?\n\n  {0}\n- What is B?\n\n  {0}\n- What is C?\n\n  - {0}\n"),
    "bullets of a text": ("a.txt", "• What is A?\n{0}\n\n• What is B?\n{0}\n\n• What is C?\n{0}\n"),
    "h3": ("a.html", "<h1>T</h1><h3>What is A?</h3><p>{0}<h3>What is B?</h3><p>{0}<h3>What is C?</h3>{0}"),
    "dt": ("a.html", "<dl><dt>What is A?<dd>{0}<dt>What is B?<dd>{0}<dt>What is C?<dd>{0}</dl>"),
    "details": ("a.md", "<details><summary>What is A?</summary>\n\n{0}\n\n</details>\n" * 3),
    "ol": ("a.html", "<ol><li>What is A?<p>{0}</li><li>What is B?<p>{0}</li><li>What is C?<p>{0}</li></ol>"),
    "sections": (
        "a.rst",
        "T\n=\n\nWhat is A?\n----------\n{0}\n\nWhat is B?\n----------\n{0}\n\nWhat is C?\n----------\n{0}\n",
    ),
}


@pytest.mark.parametrize(("name", "text"), STYLES.values(), ids=STYLES)
def test_every_style_is_recognised(name, text):
    """Three questions are found, each with its answer, and the number is no part of the question."""
    found = reader.read(text.format(ANSWER), name, 3)
    assert reader.read(text.format(ANSWER), name) == found
    assert [one.heading[-2:] for one in found.questions] == ["A?", "B?", "C?"] or "details" in text
    assert not any(char.isdigit() for one in found.questions for char in one.heading)
    assert [one.sentences[-1].text for one in found.questions] in (
        ["It is."] * 3,
        ["What is A?", "What is B?", "It is."],
    )


DOUBTS = {
    "a list in an answer": "1. Thing A\n\n1. one\n2. two\n\n2. Thing B\n\nIt is.\n",
    "a number that lacks": "1. What is A?\n\nIt is.\n\n3. What is C?\n\nIt is.\n",
    "nothing": "It is so.\n\nSo it is.\n",
    "contents only": "1. What is A?\n2. What is B?\n3. What is C?\n",
}


@pytest.mark.parametrize("text", DOUBTS.values(), ids=DOUBTS)
def test_a_doubt_is_an_error(text):
    """What is not certain is said, with what was found and how to say it."""
    with pytest.raises(reader.OutlineError, match=r"a.txt was read as plain text. It is not certain .* --begins REGEX"):
        reader.read(text, "a.txt")


def test_begins_says_it():
    """A line begins a question where the expression matches; numbers out of their order are named."""
    text = DOUBTS["a list in an answer"]
    assert [one.heading for one in reader.read(text, "a.txt", 2, r"\d\. Thing").questions] == [
        "Thing A",
        "Thing B",
    ]
    with pytest.raises(reader.OutlineError, match=r"Line 3 matches .* with number 1, where 2 is next"):
        reader.read(text, "a.txt", None, r"\d\. ")
    with pytest.raises(reader.OutlineError, match=r"3 questions are declared, but 2 lines match"):
        reader.read(text, "a.txt", 3, r"\d\. Thing")
    with pytest.raises(reader.OutlineError, match="No line begins with 'Q'"):
        reader.read(text, "a.txt", None, "Q")
    with pytest.raises(reader.OutlineError, match="is no regular expression"):
        reader.read(text, "a.txt", None, "(")


def test_a_layout_says_it():
    """A text is read as it was before, where it would be a guess; another layout than declared is an error."""
    plain = "## A\n\nIt is.\n\n### B\n\nSo it is.\n\n"
    found = reader.read(f"# T\n\n{plain * 2}", "a.md", 2, layout="Markdown, headings of level 3")
    assert [one.heading for one in found.questions] == ["B", "B"]
    assert found.read_as == "Markdown, headings of level 3"
    as_text = reader.read(f"1. What is A?\n\n{plain}2. What is B?\n\n{plain}", "a.md", 2, layout="plain text")
    assert as_text.layout == "plain text"
    for layout, why in {
        "Markdown, headings of level 4": "layout 'headings of level 4' is declared, but the text has 4 headings",
        "Markdown, headings of level 2 and below": "2 questions are declared, but the text has 4 headings",
        "LaTeX, sections": "'LaTeX' is no layout",
    }.items():
        with pytest.raises(reader.OutlineError, match=why):
            reader.read(f"# T\n\n{plain * 2}", "a.md", 2, layout=layout)


def test_an_author_may_miscount():
    """Numbers with a gap are taken if as many lines match as are declared."""
    text = DOUBTS["a number that lacks"]
    assert len(reader.read(text, "a.txt", 2, r"\d\. ").questions) == 2
    with pytest.raises(reader.OutlineError, match=r"Line 5 matches .* with number 3, where 2 is next"):
        reader.read(text, "a.txt", None, r"\d\. ")


def test_a_list_in_one_answer_is_not_the_questions():
    """A style that leaves most of a text in one answer, or before all, is not certain."""
    plain = "".join(f"## Topic {one}\n\nIt is so.\n\n### Note\n\nSo it is.\n\n" for one in "ABCDEFGH")
    listed = "".join(f"**{one}. Step**\n\nDo it.\n\n" for one in (1, 2, 3))
    for text in (plain + listed, listed + plain):
        with pytest.raises(reader.OutlineError, match="It is not certain what begins a question"):
            reader.read(f"# T\n\n{text}", "a.md")


def test_contents_without_links_are_left_out():
    """A list that repeats the later questions is one of contents."""
    body = "".join(f"{number}. What is {name}?\n\nIt is.\n\n" for number, name in enumerate("ABC", start=1))
    text = "T\n\nContents\n\n1. What is A?\n2. What is B?\n3. What is C?\n\n" + body
    found = reader.read(text, "a.txt")
    assert [one.line for one in found.questions] == [9, 13, 17]
    assert [one.text for one in found.outside.sentences] == ["T"]


@pytest.mark.parametrize("heading", ["## Share this", "## Hard"])
@pytest.mark.parametrize("question", ["**What is {0}?**\n\n", "- What is {0}?\n\n  "])
def test_a_heading_of_the_article_is_in_no_answer(question, heading):
    """Where questions are no headings, an afterword and a heading such as the one above them end an answer."""
    group = "## Easy\n\n" if heading == "## Hard" else ""
    body = "".join(f"{question.format(name)}It is.\n\n### Note\n\nSo it is.\n\n" for name in "AB")
    found = reader.read(f"# T\n\n{group}{body}{heading}\n\nThe end.\n", "a.md", 2, r"\W+What")
    said = [[one.text for one in part.sentences][1:] for part in found.questions]
    assert said == [["It is.", "Note", "So it is."]] * 2
    assert [one.text for one in found.outside.sentences][-2:] == [heading[3:], "The end."]


FENCED = "{0}. {1} {2}\n\n```\nx\n```\n\nIt is.\n\n"


@pytest.mark.parametrize("inner", [2, 3])
@pytest.mark.parametrize(("asking", "ending"), [("What is", "What is"), ("Thing", "Thing"), ("What is", "Thing")])
def test_a_list_in_an_answer_is_no_part_of_the_questions(inner, asking, ending):
    """Code divides the list of questions: what asks is told from the list in an answer, or there is a doubt."""
    steps = "".join(f"{step}. Run it.\n" for step in range(1, inner + 1))
    parts = [FENCED.format(number, asking, "ABCDEFGHIJKLMN"[number]) for number in range(1, 12)]
    parts = [*parts[:3], f"It has:\n\n{steps}\n", *parts[3:], FENCED.format(12, ending, "M")]
    text = "".join(parts)
    if ending == "What is":
        assert len(reader.read(text, "a.md").questions) == 12
    else:
        with pytest.raises(reader.OutlineError, match=rf"It is not certain .*\b{12 + inner} items of numbered lists"):
            reader.read(text, "a.md")
    assert len(reader.read(text, "a.md", 12, r"\d+\. (What|Thing)").questions) == 12


def test_numbers_may_begin_again_below_a_heading():
    """The questions of a section are numbered on their own."""
    parts = [FENCED.format(number, "What is", "ABCDE"[number]) for number in (1, 2, 3)]
    text = "".join(["# T\n\n## Easy\n\n", *parts, "## Hard\n\n", *parts])
    assert len(reader.read(text, "a.md").questions) == 6
