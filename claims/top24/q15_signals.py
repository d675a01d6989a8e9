"""Signals."""

import gc

import flask
import pytest
from flask.signals import Namespace

from claims import claim
from claims.programs import required, seeing_only

SIGNALLING = """\
from flask import Flask, request_started

app = Flask("signalling", root_path=".")
heard = []
hear = lambda sender, **data: heard.append(sender.name)
request_started.connect(hear, app)
app.test_client().get("/")
print(heard)
"""
EVENTS = [
    "appcontext_pushed",
    "request_started",
    "template_rendered",
    "request_finished",
    "request_tearing_down",
    "appcontext_tearing_down",
    "appcontext_popped",
]


@pytest.fixture
def shop(app):
    """An application with a shop that signals what is sold, and knows nobody who listens."""
    app.sold = Namespace().signal("sold")

    @app.route("/buy/<item>")
    def buy(item):
        app.sold.send(app, item=item)
        return f"You have bought {item}"

    return app


@claim
def parts_communicate(shop, serve):
    """Different parts of a Flask application communicate by signals, which hand data on."""
    stock = {"tea": 5, "milk": 2}

    def count(sender, item):
        stock[item] -= 1

    shop.sold.connect(count, shop)
    assert serve(shop)("/buy/tea").text == "You have bought tea"
    assert stock == {"tea": 4, "milk": 2}


@claim
def events_trigger_functions(app):
    """Events of a Flask application trigger functions by signals, as a request does on its way."""
    app.add_url_rule("/", "index", lambda: flask.render_template_string("Hello"))
    seen = []
    receivers = {name: lambda sender, name=name, **data: seen.append(name) for name in EVENTS}
    for name, receiver in receivers.items():
        getattr(flask, name).connect(receiver, app)
    assert app.test_client().get("/").get_data(as_text=True) == "Hello"
    assert seen == EVENTS


@claim
def signal_reaches_whom_it_concerns(shop, serve, tmp_path):
    """A component reacts to specific events: those of its own application, not of another."""
    other = flask.Flask("other", root_path=str(tmp_path))
    other.add_url_rule("/", "index", lambda: "Hello")
    seen = []

    def react(sender, **data):
        seen.append(sender.name)

    flask.request_started.connect(react, shop)
    assert [serve(each)("/").status for each in (shop, other)] == [404, 200]
    assert seen == ["app"]


@claim
def sender_does_without_receivers(shop, serve):
    """Signals decouple components: the sender works alike with no receiver, and when one has gone."""
    log = []

    def receive(sender, item):
        log.append(item)

    fetch = serve(shop)
    alone = fetch("/buy/tea").text
    shop.sold.connect(receive, shop)
    together = fetch("/buy/tea").text
    del receive
    gc.collect()
    bereft = fetch("/buy/tea").text
    assert {alone, together, bereft} == {"You have bought tea"}
    assert log == ["tea"]


@claim
def application_is_extended_from_outside(shop, serve):
    """Signals make an application extensible: more functions react to an event, its code left alone."""
    seen = []

    def bill(sender, item):
        seen.append(f"bill for {item}")

    def parcel(sender, item):
        seen.append(f"parcel with {item}")

    fetch = serve(shop)
    for receiver in (bill, parcel):
        shop.sold.connect(receiver, shop)
    assert fetch("/buy/tea").text == "You have bought tea"
    assert sorted(seen) == ["bill for tea", "parcel with tea"]


@claim
def flask_provides_signals(tmp_path):
    """Flask provides signals: they are there with what is installed with Flask, and nothing else."""
    assert seeing_only(tmp_path, ["flask", *required("flask")], SIGNALLING).told == "['signalling']"
