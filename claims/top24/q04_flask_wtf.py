"""Flask-WTF."""

import flask
import pytest
import wtforms
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from wtforms.validators import InputRequired, Length

from claims import Untried, claim
from claims.pages import tags, texts

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12)


class Sign(FlaskForm):
    """A form of Flask-WTF with a name and an age; what it does about CSRF is another question's."""

    class Meta:
        """The form's settings."""

        csrf = False

    name = wtforms.StringField("Your name", validators=[InputRequired("Who are you?"), Length(max=20)])
    age = wtforms.IntegerField("Your age", validators=[InputRequired("How old are you?")])


class Plain(wtforms.Form):
    """The same fields in a form of WTForms alone."""

    name, age = Sign.name, Sign.age


class Note(FlaskForm):
    """A form of Flask-WTF that is valid without an entry."""

    Meta = Sign.Meta
    text = wtforms.StringField(validators=[Length(max=20)])


@pytest.fixture
def post(app, serve):
    """Post entries to a view that answers with what *answer* makes of a form of the kind."""

    def posted(answer, kind=Sign, **entries):
        app.add_url_rule("/", "page", lambda: answer(kind()), methods=["POST"])
        return serve(app)("/", data=entries).text

    return posted


@claim
def form_is_created_from_a_class(post):
    """A form of Flask-WTF is created from a class with fields, and filled from the request."""
    shown = post(lambda form: ", ".join(f"{field.name}: {field.data!r}" for field in form), name="Ada", age="36")
    assert shown == "name: 'Ada', age: 36"


@claim
def request_is_taken_without_handing_it_over(post):
    """A form of Flask-WTF takes the request's data by itself; one of plain WTForms has to be given it."""
    assert post(lambda form: repr(form.name.data), name="Ada") == "'Ada'"
    with flask.Flask("plain", root_path=".").test_request_context(method="POST", data={"name": "Ada"}):
        assert (Plain().name.data, Plain(flask.request.form).name.data) == (None, "Ada")


def messages(form):
    """What a form has to say about what was entered; a period ends each in newer versions of WTForms."""
    return [message.rstrip(".") for found in form.errors.values() for message in found]


@claim
def form_accepts_valid_entries(post):
    """Flask-WTF helps to validate a form: valid entries are accepted."""
    shown = post(lambda form: f"{form.validate_on_submit()} {messages(form)}", name="Ada", age="36")
    assert shown == "True []"


@claim
@pytest.mark.parametrize(
    ("entries", "message", "case"),
    [
        ({"age": "36"}, "Who are you?", "is missing"),
        ({"name": "Ada" * 7, "age": "36"}, "Field cannot be longer than 20 characters", "is too long"),
        ({"name": "Ada", "age": "old"}, "Not a valid integer value", "has the wrong type"),
    ],
    ids=["missing", "long", "type"],
)
def form_refuses_an_entry_that(post, entries, message, case):
    """Flask-WTF helps to validate a form: an entry that {case} is refused, with a message."""
    # The second form has no right entry at all.
    shown = post(lambda form: f"{form.validate_on_submit()} {type(form)(None).validate()} {messages(form)}", **entries)
    assert shown == f"False False {[message]}"


@claim
def form_is_validated_only_when_sent(app, serve):
    """Flask-WTF simplifies the process: `validate_on_submit()` checks that a form was posted and is valid."""
    with app.test_request_context():
        if not Note().validate():
            raise Untried("an empty note is not valid")
    app.add_url_rule("/", "note", lambda: str(Note().validate_on_submit()), methods=["GET", "POST"])
    fetch = serve(app)
    assert fetch("/", data={"text": "Ada"}).text == "True"
    assert fetch("/", data={"text": "Ada" * 7}).text == "False"
    assert fetch("/?text=Ada").text == "False"


@claim
def form_is_rendered(post):
    """Flask-WTF helps to render a form: in a template, a field becomes an input with its label."""
    page = post(lambda form: flask.render_template_string("{{ form.name.label }}{{ form.name }}", form=form))
    field, label = tags(page, "input", "label")[::-1]
    assert (field["type"], field["name"], field["value"]) == ("text", "name", "")
    assert (label["for"], texts(page, "label")) == (field["id"], ["Your name"])


@claim
@given(text=TEXT)
def user_input_is_kept(app, text):
    """Flask-WTF deals with user input: the form, shown again, holds the text that was entered."""
    with app.test_request_context(method="POST", data={"name": text}):
        page = flask.render_template_string("{{ form.name }}", form=Sign())
    assert [field["value"] for field in tags(page, "input")] == [text]
