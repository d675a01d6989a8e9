"""Flask-WTF and its features."""

import http.client
import json
import urllib.request
from html.parser import HTMLParser
from importlib import import_module

import flask
import pytest
import wtforms
from flask_wtf import CSRFProtect, FlaskForm, csrf
from flask_wtf.file import FileAllowed, FileField, FileRequired
from flask_wtf.recaptcha import RecaptchaField
from werkzeug.utils import secure_filename
from wtforms.validators import DataRequired, Length

from claims import claim, corrects, needs, real
from claims.programs import direct

PAGE = """\
{% for field in form %}{{ field }}{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}{% endfor %}
"""


class Page(HTMLParser):
    """What an answer shows: its fields with their values, its texts, its scripts, and the keys of its widgets."""

    def __init__(self, answer):
        super().__init__()
        self.fields, self.texts, self.scripts, self.keys = {}, [], [], []
        self.feed(answer.text)

    def handle_starttag(self, tag, attributes):
        """Note a field, a script, or the key of a widget."""
        said = dict(attributes)
        if tag == "input":
            self.fields[said["name"]] = said.get("value", "")
        if tag == "script":
            self.scripts.append(said["src"])
        if "data-sitekey" in said:
            self.keys.append(said["data-sitekey"])

    def handle_data(self, data):
        """Note a text."""
        if data.strip():
            self.texts.append(data.strip())


@pytest.fixture
def form_app(app):
    """Give `app` a page with a Flask-WTF form of those fields, which tells what it accepts."""

    def made(accept=lambda form: "Accepted", **fields):
        app.secret_key = "a key"
        kind = type("Form", (FlaskForm,), fields)

        @app.route("/", methods=["GET", "POST"])
        def page():
            form = kind()
            return accept(form) if form.validate_on_submit() else flask.render_template_string(PAGE, form=form)

        return app

    return made


def fields(request):
    """The names of the fields on the page with the form."""
    return sorted(Page(request()).fields)


def told(request, files=None, token_of=None, **entries):
    """Get the page with the form, fill it in, send it, and tell the texts of the answer."""
    filled = {**Page(request()).fields, **entries}
    if token_of is not None:
        filled["csrf_token"] = Page(token_of()).fields["csrf_token"]
    return Page(request("POST", data=filled, files=files)).texts


@claim
def form_is_shown_by_a_template(form_app, visitor):
    """A form of Flask-WTF is shown by a template."""
    request = visitor(form_app(name=wtforms.StringField(), age=wtforms.IntegerField()))
    assert fields(request) == ["age", "csrf_token", "name"]


@claim
def form_is_integrated_with_flask(form_app, visitor):
    """A form of Flask-WTF is integrated with Flask: by itself it takes what a request of Flask brings."""
    request = visitor(form_app(lambda form: f"Hello {form.name.data}", name=wtforms.StringField()))
    assert told(request, name="Ada") == ["Hello Ada"]


@claim
def integrates_wtforms(form_app, visitor):
    """Flask-WTF integrates WTForms: a field and a validator of it work in a form of Flask-WTF."""
    request = visitor(form_app(name=wtforms.StringField(validators=[Length(max=5)])))
    assert told(request, name="Grace") == ["Accepted"]
    assert told(request, name="Amazing Grace") == ["Field cannot be longer than 5 characters."]


@claim(editorial=True)
def library_is_named_wtf():
    """The library that Flask-WTF integrates is named WTF."""
    assert "wtf" in direct("Flask-WTF")


@corrects(library_is_named_wtf)
def library_is_named_wtforms():
    """The library that Flask-WTF integrates is named WTForms."""
    assert "wtforms" in direct("Flask-WTF")


@claim
def form_is_secured_by_a_csrf_token(form_app, visitor):
    """A form of Flask-WTF is secured by a CSRF token: it is refused without, and with another visitor's."""
    app = form_app(name=wtforms.StringField())
    request, stranger = visitor(app), visitor(app)
    assert told(request, name="Ada") == ["Accepted"]
    assert told(request, name="Ada", csrf_token="") == ["The CSRF token is missing."]
    assert told(request, name="Ada", token_of=stranger) == ["The CSRF tokens do not match."]


@claim
def protects_all_views_from_csrf(app, visitor):
    """Flask-WTF protects a whole application from CSRF, plain views too."""
    app.secret_key = "a key"
    app.add_url_rule("/", "token", csrf.generate_csrf)
    app.add_url_rule("/", "plain", lambda: "Done", methods=["POST"])
    CSRFProtect(app)
    request = visitor(app)
    own = {"X-CSRFToken": request().text}
    answers = [request("POST", headers=headers) for headers in (own, {})]
    assert [(answer.status_code, Page(answer).texts[-1]) for answer in answers] == [
        (200, "Done"),
        (400, "The CSRF token is missing."),
    ]


