"""Variable rules."""

import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs

SEGMENT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="/"), min_size=1, max_size=8)
DIGITS = st.integers(0, 10**12).map(str)


@claim
@needs("articles/quickstart.rst")
def routes_as_printed_answer(app, run_printed, serve):
    """The routes as printed hand on a name, a number, and a path with slashes."""
    run_printed("s05_routes", app=app)
    fetch = serve(app)
    found = [fetch(path).text for path in ("/user/Ada", "/post/7", "/path/to/the/sea")]
    assert found == ["User Ada", "Post 7", "Subpath to/the/sea"]


@pytest.fixture
def asked(app, serve):
    """Ask for what a variable section of a rule finds; returns its type and value, or else the status code."""
    for converter in ("", "string:", "int:", "float:", "path:", "uuid:"):
        rule = f"/{converter.strip(':') or 'plain'}/<{converter}value>"
        app.add_url_rule(rule, f"of {converter}", lambda value: repr((type(value).__name__, str(value))))
    fetch = serve(app)

    def found(converter, text):
        answer = fetch(f"/{converter}/{quote(text)}")
        return answer.text if answer.status == 200 else answer.status

    return found


@claim
@given(name=SEGMENT)
def marked_section_is_variable(asked, name):
    """A section marked with `<variable_name>` is variable: the rule fits whatever stands there."""
    assert asked("plain", name) == repr(("str", name))


@claim
def variable_is_passed_by_name(app, serve):
    """A function receives the variable section of its URL as a keyword argument of that name."""

    @app.route("/<country>/<city>")
    def place(**variables):
        return repr(sorted(variables.items()))

    assert serve(app)("/Spain/Madrid").text == repr([("city", "Madrid"), ("country", "Spain")])


@claim
@pytest.mark.parametrize(
    ("converter", "text", "kind"),
    [
        ("string", "7", "str"),
        ("int", "7", "int"),
        ("float", "7.5", "float"),
        ("path", "7/5", "str"),
        ("uuid", str(uuid.UUID(int=7)), "UUID"),
    ],
    ids=["string", "int", "float", "path", "uuid"],
)
def converter_specifies_the_type(asked, converter, text, kind):
    """The converter `{converter}` specifies the type of the argument: `{kind}`."""
    assert asked(converter, text) == repr((kind, text))


@claim
@given(text=st.text("a1.-", min_size=1, max_size=6))
def string_is_the_default(asked, text):
    """The converter `string` is the default: a section without one accepts text, and no slash in it."""
    assert [asked("plain", text), asked("plain", f"{text}/1")] == [repr(("str", text)), 404]


@claim
@given(text=SEGMENT)
def string_accepts_text_without_a_slash(asked, text):
    """The converter `string` accepts any text without a slash."""
    assert asked("string", text) == repr(("str", text))


@claim
@given(number=st.integers(1, 10**30))
def int_accepts_positive_integers(asked, number):
    """The converter `int` accepts positive integers."""
    assert asked("int", str(number)) == repr(("int", str(number)))


@claim
@given(whole=DIGITS, fraction=DIGITS.filter(lambda digits: set(digits) != {"0"}))
def float_accepts_positive_numbers(asked, whole, fraction):
    """The converter `float` accepts positive floating point values, such as 2.5."""
    number = f"{whole}.{fraction}"
    assert asked("float", number) == repr(("float", str(float(number))))


@claim
@given(segments=st.lists(SEGMENT.map(lambda text: text.replace("\n", " ")), min_size=1, max_size=4))
def path_accepts_slashes(asked, segments):
    """The converter `path` accepts a line of text as `string` does, and slashes in it."""
    assert asked("path", "/".join(segments)) == repr(("str", "/".join(segments)))


@claim
@given(value=st.uuids())
def uuid_accepts_uuids(asked, value):
    """The converter `uuid` accepts UUID strings."""
    written = [str(value), str(value).upper()]
    assert [asked("uuid", text) for text in written] == [repr(("UUID", str(value)))] * 2


@claim
@pytest.mark.parametrize(
    ("converter", "text"),
    [("string", "to/sea"), ("int", "-7"), ("int", "Ada"), ("float", "-2.5"), ("float", "Ada"), ("uuid", "Ada")],
    ids=["string", "int", "int-word", "float", "float-word", "uuid"],
)
def converter_refuses_what_is_of_no_such_type(asked, converter, text):
    """The converter `{converter}` does not accept `{text}`."""
    assert asked(converter, text) == 404
