"""The validators of WTForms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import IntegerField, StringField
from wtforms.validators import URL, DataRequired, Email, InputRequired, IPAddress, Length, NumberRange

from claims import claim, corrects, needs

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12)
ZONE = st.sampled_from(["com", "net", "org"])


TOLD_APART = {
    "DataRequired": (DataRequired, {}, StringField, "Ada", ""),
    "Email": (Email, {}, StringField, "ada@example.com", "ada"),
    "IPAddress": (IPAddress, {}, StringField, "127.0.0.1", "127.0.0"),
    "Length": (Length, {"max": 3}, StringField, "Ada", "Grace"),
    "NumberRange": (NumberRange, {"max": 9}, IntegerField, "9", "10"),
    "URL": (URL, {}, StringField, "http://example.com/", "example"),
}


@claim
@needs("email-validator")
@pytest.mark.parametrize("name", TOLD_APART)
def wtforms_has_the_validator(validates, name):
    """WTForms has a validator class named {name}, which accepts one entry and refuses another."""
    validator, settings, field, *entries = TOLD_APART[name]
    assert validator.__name__ == name
    assert [validates(validator(**settings), entry, field) for entry in entries] == [True, False]


@claim
@given(text=st.text().filter(str.strip))
def data_required_tells_text_from_an_empty_field(validates, text):
    """DataRequired accepts a field with visible text in it, and refuses an empty one."""
    assert validates(DataRequired(), text) is True
    assert validates(DataRequired(), "") is False


@claim
@given(number=st.integers(-9, 9))
def data_required_accepts_any_number(validates, number):
    """DataRequired accepts a number field that is not empty, whatever the number."""
    assert validates(DataRequired(), str(number), IntegerField) is True


@corrects(data_required_accepts_any_number)
@given(number=st.integers(-9, 9))
def input_required_accepts_any_number(validates, number):
    """InputRequired accepts a number field that is not empty; to DataRequired, 0 is no data."""
    assert validates(InputRequired(), str(number), IntegerField) is True
    assert validates(DataRequired(), "0", IntegerField) is False


@claim
@needs("email-validator")
@given(user=WORD, domain=WORD, zone=ZONE)
def email_tells_the_form_of_an_address(validates, user, domain, zone):
    """Email accepts text in the form of an e-mail address, and refuses text that lacks a part of it."""
    assert validates(Email(), f"{user}@{domain}.{zone}") is True
    assert validates(Email(), f"{user}.{domain}.{zone}") is False
    assert validates(Email(), f"{user}@") is False
    assert validates(Email(), f"@{domain}.{zone}") is False


@claim
@given(old=st.ip_addresses(v=4), new=st.ip_addresses(v=6), excess=st.integers(256, 999), word=WORD)
def ip_address_tells_an_address(validates, old, new, excess, word):
    """IPAddress accepts an IP address, of version 4 unless told otherwise, and refuses other text."""
    assert validates(IPAddress(), str(old)) is True
    assert validates(IPAddress(ipv6=True), str(new)) is True
    assert validates(IPAddress(ipv6=True), f"192.0.2.{excess}") is False
    assert validates(IPAddress(ipv6=True), word) is False


@claim
@given(text=st.text(max_size=9))
def length_tells_how_long_a_text_is(validates, text):
    """Length accepts a text exactly where its length is in the given range."""
    assert validates(Length(min=2, max=5), text) is (2 <= len(text) <= 5)


@claim
@given(number=st.integers(-20, 20))
def number_range_tells_a_number_in_it(validates, number):
    """NumberRange accepts a number exactly where it is in the given range."""
    assert validates(NumberRange(min=-5, max=5), str(number), IntegerField) is (-5 <= number <= 5)


@claim
@given(scheme=st.sampled_from(["http", "https"]), domain=WORD, zone=ZONE, page=WORD)
def url_tells_the_form_of_a_web_address(validates, scheme, domain, zone, page):
    """URL accepts a text in the form of a web address, and refuses one that lacks its scheme or host."""
    assert validates(URL(), f"{scheme}://{domain}.{zone}/{page}") is True
    assert validates(URL(), f"{domain}.{zone}/{page}") is False
    assert validates(URL(), f"{scheme}:///{page}") is False
