"""Routing."""

import flask
from hypothesis import given
from hypothesis import strategies as st

from claims import claim, needs


@claim
@needs("articles/quickstart.rst")
def routes_as_printed_answer(app, run_printed, serve):
    """The routes as printed bind a function each to its URL."""
    names = run_printed("s04_routes", app=app)
    fetch = serve(app)
    assert [fetch(path).text for path in ("/", "/hello")] == [names["index"](), names["hello"]()]


@claim
@given(words=st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=6, unique=True))
def function_takes_several_rules(words):
    """Several rules can be attached to a function, which then answers at each of their URLs."""
    app = flask.Flask("app", root_path=".")

    def page():
        return f"Asked for {flask.request.path}"

    for word in words:
        page = app.route(f"/{word}")(page)
    client = app.test_client()
    answers = [client.get(f"/{word}").get_data(as_text=True) for word in words]
    assert answers == [f"Asked for /{word}" for word in words]
