"""The validators of WTForms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import IntegerField, StringField, validators
from wtforms.validators import URL, DataRequired, Email, IPAddress, Length, NumberRange

from claims import claim, needs

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12)
ZONE = st.sampled_from(["com", "net", "org"])
FILLED_IN = st.builds("".join, st.tuples(st.text(), WORD, st.text()))


@claim
@needs("email-validator")
@pytest.mark.parametrize(
    ("name", "settings", "field", "valid", "invalid"),
    [
        pytest.param("DataRequired", {}, StringField, "Ada", "", id="DataRequired"),
        pytest.param("Email", {}, StringField, "ada@example.com", "ada", id="Email"),
        pytest.param("IPAddress", {}, StringField, "127.0.0.1", "127.0.0", id="IPAddress"),
        pytest.param("Length", {"max": 3}, StringField, "Ada", "Grace", id="Length"),
        pytest.param("NumberRange", {"max": 9}, IntegerField, "9", "10", id="NumberRange"),
        pytest.param("URL", {}, StringField, "http://example.com/", "example", id="URL"),
    ],
)
def wtforms_has_the_validator(validates, name, settings, field, valid, invalid):
    """`{name}` is a validator class of WTForms, with which a form in Flask checks what is entered."""
    assert isinstance(getattr(validators, name), type)
    validator = getattr(validators, name)(**settings)
    assert validates(validator, valid, field) is True
    assert validates(validator, invalid, field) is False


@claim
@given(text=FILLED_IN)
def data_required_tells_text_from_an_empty_field(validates, text):
    """DataRequired checks if a field is empty: it refuses an empty one, and accepts one with a word in it."""
    assert validates(DataRequired(), "") is False
    assert validates(DataRequired(), text) is True


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
    """IPAddress accepts an IPv4 address, with `ipv6=True` an IPv6 address too, and refuses an invalid one."""
    assert validates(IPAddress(), str(old)) is True
    assert validates(IPAddress(ipv6=True), str(old)) is True
    assert validates(IPAddress(), f"192.0.2.{excess}") is False
    assert validates(IPAddress(), word) is False
    assert validates(IPAddress(ipv6=True), str(new)) is True
    assert validates(IPAddress(ipv6=True), f"2001:db8::{excess}{excess}") is False
    assert validates(IPAddress(ipv6=True), word) is False


@claim
@given(text=st.text(max_size=9))
def length_tells_how_long_a_text_is(validates, text):
    """Length accepts a text whose length is in the given range, and refuses any other."""
    assert validates(Length(min=2, max=5), text) is (2 <= len(text) <= 5)


@claim
@given(number=st.integers(-20, 20))
def number_range_tells_a_number_in_it(validates, number):
    """NumberRange accepts a number that is in the given range, and refuses any other."""
    assert validates(NumberRange(min=-5, max=5), str(number), IntegerField) is (-5 <= number <= 5)


@claim
@given(scheme=st.sampled_from(["http", "https"]), domain=WORD, zone=ZONE, page=WORD)
def url_tells_the_form_of_a_web_address(validates, scheme, domain, zone, page):
    """URL accepts a web address with a top-level domain, and refuses text that lacks its scheme or host."""
    assert validates(URL(), f"{scheme}://{domain}.{zone}/{page}") is True
    assert validates(URL(), f"{domain}.{zone}/{page}") is False
    assert validates(URL(), f"{scheme}:///{page}") is False
