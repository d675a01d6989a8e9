"""Static files."""

import pytest
from flask import url_for
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs
from claims.quickstart.sites import laid_out, write

APPLICATION = "from flask import Flask\n\napp = Flask(__name__)\n"
STYLE = "h1 { color: teal }\n"
PLACES = {"module": "next to the module", "package": "in the package"}
SCRIPT = "document.title = 'Teal'\n"
NAME = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="/\\"), min_size=1, max_size=12)


@claim
def development_server_serves_static_files(flask_run, tmp_path):
    """The development server serves static files, such as CSS and JavaScript, as they are stored."""
    write(tmp_path / "static", "style.css", STYLE)
    write(tmp_path / "static", "page.js", SCRIPT)
    server = flask_run(code=APPLICATION)
    assert [server.fetch(f"/static/{name}").text for name in ("style.css", "page.js")] == [STYLE, SCRIPT]


@claim
@pytest.mark.parametrize(("layout", "place"), PLACES.items(), ids=PLACES)
def static_folder_is_available(flask_run, tmp_path, layout, place):
    """A folder `static` {place} is available at `/static` on the application."""
    write(laid_out(tmp_path, layout, APPLICATION) / "static", "style.css", STYLE)
    assert flask_run(FLASK_APP="application").fetch("/static/style.css").text == STYLE


@pytest.fixture
def stored(app, serve, tmp_path):
    """Store a file in the folder `static` of `app`; returns what the URL that `url_for()` builds for it shows."""
    fetch = serve(app)

    def shown(name, text):
        write(tmp_path / "static", name, text)
        with app.test_request_context():
            url = url_for("static", filename=name)
        return fetch(url).text

    return shown


@claim
@given(name=NAME.filter(lambda name: name.strip(".")), text=st.text("abc", max_size=5))
def static_endpoint_leads_to_the_file(stored, name, text):
    """The URL that `url_for()` builds for the endpoint `'static'` and a file's name leads to that file."""
    assert stored(name, text) == text


@claim
@needs("articles/quickstart.rst")
def call_as_printed_builds_the_url(app, printed):
    """The call as printed builds the URL `/static/style.css`."""
    call = printed("quickstart", "s09_url")
    with app.test_request_context():
        assert eval(call, {"url_for": url_for}) == "/static/style.css"


@claim
def file_is_stored_in_the_static_folder(app, serve, tmp_path):
    """What `/static/style.css` shows is the file `static/style.css`, and no file stored elsewhere."""
    fetch = serve(app)
    write(tmp_path, "style.css", "elsewhere")
    before = fetch("/static/style.css").status
    write(tmp_path / "static", "style.css", STYLE)
    assert [before, fetch("/static/style.css").text] == [404, STYLE]