@claim
@needs("Flask-Babel")
@pytest.mark.parametrize(
    ("language", "message"), [("en", "This field is required."), ("fr", "Ce champ est requis.")], ids=["en", "fr"]
)
def messages_are_in_the_language_of_the_application(form_app, visitor, language, message):
    """Flask-WTF integrates internationalization: where the language is {language}, so are its messages."""
    app = form_app(name=wtforms.StringField(validators=[DataRequired()]))
    app.config["BABEL_DEFAULT_LOCALE"] = language
    import_module("flask_babel").Babel(app)
    assert told(visitor(app), name="") == [message]


@pytest.fixture
def google():
    """A stand-in for Google's verification server: notes what it is asked, and knows one good answer.

    All that goes out over HTTPS meanwhile goes to it, as by a proxy: not every Flask-WTF lets one set the address.
    """
    asked = []

    def verify(environ, start_response):
        entries = flask.Request(environ).form
        asked.append((f"{environ['HTTP_HOST']}{environ['PATH_INFO']}", entries["secret"], entries["response"]))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"success": entries["response"] == "a human's"}).encode()]

    class Detour(urllib.request.HTTPSHandler):
        def https_open(self, request):
            return self.do_open(lambda host, **how: http.client.HTTPConnection(place, **how), request)

    with real.served(verify) as url:
        place = url.partition("//")[2]
        urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({}), Detour))
        yield asked
        urllib.request.install_opener(None)


@claim
def supports_recaptcha(form_app, google, visitor):
    """Flask-WTF supports reCAPTCHA: it shows the widget, and has Google verify what is answered."""
    app = form_app(robot=RecaptchaField())
    app.config.update(RECAPTCHA_PUBLIC_KEY="public", RECAPTCHA_PRIVATE_KEY="private")
    request = visitor(app)
    page = Page(request())
    assert (page.scripts, page.keys) == (["https://www.google.com/recaptcha/api.js"], ["public"])
    assert told(request, **{"g-recaptcha-response": "a human's"}) == ["Accepted"]
    assert told(request, **{"g-recaptcha-response": "a robot's"}) == ["The response parameter is missing."]
    server = "www.google.com/recaptcha/api/siteverify"
    assert google == [(server, "private", "a human's"), (server, "private", "a robot's")]


PICTURE, PROGRAM = {"picture": ("ada.png", b"\x89PNG\r\n")}, {"picture": ("ada.exe", b"MZ")}


@claim
def handles_file_uploads(form_app, visitor, tmp_path):
    """Flask-WTF handles file uploads: a form requires a file, of given kinds, and hands it over."""
    field = FileField(validators=[FileRequired(), FileAllowed(["png"], "No picture")])
    app = form_app(lambda form: form.picture.data.save(str(tmp_path / "ada.png")) or "Saved", picture=field)
    request = visitor(app)
    assert told(request) == ["This field is required."]
    assert told(request, files=PROGRAM) == ["No picture"]
    assert told(request, files=PICTURE) == ["Saved"]
    assert (tmp_path / "ada.png").read_bytes() == b"\x89PNG\r\n"


@claim
@needs("Flask-Uploads")
def file_upload_works_with_flask_uploads(form_app, visitor, tmp_path):
    """The file upload of Flask-WTF works with Flask-Uploads, which tells what is allowed and saves it."""
    assert import_module("flask_uploads")
    uploads = import_module("flask_uploads")
    pictures = uploads.UploadSet("pictures", ["png"], default_dest=lambda app: str(tmp_path))
    field = FileField(validators=[FileAllowed(pictures, "No picture")])
    app = form_app(lambda form: pictures.save(form.picture.data), picture=field)
    uploads.configure_uploads(app, pictures)
    request = visitor(app)
    assert told(request, files=PROGRAM) == ["No picture"]
    assert told(request, files=PICTURE) == ["ada.png"]
    assert (tmp_path / "ada.png").read_bytes() == b"\x89PNG\r\n"


@corrects(file_upload_works_with_flask_uploads)
def file_upload_works_without_flask_uploads(form_app, visitor, tmp_path):
    """The file upload of Flask-WTF works by itself: it is told what is allowed, and Werkzeug saves it."""

    def saved(form):
        name = secure_filename(form.picture.data.filename)
        form.picture.data.save(str(tmp_path / name))
        return name

    request = visitor(form_app(saved, picture=FileField(validators=[FileAllowed(["png"], "No picture")])))
    assert told(request, files=PROGRAM) == ["No picture"]
    assert told(request, files=PICTURE) == ["ada.png"]
    assert (tmp_path / "ada.png").read_bytes() == b"\x89PNG\r\n"
