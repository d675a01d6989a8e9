"""The attributes of the request."""

from urllib.parse import urlencode

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, corrects

ATTRIBUTES = ("Form", "Args", "Cookies", "Files", "Method")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=12)
FIELDS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=4)
# What a cookie may hold by RFC 6265: no white space, quotation mark, comma, semicolon or backslash.
COOKIE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, blacklist_characters='",;\\'), max_size=12)
COOKIES = st.dictionaries(st.text("abcdefghij", min_size=1, max_size=8), COOKIE, max_size=4)
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=limit"
LIMIT = b"--limit"


@claim
@given(fields=FIELDS)
def form_is_a_dictionary(app, fields):
    """The form is a dictionary object that contains the keys of the form's fields, with their values."""
    with app.test_request_context("/?user=Ada", method="POST", data=urlencode(fields), content_type=URLENCODED):
        assert isinstance(request.form, dict)
        assert sorted(request.form.keys()) == sorted(fields)
        assert request.form.to_dict() == fields


@claim
@given(fields=FIELDS)
def args_are_the_query_string(app, fields):
    """The args are the parsed contents of the query string, the part of the URL after the question mark."""
    url = f"/user=Ada?{urlencode(fields)}"
    with app.test_request_context(url, method="POST", data="user=Grace", content_type=URLENCODED):
        assert request.args.to_dict() == fields


@claim
@given(cookies=COOKIES)
def cookies_are_a_dictionary(app, cookies):
    """The cookies are a dictionary object that holds the names and values of cookies."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with app.test_request_context(headers={"Cookie": header} if header else None):
        assert isinstance(request.cookies, dict)
        assert {name: request.cookies[name] for name in request.cookies} == cookies


def multipart(name, filename, data):
    """The body of a form, as a browser sends it, in which a file is uploaded."""
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
    head = f"\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return LIMIT + head.encode() + data + b"\r\n" + LIMIT + b"--\r\n"


@claim
@given(data=st.binary(max_size=200).filter(lambda data: LIMIT not in data))
def files_are_what_is_uploaded(app, data):
    """The files are data of the uploaded files: name, type and contents."""
    body = multipart("letter", "dear.bin", data)
    with app.test_request_context(method="POST", data=body, content_type=MULTIPART):
        assert [sorted(request.files), sorted(request.form)] == [["letter"], []]
        letter = request.files["letter"]
        assert (letter.filename, letter.mimetype) == ("dear.bin", "application/octet-stream")
        assert letter.read() == data


@claim
def method_is_that_of_the_request(app, serve):
    """The method is the current request's method."""
    seen = []
    app.add_url_rule("/", "index", lambda: seen.append(request.method) or "", methods=METHODS)
    fetch = serve(app)
    for method in METHODS:
        fetch("/", method=method)
    assert seen == list(METHODS)


@claim(editorial=True)
@pytest.mark.parametrize("name", ATTRIBUTES)
def name_begins_with_a_capital(app, name):
    """The name of the attribute is `{name}`, with a capital."""
    with app.test_request_context():
        assert getattr(request, name) == getattr(request, name.lower())


@corrects(name_begins_with_a_capital, "Form")
@corrects(name_begins_with_a_capital, "Args")
@corrects(name_begins_with_a_capital, "Cookies")
@corrects(name_begins_with_a_capital, "Files")
@corrects(name_begins_with_a_capital, "Method")
def names_are_in_small_letters(app):
    """The names of the attributes are in small letters: `form`, `args`, `cookies`, `files`, `method`."""
    with app.test_request_context():
        names = [name for name in ("form", "args", "cookies", "files", "method") if hasattr(request, name)]
    assert names == [name.lower() for name in ATTRIBUTES]
