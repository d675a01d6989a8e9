"""Redirects and errors."""

import json
from urllib.parse import unquote, urlsplit

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import default_exceptions
from werkzeug.http import HTTP_STATUS_CODES

from claims import Untried, claim, needs, real
from claims.pages import texts

TITLES = {code: f"{code} {HTTP_STATUS_CODES[code]}" for code in sorted(default_exceptions)}
PAGE = """\
<img src="/hold">
FRAMES
<script>
const seen = {};
function look(frame) {
  const page = frame.contentDocument;
  const styles = [...page.querySelectorAll("*")].map((each) => frame.contentWindow.getComputedStyle(each));
  const colours = styles.flatMap((style) => [style.color, style.backgroundColor]);
  seen[page.title] = [...new Set(colours)].sort();
  if (Object.keys(seen).length == COUNT) fetch("/told/" + encodeURIComponent(JSON.stringify(seen)));
}
</script>
"""


@claim
def redirect_leads_to_another_endpoint(app, visitor):
    """`redirect()` sends a user to another endpoint."""
    app.add_url_rule("/", "index", lambda: flask.redirect(flask.url_for("letters")))
    app.add_url_rule("/post", "letters", lambda: f"The endpoint {flask.request.endpoint}")
    assert visitor(app)().text == "The endpoint letters"


@pytest.fixture
def visit_printed(app, run_printed, visitor):
    """Visit the index of the program as printed; returns the answer, and how often its last line was executed."""

    def visit():
        executed = []
        run_printed("s16_redirect", app=app, this_is_never_executed=lambda: executed.append(True))
        return visitor(app)(), len(executed)

    return visit


@claim
@needs("articles/quickstart.rst")
def abort_ends_the_request_early(visit_printed):
    """`abort()` ends a request early: the printed line after it is never executed."""
    answer, executed = visit_printed()
    assert (answer.status, executed) == (401, 0)


@claim
@needs("articles/quickstart.rst")
def printed_index_leads_to_the_refusal(visit_printed):
    """The program as printed redirects users from the index to a page that refuses them with 401."""
    answer, _ = visit_printed()
    places = [urlsplit(step.url).path for step in (*answer.history, answer)]
    assert (places, answer.status) == (["/", "/login"], 401)


@pytest.fixture
def failing(app):
    """`app`, with a view that aborts with the code in its URL."""
    app.add_url_rule("/<int:code>", "fail", lambda code: flask.abort(code))
    return app


@claim
def code_401_means_access_denied(failing, serve):
    """The code 401 means that access is denied: its phrase is Unauthorized."""
    answer = serve(failing)("/401")
    assert (answer.status, answer.reason.title()) == (401, "Unauthorized")


@claim
def each_code_has_an_error_page(failing, serve):
    """By default, an error page is shown for each error code that a view aborts with."""
    fetch = serve(failing)
    answers = [(code, fetch(f"/{code}")) for code in TITLES]
    shown = {code: (answer.status, texts(answer.text, "title")) for code, answer in answers}
    assert shown == {code: (code, [title]) for code, title in TITLES.items()}


@claim
@needs("chromium")
def error_pages_are_black_and_white(failing, tmp_path):
    """By default, a browser shows the error page of each error code in black and white."""
    told = []
    frames = "".join(f'<iframe src="/{code}" onload="look(this)"></iframe>' for code in TITLES)
    failing.add_url_rule("/", "page", lambda: page)
    failing.add_url_rule("/hold", "hold", real.hold(lambda: told))
    failing.add_url_rule("/told/<path:text>", "told", lambda text: told.append(json.loads(unquote(text))) or "")
    page = PAGE.replace("FRAMES", "").replace("COUNT", str(len(TITLES))) + frames
    with real.served(failing) as url:
        real.browse(url, tmp_path)
    if not told:
        raise Untried("the page did not come to its end")
    black_on_nothing = ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
    assert [title for title in TITLES.values() if told[0].get(title) != black_on_nothing] == []


@pytest.fixture
def printed_handler(app, run_printed, serve, tmp_path):
    """Serve `app` with the handler as printed, and a template of ours; returns what requests a path."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page_not_found.html").write_text("Nothing here", encoding="utf-8")
    run_printed("s16_handler", app=app)
    return serve(app)


@claim
@needs("articles/quickstart.rst")
def printed_handler_customizes_the_page(printed_handler):
    """The handler as printed replaces the error page for 404 by a template of one's own."""
    assert printed_handler("/nowhere").text == "Nothing here"


@claim
@given(code=st.integers(200, 599))
def number_after_the_page_is_its_status(code):
    """The number that a handler returns after the page is the status code of that page."""
    app = flask.Flask("app", root_path=".")
    app.errorhandler(404)(lambda error: (flask.render_template_string("Nothing here"), code))
    assert app.test_client().get("/nowhere").status_code == code


@claim
def page_without_a_number_has_status_200(app, serve):
    """A page that a handler returns without a number has the status code 200."""
    app.errorhandler(404)(lambda error: flask.render_template_string("Nothing here"))
    answer = serve(app)("/nowhere")
    assert (answer.status, answer.text) == (200, "Nothing here")


@claim
def code_200_means_all_went_well(app, serve):
    """The status code 200 means that all went well: its phrase is OK."""
    app.add_url_rule("/", "index", lambda: ("Hello", 200))
    answer = serve(app)("/")
    assert (answer.status, answer.reason.upper()) == (200, "OK")
