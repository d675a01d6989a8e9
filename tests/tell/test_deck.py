"""The deck for Anki: two editions differ in the cards that turned."""

import io
import json
import sqlite3
import zipfile
from dataclasses import replace

from report.tell import deck

from .builders import answer, article, claim, correction, everything, result

SAME = answer(12, "Sessions", claim("top31/q12_x.py::signed", "hhhh"))
GONE = answer(13, "JSON", claim("top31/q13_x.py::encoder", "hhhh"))
RIGHT = correction("top31/q13_x.py::provider", "rrrh")
NOW = answer(13, "JSON", claim("top31/q13_x.py::encoder", "hhhr", corrections=(RIGHT,)))


def edition(day, *answers):
    """The notes of a result's deck by their id: the date and the fields; and the ids of the deck and of the notes."""
    made = deck.to_bytes(replace(result(article(*answers)), measured=day))
    database = sqlite3.connect(":memory:")
    database.deserialize(zipfile.ZipFile(io.BytesIO(made)).read("collection.anki2"))
    notes = {guid: (date, fields) for guid, date, fields in database.execute("select guid, mod, flds from notes")}
    decks, kinds = database.execute("select decks, models from col").fetchone()
    return notes, ({*json.loads(decks)}, {*json.loads(kinds)})


def test_a_later_edition_changes_the_cards_that_turned():
    """The ids stay, and every note is newer, as Anki requires it; only what the turned note says is different."""
    before, known = edition("2026-01-01", SAME, GONE)
    after, again = edition("2026-02-01", SAME, NOW)

    assert known == again
    assert before.keys() == after.keys() == {"top31-12", "top31-13"}
    assert all(after[guid][0] > before[guid][0] for guid in after)
    assert [guid for guid in after if after[guid][1] != before[guid][1]] == ["top31-13"]
    question, back = after["top31-13"][1].split("\x1f")
    assert "JSON" in question
    assert "<li><code>provider</code> reads a value." in back
    assert f"since {RIGHT.verdict.since}" in back


def test_the_same_result_gives_the_same_bytes():
    """Neither the clock nor the order of a set is in the file."""
    assert deck.to_bytes(everything()) == deck.to_bytes(everything())
