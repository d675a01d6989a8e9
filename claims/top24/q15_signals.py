"""Signals."""

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
    """Different parts of a Flask application communicate by signals, which carry data."""
    stock = {"tea": 5, "milk": 2}

    def count(sender, item):
        stock[item] -= 1

    shop.sold.connect(count, shop)
    assert serve(shop)("/buy/tea").text == "You have bought tea"
    assert stock == {"tea": 4, "milk": 2}


@claim
def events_trigger_functions(app):
    """Events in a Flask application, such as the stages of a request, trigger functions by signals."""
    app.add_url_rule("/", "index", lambda: flask.render_template_string("Hello"))
    seen = []
    receivers = {name: lambda sender, name=name, **data: seen.append(name) for name in EVENTS}
    for name, receiver in receivers.items():
        getattr(flask, name).connect(receiver, app)
    assert app.test_client().get("/").get_data(as_text=True) == "Hello"
    assert sorted(seen) == sorted(EVENTS)


class Bookkeeper:
    """A component that notes what is sold by a method."""

    def __init__(self, sales):
        self.sales = sales

    def note(self, sender, item):
        """Note a sale."""
        self.sales.append(item)


@claim
def signal_triggers_a_method(shop, serve):
    """A signal triggers a connected method of an object."""
    sales = []
    bookkeeper = Bookkeeper(sales)
    shop.sold.connect(bookkeeper.note, shop)
    serve(shop)("/buy/tea")
    assert sales == ["tea"]


@claim
def component_reacts_to_specific_events(shop, tmp_path):
    """A component reacts to the specific events that it is connected to."""
    other = flask.Flask("other", root_path=str(tmp_path))
    returned, seen = Namespace().signal("returned"), []

    def react(sender, item):
        seen.append(item)

    shop.sold.connect(react, shop)
    shop.sold.send(shop, item="sold here")
    shop.sold.send(other, item="sold elsewhere")
    returned.send(shop, item="returned here")
    assert seen == ["sold here"]


@claim
def sender_does_without_receivers(shop, serve):
    """Signals decouple components: the sender works the same with a receiver and without one."""
    log = []

    def receive(sender, item):
        log.append(item)

    fetch = serve(shop)
    alone = fetch("/buy/tea").text
    shop.sold.connect(receive, shop)
    together = fetch("/buy/tea").text
    shop.sold.disconnect(receive, shop)
    afterwards = fetch("/buy/tea").text
    assert {alone, together, afterwards} == {"You have bought tea"}
    assert log == ["tea"]


@claim
def application_is_extended_from_outside(shop, serve):
    """Signals make an application extensible: new functions react to its events, its own code unchanged."""
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
    """Flask provides signals: they work with no packages but Flask and those that it requires."""
    assert seeing_only(tmp_path, ["flask", *required("flask")], SIGNALLING).told == "['signalling']"
