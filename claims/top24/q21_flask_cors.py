"""Flask-CORS."""

import contextlib

import flask
import flask_cors
import pytest

from claims import Untried, claim, needs, real

STRANGER = "https://stranger.example"
FRIEND = "https://friend.example"
PAGE = """\
<img src="/hold">
<script>
fetch("API/accounts", {method: "METHOD", headers: HEADERS})
  .then((answer) => answer.text()).catch(() => "nothing")
  .then((text) => fetch("/told/" + text));
</script>
"""


@pytest.fixture
def api(app):
    """`app` with a view for the data that is at stake."""
    app.add_url_rule("/accounts", "accounts", lambda: "secret", methods=["GET", "PUT"])
    app.add_url_rule("/public", "public", lambda: "news")
    return app


@pytest.fixture
def pages(api, tmp_path):
    """Open a page of each of two origins in a browser, of which *permit* lets the first use `api`.

    Returns, for each, the methods that the API was asked with, and what the page's script got to read.
    """

    def opened(method="GET", headers="{}", permit=flask_cors.CORS):
        asked, told = [], {}
        api.before_request(lambda: asked.append((flask.request.headers.get("Origin"), flask.request.method)))
        with contextlib.ExitStack() as stack:
            address = stack.enter_context(real.served(api))
            page = PAGE.replace("API", address).replace("METHOD", method).replace("HEADERS", headers)
            second = stack.enter_context(real.served(site("second", page, told)))
            frame = f'<iframe src="{second}"></iframe>'
            first = stack.enter_context(real.served(site("first", page + frame, told)))
            permit(api, origins=[first])
            real.browse(first, tmp_path)
        if len(told) != 2:
            raise Untried("the scripts of the pages did not run to their end")
        by_origin = [[how for whose, how in asked if whose == origin] for origin in (first, second)]
        return list(zip(by_origin, (told["first"], told["second"])))

    return opened


def site(name, page, told):
    """A website whose page tells what its script got to read."""
    website = flask.Flask(name, root_path=".")
    website.add_url_rule("/", "page", lambda: page)
    website.add_url_rule("/hold", "hold", real.hold(lambda: len(told) == 2))
    website.add_url_rule("/told/<text>", "told", lambda text: told.setdefault(name, text))
    return website


@claim
@needs("chromium")
def origin_that_is_permitted_reads_the_answer(pages):
    """Flask-CORS lets the pages of an origin that is permitted read a resource in a browser."""
    assert pages() == [(["GET"], "secret"), (["GET"], "nothing")]


@claim
@needs("chromium")
def no_other_origin_reads_without_it(pages):
    """By default, a browser lets no page of another origin read an application's answer."""
    assert pages(permit=lambda api, origins: None) == [(["GET"], "nothing"), (["GET"], "nothing")]


@claim
@needs("chromium")
def preflight_is_answered(pages):
    """Flask-CORS lets the preflight request of a permitted origin succeed, before the browser sends PUT."""
    seen = pages(method="PUT", headers='{"Content-Type": "application/json"}')
    assert seen == [(["OPTIONS", "PUT"], "secret"), (["OPTIONS"], "nothing")]


def permitted(answer, origin):
    """Whether a browser lets the pages of *origin* read an answer."""
    return answer.headers["Access-Control-Allow-Origin"] in ("*", origin)


@claim
@pytest.mark.parametrize(
    ("how", "origins", "other", "allowed"),
    [
        pytest.param("a list", [FRIEND, "https://other.example"], f"{FRIEND}.org", [True, False], id="list"),
        pytest.param("a pattern", r"https://f\w+\.example", STRANGER, [True, False], id="pattern"),
        pytest.param("the wildcard", "*", STRANGER, [True, True], id="wildcard"),
    ],
)
def origins_are_defined(api, serve, how, origins, other, allowed):
    """Flask-CORS lets the permitted origins be defined by {how}."""
    flask_cors.CORS(api, origins=origins)
    fetch = serve(api)
    answers = [(fetch("/accounts", headers={"Origin": origin}), origin) for origin in (FRIEND, other)]
    assert [permitted(*each) for each in answers] == allowed


@claim
def origins_are_defined_for_each_resource(api, serve):
    """Flask-CORS lets each resource have permitted origins of its own."""
    flask_cors.CORS(api, resources={"/accounts": {"origins": FRIEND}, "/public": {"origins": STRANGER}})
    fetch = serve(api)
    answers = [
        [fetch(path, headers={"Origin": origin}) for path in ("/accounts", "/public")] for origin in (FRIEND, STRANGER)
    ]
    assert [permitted(answer, FRIEND) for answer in answers[0]] == [True, False]
    assert [permitted(answer, STRANGER) for answer in answers[1]] == [False, True]


@claim
def domain_is_permitted_by_a_pattern(api, serve):
    """With one pattern Flask-CORS permits all origins of a domain: `http` or `https`, and any port."""
    flask_cors.CORS(api, origins=r"https?://friend\.example(:\d+)?$")
    fetch = serve(api)
    own = [f"{scheme}://friend.example{port}" for scheme in ("http", "https") for port in ("", ":1", ":8443", ":65535")]
    others = ["https://stranger.example", "https://friend.example.org", "https://notfriend.example"]
    allowed = [permitted(fetch("/accounts", headers={"Origin": origin}), origin) for origin in own + others]
    assert allowed == [True] * len(own) + [False] * len(others)
