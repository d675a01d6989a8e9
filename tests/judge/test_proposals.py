"""Which claims are proposed for a sentence."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.judge.proposals import Claims
from report.judge.stems import cut
from report.measure.records import Record


def record(name, statement, topic="Topic"):
    """A claim as it is collected."""
    fields = {"kind": "technical", "data": False, "corrects": [], "needs": [], "lacking": None, "line": 1}
    whole = {"id": f"claims/{name}", "statement": statement, "topic": topic, "source": "", "fingerprint": "f"}
    return msgspec.convert(fields | whole, Record)


CLAIMS = Claims(
    [
        record("one/q11_query.py::args_reads_the_query_string", "`request.args.get()` reads a value.", "Query strings"),
        record("one/q18_port.py::listens_on_5000", "`app.run()` listens on port 5000.", "The default port"),
        record("two/q03_codes.py::code_stands_for[404]", "The error code 404 stands for Not Found.", "Error codes"),
        record("two/q03_codes.py::code_stands_for[400]", "The error code 400 stands for Bad Request.", "Error codes"),
        record("two/q05_mail.py::send_sends", "`Mail.send()` sends a message.", "Sending mail"),
    ]
)


@pytest.mark.parametrize(
    ("sentence", "reference"),
    [
        ("You read values with request.args.", "one/q11_query::args_reads_the_query_string"),
        ("The default ports are 5000.", "one/q18_port::listens_on_5000"),
        ("A bad request has the code 400", "two/q03_codes::code_stands_for"),
    ],
)
def test_the_likest_claim_comes_first(sentence, reference):
    """Names are cut into their parts, endings do not count, and a table is one claim."""
    found = CLAIMS.near(sentence)
    assert found[0].reference == reference
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_the_name_of_an_extension_is_a_word():
    """Its parts are words, too."""
    assert cut("Flask-RESTful is small.") == ["restful", "small", "flask-restful"]


def test_a_table_says_how_many_rows_it_has():
    """Who accepts it accepts each of them."""
    (found,) = CLAIMS.near("stands for", most=1)
    assert found.statement == "The error code 404 stands for Not Found. (the first of 2 rows)"


def test_the_heading_helps():
    """What the sentence leaves to its heading is found by the heading."""
    assert not CLAIMS.near("It does so at once.")
    assert CLAIMS.near("It sends at once.", "How is mail sent?")[0].reference == "two/q05_mail::send_sends"


def test_what_is_like_nothing_has_no_proposal():
    """A sentence without a word of our claims has no proposal, and neither has an empty one."""
    assert CLAIMS.near("The weather on the moon is gloomy.") == []
    assert CLAIMS.near("") == Claims([]).near("A port") == []


@given(st.text(), st.text())
def test_any_text_may_be_asked(sentence, heading):
    """No text is an error, there are at most five proposals, and words are never empty."""
    assert len(CLAIMS.near(sentence, heading)) <= 5
    assert all(cut(sentence))
