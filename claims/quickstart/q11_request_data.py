"""The global request."""

from flask import request

from claims import claim


def greeting():
    """What a function that is passed nothing learns of a client."""
    return f"{request.args['greeting']} {request.form['name']} from {request.headers['From']}"


@claim
def request_is_a_global_object(app, serve):
    """`request` is a global object: a function reads in it what a client sent, without being passed it."""
    app.route("/", methods=["POST"])(lambda: greeting())
    fetch = serve(app)
    told = [fetch("/?greeting=Hello", data={"name": name}, headers={"From": "Rome"}).text for name in ("Ada", "Grace")]
    assert told == ["Hello Ada from Rome", "Hello Grace from Rome"]
