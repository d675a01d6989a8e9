"""The attributes of the request."""

from urllib.parse import urlencode

import requests
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from claims import claim

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=12)
FIELDS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=4)
# What a cookie may hold by RFC 6265: no white space, quotation mark, comma, semicolon or backslash.
COOKIE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, blacklist_characters='",;\\'), max_size=12)
COOKIES = st.dictionaries(st.text("abcdefghij", min_size=1, max_size=8), COOKIE, max_size=4)
URLENCODED = "application/x-www-form-urlencoded"


@claim
@given(fields=FIELDS)
def form_is_a_dictionary(app, fields):
    """`request.form` is a dictionary object that holds the keys and values of a form's fields."""
    with app.test_request_context("/?user=Ada", method="POST", data=urlencode(fields), content_type=URLENCODED):
        assert isinstance(request.form, dict)
        assert sorted(request.form.keys()) == sorted(fields)
        assert request.form.to_dict() == fields


@claim
@given(fields=FIELDS)
def args_are_the_query_string(app, fields):
    """`request.args` holds the parsed query string, the part of the URL after the question mark."""
    url = f"/user=Ada?{urlencode(fields)}"
    with app.test_request_context(url, method="POST", data="user=Grace", content_type=URLENCODED):
        assert request.args.to_dict() == fields


@claim
@given(cookies=COOKIES)
def cookies_are_a_dictionary(app, cookies):
    """`request.cookies` is a dictionary object that holds the names and values of cookies."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with app.test_request_context(headers={"Cookie": header} if header else None):
        assert isinstance(request.cookies, dict)
        assert {name: request.cookies[name] for name in request.cookies} == cookies


@claim
@given(data=st.binary(max_size=200))
def files_are_what_is_uploaded(app, data):
    """`request.files` holds the data of the uploaded files."""
    upload = {"letter": ("dear.bin", data, "application/octet-stream")}
    sent = requests.Request("POST", "http://localhost", files=upload).prepare()
    with app.test_request_context(method="POST", data=sent.body, content_type=sent.headers["Content-Type"]):
        assert [*request.files] == ["letter"]
        letter = request.files["letter"]
        assert (letter.filename, letter.mimetype) == ("dear.bin", "application/octet-stream")
        assert letter.read() == data


@claim
def method_is_that_of_the_request(app, serve):
    """`request.method` is the method of the current request."""
    seen = []
    app.add_url_rule("/", "index", lambda: seen.append(request.method) or "", methods=METHODS)
    fetch = serve(app)
    for method in METHODS:
        fetch("/", method=method)
    assert seen == list(METHODS)
