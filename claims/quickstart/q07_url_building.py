"""Building URLs."""

import contextlib
import io
import json
from urllib.parse import parse_qsl, urljoin, urlsplit

import flask
import pytest
from flask import url_for
from hypothesis import example, given
from hypothesis import strategies as st

from claims import Untried, claim, needs

NAME = st.text("abcxyz", min_size=1, max_size=5)
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=8)
SPECIAL = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="/"), min_size=1, max_size=8)


def application():
    """An application as it comes, without a folder."""
    return flask.Flask("app", root_path=".")


@claim
@given(parts=st.dictionaries(NAME, SPECIAL, min_size=1, max_size=6))
def keywords_fill_the_variable_parts(parts):
    """`url_for()` takes any number of keyword arguments, each for a variable part of the rule."""
    app = application()
    rule = "".join(f"/{name}/<{name}>" for name in parts)
    app.add_url_rule(rule, "page", lambda **found: json.dumps(found, sort_keys=True))
    with app.test_request_context():
        url = url_for("page", **parts)
    assert app.test_client().get(url).get_data(as_text=True) == json.dumps(parts, sort_keys=True)


@claim
@given(part=NAME, unknown=st.dictionaries(NAME.map("no_{}".format), TEXT, min_size=1, max_size=4))
def unknown_parts_become_query_parameters(part, unknown):
    """`url_for()` appends what is no variable part of the rule to the URL as query parameters."""
    app = application()
    app.add_url_rule("/page/<part>", "page")
    with app.test_request_context():
        path, _, query = url_for("page", part=part, **unknown).partition("?")
    assert path == f"/page/{part}"
    assert dict(parse_qsl(query, keep_blank_values=True)) == unknown


@claim
def links_follow_a_changed_url(tmp_path, serve):
    """By `url_for()` in templates, a URL is changed in one go: all links follow its one rule."""
    (tmp_path / "templates").mkdir()
    for name in ("menu", "footer"):
        (tmp_path / "templates" / f"{name}.html").write_text("{{ url_for('news') }}", encoding="utf-8")

    def links(rule):
        app = flask.Flask("app", root_path=str(tmp_path))
        app.add_url_rule(rule, "news", lambda: "The news")
        app.add_url_rule("/<name>.html", "page", lambda name: flask.render_template(f"{name}.html"))
        fetch = serve(app)
        return [(url, fetch(url).text) for url in (fetch("/menu.html").text, fetch("/footer.html").text)]

    before, after = links("/news"), links("/latest/news")
    assert before == [("/news", "The news")] * 2
    assert after == [("/latest/news", "The news")] * 2


@claim
@given(text=SPECIAL)
@example(text='a?b#c d;e&f=g%2F"')
def special_characters_are_escaped(text):
    """`url_for()` escapes special characters other than slashes: the URL is a path that leads back."""
    app = application()
    app.add_url_rule("/<text>", "page", lambda text: text)
    with app.test_request_context():
        url = url_for("page", text=text)
    assert urlsplit(url)[1:] == ("", url, "", "")
    assert url.isascii()
    assert app.test_client().get(url).get_data(as_text=True) == text


@pytest.fixture
def site(app):
    """`app`, with a page at any depth that shows the URL of another page."""
    app.add_url_rule("/other/page", "other", lambda: "The other page")
    app.add_url_rule("/<path:place>", "page", lambda place: url_for("other"))
    return app


@claim
@given(place=st.lists(NAME, min_size=1, max_size=4).map("/".join))
def path_is_absolute(site, place):
    """The paths that `url_for()` generates are absolute, on whatever page."""
    assert site.test_client().get(f"/{place}").get_data(as_text=True) == "/other/page"


@claim
@given(place=st.lists(NAME, min_size=1, max_size=4).map("/".join), slash=st.sampled_from(["", "/"]))
def path_leads_there_from_any_page(site, place, slash):
    """A generated path leads to its page from any other; a relative path depends on where it stands."""
    here = f"http://localhost/{place}{slash}"
    url = urljoin(here, site.test_client().get(here).get_data(as_text=True))
    assert site.test_client().get(url).get_data(as_text=True) == "The other page"
    relative = [urljoin(f"http://localhost/{page}", "other/page") for page in ("", f"{place}/")]
    found = [site.test_client().get(url).get_data(as_text=True) for url in relative]
    assert [text == "The other page" for text in found] == [True, False]


def mounted(app, prefix):
    """A WSGI application that has *app* below a prefix, and nothing elsewhere."""

    def application(environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith(f"{prefix}/"):
            start_response("404 Not Found", [("Content-Length", "0")])
            return [b""]
        inner = {**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path[len(prefix) :]}
        return app(inner, start_response)

    return application


@claim
def root_of_the_application_is_handled(site, serve):
    """In an application placed at `/myapplication`, `url_for()` builds URLs below it, which lead there."""
    fetch = serve(mounted(site, "/myapplication"))
    if fetch("/other/page").status != 404:
        raise Untried("the application answers outside of its place")
    url = fetch("/myapplication/some/page").text
    assert (url, fetch(url).text) == ("/myapplication/other/page", "The other page")


@claim
@needs("articles/quickstart.rst")
def program_as_printed_prints_the_urls(app, run_printed, printed):
    """The program as printed builds and prints the URLs as printed."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        run_printed("s07_urls", app=app)
    assert output.getvalue().splitlines() == printed("quickstart", "s07_output").splitlines()
