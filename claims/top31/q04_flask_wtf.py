"""Flask-WTF and its features."""

import http.client
import importlib.util
import json
import urllib.request
from importlib import import_module

import flask
import pytest
import wtforms
from flask_wtf import CSRFProtect, FlaskForm, csrf
from flask_wtf.file import FileAllowed, FileField, FileRequired
from flask_wtf.recaptcha import RecaptchaField
from wtforms.validators import DataRequired, Length

from claims import claim, corrects, needs, real
from claims.pages import tags, texts
from claims.programs import modules

WRITING = ["POST", "PUT", "PATCH", "DELETE"]  # the methods of requests that change something
PAGE = """\
{% for field in form %}{{ field }}{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}{% endfor %}
"""


@pytest.fixture
def form_app(app):
    """Give `app` a page with a Flask-WTF form of those fields, which answers what *accept* does with a valid one."""

    def made(accept=lambda form: "Accepted", **fields):
        app.secret_key = "a key"
        kind = type("Form", (FlaskForm,), fields)

        @app.route("/", methods=["GET", "POST"])
        def page():
            form = kind()
            if form.validate_on_submit():
                return f"<p>{accept(form)}</p>"
            return flask.render_template_string(PAGE, form=form)

        return app

    return made


def fields(request):
    """The fields on the page with the form: their values by name."""
    return {field["name"]: field.get("value", "") for field in tags(request().text, "input")}


def told(request, files=None, **entries):
    """Get the page with the form, fill it in and send it; returns the messages of the answer."""
    return texts(request("POST", data={**fields(request), **entries}, files=files).text, "p")


@claim
def form_is_shown_by_a_template(form_app, visitor):
    """A Flask-WTF form is shown by a template."""
    request = visitor(form_app(name=wtforms.StringField(), age=wtforms.IntegerField()))
    shown = sorted(fields(request))
    assert shown == ["age", "csrf_token", "name"]


@claim
def form_is_integrated_with_flask(form_app, visitor):
    """A Flask-WTF form is integrated with Flask: it fills itself from the current request."""
    request = visitor(form_app(lambda form: f"Hello {form.name.data}", name=wtforms.StringField()))
    assert told(request, name="Ada") == ["Hello Ada"]


@claim
def integrates_wtforms(form_app, visitor):
    """Flask-WTF integrates WTForms: its fields and validators work in a Flask-WTF form."""
    request = visitor(form_app(name=wtforms.StringField(validators=[Length(max=5)])))
    assert told(request, name="Grace") == ["Accepted"]
    assert told(request, name="Amazing Grace") == ["Field cannot be longer than 5 characters."]


@claim
def form_is_secured_by_a_csrf_token(form_app, visitor):
    """A Flask-WTF form is secured by a CSRF token: without its visitor's own token it is refused."""
    app = form_app(name=wtforms.StringField())
    request, token = visitor(app), fields(visitor(app)).get("csrf_token")
    with_anothers = told(request, name="Ada", csrf_token=token)
    assert told(request, name="Ada") == ["Accepted"]
    assert told(request, name="Ada", csrf_token="") == ["The CSRF token is missing."]
    assert with_anothers == ["The CSRF tokens do not match."]


@claim
def protects_all_views_from_csrf(app, visitor):
    """Flask-WTF protects a whole application from CSRF, even views without a Flask-WTF form."""
    app.secret_key = "a key"
    app.add_url_rule("/", "token", csrf.generate_csrf)
    app.add_url_rule("/", "plain", lambda: "<p>Done</p>", methods=WRITING)
    CSRFProtect(app)
    request = visitor(app)
    own = {"X-CSRFToken": request().text}
    answers = [request(method, headers=headers) for method in WRITING for headers in (own, {})]
    shown = [(answer.status, texts(answer.text, "p")) for answer in answers]
    assert shown == [(200, ["Done"]), (400, ["The CSRF token is missing."])] * len(WRITING)


