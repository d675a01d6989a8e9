"""Two versions of an article: the pairs of their sentences, and the pieces of `sentences.toml`."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report import reader
from report.judge import account_file
from report.judge.revision import New, Old, compare
from tests.project import ROOT

FILES = sorted((ROOT / "claims").glob("*/sentences.toml"))


def sentences(*answers):
    """The sentences of an article, one question for each answer, as new and as old ones."""
    text = "".join(f"## {number}. {answer}\n\n" for number, answer in enumerate(answers, start=1))
    outline = reader.read(f"# T\n\n{text}", "a.md", len(answers))
    parts = {part.number: part for part in (outline.outside, *outline.questions)}
    found = {(number, one.hash): New(parts[number], one) for number, one in outline.sentences()}
    return [*found.values()], [Old(*new.key, new.sentence.shown) for new in found.values()]


def answer(number):
    """A question and its answer, like no other."""
    return f"What is thing {number}?\n\nIt has {number} sides. Nobody has seen {number * 7 + 1000}."


def test_questions_in_another_order_keep_their_sentences():
    """Each question is found by its sentences, wherever it is, and nothing has moved out of it."""
    numbers = list(range(1, 31))
    _, old = sentences(*map(answer, numbers))
    random.Random(18).shuffle(numbers)
    new, _ = sentences(*map(answer, numbers))
    revision = compare(old, new)
    assert revision.questions == {0: 0, **{old: new for new, old in enumerate(numbers, start=1)}}
    assert (len(revision.stayed), revision.moved, revision.changed) == (len(old), [], [])


def test_a_rewritten_question_is_found_between_its_neighbours():
    """A question of which nothing is left has the number that its neighbours' shift gives it."""
    _, old = sentences(*map(answer, (1, 2, 3, 4)))
    new, _ = sentences(answer(9), answer(1), answer(2), "Why not?\n\nSo.", answer(4))
    assert compare(old, new).questions == {0: 0, 1: 2, 2: 3, 3: 4, 4: 5}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("It listens on port 5000.", "It listens on port 8000.", True),
        ("The extension is .Py.", "The extension is .py.", True),
        ("It reads the query string.", "Whales are mammals, and no fish.", False),
        ("Yes.", "No.", False),
    ],
)
def test_what_is_a_new_version(before, after, changed):
    """Half of the words make a sentence the new version of another, in the same answer."""
    _, old = sentences(f"What?\n\n{before} So it is.", "Why?\n\nSo.")
    new, _ = sentences(f"What?\n\n{after} So it is.", "Why?\n\nSo.")
    revision = compare(old, new)
    assert [pair[0].text for pair in revision.changed] == ([before] if changed else [])
    assert ([one.text for one in revision.went], [one.sentence.shown for one in revision.came]) == (
        ([], []) if changed else ([before], [after])
    )


TEXTS = st.lists(
    st.sampled_from(["It is.", "So it is.", "`x` is a name.", "It has 5.", "It has 6.", "Why not?"]), max_size=4
)
ANSWERS = st.lists(TEXTS.map(lambda said: " ".join(["What?\n\nSo.", *said])), min_size=2, max_size=4)


@given(ANSWERS, ANSWERS, st.booleans())
def test_no_sentence_is_lost(before, after, known):
    """Each old sentence stayed, moved, changed or went, and each new one is the other of a pair, or came: once."""
    _, old = sentences(*before)
    new, _ = sentences(*after)
    old = [one if known else Old(one.question, one.hash) for one in old]
    revision = compare(old, new)
    pairs = [*revision.stayed, *revision.moved, *revision.changed]
    kept = [*(pair[0] for pair in pairs), *revision.went]
    assert sorted((one.question, one.hash) for one in kept) == sorted((one.question, one.hash) for one in old)
    assert sorted(one.key for one in (*(pair[1] for pair in pairs), *revision.came)) == sorted(one.key for one in new)
    assert all(old.hash == new.sentence.hash for old, new in (*revision.stayed, *revision.moved))


@pytest.mark.parametrize("alike", [True, False], ids=["alike", "rewritten"])
def test_a_large_article_takes_seconds(alike):
    """5,000 questions, of which each is new, renumbered or edited."""
    _, old = sentences(*map(answer, range(5000)))
    new, _ = sentences("Why?\n\nSo.", *(answer(number if alike else number + 9000) for number in range(5000)))
    before = time.process_time()
    revision = compare(old, new)
    assert time.process_time() - before < 20
    assert (len(revision.stayed) > 9000) is alike


COMMENTED = """\
# head
title = "T" # x

[q01] # line 3
# first
aa = [ # why
  {todo = true}, # here
]
# of aa

# of bb
bb = "a [b] # c"
'c c' = []
# end
"""


@pytest.mark.parametrize("text", [COMMENTED, "", "a = 1", "# x", *(path.read_text("utf-8") for path in FILES)])
def test_the_pieces_of_a_file_are_the_file(text):
    """Nothing of a file is lost when it is taken to pieces, but for a last line without an end."""
    assert str(account_file.parse(text)).rstrip("\n") == text.rstrip("\n")


def test_a_comment_belongs_to_an_entry():
    """One just below an entry is of that, one after an empty line of the next."""
    aa, bb, cc = account_file.parse(COMMENTED).table("q01").entries
    assert (aa.key, aa.before, aa.after) == ("aa", "# first\n", "# of aa\n")
    assert (bb.key, bb.before, bb.after, cc.key, cc.after) == ("bb", "\n# of bb\n", "", "c c", "# end\n")
