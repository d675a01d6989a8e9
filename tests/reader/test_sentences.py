"""Where sentences end, and where not."""

import pytest

from report.reader.blocks import Run
from report.reader.sentences import spans

CASES = [
    "It returns flask.Response. |It is so.",
    "Use it, e.g. Flask or i.e. Jinja. |Then go.",
    "See https://a.example/b.C?d=E.F for more. |Go!",
    "Is it? |Yes! |“Closed?” |He said so.",
    "“It is.” |Nobody knows.",
    "A thing.|It has a lid.|It is (?).|The end",
    "It includes an ORM.|It provides tools.",
    "Version 0.12.2 is old. |Since 2.0. |3 is next.",
    "In Fig. 3 and No. 5 it is. |No. |It is not.",
    "Written by J. Doe in C. |It works.",
    "The extension is .Py. |See app.route() and g. |`g.x` is set.",
    "Wait … and see. |Wait… |Now.",
    "1. First things first.",
    "`A. B` is code. |So is it.",
    "Use app.run(). |request.args is read.",
]


def test_a_quotation_mark_belongs_to_the_whole_quotation():
    """A quotation of several sentences has its marks outside of them."""
    text = '"It is. It was. "So" it is." He said.'
    assert [text[first:last] for first, last in spans([Run(0, len(text), text)])] == [
        "It is.",
        "It was.",
        '"So" it is."',
        "He said.",
    ]


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_they_end(case):
    """A bar marks where a sentence ends; code is between backquotes."""
    text = case.replace("|", "")
    runs, at = [], 0
    for index, part in enumerate(text.split("`")):
        runs.append(Run(at, at + len(part), part, code=bool(index % 2)))
        at += len(part)
    shown = text.replace("`", "")
    assert [shown[first:last] for first, last in spans(runs)] == [
        part.strip() for part in case.replace("`", "").split("|")
    ]