@claim
@needs("Flask-Babel")
@pytest.mark.parametrize(
    ("language", "locale", "message"),
    [("French", "fr", "Ce champ est requis."), ("German", "de", "Dieses Feld wird benötigt.")],
    ids=["fr", "de"],
)
def messages_are_in_the_language_of_the_application(form_app, visitor, language, locale, message):
    """Flask-WTF integrates internationalization: in a {language} application its messages are {language}."""
    app = form_app(name=wtforms.StringField(validators=[DataRequired()]))
    app.config["BABEL_DEFAULT_LOCALE"] = locale
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
        human = entries["response"] == "a human's"
        return [json.dumps({"success": human, "error-codes": [] if human else ["invalid-input-response"]}).encode()]

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
    """Flask-WTF supports reCAPTCHA: it shows the widget, and asks Google to verify each answer."""
    app = form_app(robot=RecaptchaField())
    app.config.update(RECAPTCHA_PUBLIC_KEY="public", RECAPTCHA_PRIVATE_KEY="private")
    request = visitor(app)
    page = request().text
    assert [script["src"] for script in tags(page, "script")] == ["https://www.google.com/recaptcha/api.js"]
    assert [widget["data-sitekey"] for widget in tags(page, "div")] == ["public"]
    assert told(request, **{"g-recaptcha-response": "a human's"}) == ["Accepted"]
    assert told(request, **{"g-recaptcha-response": "a robot's"}) == ["The response parameter is invalid or malformed."]
    server = "www.google.com/recaptcha/api/siteverify"
    assert google == [(server, "private", "a human's"), (server, "private", "a robot's")]


PICTURE, PROGRAM = {"picture": ("ada.png", b"\x89PNG\r\n")}, {"picture": ("ada.exe", b"MZ")}


@claim
def handles_file_uploads(form_app, visitor, tmp_path):
    """Flask-WTF handles file uploads: a form requires a file of a given kind, and a view saves it."""
    field, content = FileField(validators=[FileRequired(), FileAllowed(["png"], "No picture")]), bytes(range(256)) * 200
    app = form_app(lambda form: form.picture.data.save(str(tmp_path / "ada.png")) or "Saved", picture=field)
    request = visitor(app)
    assert told(request) == ["This field is required."]
    assert told(request, files=PROGRAM) == ["No picture"]
    # Not called in the assertion: pytest would show all the bytes.
    answered = told(request, files={"picture": ("ada.png", content)})
    assert answered == ["Saved"]
    saved = (tmp_path / "ada.png").read_bytes()
    size, is_whole = len(saved), saved == content
    assert (size, is_whole) == (51_200, True)


def original():
    """Flask-Uploads' own module, from its file: its fork, Flask-Reuploaded, has a package of the same name."""
    spec = importlib.util.spec_from_file_location("flask_uploads", next(modules("Flask-Uploads")))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def answers(form_app, visitor, tmp_path):
    """What a form answers to a program, and then to a picture, that a module's upload set checks and saves."""

    def uploaded(uploads):
        pictures = uploads.UploadSet("pictures", ["png"], default_dest=lambda app: str(tmp_path))
        field = FileField(validators=[FileAllowed(pictures, "No picture")])
        app = form_app(lambda form: pictures.save(form.picture.data), picture=field)
        uploads.configure_uploads(app, pictures)
        request = visitor(app)
        return [*told(request, files=PROGRAM), *told(request, files=PICTURE)]

    return uploaded


@claim
@needs("Flask-Uploads")
def file_upload_works_with_flask_uploads(answers, tmp_path):
    """A Flask-WTF file field works with Flask-Uploads, whose upload set checks and saves the file."""
    assert original()
    assert answers(original()) == ["No picture", "ada.png"]
    assert (tmp_path / "ada.png").read_bytes() == b"\x89PNG\r\n"


@corrects(file_upload_works_with_flask_uploads)
@needs("Flask-Reuploaded")
def file_upload_works_with_flask_reuploaded(answers, tmp_path):
    """A Flask-WTF file field works with Flask-Reuploaded, whose upload set checks and saves the file."""
    assert answers(import_module("flask_uploads")) == ["No picture", "ada.png"]
    assert (tmp_path / "ada.png").read_bytes() == b"\x89PNG\r\n"
