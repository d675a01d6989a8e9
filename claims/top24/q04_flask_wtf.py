"""Flask-WTF."""

from html.parser import HTMLParser
from urllib.parse import urlencode

import flask
import pytest
import wtforms
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Length

from claims import claim

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=12)


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


class Inputs(HTMLParser):
    """The attributes of the inputs and the texts of the labels in a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.inputs, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        """Note an input."""
        if tag == "input":
            self.inputs.append(dict(attributes))

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data)


@pytest.fixture
def page(app, serve):
    """Show what *tell* makes of a form of the kind, in a view of `app`; returns how to request it."""

    def showing(tell, kind=Sign):
        app.secret_key = "a key"
        app.add_url_rule("/", "page", lambda: tell(kind()), methods=["GET", "POST"])
        fetch = serve(app)
        return lambda **entries: fetch("/", method="POST", body=urlencode(entries), headers=FORM).text

    return showing


@claim
def form_is_created_from_a_class(page):
    """Flask-WTF helps in the creation of a form: a class with fields, filled from the request."""
    post = page(lambda form: ", ".join(f"{field.name}: {field.data!r}" for field in form))
    assert post(name="Ada", age="36") == "name: 'Ada', age: 36"


@claim
def request_is_taken_without_handing_it_over(page):
    """Flask-WTF simplifies the work with forms: one of WTForms alone does not find its data by itself."""
    assert page(lambda form: repr(form.name.data))(name="Ada") == "'Ada'"
    with flask.Flask("plain", root_path=".").test_request_context(method="POST", data={"name": "Ada"}):
        assert (Plain().name.data, Plain(flask.request.form).name.data) == (None, "Ada")


def messages(form):
    """What a form has to say about what was entered; a period ends each in newer versions of WTForms."""
    return [message.rstrip(".") for told in form.errors.values() for message in told]


@claim
@pytest.mark.parametrize(
    ("entries", "errors", "case"),
    [
        ({"name": "Ada", "age": "36"}, [], "whole"),
        ({"age": "36"}, ["Who are you?"], "incomplete"),
        ({"name": "Ada" * 7, "age": "36"}, ["Field cannot be longer than 20 characters"], "too long"),
        ({"name": "Ada", "age": "old"}, ["Not a valid integer value"], "of another type"),
    ],
    ids=["whole", "incomplete", "long", "type"],
)
def form_validates_what_is(page, entries, errors, case):
    """Flask-WTF helps in the validation of a form: it tells entries that are {case}, and why."""
    post = page(lambda form: "|".join([str(form.validate_on_submit()), *messages(form)]))
    assert post(**entries).split("|") == [str(not errors), *errors]


@claim
def form_is_validated_only_when_sent(app, serve):
    """Flask-WTF simplifies the process: one call tells whether a form is sent and valid."""
    app.add_url_rule("/", "sign", lambda: str(Sign().validate_on_submit()), methods=["GET", "POST"])
    fetch, entries = serve(app), "name=Ada&age=36"
    assert fetch("/", method="POST", body=entries, headers=FORM).text == "True"
    assert fetch(f"/?{entries}").text == "False"


@claim
def form_is_rendered(page):
    """Flask-WTF helps in the rendering of a form: a field becomes a label and an input in the template."""
    template = "{{ form.name.label }}{{ form.name }}"
    shown = Inputs(page(lambda form: flask.render_template_string(template, form=form))())
    assert shown.texts == ["Your name"]
    assert [(one["type"], one["name"], one["value"]) for one in shown.inputs] == [("text", "name", "")]


@claim
@given(text=TEXT)
def user_input_is_kept(app, text):
    """Flask-WTF is useful for user input: what was entered stands in the form again, whatever it is."""
    with app.test_request_context(method="POST", data=urlencode({"name": text}), headers=FORM):
        shown = Inputs(flask.render_template_string("{{ form.name }}", form=Sign()))
    assert [one["value"] for one in shown.inputs] == [text]


ALONE = {
    "creation": (lambda form: [field.name for field in form], ["name", "age"]),
    "validation": (lambda form: (form.validate(), messages(form)), (False, ["How old are you?"])),
    "rendering": (lambda form: [one["value"] for one in Inputs(form.name()).inputs], ["Ada"]),
}


@claim
@pytest.mark.parametrize("step", ALONE)
def wtforms_does_the(step):
    """Flask-WTF integrates WTForms, whose work the {step} of a form is: it does so without Flask."""
    do, done = ALONE[step]
    assert do(Plain(MultiDict({"name": "Ada"}))) == done
