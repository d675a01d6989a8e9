"""`answers.apkg`: the right answers as a deck for Anki, a card for each question."""

import datetime
import io
import zipfile

import genanki

from report.judge.results import Result
from report.tell import words
from report.tell.answers import RightAnswer, Sheet, Truth, right
from report.tell.index import Index
from report.tell.markup import anchor, prose

# Anki knows the deck and the kind of note by these numbers: a later edition must have the same.
DECK, NOTE = 1763800000, 1763800001
TEMPLATE = {"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}"}
STYLE = (
    ".card { font: 1.1em/1.5 sans-serif; max-width: 40em; margin: auto } li { margin: .4em 0 } small { color: gray }"
)


def to_bytes(result: Result) -> bytes:
    """Write the deck; the same result gives the same bytes.

    The id of a note is that of its question, so Anki keeps its schedule when it imports a later edition. Its date is
    that of the result: Anki takes a note again only if it is newer.
    """
    kind = genanki.Model(
        NOTE, "Question", fields=[{"name": "Question"}, {"name": "Answer"}], templates=[TEMPLATE], css=STYLE
    )
    deck, index = genanki.Deck(DECK, f"{words.name(result)}: the right answers"), Index(result)
    for article in result.articles:
        for answer in article.answers:
            card = right(answer.topic, "", [(article, answer)], Sheet(index, printed=False))
            if card.truths:
                fields = [f"{prose(card.heading)}<br><small>{prose(article.title)}</small>", back(result, card)]
                guid = f"{article.id}-{answer.question}"
                deck.add_note(genanki.Note(model=kind, fields=fields, guid=guid, tags=[anchor(article.id)]))
    packed = io.BytesIO()
    genanki.Package(deck).write_to_file(packed, timestamp=date(result))
    return without_dates(packed)


def back(result: Result, card: RightAnswer) -> str:
    """The back of a card: what holds, and since which release."""
    oldest = f"since {result.releases[0].version}, the oldest release tried" if result.releases else ""
    truths = "".join(
        f"<li>{prose(each.statement)} {likewise(each)}<small>{prose(each.when or oldest)}</small></li>"
        for each in card.truths
    )
    faults = " ".join(
        f"{prose(each.statement)}{f' (It held until {each.until}.)' if each.until else ''}" for each in card.faults
    )
    return f"<ul>{truths}</ul>" + (f"<p><small>Not: {faults}</small></p>" if faults else "")


def likewise(truth: Truth) -> str:
    """What the other rows of a table say instead."""
    others = "; ".join(prose(text) for text, _ in truth.likewise)
    return f"Likewise: {others}. " if others else ""


def date(result: Result) -> float:
    """The day on which a result was measured, in seconds since 1970; 0 if it has no date."""
    day = datetime.datetime.fromisoformat(result.measured) if result.measured else datetime.datetime(1970, 1, 1)
    return day.replace(tzinfo=datetime.UTC).timestamp()


def without_dates(packed: io.BytesIO) -> bytes:
    """A zip with the same files, without the dates on which they were written."""
    made = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
